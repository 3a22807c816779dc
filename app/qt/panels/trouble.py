"""Full pages for when there is nothing else to show: opening, a store that cannot be opened, a keychain that is shut."""

import asyncio
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.domain import redact
from app.qt.bridge import words_of
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.facts import Lines
from app.qt.widgets.marks import StateMark

_WIDTH: Final = 560
_AFTER_MS: Final = 2000  # after this every wait says what it waits for
_LONG_MS: Final = 10_000  # and after this what else can be done
_KEYCHAINS: Final = (
    ("refused", "GNOME Keyring", "Debian, Ubuntu, Fedora: install gnome-keyring, then sign in to the desktop again."),
    ("refused", "KWallet", "KDE: install kwalletmanager and switch the wallet on in the system settings."),
    ("refused", "KeePassXC", "Install keepassxc and switch on Secret Service Integration in its settings."),
)


class OpeningPage(QWidget):
    """What is seen before the accounts are there."""

    def __init__(self) -> None:
        super().__init__()
        name(self, "Opening your accounts")
        self._words = text("Opening your accounts", Role.HEAD)
        self.more = text("", tone="soft", wrap=True)
        self.more.setMinimumWidth(_WIDTH - 200)
        self.more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.cancel = button("Cancel", "plain")
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
            "Reading the credential store and its key.",
            "Your keychain may be asking for its password: look for it.",
        )
        for timer, after, said in zip(self._steps, (_AFTER_MS, _LONG_MS), says, strict=True):
            timer.setSingleShot(True)
            timer.setInterval(after)
            timer.timeout.connect(lambda said=said: put(self.more, said))

    def show_waiting(self, *, waiting: bool, give_up: asyncio.Event | None) -> None:
        """The keychain takes its time; with Cancel where somebody listens to it."""
        self.cancel.setVisible(waiting and give_up is not None)
        if waiting:
            put(self.more, "Waiting for your keychain. It may be asking for its password in a window of its own.")
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


class TroublePage(QWidget):
    """A failure that leaves nothing else to show: what it is, what to do, Details, one button."""

    again = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = StateMark(theme, 28)
        self.title = text(role=Role.TITLE, wrap=True)
        self.words = text(tone="soft", wrap=True)
        self._choices = Lines(theme)
        self.details_button = button("Details", "quiet")
        self.details = text("", Role.SMALL, "muted", wrap=True)
        self.copy = button("Copy details", "quiet")
        self.button = button("Try again", "primary", size="large")
        self.button.clicked.connect(self.again)
        self.details_button.clicked.connect(self._on_details)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.details.text()))
        self._lay_out()

    def _lay_out(self) -> None:
        panel = surface("panel")
        panel.setMaximumWidth(_WIDTH)
        head = row(gap=16)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=8)
        words.addWidget(self.title)
        words.addWidget(self.words)
        head.addLayout(words, 1)
        line = row(gap=12)
        line.addWidget(self.button)
        line.addWidget(self.details_button)
        line.addStretch()
        line.addWidget(self.copy)
        inside = column(panel, gap=16, margin=20)
        for part in (head, line):
            inside.addLayout(part)
        inside.insertWidget(1, self._choices)
        inside.addWidget(self.details)
        across = row(gap=0)
        across.addStretch(1)
        across.addWidget(panel, 8)
        across.addStretch(1)
        outer = column(self, gap=0, margin=20)
        outer.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)

    def show_error(self, error: BaseException) -> None:
        """Tell `error`."""
        title, next_step = words_of(error)
        kind = str(getattr(error, "kind", ""))
        put(self.title, title)
        put(self.words, next_step)
        name(self, title, next_step)
        self._mark.show_shape("locked" if kind.startswith("key") else "expired", "Problem")
        self._choices.show_lines(_KEYCHAINS if kind == "keychain_missing" else ())
        self._choices.setVisible(kind == "keychain_missing")
        label = "Unlock" if kind == "keychain_locked" else "Try again"
        self.button.setText(label)
        name(self.button, label)
        self._show_details(error)

    def _show_details(self, error: BaseException) -> None:
        said = str(getattr(error, "detail", "")) or str(error)
        put(self.details, redact(said))
        self.details.hide()
        self.copy.hide()
        self.details_button.setVisible(bool(said))

    def _on_details(self) -> None:
        shown = not self.details.isVisibleTo(self)
        self.details.setVisible(shown)
        self.copy.setVisible(shown)
