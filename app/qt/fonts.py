"""The type roles of design.md section 4 on the system's sans, with figures of one width, at the system's text size.

Inter would be the first choice; it is not part of this version, so the face is the system's own and only sizes and
weights are ours. Whoever has set the system's text larger gets all of ours larger in the same measure, to the double.
"""

from enum import Enum
from typing import Final

from PySide6.QtGui import QFont, QFontInfo, QGuiApplication

_MEDIUM: Final = QFont.Weight.Medium
_STRONG: Final = QFont.Weight.DemiBold
_PLAIN: Final = QFont.Weight.Normal
_USUAL: Final = 14.7  # pixels: the largest text that desktops come with (11 points); smaller ones are left at ours
_MOST: Final = 2.0


class Role(Enum):
    """A use of type: pixel size and weight."""

    CAPTION = (11, _PLAIN)
    SMALL = (12, _PLAIN)
    SMALL_STRONG = (12, _STRONG)
    BODY = (13, _PLAIN)
    NAME = (13, _MEDIUM)
    TOTAL = (13, _STRONG)
    HEAD = (15, _STRONG)
    TITLE = (18, _STRONG)
    FIGURE = (20, _STRONG)
    COUNTDOWN = (24, _STRONG)


class _Measure:
    scale = 1.0
    made: Final[dict[Role, QFont]] = {}


def follow(system: QFont) -> None:
    """Take the measure of the system's own text: 1 for what is usual, at most 2."""
    enlarged = round(QFontInfo(system).pixelSize() / _USUAL, 2)
    _Measure.scale = min(max(1.0, enlarged), _MOST)
    _Measure.made.clear()


def scaled(size: int) -> int:
    """A height that texts stand in, `size` at the usual size of text."""
    return round(size * _Measure.scale)


def font(role: Role) -> QFont:
    """The font of `role`: the application's family, our size, tabular figures. One of the caller's own."""
    found = _Measure.made.get(role)
    if found is None:
        found = _Measure.made[role] = _made(role)
    return QFont(found)


def _made(role: Role) -> QFont:
    size, weight = role.value
    made = QFont(QGuiApplication.font())
    made.setPixelSize(scaled(size))
    made.setWeight(weight)
    tabular(made)
    return made


def tabular(face: QFont) -> None:
    """Give every figure of `face` the same width where the family can."""
    face.setFeature(QFont.Tag("tnum"), 1)
