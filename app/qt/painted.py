"""Shows a window and comes back when it was painted once: only then may heavy things be imported."""

from typing import Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget

_NOT_SEEN_MS: Final = 1500  # a window that nobody can see (a locked screen) is never painted: go on then


class _FirstPaint(QObject):
    def __init__(self, window: QWidget, then: QEventLoop) -> None:
        super().__init__()
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._then.quit)  # after the paint that this event begins
        return False


def paint_first(window: QWidget) -> None:
    """Show `window` and return after its first paint. Before any other loop runs: this one is Qt's own."""
    loop = QEventLoop()
    seen = _FirstPaint(window, loop)
    QTimer.singleShot(_NOT_SEEN_MS, loop.quit)
    window.show()
    loop.exec()
    window.removeEventFilter(seen)
