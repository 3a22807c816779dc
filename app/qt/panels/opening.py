"""What is seen before the accounts are there; after a while it says what it waits for and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, text

if TYPE_CHECKING:
    import asyncio

_WIDTH: Final = 360
_AFTER_MS: Final = 2000  # after this every wait says what it waits for
_LONG_MS: Final = 10_000  # and after this what else can be done


class OpeningPage(QWidget):
    """What is seen before the accounts are there."""

    def __init__(self) -> None:
        super().__init__()
        name(self, tr("Opening your accounts"))
        self._words = text(tr("Opening your accounts"), Role.HEAD)
        self.more = text("", tone="soft", wrap=True)
        self.more.setMinimumWidth(scaled(_WIDTH))
        self.more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.cancel = button(tr("Cancel"), "plain")
        self._give_up: asyncio.Event | None = None
        self.cancel.clicked.connect(self._on_cancel)
        inside = column(self, gap=8, margin=20)
        inside.addStretch(2)
        inside.addWidget(self._words, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(3)
        self._steps = [QTimer(self) for _ in range(2)]
        says = (
            tr("Reading the credential store and its key."),
            tr("Your keychain may be asking for its password: look for it."),
        )
        for timer, after, said in zip(self._steps, (_AFTER_MS, _LONG_MS), says, strict=True):
            timer.setSingleShot(True)
            timer.setInterval(after)
            timer.timeout.connect(lambda said=said: put(self.more, said))

    def show_waiting(self, *, waiting: bool, give_up: asyncio.Event | None) -> None:
        """The keychain takes its time; with Cancel where somebody listens to it."""
        self.cancel.setVisible(waiting and give_up is not None)
        if waiting:
            put(self.more, tr("Waiting for your keychain. It may be asking for its password in a window of its own."))
        if waiting and give_up is not None:
            self._give_up = give_up

    def _on_cancel(self) -> None:
        if self._give_up is not None:
            self._give_up.set()
        self.cancel.hide()

    def begin(self) -> None:
        """Count the wait from now."""
        put(self.more, "")
        self.cancel.hide()
        for timer in self._steps:
            timer.start()
