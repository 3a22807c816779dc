"""The type roles of design.md section 4 on the system's sans, with figures of one width.

Inter would be the first choice; it is not part of this version, so the face is the system's own and only sizes and
weights are ours.
"""

from enum import Enum
from typing import Final

from PySide6.QtGui import QFont, QGuiApplication

_MEDIUM: Final = QFont.Weight.Medium
_STRONG: Final = QFont.Weight.DemiBold
_PLAIN: Final = QFont.Weight.Normal


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


def font(role: Role) -> QFont:
    """The font of `role`: the application's family, our size, tabular figures."""
    size, weight = role.value
    made = QFont(QGuiApplication.font())
    made.setPixelSize(size)
    made.setWeight(weight)
    tabular(made)
    return made


def tabular(face: QFont) -> None:
    """Give every figure of `face` the same width where the family can."""
    face.setFeature(QFont.Tag("tnum"), 1)
