"""One entry of the sidebar that leads to a view: icon, word, keys."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from app.domain.tongue import tr
from app.qt import icons, keyboard
from app.qt.fonts import Role, font, scaled
from app.qt.theme import Theme, dress
from app.qt.widgets.basic import name

_ICON: Final = 16
_EDGE: Final = 10.0
_MARK: Final = 3.0  # the bar before the view on show: seen without colours, too
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NavButton(QPushButton):
    """Checkable, but for an `accent` one: that begins something."""

    def __init__(self, theme: Theme, icon: str, words: str, action: str, *, accent: bool = False) -> None:
        super().__init__()
        self._theme, self._icon, self._words, self._action = theme, icon, tr(words), action
        self._token = "accent.text" if accent else "text.soft"
        self._narrow = False
        self.setProperty("kind", "nav")
        self.setProperty("accent", "true" if accent else "false")
        self.setFont(font(Role.NAME))
        self.setIconSize(QSize(scaled(_ICON), scaled(_ICON)))
        self.setCheckable(not accent)
        self.setToolTip(keyboard.hint(action))
        name(self, self._words)
        theme.changed.connect(self._draw)
        self._draw()

    def narrow(self, *, narrow: bool) -> None:
        """The icon alone; the word stays as tooltip and accessible name."""
        self._narrow = narrow
        self.setText("" if narrow else f" {self._words}")
        dress(self, "narrow", "true" if narrow else "false")

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, its keys at the right, and a bar before the view on show."""
        super().paintEvent(event)
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(QRectF(0, 6, _MARK, self.height() - 12), self._theme.colour("accent.text"))
        if not self._narrow and self._has_room():
            painter.setFont(font(Role.CAPTION))
            painter.setPen(self._theme.colour("text.muted"))
            painter.drawText(QRectF(self.rect()).adjusted(0, 0, -_EDGE, 0), _RIGHT, keyboard.keys(self._action))

    def _has_room(self) -> bool:
        """Beside its word; the keys stand in the tooltip, too."""
        words = QFontMetrics(self.font()).horizontalAdvance(self.text()) + scaled(_ICON) + 2 * _EDGE
        keys = QFontMetrics(font(Role.CAPTION)).horizontalAdvance(keyboard.keys(self._action))
        return words + keys + 2 * _EDGE < self.width()

    def _draw(self) -> None:
        colour = self._theme.tokens[self._token]
        self.setIcon(icons.line_icon(self._icon, colour, scaled(_ICON), self.devicePixelRatioF()))
