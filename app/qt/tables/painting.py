"""Paints the rows of a table: a line cell by cell where it is to be painted anew, a head across, the sums."""

from collections.abc import Callable
from decimal import Decimal
from typing import Generic, TypeVar

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QRegion

from app.qt.desk import Desk
from app.qt.tables.cells import CellPainter, Look
from app.qt.tables.heads import HeadPainter
from app.qt.tables.lines import Head, Line, Whole
from app.qt.tables.model import TableModel
from app.qt.tables.sizes import EDGE, money_token
from app.qt.tables.spec import Tone
from app.qt.tables.spoken import sign_of
from app.qt.tables.tint import Tints

R = TypeVar("R")


class RowPainter(Generic[R]):
    """`region` is what is to be painted anew. `summed` is told of every sum, so that its column is wide enough."""

    def __init__(self, desk: Desk, model: TableModel[R], tints: Tints) -> None:
        self._model = model
        self.cells: CellPainter[R] = CellPainter(desk.theme, model, tints)
        self.heads = HeadPainter(desk)
        self.region = QRegion()
        self.summed: Callable[[int, str], None] = lambda *_: None

    def paint_line(
        self, painter: QPainter, area: QRect, line: Line[R], *, selected: bool, ring: Look[R] | None
    ) -> None:
        """A line; `ring` is the column whose cell has the keyboard."""
        cells, top, height = self.cells, area.top(), area.height()
        if selected:
            painter.fillRect(area, cells.ink("bg.selected"))
        bounds, pieces = self.region.boundingRect(), self.region.rectCount() > 1
        left, right = bounds.left(), bounds.right()
        for look in cells.shown:
            if look.x > right or look.x + look.width < left:
                continue
            if not pieces or self.region.intersects(QRect(look.x, top, look.width, height)):
                cells.paint(painter, look, line, top)
        painter.fillRect(0, top + height - 1, area.width(), 1, cells.ink("line.soft"))
        if isinstance(line, Whole):
            self.heads.mark(painter, EDGE, area.center().y(), folded=line.row.key in self._model.folded)
        if ring is not None:
            cells.paint_focus(painter, ring, top)

    def paint_head(self, painter: QPainter, area: QRect, head: Head[R], *, focus: bool) -> None:
        """An account's head and its sums; an account that was never read has none."""
        self.heads.paint(painter, area, head, focus=focus)
        if head.group.read:
            for at, found in self._model.sums().by_account[head.group.user_id].items():
                self.paint_sum(painter, area, at, found.value, current=head.group.current)

    def paint_sum(self, painter: QPainter, area: QRect, at: int, value: Decimal, *, current: bool) -> None:
        """A subtotal or total under its column's figures."""
        if at not in self._model.in_sight:
            return
        cells, figures, look = self.cells, self._model.figures, self.cells.looks[at]
        value_sign = sign_of(value) if look.spec.tone is Tone.MONEY and not figures.hidden else 0
        said, token = look.spec.sum_text(value, figures), money_token(value_sign) if current else "text.muted"
        self.summed(at, said)
        painter.setFont(cells.strong.font)
        painter.setPen(cells.ink(token))
        x = round(look.ends - cells.strong.width(said))
        painter.drawText(x, area.top() + cells.strong.baseline(area.height()), said)
        cells.paint_triangle(painter, look, value_sign, token, area.top() + area.height() / 2)
