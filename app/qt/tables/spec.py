"""Columns and tables as frozen data: what a cell says, what sorts it, how wide it is, when it gives way. No Qt."""

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Final, Generic, TypeVar

from app.domain.records import dataclass
from app.qt.models.figures import Figures
from app.qt.tables.rows import Row

R = TypeVar("R")

Value = Decimal | int | str | None
"""By what a row is sorted and what is exported of it; None is "not known" and stands last in both directions."""


class Align(Enum):
    """Texts left, figures right."""

    LEFT = auto()
    RIGHT = auto()


class Tone(StrEnum):
    """How a cell is coloured; a row that is not current is grey whatever it would be."""

    PLAIN = "plain"
    SOFT = "soft"
    MUTED = "muted"
    MONEY = "money"  # by the sign of `value`: gain or loss, with a triangle, a sign and a colour
    SIDE = "side"  # by the sign of `value`: positive buys, negative sells; always with the word
    STATE = "state"  # `token` names the colour
    LINK = "link"  # can be opened: a click or Enter shows the row's details


@dataclass(frozen=True, slots=True)
class ColumnSpec(Generic[R]):
    """One column. `title` and `meaning` are plain literals, translated where they are shown.

    `text` is what the eye reads, formatted once for each new value; it must mask amounts by itself through `Figures`.
    `value` is by what it sorts and what an export carries. `least` is the least width in device-independent pixels; a
    column grows with its figures and never cuts one. With `most` it does not: it is as wide as there is room for, from
    `least` to `most`, whatever stands in it, and words that are longer are cut; `tip` has them whole. `hide` is when it
    gives way in a narrow window: rank 1 goes first, None never goes. `optional` is off until the user switches it on.
    `total` makes it a summed column: what a row adds, None when that is not known. `second` is a small muted word after
    the text. `spoken` replaces the text for a screen reader, `tip` explains a cell on hover and is spoken, too.
    """

    key: str
    title: str
    text: Callable[[Row[R], Figures], str]
    value: Callable[[Row[R]], Value]
    align: Align = Align.RIGHT
    least: int = 102
    most: int | None = None
    hide: int | None = None
    optional: bool = False
    tone: Tone = Tone.PLAIN
    token: Callable[[Row[R]], str] | None = None
    strong: bool = False
    total: Callable[[Row[R]], Decimal | None] | None = None
    second: Callable[[Row[R]], str] | None = None
    spoken: Callable[[Row[R], Figures], str] | None = None
    tip: Callable[[Row[R], Figures], str] | None = None
    part: Callable[[Row[R], Figures], str] | None = None  # the text of a part below its merged line, without bars
    bars: Callable[[Row[R]], Sequence[str]] | None = None  # accounts' colours, by their stored names, before the text
    merged: bool | None = None  # True: only where rows are merged, False: only where they are not
    meaning: str = ""  # what the head's tooltip says
    signed: bool = True  # its sums are gains or losses: they carry their sign

    def sum_text(self, value: Decimal, figures: Figures) -> str:
        """A sum below its figures."""
        return figures.signed(value) if self.signed else figures.money(value)


@dataclass(frozen=True, slots=True)
class Merge(Generic[R]):
    """How rows of several accounts become one line with its parts: which belong together, and what the line is.

    `key` None leaves a row alone. `whole` makes the line's record of the parts' rows, in the accounts' order.
    """

    key: Callable[[Row[R]], Hashable | None]
    whole: Callable[[Sequence[Row[R]]], R]


@dataclass(frozen=True, slots=True)
class Chip(Generic[R]):
    """One of a few filters beside the field: "F&O"."""

    key: str
    title: str
    lets: Callable[[Row[R]], bool]


@dataclass(frozen=True, slots=True)
class TableWords:
    """The sentences of a table. `count` says how many rows ("18 positions"), translated; the rest is plain literals."""

    count: Callable[[int], str]
    none: str  # "No open positions"
    unread: str  # "Positions were not read yet."
    closed: Callable[[int], str] | None = None  # of rows that are over and hidden: "3 closed today are hidden."
    parts: Callable[[int], str] | None = None  # how many merged lines: "13 instruments"
    filter: str = "Filter instruments"


@dataclass(frozen=True, slots=True)
class TableSpec(Generic[R]):
    """One table. `name` is its key in what is kept of the user's columns and begins the name of an exported file.

    `words` is what the filter looks in. `over` says that a row is over (a closed position): the user may hide such
    rows, and the totals count them apart. `order` is the column that sorts until the user chooses another, and whether
    it falls; `segments` are the words for both arrangements of a table with `merge`. `details` are further fields of a
    row for its details, after the columns: (title, text), translated.
    """

    name: str
    title: str
    columns: tuple[ColumnSpec[R], ...]
    words: Callable[[Row[R]], str]
    said: TableWords
    by_account: bool = True  # heads of accounts; else one flat list
    merge: Merge[R] | None = None
    chips: tuple[Chip[R], ...] = ()
    over: Callable[[Row[R]], bool] | None = None
    over_label: str = "Show closed"
    order: tuple[str, bool] | None = None
    segments: tuple[str, str] = ("By account", "Merged")
    details: Callable[[Row[R], Figures], Sequence[tuple[str, str]]] | None = None

    def column(self, key: str) -> ColumnSpec[R]:
        """The column `key`; raises `KeyError` when there is none."""
        return self.columns[self.place(key)]

    def place(self, key: str) -> int:
        """Where the column `key` stands in `columns`; raises `KeyError` when there is none."""
        for at, column in enumerate(self.columns):
            if column.key == key:
                return at
        raise KeyError(key)


FIRST: Final = 0
"""The first column is what a row is called by: it keeps its place, is never off, and takes the room left over."""
