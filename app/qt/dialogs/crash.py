"""What escaped everything, in a window of its own: Kunji goes on, and what happened can be saved or copied.

One window for several of them, not modal; it comes up without taking the keyboard, and more of them only add a line.
"""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QDialog, QFrame, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role
from app.qt.theme import Theme, put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.details import CopyDetails
from app.qt.widgets.facts import Lines
from app.qt.widgets.marks import StateMark
from app.qt.widgets.scroll import Scroll
from app.system.crash import EARLIER, Crash

TITLE: Final = "Something in Kunji did not work"
_SIZE: Final = QSize(520, 404)
_FRAME: Final = QSize(8, 40)  # what the desktop draws round a window
_GOES_ON: Final = "Kunji goes on, and your accounts stay connected. Nothing is sent to a broker a second time."
_NOT_DONE: Final = {
    "program": "What you pressed or typed last may not be done. Look at it before you do it again.",
    "loop": "Something that Kunji does by itself was broken off. Refresh, and look at the times beside the figures.",
    "question": "What you asked for last is not done, or its answer could not be shown. Ask once more.",
    EARLIER: "Kunji ended by itself the last time it was open. What was stored before is there.",
}
_ELSEWHERE: Final = "Something in the background was broken off. Refresh, and look at the times beside the figures."
_REPORT: Final = (
    "A report holds versions, where in the program it happened and the end of the log: no key, no token, no password."
    " Read it before you give it to somebody."
)


class CrashWindow(QDialog):
    """`save_wanted` asks for the report file; `gone_on` says that the user has read it."""

    save_wanted = Signal()
    gone_on = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(tr(TITLE))
        name(self, tr(TITLE), tr(_GOES_ON))
        self._mark = StateMark(theme, 28)
        self._mark.show_shape("expired", tr("Problem"))
        self.not_done = text(wrap=True)
        self.lines = Lines(theme)
        self.saved = text("", Role.SMALL, "soft", wrap=True)
        self.copy = CopyDetails()
        self.save = button(tr("Save report"), "plain")
        self.go_on = button(tr("Go on"), "primary")
        self._lay_out()
        self.save.clicked.connect(self.save_wanted)
        self.go_on.clicked.connect(self.reject)
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _FRAME))

    def _lay_out(self) -> None:
        body = surface("plain")
        head = row(gap=12)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=8)
        words.addWidget(text(tr(TITLE), Role.HEAD, wrap=True))
        words.addWidget(text(tr(_GOES_ON), tone="soft", wrap=True))
        head.addLayout(words, 1)
        inside = column(body, gap=12, margin=20)
        inside.addLayout(head)
        for part in (self.not_done, self.lines, text(tr(_REPORT), Role.SMALL, "soft", wrap=True), self.saved):
            inside.addWidget(part)
        inside.addStretch()
        outer = column(self, gap=0)
        outer.addWidget(Scroll(body), 1)
        outer.addWidget(self._foot())

    def _foot(self) -> QFrame:
        foot = surface("sunken")
        line = row(foot)
        line.setContentsMargins(20, 12, 20, 12)
        line.addWidget(self.copy)
        line.addStretch()
        line.addWidget(self.save)
        line.addWidget(self.go_on)
        return foot

    def show_crashes(self, crashes: Sequence[tuple[Crash, int]], details: str) -> None:
        """These happened, each so many times, the newest last; `details` is what can be copied."""
        newest = crashes[-1][0]
        put(self.not_done, tr(_NOT_DONE.get(newest.where, _ELSEWHERE)))
        self.lines.show_lines(("refused", crash.summary, _when(crash, times)) for crash, times in reversed(crashes))
        put(self.saved, "")
        self.copy.show_text(details)

    def show_saved(self, words: str) -> None:
        """Where the report is, or why it is not."""
        put(self.saved, words)

    def come_up(self) -> None:
        """Be seen, and leave the keyboard where it is."""
        if not self.isVisible():
            self.show()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def reject(self) -> None:
        """Go on, Esc or the close button."""
        self.gone_on.emit()
        super().reject()


def _when(crash: Crash, times: int) -> str:
    from app.system.report import stamp  # loaded on first use: start-up

    last = stamp(crash.at)
    return last if times == 1 else tr("{times} times, last at {last}", times=times, last=last)
