"""The last line of a table: sums under their columns, how many rows are in them, how many of these are not current."""

from typing import Generic, TypeVar

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.tables.delegate import EDGE
from app.qt.tables.head_words import totals_words, unknown_words
from app.qt.tables.view import TableView
from app.qt.theme import put
from app.qt.widgets.basic import name, row, text

R = TypeVar("R")


class TotalsRow(QFrame, Generic[R]):
    """Follows the filter; says when sorting waits."""

    def __init__(self, view: TableView[R]) -> None:
        super().__init__()
        self._view, self._model = view, view.table
        self.setProperty("surface", "sunken")
        self.setFixedHeight(scaled(36))
        inside = row(self, gap=8)
        inside.setContentsMargins(EDGE, 0, EDGE, 0)
        self.count = text(role=Role.TOTAL)
        self.more = text(role=Role.SMALL, tone="muted")
        inside.addWidget(self.count)
        inside.addWidget(self.more)
        inside.addStretch()
        self._current = True
        view.columns.fitted.connect(self.update)
        view.live.summed.connect(self.refresh)

    def refresh(self) -> None:
        """Other rows or figures."""
        shown, merged = self._model.shown(), self._model.wish.merged
        top = sum(not getattr(item, "depth", 0) for item in self._model.items)
        count, more = totals_words(self._model.spec, shown, top, merged=merged)
        paused = tr("sorting paused") if self._view.live.paused else ""
        missing = unknown_words(self._model.spec, shown)
        self._current = any(line.row.current for line in shown)
        put(self.count, count)
        put(self.more, "; ".join(part for part in (more, missing, paused) if part))
        name(self, self._spoken(count, more))
        self.update()

    def _spoken(self, count: str, more: str) -> str:
        """Count, then the sums from the last column to the first: what matters most stands last in the table."""
        model, shown = self._model, self._model.shown()
        sums = [
            f"{tr(column.title)} {column.sum_text(model.sum_of(at, shown), model.figures)}"
            for at, column in reversed(list(enumerate(model.spec.columns)))
            if column.total is not None
        ]
        return tr("Totals: {count}. {sums}", count=", ".join(filter(None, (count, more))), sums=", ".join(sums))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sums under their columns."""
        super().paintEvent(event)
        shown, area = self._model.shown(), QRect(0, 0, self.width(), self.height())
        painter = QPainter(self)
        for at, column in enumerate(self._model.spec.columns):
            if column.total is not None:
                self._view.draw_sum(painter, area, at, self._model.sum_of(at, shown), current=self._current)
