"""The focus ring: 2 px, 2 px away, on every control, for keyboard focus only (design.md section 7)."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QFocusFrame, QWidget

from app.qt.theme import Theme
from app.qt.widgets.focus_tip import FocusTip

_KEYS: Final = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_F6})
_PRESSES: Final = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)  # of a shortcut's keys only the latter is seen


class Ring(QFocusFrame):
    """Drawn around the control that has the focus."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded frame; the style's mask would cut its corners."""
        if not self.mask().isEmpty():
            self.clearMask()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("focus"), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)


class FocusRing(QObject):
    """Follows the focus of the whole application while the keyboard moves it."""

    def __init__(self, app: QApplication, theme: Theme) -> None:
        super().__init__(app)
        self._theme = theme
        self._ring: Ring | None = None
        self._tip = FocusTip(self)
        self._by_keys = False
        app.installEventFilter(self)
        app.focusChanged.connect(self._on_focus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether keys or the pointer moved the focus last.

        Every event of the application comes by, thousands while a page is laid out: its class is the cheapest question.
        """
        if isinstance(event, QKeyEvent):
            self._by_keys = (event.type() in _PRESSES and event.key() in _KEYS) or self._by_keys
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._by_keys = False
            self._surround(None)
        return False

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        read = new is not None and new.focusPolicy() == Qt.FocusPolicy.NoFocus  # a part of the window, walked to by F6
        ringed = (read or isinstance(new, QAbstractButton | QComboBox | QCheckBox)) and self._by_keys
        self._surround(new if ringed else None)
        self._tip.follow(new if self._by_keys else None)

    def _surround(self, control: QWidget | None) -> None:
        if self._ring is None and control is not None:
            self._ring = Ring(self._theme)
            self._ring.destroyed.connect(self._lost)
        if self._ring is not None:
            self._ring.setWidget(control)  # type: ignore[arg-type]  # Qt takes it away with a null

    def _lost(self) -> None:
        """The ring lives in the window of the control that it surrounds, and goes with it."""
        self._ring = None
