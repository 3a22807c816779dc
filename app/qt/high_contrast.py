"""The table of colours while the system asks for high contrast: nothing but what its own palette names.

A theme of high contrast wins over ours (design.md section 12). Shapes and words carry every state already, so that all
of them may be drawn in the one colour of the text.
"""

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QStyleHints

from app.qt.tokens import LIGHT, Tokens, contrast

if TYPE_CHECKING:
    from collections.abc import Mapping

_READABLE: Final = 4.5
_ROLES: Final["Mapping[str, QPalette.ColorRole]"] = MappingProxyType(
    {
        "bg.window": QPalette.ColorRole.Window,
        "bg.panel": QPalette.ColorRole.Base,
        "bg.sunken": QPalette.ColorRole.Window,
        "bg.hover": QPalette.ColorRole.Window,
        "bg.market": QPalette.ColorRole.Window,
        "accent": QPalette.ColorRole.Highlight,
        "accent.hover": QPalette.ColorRole.Highlight,
        "accent.press": QPalette.ColorRole.Highlight,
        "accent.on": QPalette.ColorRole.HighlightedText,
        "rail.ahead": QPalette.ColorRole.Highlight,
    }
)
"""What is not named here has the colour of the text; tints the colour that is behind the text."""


def wanted(hints: QStyleHints) -> bool:
    """Whether the system asks for high contrast at present."""
    return hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast


def table(palette: QPalette) -> Tokens:
    """Every name of the light table, filled from `palette` alone."""
    made = {name: _colour(palette, _ROLES.get(name, QPalette.ColorRole.WindowText)) for name in LIGHT}
    behind = made["bg.panel"]
    made |= {name: behind for name in LIGHT if name.endswith(".tint")}
    highlight, link = (_colour(palette, role) for role in (QPalette.ColorRole.Highlight, QPalette.ColorRole.Link))
    made["bg.selected"] = highlight if contrast(made["text"], highlight) >= _READABLE else behind
    if contrast(link, behind) >= _READABLE:
        made["accent.text"] = link
    return MappingProxyType(made)


def _colour(palette: QPalette, role: QPalette.ColorRole) -> str:
    return QColor(palette.color(role)).name().upper()
