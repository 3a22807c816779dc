"""What the lines on show come to: per account and together, counted once for all who tell of it. No Qt."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final, Generic, TypeVar

from app.domain.records import dataclass
from app.qt.tables.arrange import leaves
from app.qt.tables.lines import Head, Item, Line
from app.qt.tables.spec import ColumnSpec, TableSpec

R = TypeVar("R")

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a column comes to, and how many rows it leaves out because theirs is not known."""

    value: Decimal
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Sums(Generic[R]):
    """`lines` are the rows that are counted; sums stand under the place of their column."""

    lines: Sequence[Line[R]]
    stale: int
    over: int
    whole: Mapping[int, Sum]
    by_account: Mapping[str, Mapping[int, Sum]]


def sums_of(spec: TableSpec[R], items: Sequence[Item[R]]) -> Sums[R]:
    """Everything that is told of the items, in one pass over their lines for each summed column."""
    lines = leaves(items)
    columns = [(at, column) for at, column in enumerate(spec.columns) if column.total is not None]
    heads = [item for item in items if isinstance(item, Head)]
    by_account = {head.group.user_id: {at: _sum(column, head.lines) for at, column in columns} for head in heads}
    whole = {at: _added(found[at] for found in by_account.values()) for at, _ in columns} if heads else None
    return Sums(
        lines,
        sum(not line.row.current for line in lines),
        sum(spec.over(line.row) for line in lines) if spec.over is not None else 0,
        whole if whole is not None else {at: _sum(column, lines) for at, column in columns},
        by_account,
    )


def _sum(column: ColumnSpec[R], lines: Iterable[Line[R]]) -> Sum:
    value, unknown, total = _NOTHING, 0, column.total
    if total is not None:
        for line in lines:
            found = total(line.row)
            if found is None:
                unknown += 1
            else:
                value += found
    return Sum(value, unknown)


def _added(sums: Iterable[Sum]) -> Sum:
    value, unknown = _NOTHING, 0
    for found in sums:
        value, unknown = value + found.value, unknown + found.unknown
    return Sum(value, unknown)
