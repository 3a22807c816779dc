"""A table whose values come while one looks: sorted four times a second at most, and never under the pointer."""

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QObject, Signal
from PySide6.QtWidgets import QTableView

from app.qt.tables.feed import Feed
from app.qt.tables.model import TableModel
from app.qt.tables.pacing import Pace
from app.qt.tables.rows import Group, Row

R = TypeVar("R")

_BEAT_MS: Final = 125  # sorting and summing in turn: each four times a second, never both at once


class Live(QObject, Generic[R]):
    """`summed` says that sums are other ones, or that sorting waits or goes on."""

    summed = Signal()
    NO_SELECTION: Final = QItemSelectionModel.SelectionFlag.NoUpdate

    def __init__(self, view: QTableView, model: TableModel[R]) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self.feed: Feed[R] = Feed(self, model.take)
        self.paused = False
        self._menus = 0
        self._aims = False
        self._to_sort = self._to_sum = False
        self._sums_turn = False
        self._beat = Pace(self, _BEAT_MS, self._on_beat)
        model.stirred.connect(self._on_stirred)
        model.arranged.connect(self._want_sums)

    def load(self, groups: Iterable[Group[R]]) -> None:
        """Everything was read anew: what waits in the feed is older."""
        self.feed.drop()
        first = not self._model.items
        held = self.held() and self._model.wish.column is not None
        self.pause(paused=held and (self._model.load(groups, hold=True) or self.paused))
        if not held:
            self._model.load(groups, hold=False)
        if first:  # all of it is painted anew, sorted and with its sums
            self._to_sort = self._to_sum = False
            self._beat.forget()

    def put(self, row: Row[R]) -> None:
        """A newer value of a row."""
        self.feed.put(row)

    def held(self) -> bool:
        """Whether rows must stay where they are: somebody aims at one, or a menu is open.

        A pointer that only happened to rest where the table came up aims at nothing.
        """
        return self._menus > 0 or (self._aims and self._view.viewport().underMouse())

    def aim(self) -> None:
        """The pointer was moved, or pressed, over the rows."""
        self._aims = True

    def leave(self) -> None:
        """The pointer has left: what waited is sorted."""
        self._aims = False
        self.resume()

    def menu_opened(self) -> None:
        """Rows stay where they are until `menu_closed`."""
        self._menus += 1

    def menu_closed(self) -> None:
        """See `menu_opened`."""
        self._menus -= 1
        self.resume()

    def resume(self) -> None:
        """Sort what has waited, if nothing holds it any more."""
        if self.paused:
            self._to_sort = True
            self._beat.ask()

    def pause(self, *, paused: bool) -> None:
        """Whether the order on show is behind its figures."""
        if paused != self.paused:
            self.paused = paused
            self.summed.emit()

    def _on_stirred(self) -> None:
        wish = self._model.wish
        self._to_sort = self._to_sort or bool(wish.column or wish.words or wish.chip or not wish.over)
        self._want_sums()

    def _want_sums(self) -> None:
        self._to_sum = True
        self._beat.ask()

    def _on_beat(self) -> None:
        self._sums_turn = not self._sums_turn
        if self._sums_turn and self._to_sum:
            self._to_sum = False
            self.summed.emit()
        elif not self._sums_turn and self._to_sort:
            self._to_sort = False
            self._arrange()
        if self._to_sum or self._to_sort:
            self._beat.ask()

    def _arrange(self) -> None:
        held = self.held()
        self.pause(paused=held and self._model.wish.column is not None)
        if not held:
            self._model.arrange()
