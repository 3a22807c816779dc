"""A window out of reach comes back by itself, minimized: the tray that it was in may go, or never come."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.qt.window import Window

_LOOK_MS: Final = 4000
_PATIENCE: Final = 2  # looks: at login the panel may come up a little later than Kunji


class InSight(QObject):
    """Looks after a window that is hidden, and only then."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._lost = 0
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()

    def look(self) -> None:
        """Bring it back when it has been out of reach for a while; it takes no focus."""
        tray = self._window.tray
        reachable = self._window.isVisible() or (tray is not None and tray.visible)
        self._lost = 0 if reachable else self._lost + 1
        if self._lost >= _PATIENCE and not self._window.leaving:
            self._window.showMinimized()

    def close(self) -> None:
        """Look no more."""
        self._look.stop()
