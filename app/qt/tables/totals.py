"""The last line of a table: sums under their columns, how many rows are in them, how many of these are not current."""

from typing import Final, Generic, TypeVar

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.tables.head_words import totals_words
from app.qt.tables.lines import Line
from app.qt.tables.sizes import EDGE
from app.qt.tables.sums import Sums
from app.qt.tables.view import TableView
from app.qt.theme import put
from app.qt.widgets.basic import name, row, text

R = TypeVar("R")
GAP: Final = 8


class TotalsRow(QFrame, Generic[R]):
    """Follows the filter; says when sorting waits."""

    def __init__(self, view: TableView[R]) -> None:
        super().__init__()
        self._view, self._model = view, view.table
        self.setProperty("surface", "sunken")
        self.setFixedHeight(scaled(36))
        inside = row(self, gap=GAP)
        inside.setContentsMargins(EDGE, 0, EDGE, 0)
        self.count = text(role=Role.TOTAL)
        self.more = text(role=Role.SMALL, tone="muted")
        inside.addWidget(self.count)
        inside.addWidget(self.more)
        inside.addStretch()
        for moved in (view.columns.fitted, view.live.summed):
            moved.connect(self._on_moved)

    def _on_moved(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Columns may have moved meanwhile."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Other rows or figures."""
        model, sums = self._model, self._model.sums()
        merged = sum(isinstance(item, Line) and not item.depth for item in model.items) if model.wish.merged else None
        unread, shown = sum(not group.read for group, _ in model.lines.groups), self._view.columns.shown()
        count, more = totals_words(model.spec, sums, merged=merged, unread=unread, shown=shown)
        paused = tr("sorting paused") if self._view.live.paused else ""
        put(self.count, count)
        self._put_more("; ".join(filter(None, (paused, more))))
        name(self, self._spoken(", ".join(filter(None, (count, more))), sums))
        self.update()

    def _put_more(self, said: str) -> None:
        """As much as there is room for before the first sum; all of it as a tooltip."""
        places = [self._view.columnViewportPosition(at) for at in self._view.columns.shown() if self._summed(at)]
        room = min(places, default=self.width()) - EDGE - self.count.sizeHint().width() - 2 * GAP
        put(self.more, self.more.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, max(0, room)))
        self.more.setToolTip(said if self.more.text() != said else "")

    def _summed(self, at: int) -> bool:
        return self._model.spec.columns[at].total is not None

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
            self._view.rows.paint_sum(painter, area, at, found.value, current=current)
