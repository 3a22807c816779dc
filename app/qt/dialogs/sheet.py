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
        self._above: QWidget | None = None
        self._outer = column(self, gap=0)
        self._outer.addWidget(Scroll(self._body), 1)
        self._outer.addWidget(self._foot)
        self._body.installEventFilter(self)

    def put_above(self, part: QWidget) -> None:
        """Something that stays in sight above everything, also where the body scrolls."""
        self._above = part
        self._outer.insertWidget(0, part)

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
        parts = [self._body, self._foot] if self._above is None else [self._above, self._body, self._foot]
        in_order(*parts)
        fixed = sum(part.sizeHint().height() for part in parts if part is not self._body)
        edges = self._outer.contentsMargins()
        fixed += edges.top() + edges.bottom()
        needed = self.inside.totalHeightForWidth(scaled(WIDTH) - edges.left() - edges.right()) + fixed
        height = min(max(self._least, needed), self._free())
        if height != self.minimumHeight():
            self.setMinimumHeight(height)

    def _free(self) -> int:
        return self.screen().availableSize().height() - _FRAME
