"""Paints one cell of a table in one call: figures right, stale ones grey, amounts with triangle, sign and colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.qt.fonts import Role, font, scaled
from app.qt.tables.lines import Line, Whole
from app.qt.tables.model import TableModel, sign_of
from app.qt.tables.rows import Row
from app.qt.tables.spec import FIRST, Align, ColumnSpec, Tone
from app.qt.tables.tint import Tints
from app.qt.theme import Theme
from app.qt.tokens import account_colour
from app.qt.widgets.marks import draw_triangle

R = TypeVar("R")

PAD: Final = 8
EDGE: Final = 20
TRIANGLE: Final = 8
INDENT: Final = 28  # of a part below its merged line
FOLD: Final = 18  # the mark before a line that can be folded
SECOND_GAP: Final = 6
BAR: Final = 4
BAR_GAP: Final = 2
RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TOKENS: Final = {Tone.PLAIN: "text", Tone.SOFT: "text.soft", Tone.MUTED: "text.muted", Tone.LINK: "accent.text"}
_SELECTED: Final = QStyle.StateFlag.State_Selected
_FOCUSED: Final = QStyle.StateFlag.State_HasFocus


def row_height() -> int:
    """Of a line; larger with the system's text."""
    return scaled(26)


def head_height() -> int:
    """Of an account's head."""
    return scaled(30)


def money_token(value_sign: int) -> str:
    """The colour of an amount: gain, loss, plain for zero."""
    return {1: "gain", -1: "loss"}.get(value_sign, "text")


def draw_amount(painter: QPainter, area: QRectF, said: str, value_sign: int, colour: QColor) -> None:
    """An amount at the right of `area`, its triangle in a fixed place before it."""
    painter.setPen(colour)
    painter.drawText(area, RIGHT, said)
    if value_sign:
        place = QRectF(area.left(), area.center().y() - TRIANGLE / 2 + 0.5, TRIANGLE, TRIANGLE - 1)
        draw_triangle(painter, place, value_sign, colour)


@dataclass(slots=True)
class Look(Generic[R]):
    """How the cells of one column are painted, worked out once."""

    spec: ColumnSpec[R]
    left: int = PAD
    right: int = PAD
    flags: int = RIGHT


class CellDelegate(QStyledItemDelegate, Generic[R]):
    """Heads are painted by the view across its columns."""

    def __init__(self, theme: Theme, model: TableModel[R], tints: Tints) -> None:
        super().__init__()
        self._theme, self._model, self._tints = theme, model, tints
        self._body, self._strong, self._small = font(Role.BODY), font(Role.TOTAL), font(Role.CAPTION)
        self._metrics = {id(face): QFontMetricsF(face) for face in (self._body, self._strong, self._small)}
        self._inks: dict[str, QColor] = {}
        self.looks = [Look(spec, flags=LEFT if spec.align is Align.LEFT else RIGHT) for spec in model.spec.columns]
        self.by_keys = False
        theme.changed.connect(self._inks.clear)

    def edges(self, first: int, last: int) -> None:
        """The outer columns keep the page's margin."""
        for at, look in enumerate(self.looks):
            look.left = EDGE if at == first else PAD
            look.right = EDGE if at == last else PAD

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Widths and heights are the view's business."""
        return QSize(40, row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        line, column = self._model.line(index.row()), index.column()
        if line is None:
            return
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & _SELECTED:
            painter.fillRect(area, self._ink("bg.selected"))
        elif self._tints.any and (line.row.key, column) in self._tints:
            painter.fillRect(area, self._ink("accent.tint"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, self._ink("line.soft"))
        look = self.looks[column]
        inner = QRectF(area.left() + look.left, area.top(), area.width() - look.left - look.right, area.height())
        self._paint_cell(painter, inner, look, line, column)
        if state & _FOCUSED and self.by_keys:
            painter.setPen(QPen(self._ink("focus"), 2))
            painter.drawRect(area.adjusted(1, 1, -1, -2))

    def _paint_cell(self, painter: QPainter, inner: QRectF, look: Look[R], line: Line[R], column: int) -> None:
        spec, said = look.spec, self._model.text_of(line, column)
        if column == FIRST:
            self._paint_first(painter, inner, line, said)
        elif spec.tone is Tone.MONEY:
            value_sign = 0 if self._model.figures.hidden else sign_of(spec.value(line.row))
            painter.setFont(self._strong if isinstance(line, Whole) else self._body)
            token = money_token(value_sign) if line.row.current else "text.muted"
            draw_amount(painter, inner, said, value_sign, self._ink(token))
        else:
            if spec.bars is not None and not (line.depth and spec.part is not None):
                self._paint_bars(painter, inner, spec.bars(line.row))
            self._paint_text(painter, inner, look, line, said)

    def _paint_first(self, painter: QPainter, inner: QRectF, line: Line[R], said: str) -> None:
        """What the row is called, with a small word after it; a part stands in, below its whole."""
        if line.depth and line.row.account is not None:
            inner.setLeft(inner.left() + INDENT)
            bar = QRectF(inner.left(), inner.center().y() - scaled(7), BAR, scaled(14))
            painter.fillRect(bar, QColor(account_colour(line.row.account.colour)))
            inner.setLeft(inner.left() + BAR + PAD)
            said = line.row.account.title
        elif self._model.wish.merged:
            inner.setLeft(inner.left() + FOLD)
        self._paint_text(painter, inner, self.looks[FIRST], line, said)

    def _paint_text(self, painter: QPainter, inner: QRectF, look: Look[R], line: Line[R], said: str) -> None:
        spec = look.spec
        face = self._strong if spec.strong or (look is self.looks[FIRST] and isinstance(line, Whole)) else self._body
        painter.setFont(face)
        painter.setPen(self._ink(self._token(spec, line)))
        painter.drawText(inner, look.flags, said)
        second = spec.second(line.row) if spec.second is not None and not line.depth else ""
        if second:
            after = self._metrics[id(face)].horizontalAdvance(said) + SECOND_GAP
            painter.setFont(self._small)
            painter.setPen(self._ink("text.muted"))
            painter.drawText(inner.adjusted(after, 0, 0, 0), LEFT, second)

    def _paint_bars(self, painter: QPainter, inner: QRectF, colours: Sequence[str]) -> None:
        """The colours of accounts, side by side before the text."""
        for colour in colours:
            bar = QRectF(inner.left(), inner.center().y() - scaled(7), BAR, scaled(14))
            painter.fillRect(bar, QColor(account_colour(colour)))
            inner.setLeft(inner.left() + BAR + BAR_GAP)
        inner.setLeft(inner.left() + (PAD - BAR_GAP if colours else 0))

    def _token(self, spec: ColumnSpec[R], line: Line[R]) -> str:
        row = line.row
        if not row.current:
            return "text.muted"
        if spec.token is not None:
            return spec.token(row)
        if spec.tone is Tone.SIDE:
            return {1: "side.buy", -1: "side.sell"}.get(sign_of(spec.value(row)), "text")
        return _TOKENS.get(spec.tone, "text")

    def _ink(self, token: str) -> QColor:
        found = self._inks.get(token)
        if found is None:
            found = self._inks[token] = self._theme.colour(token)
        return found

    def width(self, column: int, row: Row[R], said: str) -> float:
        """What a cell needs beside its pads; what may be bold is measured so."""
        spec = self.looks[column].spec
        bold = spec.strong or spec.tone is Tone.MONEY or (column == FIRST and row.parts)
        width = self._metrics[id(self._strong if bold else self._body)].horizontalAdvance(said)
        second = spec.second(row) if spec.second is not None else ""
        if second:
            width += SECOND_GAP + self._metrics[id(self._small)].horizontalAdvance(second)
        if spec.bars is not None:
            width += PAD + (BAR + BAR_GAP) * len(spec.bars(row))
        if spec.tone is Tone.MONEY:
            width += TRIANGLE + PAD
        return width

    def sum_width(self, column: int, said: str) -> float:
        """What a sum below a column needs beside the pads."""
        mark = TRIANGLE + PAD if self.looks[column].spec.tone is Tone.MONEY else 0
        return self._metrics[id(self._strong)].horizontalAdvance(said) + mark
