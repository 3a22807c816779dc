"""The columns of a table on the screen: which, where, how wide; they grow with their figures and give way in order."""

from collections import defaultdict
from dataclasses import replace
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QTableView

from app.qt.fonts import scaled
from app.qt.tables.cells import CellPainter
from app.qt.tables.choice import Choice, usual
from app.qt.tables.faces import shape_of
from app.qt.tables.fit import Need, fit
from app.qt.tables.lines import Line
from app.qt.tables.model import TableModel
from app.qt.tables.pacing import Pace
from app.qt.tables.rows import Row
from app.qt.tables.sizes import EDGE, PAD
from app.qt.tables.spec import FIRST, Align

R = TypeVar("R")

_MEASURED: Final = 200  # rows whose figures are measured before they are seen; the others as they come into sight
_ONCE_MS: Final = 50


class Columns(QObject, Generic[R]):
    """`fitted` says that columns came, went or moved; `chosen` that the user put them in another order."""

    fitted = Signal()
    chosen = Signal()

    def __init__(self, view: QTableView, model: TableModel[R], cells: CellPainter[R]) -> None:
        super().__init__(view)
        self._view, self._model, self._cells = view, model, cells
        self._spec = model.spec
        self.choice: Choice = usual(model.spec)
        self._needed: dict[int, int] = {}
        self._shapes: defaultdict[int, set[str]] = defaultdict(set)
        self._grow = Pace(self, _ONCE_MS, self.fit)
        model.formatted = self._on_formatted
        model.modelReset.connect(self.measure)
        view.horizontalHeader().sectionMoved.connect(self._on_moved)

    def wear(self, choice: Choice) -> None:
        """Columns and order as the user wants them."""
        self.choice = choice
        head = self._view.horizontalHeader()
        with QSignalBlocker(head):
            for at, key in enumerate(choice.order):
                head.moveSection(head.visualIndex(self._spec.place(key)), at)
            place = self._spec.place(choice.column) if choice.column is not None else -1
            down = Qt.SortOrder.DescendingOrder if choice.descending else Qt.SortOrder.AscendingOrder
            head.setSortIndicator(place, down)
        self.measure()

    def wanted(self) -> list[int]:
        """The columns that the user wants in this arrangement, from left to right."""
        merged, found = self._model.wish.merged, []
        for key in self.choice.order:
            at = self._spec.place(key)
            column = self._spec.columns[at]
            if self.choice.shows(key, optional=column.optional) and column.merged in {None, merged}:
                found.append(at)
        return found

    def shown(self) -> list[int]:
        """Those of them that have room."""
        return [at for at in self.wanted() if not self._view.isColumnHidden(at)]

    def fit(self) -> None:
        """Give every column what its figures need; hide the next of the list rather than cut one."""
        wanted, columns = self.wanted(), self._spec.columns
        widths, shown = self._fitted(wanted, wanted[-1])
        if shown[-1] != wanted[-1]:  # another one stands at the edge, and the edge takes room
            widths, shown = self._fitted(wanted, shown[-1])
        self._cells.edges(shown)
        self._model.in_sight = sorted(shown)
        for at, column in enumerate(columns):
            hidden = column.key not in widths
            if self._view.isColumnHidden(at) != hidden:
                self._view.setColumnHidden(at, hidden)
            if not hidden and self._view.columnWidth(at) != widths[column.key]:
                self._view.setColumnWidth(at, widths[column.key])
        self.fitted.emit()

    def _fitted(self, wanted: list[int], last: int) -> tuple[dict[str, int], list[int]]:
        """Widths of what stays, and which these are, when the column `last` is the one at the right edge."""
        columns = self._spec.columns
        ends = (wanted[FIRST], last)
        needs = [
            Need(column.key, self._need(at, ends), column.hide, column.optional, scaled(column.most or 0))
            for at, column in ((at, columns[at]) for at in wanted)
        ]
        widths = fit(needs, self._view.viewport().width())
        return widths, [at for at in wanted if columns[at].key in widths]

    def measure(self) -> None:
        """What is there needs this much; what was wider and is gone needs it no more."""
        self._needed = {}
        self._shapes.clear()
        lines = [item for item in self._model.items if isinstance(item, Line)][:_MEASURED]
        for at in self.wanted() if lines else ():
            for line in lines:
                self._take(at, line.row, self._model.text_of(line, at))
            if self._spec.columns[at].total is not None:
                self._take_sums(at)
        self._grow.forget()
        self.fit()

    def _take_sums(self, at: int) -> None:
        sums, column = self._model.sums(), self._spec.columns[at]
        for found in (sums.whole, *sums.by_account.values()):
            self.take_sum(at, column.sum_text(found[at].value, self._model.figures))

    def take_sum(self, at: int, said: str) -> None:
        """A sum below a column's figures is never cut either."""
        width = int(self._cells.sum_width(at, said)) + 1
        if width > self._needed.get(at, 0):
            self._needed[at] = width
            self._grow.ask()

    def _need(self, at: int, ends: tuple[int, int]) -> int:
        column = self._spec.columns[at]
        if column.most is not None:
            return scaled(column.least)  # its place and those of the others do not depend on what stands in it
        pads = (EDGE if at == ends[0] else PAD) + (EDGE if at == ends[1] else PAD)
        return max(column.least, self._needed.get(at, 0) + pads)

    def _on_formatted(self, at: int, row: Row[R], said: str) -> None:
        """A figure that was never seen before: its column grows when it needs more."""
        if self._spec.columns[at].align is Align.RIGHT:
            shape = shape_of(said)
            if shape in self._shapes[at]:
                return
            self._shapes[at].add(shape)
        if self._take(at, row, said):
            self._grow.ask()

    def _take(self, at: int, row: Row[R], said: str) -> bool:
        width = int(self._cells.width(at, row, said)) + 1
        if width <= self._needed.get(at, 0):
            return False
        self._needed[at] = width
        return True

    def _on_moved(self) -> None:
        head = self._view.horizontalHeader()
        order = sorted(range(len(self._spec.columns)), key=head.visualIndex)
        self.choice = replace(self.choice, order=tuple(self._spec.columns[at].key for at in order))
        self.fit()
        self.chosen.emit()
