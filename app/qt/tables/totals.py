"""The last line of a table: sums under their columns, how many rows are in them, how many of these are not current."""

from typing import Generic, TypeVar

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.tables.delegate import EDGE
from app.qt.tables.head_words import totals_words
from app.qt.tables.lines import Line
from app.qt.tables.sums import Sums
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
        view.columns.fitted.connect(self.update)
        view.live.summed.connect(self.refresh)

    def refresh(self) -> None:
        """Other rows or figures."""
        model, sums = self._model, self._model.sums()
        merged = sum(isinstance(item, Line) and not item.depth for item in model.items) if model.wish.merged else None
        count, more = totals_words(model.spec, sums, merged=merged)
        paused = tr("sorting paused") if self._view.live.paused else ""
        put(self.count, count)
        put(self.more, "; ".join(filter(None, (more, paused))))
        name(self, self._spoken(", ".join(filter(None, (count, more))), sums))
        self.update()

    def _spoken(self, count: str, sums: Sums[R]) -> str:
        """Count, then the sums from the last column to the first: what matters most stands last in the table."""
        wanted = [at for at in reversed(self._view.columns.wanted()) if at in sums.whole]
        columns, figures = self._model.spec.columns, self._model.figures
        said = [f"{tr(columns[at].title)} {columns[at].sum_text(sums.whole[at].value, figures)}" for at in wanted]
        return tr("Totals: {count}. {sums}", count=count, sums=", ".join(said))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sums under their columns."""
        super().paintEvent(event)
        sums, area = self._model.sums(), QRect(0, 0, self.width(), self.height())
        current = sums.stale < len(sums.lines)
        painter = QPainter(self)
        for at, found in sums.whole.items():
            self._view.draw_sum(painter, area, at, found.value, current=current)
