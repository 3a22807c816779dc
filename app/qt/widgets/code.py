"""The field for a code of a few digits: one cell a digit, what is typed masked, pasting as easy as typing."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.qt.theme import Theme
from app.qt.widgets.basic import name

_WIDTH: Final = 44
_HEIGHT: Final = 52
_GAP: Final = 8
_EDGE: Final = 2  # room for the frame of the cell in use
_DOT: Final = 12
_BAR: Final = 4


class CodeEdit(QLineEdit):
    """Takes digits only. `odd` says that what was pasted cannot be the code; then nothing of it is taken."""

    odd = Signal()

    def __init__(self, theme: Theme, digits: int) -> None:
        super().__init__()
        self._theme = theme
        self._digits = digits
        self._taken = ""
        self.setFixedHeight(_HEIGHT + 2 * _EDGE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.textChanged.connect(self._on_edited)  # assistive technology puts a text there without editing
        self.cursorPositionChanged.connect(self._keep_at_end)
        theme.changed.connect(self.update)

    @property
    def complete(self) -> bool:
        """Whether every cell is filled."""
        return len(self.text()) == self._digits

    def sizeHint(self) -> QSize:
        """Room for every cell."""
        return QSize(self._digits * (_WIDTH + _GAP) - _GAP + 2 * _EDGE, _HEIGHT + 2 * _EDGE)

    def minimumSizeHint(self) -> QSize:
        """As `sizeHint`: no cell is ever cut."""
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere goes on where the typing stopped."""
        super().mousePressEvent(event)
        self.end(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, a dot in each that is filled, a frame round the one in use."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at in range(self._digits):
            cell = QRectF(_EDGE + at * (_WIDTH + _GAP), _EDGE, _WIDTH, _HEIGHT)
            self._paint_cell(painter, cell, at)

    def _paint_cell(self, painter: QPainter, cell: QRectF, at: int) -> None:
        filled = len(self.text())
        in_use = self.hasFocus() and at == min(filled, self._digits - 1)
        wrong = self.property("wrong") == "true"
        edge = "state.bad" if wrong else ("focus" if in_use else "line.strong")
        painter.setPen(QPen(self._theme.colour(edge), 2 if in_use or wrong else 1))
        painter.setBrush(self._theme.colour("bg.panel"))
        painter.drawRoundedRect(cell, 6, 6)
        if at < filled:
            selected = self.hasSelectedText()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent" if selected else "text"))
            painter.drawEllipse(cell.center(), _DOT / 2, _DOT / 2)
        elif in_use:
            painter.setPen(QPen(self._theme.colour("text"), 1.5))
            painter.drawLine(
                int(cell.center().x()), int(cell.top()) + 14, int(cell.center().x()), int(cell.bottom()) - 14
            )

    def _on_edited(self, text: str) -> None:
        """Keep the digits; a paste must be the whole code, because a part of something else would cost an attempt."""
        digits = "".join(sign for sign in text if sign.isascii() and sign.isdecimal())
        pasted = len(text) > len(self._taken) + 1
        fits = len(digits) <= self._digits and not (pasted and len(digits) != self._digits)
        self._taken = digits if fits else self._taken
        if self._taken != text:
            self.setText(self._taken)
        if pasted and not fits:
            QTimer.singleShot(0, self, self.odd.emit)  # after everybody has heard of the edit itself

    def _keep_at_end(self) -> None:
        if self.cursorPosition() != len(self.text()):
            self.end(False)


class TimeBar(QWidget):
    """How much is left of the time that a code is good for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._left = 1.0
        self.setFixedHeight(_BAR)
        theme.changed.connect(self.update)

    def show_left(self, left: float, said: str) -> None:
        """`left` of 1; `said` is the same in words."""
        self._left = left
        name(self, said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is left, on what was."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        for width, token in ((1.0, "line.soft"), (self._left, "accent.text")):
            painter.setBrush(self._theme.colour(token))
            painter.drawRoundedRect(QRectF(0, 0, whole.width() * width, whole.height()), 2, 2)
