"""Filter, order, groups and parts: from all rows to what stands in the table, line by line. No Qt."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from app.domain.records import dataclass
from app.qt.tables.lines import NOWHERE, Head, Item, Line, Lines, Whole
from app.qt.tables.spec import TableSpec, Value

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to see: words and chip of the filter, rows that are over, an order, merged or not."""

    words: str = ""
    over: bool = True
    chip: str = ""
    column: str | None = None
    descending: bool = False
    merged: bool = False

    @property
    def filtered(self) -> bool:
        """Whether words or a chip keep rows out."""
        return bool(self.words or self.chip)


def arranged(
    lines: Lines[R], spec: TableSpec[R], wish: Wish, folded: frozenset[Hashable], *, hold: bool = False
) -> list[Item[R]]:
    """What stands in the table, from top to bottom, with every item's `at` set; `hold` keeps the places rows have."""
    wanted = filter_of(spec, wish)
    merged = wish.merged and spec.merge is not None
    found: list[Item[R]]
    if spec.by_account and not merged:
        found = _by_account(lines, spec, wish, wanted, folded, hold=hold)
    else:
        chosen = [line for _, group in lines.groups for line in group if wanted(line)]
        rows = lines.merged(chosen) if merged else chosen
        found = _with_parts(ordered(rows, spec, wish, hold=hold), folded)
    lines.scatter()
    for at, item in enumerate(found):
        item.at = at
    return found


def leaves(items: Sequence[Item[R]]) -> list[Line[R]]:
    """The rows that the filter lets through, in the order of the table, also those that are folded away."""
    heads = [item for item in items if isinstance(item, Head)]
    if heads:
        return [line for head in heads for line in head.lines]
    top = [item for item in items if isinstance(item, Line) and item.depth == 0]
    return [line for item in top for line in (item.parts if isinstance(item, Whole) else (item,))]


def filter_of(spec: TableSpec[R], wish: Wish) -> Callable[[Line[R]], bool]:
    """Whether a line is let through: every word is found, the chip lets it, and what is over may be shown."""
    words = wish.words.casefold().split()
    lets = next((chip.lets for chip in spec.chips if chip.key == wish.chip), None)
    over = None if wish.over else spec.over

    def wanted(line: Line[R]) -> bool:
        row = line.row
        if (over is not None and over(row)) or (lets is not None and not lets(row)):
            return False
        if not words:
            return True
        text = line.words
        if text is None:
            text = line.words = spec.words(row).casefold()
        return all(word in text for word in words)

    return wanted


def ordered(lines: Sequence[Line[R]], spec: TableSpec[R], wish: Wish, *, hold: bool) -> list[Line[R]]:
    """By the wished column, what is not known last in both directions; without one as they were handed in."""
    if wish.column is None:
        return list(lines)
    if hold:
        return sorted(lines, key=lambda line: line.at if line.at != NOWHERE else len(lines) ** 2)
    value = spec.column(wish.column).value
    pairs: list[tuple[Any, Line[R]]] = []
    unknown = []
    for line in lines:
        if isinstance(line, Whole):
            line.freshen()
        found: Value = value(line.row)
        if found is None:
            unknown.append(line)  # not known is not small
        else:
            pairs.append((found.casefold() if isinstance(found, str) else found, line))
    pairs.sort(key=itemgetter(0), reverse=wish.descending)
    return [line for _, line in pairs] + unknown


def _by_account(
    lines: Lines[R],
    spec: TableSpec[R],
    wish: Wish,
    wanted: Callable[[Line[R]], bool],
    folded: frozenset[Hashable],
    *,
    hold: bool,
) -> list[Item[R]]:
    found: list[Item[R]] = []
    for group, all_of_it in lines.groups:
        rows = ordered([line for line in all_of_it if wanted(line)], spec, wish, hold=hold)
        if group.account is not None:
            found.append(lines.head(group, rows, folded=group.user_id in folded))
        if group.user_id not in folded:
            found += rows
    return found


def _with_parts(rows: Iterable[Line[R]], folded: frozenset[Hashable]) -> list[Item[R]]:
    found: list[Item[R]] = []
    for line in rows:
        found.append(line)
        if isinstance(line, Whole) and line.row.key not in folded:
            found += line.parts
    return found
