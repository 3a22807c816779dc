"""What the dialogs of a sign-in have in common: one width, one height for every step, a body and a foot.

Longer words make it higher at once; where the screen is too low for that the body scrolls, and nothing is cut.
"""

from typing import Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.qt.fonts import Role, scaled
from app.qt.theme import put
from app.qt.widgets.basic import column, name, row, surface, text
from app.qt.widgets.scroll import Scroll
from app.qt.widgets.tab_order import in_order

WIDTH: Final = 394
_FRAME: Final = 40  # what the desktop draws round a window
_SIDE: Final = 20


class Sheet(QDialog):
    """A window of its own, not modal. Fill `inside` and `foot`."""

    def __init__(self, parent: QWidget, height: int) -> None:
        super().__init__(parent)
        self._least = scaled(height)
        self.setFixedWidth(scaled(WIDTH))
        self.setMinimumHeight(min(self._least, self._free()))
        self._title = text(role=Role.HEAD, wrap=True)
        self._under = text("", Role.SMALL, "soft", wrap=True)
        self._body = surface("plain")
        self.inside: QVBoxLayout = column(self._body, gap=12, margin=_SIDE)
        self._foot = surface("sunken")
        self.foot: QHBoxLayout = row(self._foot)
        self.foot.setContentsMargins(_SIDE, 12, _SIDE, 12)
        outer = column(self, gap=0)
        outer.addWidget(Scroll(self._body), 1)
        outer.addWidget(self._foot)
        self._body.installEventFilter(self)

    def lay_words(self) -> QFrame:
        """Title and the line below it."""
        words = surface("plain")
        lines = column(words, gap=0)
        lines.addWidget(self._title)
        lines.addWidget(self._under)
        return words

    def show_words(self, title: str, under: str) -> None:
        """Another title, and another line below it."""
        put(self._title, title)
        put(self._under, under)
        self._under.setVisible(bool(under))
        self.setWindowTitle(title)
        name(self, title, under)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The body has other words."""
        if watched is self._body and event.type() == QEvent.Type.LayoutRequest:
            self.settle()
        return super().eventFilter(watched, event)

    def settle(self) -> None:
        """As high as the words need, and the screen has; Tab comes to the foot last, whatever is new in the body."""
        in_order(self._body, self._foot)
        needed = self.inside.totalHeightForWidth(scaled(WIDTH)) + self._foot.sizeHint().height()
        height = min(max(self._least, needed), self._free())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def _free(self) -> int:
        return self.screen().availableSize().height() - _FRAME
