"""Opens exits, each a window of its own, and tells them what happens; what ends without a window is told in a line."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from app.domain.tongue import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.qt.desk import Desk
    from app.qt.exits.dialog import ExitDialog
    from app.qt.exits.errand import ExitErrand
    from app.qt.window import Window
    from app.services.order_views import ExitScope
    from app.services.views import Event


class Exits(QObject):
    """Belongs to the desk (`desk.exits`). Opening one never sends anything."""

    def __init__(self) -> None:
        super().__init__()
        self.dialogs: dict[ExitErrand, ExitDialog] = {}
        self._errands: list[ExitErrand] = []

    def attach(self, window: Window, desk: Desk) -> None:
        """The window is there: the exits' windows are its children."""
        self.setParent(window)
        self._window, self._desk = window, desk

    def begin(self, scopes: Sequence[ExitScope]) -> ExitErrand:
        """Read what would make these flat and show it; one that is open for the same already comes forward."""
        from app.qt.exits.course import Stage  # loaded on first use: start-up
        from app.qt.exits.errand import ExitErrand  # as above

        for errand, dialog in self.dialogs.items():
            if errand.course.scopes == tuple(scopes) and errand.course.stage is not Stage.DONE:
                dialog.raise_()
                dialog.activateWindow()
                return errand
        errand = ExitErrand(self, self._desk, tuple(scopes))
        self._errands.append(errand)
        errand.done.connect(partial(self._tell, errand))
        self._open(errand)
        errand.read()
        return errand

    def take(self, event: Event) -> None:
        """What the services tell."""
        from app.services.views import ExitChanged  # loaded on first use: start-up

        if isinstance(event, ExitChanged):
            for errand in tuple(self._errands):
                errand.take(event.view)

    def shows(self, key: str) -> bool:
        """Whether what a notice of this key tells is in sight in an exit's own window."""
        return any(
            key in _keys(errand)
            and dialog.isVisible()
            and QApplication.activeWindow() in {dialog, self._window}  # another one may be before it
            for errand, dialog in self.dialogs.items()
        )

    def tells(self, key: str) -> bool:
        """Whether what a notice of this key tells has, or will have, a line of its own with the receipt."""
        return any(key in _told_in_a_line(errand) for errand in self._errands if errand not in self.dialogs)

    def _open(self, errand: ExitErrand) -> None:
        from app.qt.exits.dialog import ExitDialog  # loaded on first use: start-up

        dialog = self.dialogs[errand] = ExitDialog(self._window, errand)
        dialog.closed.connect(partial(self._closed, errand))
        dialog.orders_wanted.connect(partial(self._window.go, "orders"))
        dialog.show()

    def _closed(self, errand: ExitErrand) -> None:
        """What was sent goes on, and is told when it is done; else there is nothing left to know."""
        from app.qt.exits.course import Stage  # loaded on first use: start-up

        del self.dialogs[errand]
        if errand.course.stage is not Stage.RUNNING:
            self._errands.remove(errand)
            errand.deleteLater()

    def _tell(self, errand: ExitErrand) -> None:
        """The receipt came and nobody was looking."""
        if errand in self.dialogs:
            return
        from app.qt.exits.exit_said import headline, title_of  # loaded on first use: start-up

        said, words = headline(errand.course)
        title = tr("{exit}: {said}", exit=title_of(errand.course, self._desk.board), said=said)
        buttons = {
            tr("Show receipt"): partial(self._answered, errand, partial(self._open, errand)),
            tr("Show orders"): partial(self._answered, errand, partial(self._window.go, "orders")),
        }
        put_away = partial(self._answered, errand)
        self._window.message.post(f"exit {id(errand)}", title, words, buttons, put_away)

    def _answered(self, errand: ExitErrand, then: Callable[[], None] | None = None) -> None:
        """The line was read: so is the notice that says the same over the desktop."""
        for key in _keys(errand):
            self._desk.services.notices.answered(key)
        if then is not None:
            then()


def _keys(errand: ExitErrand) -> set[str]:
    """Of the notices about this exit, one for each of its plans."""
    from app.services.exit_notices import exit_key  # loaded on first use: start-up

    return {exit_key(plan.plan_id) for plan in errand.course.plans}


def _told_in_a_line(errand: ExitErrand) -> set[str]:
    """Those of them that the line speaks of: after one plan broke off it says no more of what becomes of the others."""
    from app.services.exit_notices import exit_key  # loaded on first use: start-up

    return {exit_key(plan_id) for plan_id in errand.broken} or _keys(errand)
