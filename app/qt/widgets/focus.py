"""The focus ring: 2 px, 2 px away, on every control, for keyboard focus only (design.md section 7)."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QComboBox, QFocusFrame, QWidget

from app.qt.theme import Theme
from app.qt.widgets.focus_tip import FocusTip

_KEYS: Final = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_BY_KEYS: Final = "focus moved by keys"


def moved_by_keys(*, by_keys: bool) -> None:
    """The focus is moved by keys from now on, or by the pointer; a shortcut that moves it has to say so."""
    QApplication.instance().setProperty(_BY_KEYS, by_keys)  # type: ignore[union-attr]  # whoever moves it has one


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
    """Follows the focus of the whole application while the keyboard moves it.

    It looks at what reaches the windows themselves: a look at every event of the application would be a call into
    Python for each of the thousands that make a page.
    """

    def __init__(self, app: QApplication, theme: Theme) -> None:
        super().__init__(app)
        self._app, self._theme = app, theme
        self._ring: Ring | None = None
        self._tip = FocusTip(self)
        moved_by_keys(by_keys=False)
        app.focusWindowChanged.connect(self._watch)
        app.focusChanged.connect(self._on_focus)
        self._watch(app.focusWindow())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whether keys or the pointer moved the focus last."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _KEYS:
                moved_by_keys(by_keys=True)
        elif event.type() == QEvent.Type.MouseButtonPress:
            moved_by_keys(by_keys=False)
            self._surround(None)
        return False

    def release(self) -> None:
        """Follow nothing any more."""
        self._app.focusWindowChanged.disconnect(self._watch)
        self._app.focusChanged.disconnect(self._on_focus)
        self._surround(None)
        for window in self._app.allWindows():
            window.removeEventFilter(self)

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time is as good as once

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        by_keys = bool(self._app.property(_BY_KEYS))
        read = new is not None and new.focusPolicy() == Qt.FocusPolicy.NoFocus  # a part of the window, walked to by F6
        ringed = (read or isinstance(new, QAbstractButton | QComboBox | QCheckBox)) and by_keys
        self._surround(new if ringed else None)
        self._tip.follow(new if by_keys else None)

    def _surround(self, control: QWidget | None) -> None:
        if self._ring is None and control is not None:
            self._ring = Ring(self._theme)
            self._ring.destroyed.connect(self._lost)
        if self._ring is not None:
            self._ring.setWidget(control)  # type: ignore[arg-type]  # Qt takes it away with a null

    def _lost(self) -> None:
        """The ring lives in the window of the control that it surrounds, and goes with it."""
        self._ring = None
