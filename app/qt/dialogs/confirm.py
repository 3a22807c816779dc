"""A question before something that cannot be taken back: no nested loop, and the safe answer is the default."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget

from app.domain.intents import Mode
from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.marks import AccountBar
from app.qt.widgets.mode_mark import ModeMark, titled

WIDTH = 394


class ConfirmDialog(QDialog):
    """Names the account, says what follows, and offers the deed and Cancel."""

    def __init__(  # noqa: PLR0917 - what is asked, in the order in which it is read
        self, parent: QWidget, title: str, words: str, deed: str, colour: str, mode: Mode | None = None
    ) -> None:
        """`mode` belongs to what touches money: demo or live stands beside the title."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(titled(title, mode) if mode is not None else title)
        self.setFixedWidth(scaled(WIDTH))
        name(self, title, words)
        self.deed = button(deed, "danger")
        self.cancel = button(tr("Cancel"), "plain")
        self.cancel.setDefault(True)
        self.deed.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        self._lay_out(title, words, colour, mode)
        self.cancel.setFocus()

    def _lay_out(self, title: str, words: str, colour: str, mode: Mode | None) -> None:
        panel = surface("plain")
        head = row(gap=12)
        head.addWidget(AccountBar(colour, 22))
        head.addWidget(text(title, Role.HEAD, wrap=True), 1)
        if mode is not None:
            head.addWidget(ModeMark(mode), 0, Qt.AlignmentFlag.AlignTop)
        inside = column(panel, gap=12, margin=20)
        inside.addLayout(head)
        inside.addWidget(text(words, tone="soft", wrap=True))
        foot = surface("sunken")
        line = row(foot)
        line.setContentsMargins(20, 12, 20, 12)
        line.addStretch()
        line.addWidget(self.deed)
        line.addWidget(self.cancel)
        outer = column(self, gap=0)
        outer.addWidget(panel, 1)
        outer.addWidget(foot)


def confirm(
    parent: QWidget, title: str, words: str, deed: str, *, colour: str, then: Callable[[], None]
) -> ConfirmDialog:
    """Ask; `then` runs when the user really wants it."""
    dialog = ConfirmDialog(parent, title, words, deed, colour)
    dialog.accepted.connect(then)
    dialog.open()
    return dialog
