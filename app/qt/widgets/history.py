"""What the session of an account went through, the newest first: a list that scrolls by itself."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.domain.tongue import tr
from app.qt import icons
from app.qt.fonts import Role, scaled
from app.qt.ports import EntryLike
from app.qt.theme import Theme
from app.qt.widgets.basic import column, name, text
from app.qt.widgets.tab_order import came_later
from app.services.views import Trace
from app.services.words import full_time

_SHAPES: Final = {
    Trace.CONNECTED: "ready",
    Trace.RENEWED: "ready",
    Trace.RECONNECTED: "ready",
    Trace.WARNED: "expiring",
    Trace.DIED: "expired",
    Trace.DISCONNECTED: "offline",
}
_ICON: Final = 16
_ROW: Final = 20
_MOST: Final = 8  # rows in sight; the others are scrolled to


class History(QWidget):
    """Shows the traces that it was last given. A tree, because 90 days may be hundreds of lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[EntryLike, ...] = ()
        self.none = text(tr("Nothing has happened yet."), Role.SMALL, "soft")
        self._lines: QTreeWidget | None = None
        self._inside: QVBoxLayout = column(self, gap=0)
        self._inside.addWidget(self.none)
        theme.changed.connect(self._draw)

    @property
    def lines(self) -> QTreeWidget:
        """The list; made when there is something to show."""
        if self._lines is None:
            self._lines = _lines()
            self._inside.addWidget(self._lines)
            came_later(self)
        return self._lines

    def show_traces(self, traces: Sequence[EntryLike]) -> None:
        """`traces`, oldest first; nothing is rebuilt, and nobody is scrolled away, while they are the same."""
        if tuple(traces) != self._shown:
            self._shown = tuple(traces)
            self._draw()

    def _draw(self) -> None:
        self.none.setVisible(not self._shown)
        if not self._shown and self._lines is None:
            return
        pictures = {shape: self._icon(shape) for shape in _SHAPES.values()}
        self.lines.clear()
        self.lines.addTopLevelItems([_line(trace, pictures) for trace in reversed(self._shown)])
        self.lines.setFixedHeight(scaled(_ROW) * (min(len(self._shown), _MOST) + 1))
        self.lines.setVisible(bool(self._shown))

    def _icon(self, shape: str) -> QIcon:
        return QIcon(icons.state(shape, _ICON, self.devicePixelRatioF(), dark=self._theme.dark))


def _lines() -> QTreeWidget:
    made = QTreeWidget()
    made.setColumnCount(2)
    made.setHeaderHidden(True)
    made.setRootIsDecorated(False)
    made.setWordWrap(True)  # where a line's end matters nothing is cut
    made.setTextElideMode(Qt.TextElideMode.ElideNone)
    made.header().setSectionResizeMode(0, made.header().ResizeMode.ResizeToContents)
    made.header().setStretchLastSection(True)
    name(made, tr("History of 90 days"))
    return made


def _line(trace: EntryLike, pictures: dict[str, QIcon]) -> QTreeWidgetItem:
    made = QTreeWidgetItem([full_time(trace.at), trace.text])
    if trace.kind in list(Trace):  # one of a later version has no picture here
        made.setIcon(0, pictures[_SHAPES[Trace(trace.kind)]])
    return made
