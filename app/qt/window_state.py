"""Where the window was and how large: kept in the early file, put back before the first paint, always within reach.

A screen may be gone or smaller at the next start: what would lie outside is brought back. The frame's corner and the
size without the frame are kept, because that is what a window manager gives back unchanged.
"""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QWidget

from app.system.early import EarlyFile

_NAME: Final = "window"
_SETTLE_MS: Final = 500  # a dragged window tells its place with every pixel
_GRIP: Final = (120, 28)  # so much of the title must be on a screen for the pointer to take it
_FRAME: Final = (4, 32)  # what the window's own frame may take, title included
_USUAL: Final = QSize(1280, 800)
_NUMBERS: Final = ("x", "y", "width", "height")
_FARTHEST: Final = 100_000


def first_size(window: QWidget) -> QSize:
    """The usual size, or what a smaller screen has beside panels and the window's own frame."""
    return _USUAL.boundedTo(window.screen().availableSize() - QSize(*_FRAME))


class WindowState(QObject):
    """The place of one window. `follow` once it may be moved."""

    def __init__(self, window: QMainWindow, early: EarlyFile) -> None:
        super().__init__(window)
        self._window = window
        self._early = early
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.save)

    def restore(self) -> None:
        """Put the window where it was; the usual size stays where nothing (sensible) was kept."""
        kept = self._early.get(_NAME)
        place = _place(kept)
        if place is not None:
            screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
            place = within_reach(place, screens, self._window.minimumSize())
            self._window.resize(place.size())
            self._window.move(place.topLeft())
        if isinstance(kept, dict) and kept.get("maximized") is True:
            self._window.setWindowState(self._window.windowState() | Qt.WindowState.WindowMaximized)

    def touched(self) -> None:
        """The window was moved, or is another size; kept when it has come to rest."""
        self._settle.start()

    def save(self) -> None:
        """Keep where it is now. What it was before it was maximized is kept, too."""
        self._settle.stop()
        window = self._window
        if not window.isVisible() or window.isMinimized() or window.isFullScreen():
            return  # it is nowhere a person has put it
        if window.isMaximized():
            kept = self._early.get(_NAME)
            self._early.put(_NAME, {**(kept if _place(kept) is not None else {}), "maximized": True})
            return
        numbers = (window.x(), window.y(), window.width(), window.height())
        self._early.put(_NAME, {**dict(zip(_NUMBERS, numbers, strict=True)), "maximized": False})


def within_reach(place: QRect, screens: Sequence[QRect], smallest: QSize) -> QRect:
    """`place`, no larger than its screen, and moved onto it when its title could not be taken hold of."""
    if not screens:
        return place
    home = max(screens, key=lambda screen: _area(screen.intersected(place)))
    room = home.adjusted(0, 0, -_FRAME[0], -_FRAME[1])
    fits = home.size().expandedTo(place.size()) == home.size()
    size = (place.size() if fits else place.size().boundedTo(room.size())).expandedTo(smallest)
    wanted = QRect(place.topLeft(), size)
    title = QRect(wanted.topLeft(), QSize(size.width(), _GRIP[1]))
    if any(_is_grip(screen.intersected(title)) for screen in screens) and size == place.size():
        return wanted
    left = max(room.left(), min(wanted.left(), room.right() + 1 - size.width()))
    top = max(room.top(), min(wanted.top(), room.bottom() + 1 - size.height()))
    return QRect(QPoint(left, top), size)


def _is_grip(seen: QRect) -> bool:
    return seen.width() >= _GRIP[0] and seen.height() >= _GRIP[1]


def _area(part: QRect) -> int:
    return max(0, part.width()) * max(0, part.height())


def _place(kept: Any) -> QRect | None:
    """What was kept, if it is a place at all."""
    if not isinstance(kept, dict):
        return None
    numbers = [kept.get(name) for name in _NUMBERS]
    if any(type(number) is not int or abs(number) > _FARTHEST for number in numbers):
        return None
    place = QRect(*numbers)
    return place if place.width() > 0 and place.height() > 0 else None
