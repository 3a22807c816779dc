"""Lines of the log as a list that is as fast with a hundred thousand of them as with ten."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SPARE = 12  # px behind the longest line
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
        """Show these; when only more have come at the end, the others stay as they are."""
        known = len(self._lines)
        if 0 < known <= len(lines) and lines[0] == self._lines[0] and lines[known - 1] == self._lines[-1]:
            self._add(lines)
            return
        self.beginResetModel()
        self._take(lines)
        self.endResetModel()

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
