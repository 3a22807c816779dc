"""Knows when a window was painted for the first time: only then may heavy things be imported."""

import asyncio
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_NOT_SEEN_MS: Final = 1500  # a window that nobody can see (a locked screen) is never painted: go on then


class _FirstPaint(QObject):
    def __init__(self, window: QWidget, future: "asyncio.Future[None]") -> None:
        super().__init__(window)
        self._window, self._future = window, future
        window.installEventFilter(self)
        QTimer.singleShot(_NOT_SEEN_MS, self, self._settle)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._settle)  # after the paint that this event begins
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        self._window.removeEventFilter(self)
        if not self._future.done():
            self._future.set_result(None)


def first_paint(window: QWidget) -> "asyncio.Future[None]":
    """A future that is done when `window` was painted once."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    _FirstPaint(window, future)
    return future
