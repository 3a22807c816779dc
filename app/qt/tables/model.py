"""A table's rows as Qt's item model: a cell is formatted once, when wanted; only what is seen and changed is told."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.tables.arrange import Wish, arranged
from app.qt.tables.lines import Head, Item, Line, Lines, Whole
from app.qt.tables.rows import Group, Row
from app.qt.tables.spec import FIRST, Align, TableSpec
from app.qt.tables.spoken import head_said, spoken, tip_of
from app.qt.tables.sums import Sums, sums_of

R = TypeVar("R")

Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FLAGS: Final = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EVERYTHING: Final = (0, 1 << 30)
_READ: Final = frozenset({Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole})


class TableModel(QAbstractTableModel, Generic[R]):
    """`arranged`: rows came, went or moved; `stirred`: a figure changed anywhere; `sorted`: another order is wanted."""

    arranged = Signal()
    stirred = Signal()
    sorted = Signal()

    def __init__(self, spec: TableSpec[R], figures: Figures, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.spec, self.figures, self.now = spec, figures, now
        self.lines: Lines[R] = Lines(spec)
        self.wish = Wish()
        self.items: Sequence[Item[R]] = ()
        self.folded: frozenset[Hashable] = frozenset()
        self.visible: Callable[[], tuple[int, int]] = lambda: _EVERYTHING
        self.formatted: Callable[[int, Row[R], str], None] = lambda *_: None
        self.cells_changed: Callable[[list[tuple[Hashable, int]]], None] = lambda _: None
        self.in_sight: Sequence[int] = range(len(spec.columns))  # the columns that have room
        self._hidden = figures.hidden
        self._sums: Sums[R] | None = None

    # -------------------------------------------------------------- what comes

    def load(self, groups: Iterable[Group[R]], *, hold: bool) -> bool:
        """Take over what was read; `hold` keeps rows where they are under the pointer. True when anything changed."""
        self._mask()
        changed, other = self.lines.load(groups)
        if other or changed:
            self.arrange(hold=hold)
        else:
            self.lines.renew_heads()
        self._tell(changed)
        self._stir()
        return bool(other or changed)

    def take(self, rows: Iterable[Row[R]]) -> None:
        """Newer values of rows that are here."""
        found = (self.lines.take(row) for row in rows)
        self._tell([line for line in found if line is not None])
        self._stir()

    def want(self, wish: Wish) -> None:
        """Another filter, order or arrangement."""
        if wish.merged != self.wish.merged:
            self.lines.apart()
        self.wish = wish
        self.arrange()

    def fold(self, key: Hashable) -> None:
        """Fold the rows below a head or a merged line away, or unfold them."""
        self.folded ^= {key}
        self.arrange()

    def arrange(self, *, hold: bool = False) -> None:
        """Filter and sort anew."""
        before = self.items
        items = arranged(self.lines, self.spec, self.wish, self.folded, hold=hold)
        if items != before:  # the same objects in the same order are the same rows
            if len(items) == len(before) and set(map(id, items)) == set(map(id, before)):
                self._move(items)
            else:
                self.beginResetModel()
                self.items, self._sums = items, None  # the columns are measured at once, with their sums
                self.endResetModel()
        self._sums = None
        self.arranged.emit()

    def _stir(self) -> None:
        self._sums = None
        self.stirred.emit()

    def _move(self, items: Sequence[Item[R]]) -> None:
        self.layoutAboutToBeChanged.emit()
        old, before = self.persistentIndexList(), self.items
        self.items = items
        moved = [self.createIndex(before[index.row()].at, index.column()) for index in old]
        self.changePersistentIndexList(old, moved)
        self.layoutChanged.emit()

    def _mask(self) -> None:
        if self._hidden != self.figures.hidden:
            self._hidden = self.figures.hidden
            self.lines.forget_texts()
            self._tell_all()

    def _tell_all(self) -> None:
        if self.items:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.items) - 1, len(self.spec.columns) - 1))

    def tell_heads(self) -> None:
        """The words of the heads may say another second."""
        for item in self.items:
            if isinstance(item, Head):
                self.dataChanged.emit(self.index(item.at, 0), self.index(item.at, len(self.spec.columns) - 1))

    def _tell(self, lines: Iterable[Line[R]]) -> None:
        """Format the changed rows that are seen, and tell the cells whose text is another one."""
        first, last = self.visible()
        wholes = {}
        lit: list[tuple[Hashable, int]] = []
        for line in lines:
            if line.whole is not None:
                wholes[id(line.whole)] = line.whole
            if first <= line.at <= last:
                lit += self._tell_line(line)
        for whole in wholes.values():
            if first <= whole.at <= last and whole.freshen():
                lit += self._tell_line(whole)
        if lit:
            self.cells_changed(lit)

    def _tell_line(self, line: Line[R]) -> list[tuple[Hashable, int]]:
        before, columns = line.before, self.in_sight
        changed = [at for at in columns if before[at] is None or self.text_of(line, at) != before[at]]
        grey = line.was_current != line.row.current
        line.was_current = line.row.current
        for begins, ends in _runs(columns if grey else changed):
            self.dataChanged.emit(self.createIndex(line.at, begins), self.createIndex(line.at, ends))
        return [(line.row.key, at) for at in changed if before[at] is not None]

    # -------------------------------------------------------------- what the view asks

    def item(self, row: int) -> Item[R] | None:
        """What stands in a row of the table."""
        return self.items[row] if 0 <= row < len(self.items) else None

    def line(self, row: int) -> Line[R] | None:
        """As `item`, None for a head."""
        found = self.item(row)
        return found if isinstance(found, Line) else None

    def text_of(self, line: Line[R], column: int) -> str:
        """The text of a cell, formatted once for each value."""
        said = line.texts[column]
        if said is None:
            if isinstance(line, Whole):
                line.freshen()
            spec = self.spec.columns[column]
            text = spec.part if line.depth and spec.part is not None else spec.text
            said = line.texts[column] = text(line.row, self.figures)
            self.formatted(column, line.row, said)
        return said

    def shown(self) -> Sequence[Line[R]]:
        """The rows that the filter lets through, merged ones by their parts."""
        return self.sums().lines

    def sums(self) -> Sums[R]:
        """What the lines on show come to."""
        if self._sums is None:
            self._sums = sums_of(self.spec, self.items)
        return self._sums

    @property
    def groups(self) -> list[Head[R]]:
        """The heads on show, each with its lines."""
        return [item for item in self.items if isinstance(item, Head)]

    # -------------------------------------------------------------- for Qt

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """As Qt's own, in one call instead of three: it is asked for every cell that is painted."""
        if 0 <= row < len(self.items) and 0 <= column < len(self.spec.columns):
            return self.createIndex(row, column)
        return QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Heads and lines."""
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """All columns, the hidden ones too."""
        return 0 if parent.isValid() else len(self.spec.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A head can have the keyboard and is no row that is copied."""
        return _FLAGS if self.line(index.row()) is not None else Qt.ItemFlag.ItemIsEnabled

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Titles, aligned as their column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.spec.columns):
            return None
        column = self.spec.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(column.title)
        if role == Qt.ItemDataRole.ToolTipRole and column.meaning:
            return tr(column.meaning)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column.align is Align.LEFT else _RIGHT
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Texts for whoever cannot see; the delegate asks `text_of`."""
        item = self.item(index.row())
        if item is None:
            return None
        if isinstance(item, Head):
            return head_said(item, self.now()) if index.column() == FIRST and role in _READ else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text_of(item, index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(self.spec, item, index.column(), self.text_of(item, index.column()), self.figures)
            case Qt.ItemDataRole.ToolTipRole:
                return tip_of(self.spec, item, index.column(), self.figures)
            case _:
                return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is the order in which rows were handed in."""
        key = self.spec.columns[column].key if column >= 0 else None
        wish = replace(self.wish, column=key, descending=order is Qt.SortOrder.DescendingOrder and key is not None)
        if wish != self.wish:
            self.want(wish)
            self.sorted.emit()


def _runs(columns: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Neighbours together: one signal for each run of them."""
    begins = ends = -1
    for at in columns:
        if begins < 0:
            begins = at
        elif at != ends + 1:
            yield begins, ends
            begins = at
        ends = at
    if begins >= 0:
        yield begins, ends
