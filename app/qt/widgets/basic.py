"""The small parts that every screen is made of: texts, buttons, surfaces, gaps."""

import re
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.qt.fonts import Role, font

_INSIDE: Final = re.compile(r"[/.](?=\w)")
GAPS: Final = (4, 8, 12, 16, 20)  # nothing else (design.md section 2)


def text(words: str = "", role: Role = Role.BODY, tone: str = "", *, wrap: bool = False) -> QLabel:
    """A label of one role and tone; always plain text: a broker's words are never taken for markup."""
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(role))
    if tone:  # each property is one more that the style sheet is asked about
        made.setProperty("tone", tone)
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        made.setMinimumWidth(1)
    return made


def breakable(words: str) -> str:
    """`words` with a place to break after each slash and dot inside a long address; nothing of it is seen."""
    return _INSIDE.sub("\\g<0>\u200b", words)


def longest_word(words: str, role: Role = Role.BODY) -> int:
    """How wide a text that wraps must be at least, in pixels."""
    metrics = QFontMetrics(font(role))
    return max((metrics.horizontalAdvance(word) for word in words.split()), default=0)


class Button(QPushButton):
    """A push button whose words are never cut: it is not made smaller than they need.

    Enter presses it while it has the keyboard, and never while something else has: no button is a default one.
    """

    def sizeHint(self) -> QSize:
        """A segment has room for its words in the weight that they have while it is chosen: nothing moves then."""
        hint = super().sizeHint()
        if self.property("kind") == "segment":
            chosen = QFont(self.font())
            chosen.setWeight(QFont.Weight.DemiBold)
            grows = QFontMetrics(chosen).horizontalAdvance(self.text()) - self.fontMetrics().horizontalAdvance(
                self.text()
            )
            hint.setWidth(hint.width() + max(0, grows))
        return hint

    def minimumSizeHint(self) -> QSize:
        """All of its words."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A key that is held down was pressed where the keyboard was before."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


def button(words: str, kind: str = "plain", *, size: str = "") -> QPushButton:
    """A button: primary (one a view), plain, quiet or danger; size "", "row" or "large"."""
    made = Button(words)
    dress_button(made, kind, size=size)
    return made


def dress_button(made: QPushButton, kind: str, *, size: str = "") -> None:
    """Make any push button look and act as one of `button`."""
    made.setProperty("kind", kind)
    made.setProperty("size", size)
    made.setFont(font(Role.NAME))
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    name(made, made.text())


def name(widget: QWidget, words: str, description: str = "") -> None:
    """What a screen reader says of `widget`."""
    if widget.accessibleName() != words:  # each setting is told to screen readers, and the clock ticks every second
        widget.setAccessibleName(words)
    if description and widget.accessibleDescription() != description:
        widget.setAccessibleDescription(description)


def surface(kind: str) -> QFrame:
    """A frame that the style sheet paints as `kind`."""
    made = QFrame()
    made.setProperty("surface", kind)
    return made


def hairline() -> QFrame:
    """A line that separates and says nothing."""
    made = surface("hairline")
    made.setFixedHeight(1)
    return made


def column(parent: QWidget | None = None, *, gap: int = 8, margin: int = 0) -> QVBoxLayout:
    """Things below each other."""
    made = QVBoxLayout(parent) if parent else QVBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    return made


def row(parent: QWidget | None = None, *, gap: int = 8, margin: int = 0) -> QHBoxLayout:
    """Things beside each other."""
    made = QHBoxLayout(parent) if parent else QHBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(margin, margin, margin, margin)
    return made


def clear(layout: QLayout) -> None:
    """Remove and destroy everything in `layout`."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
