"""The columns as the user wants them: which, in what order, sorted by which; and how that is kept. No Qt."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from app.domain.records import dataclass
from app.qt.tables.arrange import Wish
from app.qt.tables.spec import FIRST, TableSpec

R = TypeVar("R")


class Kept(Protocol):
    """Where arrangements are kept (`services.ui_state.UiState`)."""

    def get(self, name: str) -> Any:
        """What was put, None for nothing."""
        ...

    def put(self, name: str, value: Any) -> None:
        """Keep a JSON value."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """`order` names every column; `off` are usual ones that were switched off, `on` optional ones switched on."""

    order: tuple[str, ...]
    off: frozenset[str] = frozenset()
    on: frozenset[str] = frozenset()
    column: str | None = None
    descending: bool = False
    merged: bool = False
    over: bool = True

    def shows(self, key: str, *, optional: bool) -> bool:
        """Whether the user wants the column."""
        return key in self.on if optional else key not in self.off

    def toggled(self, key: str, *, optional: bool) -> "Choice":
        """The column on when it was off, off when it was on."""
        if optional:
            return replace(self, on=self.on ^ {key})
        return replace(self, off=self.off ^ {key})

    def sorted_by(self, key: str | None, *, descending: bool = False) -> "Choice":
        """Another order; None is the one in which rows were handed in."""
        return replace(self, column=key, descending=descending and key is not None)

    def with_columns_of(self, other: "Choice") -> "Choice":
        """The columns of `other`, sorted and arranged as here."""
        return replace(self, order=other.order, off=other.off, on=other.on)

    def wish(self, words: str = "", chip: str = "") -> Wish:
        """The same as what a table is asked for."""
        return Wish(words, self.over, chip, self.column, self.descending, self.merged)


def usual(spec: TableSpec[R]) -> Choice:
    """As the table is declared."""
    column, descending = spec.order or (None, False)
    return Choice(tuple(column.key for column in spec.columns), column=column, descending=descending)


def moved(choice: Choice, key: str, step: int, shown: Sequence[str]) -> Choice:
    """The column one place to the left (-1) or right (1) among those that are `shown`; the first keeps its place."""
    at = shown.index(key) + step if key in shown else FIRST
    if not FIRST < at < len(shown):
        return choice
    order = [other for other in choice.order if other != key]
    order.insert(order.index(shown[at]) + (step > 0), key)
    return replace(choice, order=tuple(order))


def from_kept(found: Any, spec: TableSpec[R]) -> Choice:
    """What was kept, without columns that are gone and with those that are new; nonsense is the usual choice."""
    plain = usual(spec)
    if not isinstance(found, dict):
        return plain
    kept = [key for key in _names(found.get("order")) if key in plain.order]
    order = [plain.order[FIRST], *(key for key in kept if key != plain.order[FIRST])]
    for at, key in enumerate(plain.order):  # a new column stands where it is declared
        if key not in order:
            order.insert(at, key)
    column = found.get("column")
    return Choice(
        tuple(order),
        frozenset(_names(found.get("off"))) & set(plain.order[FIRST + 1 :]),
        frozenset(_names(found.get("on"))) & set(plain.order),
        column if column in plain.order else None,
        found.get("descending") is True,
        found.get("merged") is True and spec.merge is not None,
        found.get("over") is not False,
    )


def to_kept(choice: Choice) -> dict[str, Any]:
    """The same as JSON keeps it."""
    return {
        "order": list(choice.order),
        "off": sorted(choice.off),
        "on": sorted(choice.on),
        "column": choice.column,
        "descending": choice.descending,
        "merged": choice.merged,
        "over": choice.over,
    }


def _names(found: Any) -> list[str]:
    return [key for key in found if isinstance(key, str)] if isinstance(found, list) else []
