"""The empty start: what Kunji does, the brokers with one filled button, and the demo for who wants to look first."""

import asyncio
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.domain.tongue import tr
from app.qt import icons
from app.qt.account_ports import SpecLike
from app.qt.desk import Desk
from app.qt.fonts import Role, scaled
from app.qt.widgets.basic import button, column, hairline, name, row, surface, text
from app.qt.widgets.scroll import Scroll

_WIDTH: Final = 680
_HOW: Final = {
    "browser_redirect": "You sign in on its own page, in your browser.",
    "code": "You sign in with a PIN and a code of your phone.",
}
_PROMISES: Final = (
    ("Stays on this computer", "Keys are encrypted; the lock is in your system's keychain. No server of ours exists."),
    ("Never asks for web passwords", "You sign in on the broker's own page, or with a code from your phone."),
    (
        "Says when it does not know",
        "Old figures are grey with their time. A lost connection is never called signed out.",
    ),
)


class AppMark(QWidget):
    """The program's icon, drawn at this screen's scale."""

    def __init__(self, size: int = 60) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        name(self, tr("Kunji"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        QPainter(self).drawPixmap(0, 0, icons.pixmap("app", self.width(), self.devicePixelRatioF()))


class FirstRunPage(QWidget):
    """Shown instead of the overview while there is no account."""

    connect_wanted = Signal(str)

    def __init__(self, desk: Desk, *, demo: bool = False) -> None:
        """`demo`: this is the demo itself, and offers no other one."""
        super().__init__()
        self._desk, self._demo = desk, demo
        self._specs: Sequence[SpecLike] = desk.services.brokers.specs()
        self.try_demo = button(tr("Try the demo"), "plain")
        self.try_demo.clicked.connect(self._on_demo)
        name(self, tr("Welcome"))
        page = QWidget()
        middle = QWidget()
        middle.setMaximumWidth(scaled(_WIDTH))
        inside = column(middle, gap=20)
        inside.setContentsMargins(20, 32, 20, 20)
        inside.addLayout(self._head())
        inside.addWidget(self._brokers())
        inside.addLayout(self._promises())
        inside.addStretch()
        across = row(page, gap=0)
        across.addStretch(1)
        across.addWidget(middle, 20)
        across.addStretch(1)
        column(self, gap=0).addWidget(Scroll(page))

    def _head(self) -> QHBoxLayout:
        head = row(gap=20)
        words = column(gap=4)
        words.addWidget(text(tr("Every account open, every morning"), Role.FIGURE, wrap=True))
        said = tr(
            "Your brokers sign you out every day. Kunji tells you before it happens and brings each account back."
        )
        words.addWidget(text(tr(said), tone="soft", wrap=True))
        head.addWidget(AppMark(), 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _brokers(self) -> QFrame:
        panel = surface("panel")
        inside = column(panel, gap=0, margin=1)
        top = column(gap=4)
        top.setContentsMargins(16, 12, 16, 12)
        top.addWidget(text(tr("Connect your first account"), Role.HEAD))
        said = tr("About five minutes, once. You need your own API app at the broker; the next page shows how.")
        top.addWidget(text(tr(said), Role.SMALL, "soft", wrap=True))
        inside.addLayout(top)
        names = [text(spec.label, Role.TOTAL) for spec in self._specs]
        buttons = [self._connect(spec, first=at == 0) for at, spec in enumerate(self._specs)]
        _same_width(names)
        _same_width(buttons)
        for spec, called, go in zip(self._specs, names, buttons, strict=True):
            inside.addWidget(hairline())
            line = row(gap=16)
            line.setContentsMargins(16, 10, 16, 10)
            line.addWidget(called)
            line.addWidget(text(_in_short(spec), Role.SMALL, "soft", wrap=True), 1)
            line.addWidget(go)
            inside.addLayout(line)
        if not self._demo:
            inside.addWidget(self._foot())
        return panel

    def _foot(self) -> QFrame:
        foot = surface("foot")
        line = row(foot, gap=16)
        line.setContentsMargins(16, 12, 16, 12)
        line.addWidget(self.try_demo)
        said = tr("Invented brokers and money, real buttons, in a window of its own. No account is needed.")
        line.addWidget(text(said, Role.SMALL, "soft", wrap=True), 1)
        return foot

    def _on_demo(self) -> None:
        from app.system.another import open_demo  # loaded on first use: start-up

        self._desk.run(self, asyncio.to_thread(open_demo)).busy(self.try_demo, tr("Opening the demo"))

    def _connect(self, spec: SpecLike, *, first: bool) -> QPushButton:
        go = button(tr("Connect {broker}", broker=spec.label), "primary" if first else "plain")
        go.clicked.connect(lambda _=False, key=spec.key: self.connect_wanted.emit(key))
        return go

    def _promises(self) -> QHBoxLayout:
        line = row(gap=20)
        for title, said in _PROMISES:
            words = column(gap=4)
            words.addWidget(text(tr(title), Role.SMALL_STRONG, wrap=True))
            words.addWidget(text(tr(said), Role.SMALL, "soft", wrap=True))
            words.addStretch()
            line.addLayout(words, 1)
        return line


def _in_short(spec: SpecLike) -> str:
    """How one signs in, and what its guide says at last of how long that lasts."""
    last = tr(spec.guide[-1].text) if spec.guide else ""
    lasts = [f"{sentence.rstrip('.')}." for sentence in last.split(". ") if "session" in sentence]
    return " ".join([tr(_HOW.get(spec.login, "")), *lasts]).strip()


def _same_width(widgets: Sequence[QWidget]) -> None:
    """As wide as the widest: what stands between them begins and ends at one line."""
    for made in widgets:
        made.ensurePolished()  # before that a size knows nothing of the style sheet
    widest = max((made.sizeHint().width() for made in widgets), default=0)
    for made in widgets:
        made.setMinimumWidth(widest)
