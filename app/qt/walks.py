"""Reconnect all: the one dialog of a walk over the accounts that need a sign-in."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.qt.desk import Desk
from app.services.views import AccountState, AccountView, Action
from app.services.words import still_working

if TYPE_CHECKING:
    from app.qt.dialogs.walk import WalkDialog

_NEEDY = (Action.RECONNECT, Action.SHOW_SIGN_IN)


class Walks(QObject):
    """Starts walks and keeps their dialog. `repair` carries an account that needs a sign-in of its own."""

    repair = Signal(str)
    nothing_to_do = Signal()

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window)
        self._window, self._desk = window, desk
        self._dialog: WalkDialog | None = None

    @property
    def dialog(self) -> WalkDialog | None:
        """The dialog on show."""
        return self._dialog

    def start(self, named: Collection[str] = ()) -> None:
        """Sign in to every account that needs it; one alone gets the dialog of one.

        Sessions that still live are replaced only when no other needs it, and only after a question: those `named`, or
        else those that end soon.
        """
        if self._dialog is not None and not self._dialog.ended:
            self._bring(self._dialog)
            return
        needy = [view for view in self._desk.board.worst_first if view.action in _NEEDY]
        ending = [view for view in self._desk.board.worst_first if view.state is AccountState.ENDS_SOON]
        wanted = needy or [view for view in ending if not named or view.user_id in named]
        if len(wanted) > 1:
            self._open(wanted, living=not needy)
        elif wanted:
            self.repair.emit(wanted[0].user_id)
        else:
            self.nothing_to_do.emit()

    def shows(self, user_id: str) -> bool:
        """Show the walk that has to do with the account; False when none has."""
        if self._dialog is None or not self._dialog.holds(user_id):
            return False
        self._dialog.select(user_id)
        self._bring(self._dialog)
        return True

    def told(self) -> None:
        """A sign-in or the walk went on."""
        if self._dialog is not None:
            self._dialog.refresh()

    def _open(self, wanted: list[AccountView], *, living: bool) -> None:
        if self._dialog is not None:
            self._dialog.reject()
        from app.qt.dialogs.walk import WalkDialog  # loaded on first use: start-up

        desk = self._desk
        dialog = self._dialog = WalkDialog(self._window, desk.theme, desk.services.clock, desk.board.account)
        dialog.finished.connect(lambda: self._closed(dialog))
        dialog.retry.connect(self.repair)
        chosen = tuple(view.user_id for view in wanted)
        dialog.begin_wanted.connect(lambda: dialog.follow(desk.services.reconnect_all.start(chosen)))
        if living:
            dialog.ask_first(still_working(wanted, desk.now()))
        else:
            dialog.follow(desk.services.reconnect_all.start())
        dialog.show()

    def _closed(self, dialog: WalkDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
        dialog.deleteLater()

    def _bring(self, dialog: WalkDialog) -> None:
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
