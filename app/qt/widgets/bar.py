"""Bars beside figures that say the same: how much of a limit is used, how long an answer takes."""

from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.qt.theme import Theme

_THICK: Final = 6.0
_LEAST: Final = 40
_NEARLY: Final = 0.8  # of what Kunji allows itself


class Bar(QWidget):
    """Filled up to one share of its width, and a thinner line with an end up to another one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._filled = self._reach = 0.0
        self._tone = "rail.past"
        self.setMinimumWidth(_LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as its column."""
        return QSize(80, 14)

    @property
    def filled(self) -> float:
        """The share that is filled, 0 to 1."""
        return self._filled

    def show_shares(self, filled: float, reach: float = 0.0, *, warns: bool = False) -> None:
        """Other shares, each 0 to 1; `warns` colours it where nearly all is used."""
        token = "state.warn" if warns and filled >= _NEARLY else "rail.past"
        wanted = (min(1.0, max(0.0, filled)), min(1.0, max(0.0, reach)), token)
        if wanted != (self._filled, self._reach, self._tone):
            self._filled, self._reach, self._tone = wanted
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter, middle, width = QPainter(self), self.height() / 2, self.width() - 2.0
        colour = self._theme.colour(self._tone)
        painter.fillRect(QRectF(0, middle - 0.5, width, 1), self._theme.colour("line.soft"))
        painter.fillRect(QRectF(0, middle - _THICK / 2, self._filled * width, _THICK), colour)
        if self._reach > self._filled:
            painter.fillRect(QRectF(self._filled * width, middle - 1, (self._reach - self._filled) * width, 2), colour)
            painter.fillRect(QRectF(self._reach * width, middle - 5, 2, 10), colour)
