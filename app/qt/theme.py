"""Light and dark: palette and style sheet filled from the token table, following the system while it changes."""

import re
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.qt.fonts import Role, font
from app.qt.tokens import DARK, LIGHT, Tokens
from app.system.resources import resource

_NAME: Final = re.compile(r"\$([a-z]+(?:\.[a-z]+)*)")
_ROLES: Final = (
    (QPalette.ColorRole.Window, "bg.window"),
    (QPalette.ColorRole.Base, "bg.panel"),
    (QPalette.ColorRole.AlternateBase, "bg.sunken"),
    (QPalette.ColorRole.Button, "bg.panel"),
    (QPalette.ColorRole.ToolTipBase, "bg.panel"),
    (QPalette.ColorRole.Highlight, "bg.selected"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.HighlightedText, "text"),
    (QPalette.ColorRole.PlaceholderText, "text.muted"),
    (QPalette.ColorRole.Link, "accent.text"),
    (QPalette.ColorRole.LinkVisited, "accent.text"),
)


class Theme(QObject):
    """The one look of the process. `changed` says that colours are other ones now: repaint."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._dark = False

    def start(self) -> None:
        """Take the system's look and follow it from now on."""
        self._app.setStyle("Fusion")  # the one style that honours a palette wholly on all three systems
        self._app.setFont(font(Role.BODY))
        hints = self._app.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._follow(hints.colorScheme())

    @property
    def dark(self) -> bool:
        """Whether the dark table is in use."""
        return self._dark

    @property
    def tokens(self) -> Tokens:
        """The table in use."""
        return DARK if self._dark else LIGHT

    def colour(self, token: str) -> QColor:
        """A token's colour for a painter."""
        return QColor(self.tokens[token])

    def use(self, *, dark: bool) -> None:
        """Wear the light or the dark table."""
        self._dark = dark
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.use(dark=scheme == Qt.ColorScheme.Dark)


def palette(tokens: Tokens) -> QPalette:
    """The palette of a table; disabled text is muted, never invisible."""
    made = QPalette()
    for role, token in _ROLES:
        made.setColor(role, QColor(tokens[token]))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens["text.muted"]))
    return made


def style_sheet(tokens: Tokens) -> str:
    """`resources/kunji.qss` with every `$token` replaced; an unknown name raises `KeyError`."""
    look = "dark" if tokens is DARK else "light"
    known = {
        **tokens,
        "image.tick": resource("icons/tick-on.svg").as_posix(),
        "image.down": resource(f"icons/down-{look}.svg").as_posix(),  # a style sheet cannot colour a drawing
    }
    return _NAME.sub(lambda found: known[found[1]], resource("kunji.qss").read_text(encoding="utf-8"))


def dress(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet selects by, and restyle only when it is another one."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def put(label: QLabel, text: str) -> None:
    """Show `text`, touching the label only when it is another one: the clock ticks every second."""
    if label.text() != text:
        label.setText(text)
