"""The faces of a table's texts, and how wide a text is in them: figures of one shape are measured once."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from app.qt.fonts import Role, font

_DIGITS: Final = str.maketrans("123456789", "000000000")  # digits are of one width: other ones are as wide
_MOST: Final = 4096  # texts whose width is remembered


def shape_of(said: str) -> str:
    """What a figure's width depends on."""
    return said.translate(_DIGITS)


class Face:
    """A font with its measures, in device-independent pixels."""

    def __init__(self, role: Role) -> None:
        self.font: QFont = font(role)
        self._metrics = QFontMetricsF(self.font)
        self._widths: dict[str, float] = {}

    def baseline(self, height: int) -> int:
        """How far below the top of a line of `height` its text stands."""
        return round((height + self._metrics.ascent() - self._metrics.descent()) / 2)

    def cut(self, said: str, room: float) -> str:
        """As much of a text as there is room for, with a sign that it goes on."""
        if self.width(said) <= room:
            return said
        return self._metrics.elidedText(said, Qt.TextElideMode.ElideRight, room)

    def width(self, said: str) -> float:
        """How wide a text is."""
        shape = shape_of(said)
        found = self._widths.get(shape)
        if found is None:
            if len(self._widths) > _MOST:
                self._widths.clear()
            found = self._widths[shape] = self._metrics.horizontalAdvance(said)
        return found
