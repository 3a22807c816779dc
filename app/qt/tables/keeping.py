"""Keeps what is selected, what has the keyboard and how far one has scrolled while a table gets other rows."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject
from PySide6.QtWidgets import QTableView

from app.qt.tables.lines import Head, Line
from app.qt.tables.model import TableModel

R = TypeVar("R")

_ROWS = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
_NOTHING = QItemSelectionModel.SelectionFlag.NoUpdate


def selected_lines(selection: QItemSelectionModel, model: TableModel[R]) -> list[Line[R]]:
    """The selected lines, in the order of the table: by ranges, where Qt's own asks for every cell of every row."""
    chosen = selection.selection()
    parts = (chosen.at(number) for number in range(chosen.count()))
    rows = {row for part in parts for row in range(part.top(), part.bottom() + 1)}
    return [line for row in sorted(rows) if (line := model.line(row)) is not None]


class Keeping(QObject, Generic[R]):
    """Rows are known again by their keys. To be made after `setModel`: the view's own reset comes first."""

    def __init__(self, view: QTableView, model: TableModel[R]) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._selected: set[Hashable] = set()
        self._current: tuple[Hashable, int] | None = None
        self._scrolled = 0
        model.modelAboutToBeReset.connect(self._note)
        model.modelReset.connect(self._restore)

    def _note(self) -> None:
        selection, current = self._view.selectionModel(), self._view.currentIndex()
        self._selected = {line.row.key for line in selected_lines(selection, self._model)}
        self._current = (self._key(current.row()), current.column()) if current.isValid() else None
        self._scrolled = self._view.verticalScrollBar().value()

    def _restore(self) -> None:
        model, selection = self._model, QItemSelection()
        places = {self._key(at): at for at in range(model.rowCount())} if self._selected or self._current else {}
        for key in self._selected & places.keys():
            index = model.index(places[key], 0)
            selection.select(index, index)
        if not selection.isEmpty():
            self._view.selectionModel().select(selection, _ROWS)
        if self._current is not None and self._current[0] in places:
            index = model.index(places[self._current[0]], self._current[1])
            self._view.setAutoScroll(False)
            self._view.selectionModel().setCurrentIndex(index, _NOTHING)
            self._view.setAutoScroll(True)
        self._view.verticalScrollBar().setValue(self._scrolled)

    def _key(self, row: int) -> Hashable:
        item = self._model.item(row)
        if isinstance(item, Head):
            return ("head", item.group.user_id)
        return item.row.key if item is not None else None
