"""Parts beside each other as far as they fit, below each other where the page is narrow or the text large."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

_GAP: Final = 12


class Folding(QWidget):
    """At most `across` columns; of `equal` ones each has the same share of the width, else what it needs."""

    def __init__(self, parts: Sequence[QWidget], across: int, *, equal: bool = True, gap: int = 20) -> None:
        super().__init__()
        self._parts, self._across, self._equal, self._gap = tuple(parts), across, equal, gap
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap)
        self._grid.setVerticalSpacing(_GAP if equal else gap)
        self._lay(across)

    def minimumSizeHint(self) -> QSize:
        """One column is always possible."""
        return QSize(max(self._widths(), default=0), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        width = event.size().width()
        self._lay(next((count for count in range(self._across, 1, -1) if self._needs(count) <= width), 1))
        super().resizeEvent(event)

    def _needs(self, columns: int) -> int:
        """The least width of so many columns."""
        widths = self._widths()
        least = [max(widths[at::columns], default=0) for at in range(columns)]
        gaps = self._gap * (columns - 1)
        return gaps + (columns * max(least, default=0) if self._equal else sum(least))

    def _widths(self) -> list[int]:
        """The least that each part can be, those that are shown."""
        shown = (part for part in self._parts if not part.isHidden())
        return [max(part.minimumSizeHint().width(), part.minimumWidth()) for part in shown]

    def _lay(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for part in self._parts:
            self._grid.removeWidget(part)
        for at, part in enumerate(self._parts):
            self._grid.addWidget(part, at // columns, at % columns)
        for at in range(self._across + 1):
            self._grid.setColumnStretch(at, int(at < columns) if self._equal else int(at == columns))
        self.updateGeometry()
