"""Light and dark: palette and style sheet filled from the token table, following the system while it changes.

The user may choose one of the two; a system theme of high contrast wins over both.
"""

import re
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.qt import fonts, high_contrast
from app.qt.fonts import Role, font, scaled
from app.qt.tokens import DARK, LIGHT, Tokens, contrast
from app.system.resources import resource

LOOKS: Final = ("system", "light", "dark")
_NAME: Final = re.compile(r"\$([a-z]+(?:\.[a-z]+)*)")
_SIZE: Final = re.compile(r"\b((?:min|max)-(?:width|height)): ([0-9]+)px")
"""Sizes that texts stand in: at a larger text of the system they are as much larger."""

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
        self._hints = app.styleHints()  # kept: what it hands out lives as long as this
        self._look = "system"
        self._tokens: Tokens = LIGHT

    def start(self, look: str = "system") -> None:
        """Wear `look` and follow the system from now on."""
        self._app.setStyle("Fusion")  # the one style that honours a palette wholly on all three systems
        fonts.follow(self._app.font())
        self._app.setFont(font(Role.BODY))
        self._hints.colorSchemeChanged.connect(self._follow)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._follow)
        self.choose(look)

    def choose(self, look: str) -> None:
        """Wear "light", "dark", or what the "system" wears; any other word is taken for that, never an error."""
        self._look = look if look in LOOKS else "system"
        if self._look == "system":
            self._hints.unsetColorScheme()
        else:  # title bars and the system's own dialogs go along where they can
            self._hints.setColorScheme(Qt.ColorScheme.Dark if self._look == "dark" else Qt.ColorScheme.Light)
        self._follow(self._hints.colorScheme())

    @property
    def look(self) -> str:
        """What was chosen: "system", "light" or "dark"."""
        return self._look

    @property
    def dark(self) -> bool:
        """Whether what is behind texts is dark: which drawing of a picture is wanted."""
        return is_dark(self._tokens)

    @property
    def tokens(self) -> Tokens:
        """The table in use."""
        return self._tokens

    def colour(self, token: str) -> QColor:
        """A token's colour for a painter."""
        return QColor(self._tokens[token])

    def use(self, *, dark: bool) -> None:
        """Wear the light or the dark table."""
        self._wear(DARK if dark else LIGHT, palette(DARK if dark else LIGHT))

    def _follow(self, scheme: Qt.ColorScheme | Qt.ContrastPreference) -> None:
        if high_contrast.wanted(self._hints):
            self._app.setPalette(QPalette())  # the system's own again
            self._wear(high_contrast.table(self._app.palette()), self._app.palette())
        elif self._look == "system":
            self.use(dark=Qt.ColorScheme.Dark in (scheme, self._hints.colorScheme()))
        else:
            self.use(dark=self._look == "dark")

    def _wear(self, tokens: Tokens, colours: QPalette) -> None:
        if tokens == self._tokens and self._app.styleSheet():
            return  # every widget would be dressed anew, for nothing
        self._tokens = tokens
        self._app.setStyleSheet("")  # Qt replaces a sheet four times as slowly as it takes one away and puts one on
        self._app.setPalette(colours)
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()


def is_dark(tokens: Tokens) -> bool:
    """Whether a table is one of light texts on dark surfaces."""
    return contrast(tokens["bg.panel"], "#FFFFFF") > contrast(tokens["bg.panel"], "#000000")


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
    look = "dark" if is_dark(tokens) else "light"
    known = {
        **tokens,
        "size.small": f"{font(Role.SMALL).pixelSize()}px",
        "image.tick": resource("icons/tick-on.svg").as_posix(),
        "image.down": resource(f"icons/down-{look}.svg").as_posix(),  # a style sheet cannot colour a drawing
    }
    sheet = _NAME.sub(lambda found: known[found[1]], resource("kunji.qss").read_text(encoding="utf-8"))
    return _SIZE.sub(lambda found: f"{found[1]}: {scaled(int(found[2]))}px", sheet)


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
