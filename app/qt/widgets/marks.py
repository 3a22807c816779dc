"""Shapes that carry meaning, painted from the theme when they are painted: states, line icons, account bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from app.domain.tongue import tr
from app.qt import icons
from app.qt.fonts import scaled
from app.qt.theme import Theme
from app.qt.tokens import STATE_SHAPES, account_colour
from app.qt.widgets.basic import name

if TYPE_CHECKING:
    from app.services.views import AccountState

_BAR_WIDTH: Final = 4
_FADED: Final = 0.45


class StateMark(QWidget):
    """The shape of a state; a screen reader hears its word."""

    def __init__(self, theme: Theme, size: int = 20) -> None:
        super().__init__()
        self._theme = theme
        self._shape = ""
        self._faded = False
        self.setFixedSize(scaled(size), scaled(size))
        theme.changed.connect(self.update)

    def show_state(self, state: AccountState, said: str) -> None:
        """Draw `state`; `said` is its word."""
        self.show_shape(STATE_SHAPES[state], said)

    def show_shape(self, shape: str, said: str, *, faded: bool = False) -> None:
        """Draw the state icon `shape`; `faded` when it is not known to hold any more."""
        name(self, said)
        if (shape, faded) != (self._shape, self._faded):
            self._shape, self._faded = shape, faded
            self.update()

    @property
    def shape_name(self) -> str:
        """The shape on show."""
        return self._shape

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon at this screen's scale."""
        if self._shape:
            picture = icons.state(self._shape, self.width(), self.devicePixelRatioF(), dark=self._theme.dark)
            painter = QPainter(self)
            painter.setOpacity(_FADED if self._faded else 1.0)
            painter.drawPixmap(0, 0, picture)


class LineMark(QWidget):
    """A line icon in a token's colour; decoration, never the only bearer of a meaning."""

    def __init__(self, theme: Theme, icon: str, token: str, size: int = 16) -> None:
        super().__init__()
        self._theme, self._icon, self._token = theme, icon, token
        self.setFixedSize(scaled(size), scaled(size))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon at this screen's scale."""
        colour = self._theme.tokens[self._token]
        QPainter(self).drawPixmap(0, 0, icons.line(self._icon, colour, self.width(), self.devicePixelRatioF()))


class AccountBar(QWidget):
    """The account's own colour, 4 px wide; never a state."""

    def __init__(self, colour: str = "", height: int = 32) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(_BAR_WIDTH, scaled(height))

    def show_colour(self, colour: str) -> None:
        """Another colour, by its stored name."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(account_colour(self._colour)))
        painter.drawRoundedRect(QRectF(self.rect()), 1.5, 1.5)


class Triangle(QWidget):
    """Up for a gain, down for a loss, nothing for zero; read down its own fixed column."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = 0
        self._tone = "text.muted"
        self.setFixedSize(scaled(8), scaled(8))
        theme.changed.connect(self.update)

    def show_sign(self, sign: int, token: str) -> None:
        """Point up (1), down (-1) or draw nothing (0), in `token`."""
        name(self, {1: tr("gain"), -1: tr("loss")}.get(sign, ""))
        if (sign, token) != (self._sign, self._tone):
            self._sign, self._tone = sign, token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        if self._sign:
            draw_triangle(QPainter(self), QRectF(self.rect()), self._sign, self._theme.colour(self._tone))


def draw_triangle(painter: QPainter, area: QRectF, sign: int, colour: QColor) -> None:
    """A filled triangle in `area`, its tip up for a positive `sign`."""
    tip, base = (area.top(), area.bottom()) if sign > 0 else (area.bottom(), area.top())
    points = [QPointF(area.center().x(), tip), QPointF(area.right(), base), QPointF(area.left(), base)]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF(points))


class IconButton(QToolButton):
    """A button that is only an icon: named, with its words as tooltip."""

    def __init__(self, theme: Theme, icon: str, words: str, tooltip: str = "") -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self.setProperty("kind", "icon")
        self.setIconSize(QSize(scaled(16), scaled(16)))
        self.setToolTip(tooltip or words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name(self, words, tooltip)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        colour = self._theme.tokens["text.soft"]
        self.setIcon(icons.line_icon(self._icon, colour, scaled(16), self.devicePixelRatioF()))
