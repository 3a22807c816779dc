"""Full pages for when there is nothing else to show: a store that cannot be opened, a keychain that is shut."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.domain import redact
from app.domain.tongue import tr
from app.qt.bridge import words_of
from app.qt.fonts import Role, scaled
from app.qt.theme import Theme, put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.facts import Lines
from app.qt.widgets.marks import StateMark

_WIDTH: Final = 560
_DOCTOR: Final = "In a terminal, kunji doctor looks at everything that Kunji rests on, and says what to do."
_KEYCHAINS: Final = (
    ("refused", "GNOME Keyring", "Debian, Ubuntu, Fedora: install gnome-keyring, then sign in to the desktop again."),
    ("refused", "KWallet", "KDE: install kwalletmanager and switch the wallet on in the system settings."),
    ("refused", "KeePassXC", "Install keepassxc and switch on Secret Service Integration in its settings."),
)


class TroublePage(QWidget):
    """A failure that leaves nothing else to show: what it is, what to do, Details, one button."""

    again = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = StateMark(theme, 28)
        self.title = text(role=Role.TITLE, wrap=True)
        self.words = text(tone="soft", wrap=True)
        self._choices = Lines(theme)
        self.details_button = button(tr("Details"), "quiet")
        self.details = text("", Role.SMALL, "muted", wrap=True)
        self.copy = CopyDetails()
        self.button = button(tr("Try again"), "primary", size="large")
        self.button.clicked.connect(self.again)
        self.restore = button("", "plain", size="large")
        self.restore.hide()
        self._put_back: Callable[[], None] | None = None
        self.restore.clicked.connect(self._on_restore)
        self.details_button.clicked.connect(self._on_details)
        self._lay_out()

    def _lay_out(self) -> None:
        panel = surface("panel")
        panel.setMaximumWidth(scaled(_WIDTH))
        head = row(gap=16)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=8)
        words.addWidget(self.title)
        words.addWidget(self.words)
        head.addLayout(words, 1)
        line = row(gap=12)
        line.addWidget(self.button)
        line.addWidget(self.restore)
        line.addWidget(self.details_button)
        line.addStretch()
        line.addWidget(self.copy)
        inside = column(panel, gap=16, margin=20)
        for part in (head, line):
            inside.addLayout(part)
        inside.insertWidget(1, self._choices)
        inside.addWidget(self.details)
        inside.addWidget(text(tr(_DOCTOR), Role.SMALL, "muted", wrap=True))
        across = row(gap=0)
        across.addStretch(1)
        across.addWidget(panel, 8)
        across.addStretch(1)
        outer = column(self, gap=0, margin=20)
        outer.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(2)

    def show_error(self, error: BaseException, at: datetime | None = None) -> None:
        """Tell `error`, which happened `at`."""
        title, next_step = words_of(error)
        kind = str(getattr(error, "kind", ""))
        put(self.title, title)
        put(self.words, next_step)
        name(self, title, next_step)
        self._mark.show_shape("locked" if kind.startswith("key") else "expired", tr("Problem"))
        self._choices.show_lines(_KEYCHAINS if kind == "keychain_missing" else ())
        self._choices.setVisible(kind == "keychain_missing")
        label = tr("Unlock") if kind == "keychain_locked" else tr("Try again")
        self.button.setText(label)
        name(self.button, label)
        self.restore.hide()
        self._show_details(error)
        self.copy.show_error(error, at)

    def offer(self, at: datetime, put_back: Callable[[], None]) -> None:
        """Offer the copy that was taken `at`; what came after it would be lost, and that is said before."""
        from app.services.times import full_time  # loaded on first use: start-up

        self._put_back = put_back
        self.restore.setText(tr("Restore the copy of {at}", at=full_time(at)))
        said = tr("What was stored after that would be entered again. The damaged file is kept.")
        self.restore.setToolTip(said)
        name(self.restore, self.restore.text(), said)
        put(self.words, f"{self.words.text()} {said}")
        self.restore.show()

    def _on_restore(self) -> None:
        if self._put_back is not None:
            self._put_back()

    def _show_details(self, error: BaseException) -> None:
        said = str(getattr(error, "detail", "")) or str(error)
        put(self.details, redact(said))
        self.details.hide()
        self.details_button.setVisible(bool(said))

    def _on_details(self) -> None:
        shown = not self.details.isVisibleTo(self)
        self.details.setVisible(shown)
