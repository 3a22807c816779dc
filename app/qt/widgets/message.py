"""The message line at the foot of the window: one thing to tell, its buttons, and a way to put it away.

It takes its room from below, so nothing under the pointer moves. It also stands in for desktop notifications where
there is no such service: same words, same buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame

from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import button, clear, column, name, row, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.marks import IconButton, StateMark

Buttons = Mapping[str, Callable[[], None]]


class MessageLine(QFrame):
    """Messages wait for each other: the newest is on show, putting it away shows the one before."""

    shown = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("surface", "message")
        self._messages: dict[str, tuple[str, str, Buttons, str]] = {}
        self._put_away: dict[str, Callable[[], None]] = {}
        self._mark = StateMark(theme, 18)
        self.title = text(role=Role.TOTAL, wrap=True)
        self.words = text(role=Role.SMALL, tone="soft", wrap=True)
        self._buttons = row()
        self.copy = CopyDetails(size="row")
        self._close = IconButton(theme, "close", tr("Dismiss message"))
        self._close.clicked.connect(self.dismiss)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        lines = column(gap=0)
        lines.addWidget(self.title)
        lines.addWidget(self.words)
        outer = row(self, gap=12)
        outer.setContentsMargins(20, 6, 12, 6)
        outer.addWidget(self._mark)
        outer.addLayout(lines, 1)
        outer.addWidget(self.copy)
        outer.addLayout(self._buttons)
        outer.addWidget(self._close)

    @property
    def _current(self) -> str:
        return next(reversed(self._messages), "")

    @property
    def keys(self) -> tuple[str, ...]:
        """What is waiting to be read, the one on show last."""
        return tuple(self._messages)

    def post(
        self,
        key: str,
        title: str,
        words: str,
        buttons: Buttons,
        put_away: Callable[[], None] | None = None,
        *,
        details: str = "",
    ) -> None:
        """Tell something; a message of the same key is replaced. `put_away`: the user has closed it.

        `details` is what can be copied of an error (`widgets.details.details_of`).
        """
        self._forget(key)
        if put_away is not None:
            self._put_away[key] = put_away
        self._messages[key] = (title, words, buttons, details)
        self._show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def withdraw(self, key: str) -> None:
        """It is no longer so, or was read."""
        if self._forget(key):
            self._show()

    def _forget(self, key: str) -> bool:
        self._put_away.pop(key, None)
        return self._messages.pop(key, None) is not None

    def dismiss(self) -> None:
        """The user has read what is on show."""
        key = self._current
        then = self._put_away.get(key)
        self.withdraw(key)
        if then is not None:
            then()

    def _show(self) -> None:
        clear(self._buttons)
        self.setVisible(bool(self._messages))
        if not self._messages:
            return
        title, words, buttons, details = self._messages[self._current]
        self._mark.show_shape("expiring", tr("Notice"))
        put(self.title, title)
        put(self.words, words)
        self.words.setVisible(bool(words))
        name(self, title, words)
        self.copy.show_text(details)
        for label, then in buttons.items():
            self._add_button(self._current, label, then)
        self.shown.emit()

    def _add_button(self, key: str, label: str, then: Callable[[], None]) -> None:
        made = button(label, "plain", size="row")
        made.clicked.connect(lambda: self._pressed(key, then))
        self._buttons.addWidget(made)

    def _pressed(self, key: str, then: Callable[[], None]) -> None:
        self.withdraw(key)
        then()
