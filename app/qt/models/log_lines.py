"""Lines of the log as a list that is as fast with a hundred thousand of them as with ten."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SPARE = 12  # px behind the longest line
_FORGOTTEN = 1000  # lines that may go at once without the list being another one
_LONGEST = 2000  # signs of a line that are drawn; it is copied whole


class LogLines(QAbstractListModel):
    """All rows are of one height, and as wide as the longest."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self._font = font
        self._metrics = QFontMetrics(font)
        self._lines: Sequence[str] = ()
        self._size = QSize()

    @property
    def lines(self) -> Sequence[str]:
        """What is on show."""
        return self._lines

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these; what stays on show keeps its place and its selection while others come behind it."""
        gone = self._gone(lines)
        if gone is None:
            self.beginResetModel()
            self._take(lines)
            self.endResetModel()
            return
        if gone:
            self.beginRemoveRows(_NOWHERE, 0, gone - 1)
            self._lines = self._lines[gone:]
            self.endRemoveRows()
        self._add(lines)

    def _gone(self, lines: Sequence[str]) -> int | None:
        """How many of the first lines are gone when `lines` goes on with the others; None when it is another list."""
        if not lines or not self._lines:
            return None
        first = next((at for at, line in enumerate(self._lines[:_FORGOTTEN]) if line == lines[0]), None)
        if first is None:
            return None
        left = len(self._lines) - first
        return first if left <= len(lines) and lines[left - 1] == self._lines[-1] else None

    def _add(self, lines: Sequence[str]) -> None:
        if len(lines) > len(self._lines):
            self.beginInsertRows(_NOWHERE, len(self._lines), len(lines) - 1)
            self._take(lines)
            self.endInsertRows()

    def _take(self, lines: Sequence[str]) -> None:
        self._lines = lines
        longest = max((min(len(line), _LONGEST) for line in lines), default=0)
        self._size = QSize(longest * self._metrics.horizontalAdvance("0") + _SPARE, self._metrics.height() + 2)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many lines."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A line, its font, and the size that all of them have."""
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._lines[index.row()][:_LONGEST]
            case Qt.ItemDataRole.FontRole:
                return self._font
            case Qt.ItemDataRole.SizeHintRole:
                return self._size
            case _:
                return None
