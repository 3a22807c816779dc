"""Paints the cells of positions: dense, figures right, stale ones grey, P&L with triangle, sign and colour."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.domain import Position
from app.qt.fonts import Role, font
from app.qt.models.figures import Figures, direction
from app.qt.models.positions import Column, Group, cell
from app.qt.models.positions_model import PositionsModel
from app.qt.theme import Theme
from app.qt.widgets.marks import draw_triangle

_ROW: Final = 26
_HEAD: Final = 30
_PAD: Final = 8
EDGE: Final = 20
TRIANGLE: Final = 8
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def pad_left(column: Column) -> int:
    """Room before a cell's text; the first column keeps the page's margin."""
    return EDGE if column is Column.INSTRUMENT else _PAD


def pad_right(column: Column) -> int:
    """Room after a cell's text; the last column keeps the page's margin."""
    return EDGE if column is Column.PNL else _PAD


def money_token(value_sign: int, *, current: bool) -> str:
    """The colour of an amount: gain, loss, plain for zero; grey while it is not current."""
    if not current:
        return "text.muted"
    return {1: "gain", -1: "loss", 0: "text"}[value_sign]


def draw_amount(painter: QPainter, area: QRectF, said: str, value_sign: int, colour: QColor) -> None:
    """An amount at the right of `area`, its triangle in a fixed place before it."""
    painter.setPen(colour)
    painter.drawText(area, RIGHT, said)
    if value_sign:
        place = QRectF(area.left(), area.center().y() - TRIANGLE / 2 + 0.5, TRIANGLE, TRIANGLE - 1)
        draw_triangle(painter, place, value_sign, colour)


class RowDelegate(QStyledItemDelegate):
    """Paints the cells of positions; heads are painted by the view across its columns."""

    def __init__(self, theme: Theme, model: PositionsModel, figures: Figures) -> None:
        super().__init__()
        self._theme, self._model, self._figures = theme, model, figures
        self._body, self._strong, self._small = font(Role.BODY), font(Role.TOTAL), font(Role.CAPTION)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Heads are higher than rows; widths are the view's business."""
        return QSize(40, _ROW if index.parent().isValid() else _HEAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        row, group = self._model.position(index), self._model.group(index)
        if row is None or group is None:
            return
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._theme.colour("bg.selected"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, self._theme.colour("line.soft"))
        column = Column(index.column())
        inner = QRectF(area).adjusted(pad_left(column), 0, -pad_right(column), 0)
        self._paint_cell(painter, inner, column, row, group)
        painter.restore()

    def _paint_cell(self, painter: QPainter, inner: QRectF, column: Column, row: Position, group: Group) -> None:
        said = cell(row, column, self._figures)
        painter.setFont(self._strong if column is Column.QUANTITY else self._body)
        current = group.current
        if column is Column.INSTRUMENT:
            self._paint_instrument(painter, inner, row, current=current)
        elif column is Column.PNL:
            value_sign = 0 if self._figures.hidden else direction(row.pnl)
            draw_amount(painter, inner, said, value_sign, self._theme.colour(money_token(value_sign, current=current)))
        else:
            painter.setPen(self._theme.colour(_token(column, row, current=current)))
            painter.drawText(inner, LEFT if column is Column.PRODUCT else RIGHT, said)

    def _paint_instrument(self, painter: QPainter, inner: QRectF, row: Position, *, current: bool) -> None:
        painter.setPen(self._theme.colour("text" if current else "text.muted"))
        painter.drawText(inner, LEFT, row.symbol)
        after = QFontMetricsF(self._body).horizontalAdvance(row.symbol) + 6
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("text.muted"))
        painter.drawText(inner.adjusted(after, 0, 0, 0), LEFT, str(row.exchange))


def _token(column: Column, row: Position, *, current: bool) -> str:
    if not current or (column is Column.QUANTITY and row.quantity == 0):
        return "text.muted"
    return "text.soft" if column is Column.PRODUCT else "text"
