"""Pictures from `resources/icons`, drawn sharp at every scale and in the theme's colours.

Line icons are written with `currentColor`, which Qt does not take from a palette: it is replaced before rendering, and
the result is kept by (name, colour, size, scale) (design.md section 8).
"""

from functools import cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.system.resources import resource

_TRAY_SIZES: Final = (16, 22, 24, 32, 48, 64)


@cache
def svg(name: str) -> bytes:
    """The bytes of `icons/<name>.svg`."""
    return resource(f"icons/{name}.svg").read_bytes()


@cache
def pixmap(name: str, size: int, scale: float = 1.0, colour: str = "") -> QPixmap:
    """Icon `name` at `size` device-independent pixels; `colour` ("#RRGGBB") replaces `currentColor`."""
    drawing = svg(name).replace(b"currentColor", colour.encode()) if colour else svg(name)
    real = round(size * scale)
    picture = QPixmap(real, real)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, real, real))
    painter.end()
    picture.setDevicePixelRatio(scale)
    return picture


def line(name: str, colour: str, size: int, scale: float = 1.0) -> QPixmap:
    """A line icon in `colour`."""
    return pixmap(f"line-{name}", size, scale, colour)


def line_icon(name: str, colour: str, size: int, scale: float = 1.0) -> QIcon:
    """A line icon for a button."""
    return QIcon(line(name, colour, size, scale))


def state(shape: str, size: int, scale: float = 1.0, *, dark: bool) -> QPixmap:
    """The shape of an account's state, drawn for the theme."""
    return pixmap(f"state-{shape}-{'dark' if dark else 'light'}", size, scale)


def application() -> QIcon:
    """The program's icon: the hand-fitted drawing for the smallest size, the full one above."""
    icon = QIcon(pixmap("app-16", 16))
    for size in (24, 32, 48, 64, 128):
        icon.addPixmap(pixmap("app", size))
    return icon


@cache
def tray(shape: str, *, dark_panel: bool) -> QIcon:
    """The key whose bit is the state, for a light or a dark panel."""
    icon = QIcon()
    for size in _TRAY_SIZES:
        icon.addPixmap(pixmap(f"tray-{shape}-{'dark' if dark_panel else 'light'}-panel", size))
    return icon
