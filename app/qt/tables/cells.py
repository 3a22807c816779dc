"""Paints one cell of a table in one call: figures right, stale ones grey, amounts with triangle, sign and colour.

Not through Qt's delegate: that costs seven calls back and forth for each cell, more than all of the painting here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.qt.fonts import Role, scaled
from app.qt.tables.faces import Face
from app.qt.tables.lines import Line, Whole
from app.qt.tables.model import TableModel
from app.qt.tables.rows import Row
from app.qt.tables.sizes import (
    BAR,
    BAR_GAP,
    EDGE,
    FOLD,
    INDENT,
    PAD,
    SECOND_GAP,
    TRIANGLE,
    money_token,
    row_height,
)
from app.qt.tables.spec import FIRST, Align, ColumnSpec, Tone
from app.qt.tables.spoken import sign_of
from app.qt.tables.tint import Tints
from app.qt.theme import Theme
from app.qt.tokens import account_colour
from app.qt.widgets.marks import draw_triangle

R = TypeVar("R")

_TOKENS: Final = {Tone.PLAIN: "text", Tone.SOFT: "text.soft", Tone.MUTED: "text.muted", Tone.LINK: "accent.text"}


@dataclass(slots=True)
class Look(Generic[R]):
    """Where and how the cells of one column are painted, worked out once."""

    at: int
    spec: ColumnSpec[R]
    is_right: bool
    x: int = 0
    width: int = 0
    left: int = PAD
    right: int = PAD

    @property
    def begins(self) -> int:
        """Where texts begin."""
        return self.x + self.left

    @property
    def ends(self) -> int:
        """Where figures end."""
        return self.x + self.width - self.right


class CellPainter(Generic[R]):
    """`looks` are all columns; `shown` those that have room, from left to right."""

    def __init__(self, theme: Theme, model: TableModel[R], tints: Tints) -> None:
        self._theme, self._model, self._tints = theme, model, tints
        self.body, self.strong, self.small = Face(Role.BODY), Face(Role.TOTAL), Face(Role.CAPTION)
        self._inks: dict[str, QColor] = {}
        self._triangles: dict[tuple[int, str, float], QPixmap] = {}
        self.looks = [Look(at, spec, spec.align is Align.RIGHT) for at, spec in enumerate(model.spec.columns)]
        self.shown: list[Look[R]] = []
        height = row_height()
        self._baselines = {id(face): face.baseline(height) for face in (self.body, self.strong, self.small)}
        theme.changed.connect(self._forget_colours)

    def edges(self, shown: Sequence[int]) -> None:
        """These columns have room; the outer ones keep the page's margin."""
        self.shown = [self.looks[at] for at in shown]
        for look in self.shown:
            look.left = EDGE if look.at == shown[0] else PAD
            look.right = EDGE if look.at == shown[-1] else PAD

    def paint(self, painter: QPainter, look: Look[R], line: Line[R], top: int) -> None:
        """One cell of a line that begins at `top`."""
        spec, said = look.spec, self._model.text_of(line, look.at)
        if self._tints.any and (line.row.key, look.at) in self._tints:
            painter.fillRect(look.x, top, look.width, row_height() - 1, self.ink("accent.tint"))
        if look.at == FIRST:
            self._paint_first(painter, look, line, said, top)
        elif not said:
            return
        elif spec.tone is Tone.MONEY:
            self._paint_money(painter, look, line, said, top)
        elif look.is_right:
            face = self.strong if spec.strong else self.body
            painter.setFont(face.font)
            painter.setPen(self.ink(self._token(spec, line)))
            painter.drawText(round(look.ends - face.width(said)), top + self._baselines[id(face)], said)
        else:
            self._paint_text(painter, look, line, said, self._paint_bars(painter, look, line, top), top)

    def paint_focus(self, painter: QPainter, look: Look[R], top: int) -> None:
        """The ring round the cell that has the keyboard."""
        painter.setPen(QPen(self.ink("focus"), 2))
        painter.drawRect(QRectF(look.x + 1, top + 1, look.width - 2, row_height() - 3))

    def _paint_money(self, painter: QPainter, look: Look[R], line: Line[R], said: str, top: int) -> None:
        value_sign = 0 if self._model.figures.hidden else sign_of(look.spec.value(line.row))
        token = money_token(value_sign) if line.row.current else "text.muted"
        face = self.strong if isinstance(line, Whole) else self.body
        painter.setFont(face.font)
        painter.setPen(self.ink(token))
        painter.drawText(round(look.ends - face.width(said)), top + self._baselines[id(face)], said)
        self.paint_triangle(painter, look, value_sign, token, top + row_height() / 2)

    def paint_triangle(self, painter: QPainter, look: Look[R], value_sign: int, token: str, middle: float) -> None:
        """Up for a gain, down for a loss, in its fixed place before the amount."""
        if value_sign:
            picture = self._triangle(value_sign, token, painter.device().devicePixelRatioF())
            painter.drawPixmap(look.begins, round(middle - TRIANGLE / 2), picture)

    def _paint_first(self, painter: QPainter, look: Look[R], line: Line[R], said: str, top: int) -> None:
        """What the row is called, with a small word after it; a part stands in, below its whole."""
        x = look.begins
        if line.depth and line.row.account is not None:
            self._paint_bar(painter, x + INDENT, top, line.row.account.colour)
            self._paint_text(painter, look, line, line.row.account.title, x + INDENT + BAR + PAD, top)
        else:
            self._paint_text(painter, look, line, said, x + FOLD if self._model.wish.merged else x, top)

    def _paint_text(  # noqa: PLR0917 - what, of whom and where
        self, painter: QPainter, look: Look[R], line: Line[R], said: str, x: int, top: int
    ) -> None:
        spec = look.spec
        face = self.strong if spec.strong or (look.at == FIRST and isinstance(line, Whole)) else self.body
        painter.setFont(face.font)
        painter.setPen(self.ink(self._token(spec, line)))
        if spec.most is not None:
            said = face.cut(said, look.ends - x)
        painter.drawText(x, top + self._baselines[id(face)], said)
        second = spec.second(line.row) if spec.second is not None and not line.depth else ""
        if second:
            after = round(x + face.width(said) + SECOND_GAP)
            painter.setFont(self.small.font)
            painter.setPen(self.ink("text.muted"))
            painter.drawText(after, top + self._baselines[id(face)], second)

    def _paint_bars(self, painter: QPainter, look: Look[R], line: Line[R], top: int) -> int:
        """The colours of accounts, side by side; where the text begins after them."""
        x = look.begins
        bars = look.spec.bars
        if bars is None or (line.depth and look.spec.part is not None):
            return x
        for colour in bars(line.row):
            self._paint_bar(painter, x, top, colour)
            x += BAR + BAR_GAP
        return x + PAD - BAR_GAP

    def _paint_bar(self, painter: QPainter, x: int, top: int, colour: str) -> None:
        height = scaled(14)
        painter.fillRect(x, top + (row_height() - height) // 2, BAR, height, QColor(account_colour(colour)))

    def _token(self, spec: ColumnSpec[R], line: Line[R]) -> str:
        row = line.row
        if not row.current:
            return "text.muted"
        if spec.token is not None:
            return spec.token(row)
        if spec.tone is Tone.SIDE:
            return {1: "side.buy", -1: "side.sell"}.get(sign_of(spec.value(row)), "text")
        return _TOKENS.get(spec.tone, "text")

    def ink(self, token: str) -> QColor:
        """A token's colour."""
        found = self._inks.get(token)
        if found is None:
            found = self._inks[token] = self._theme.colour(token)
        return found

    def _triangle(self, value_sign: int, token: str, scale: float) -> QPixmap:
        found = self._triangles.get((value_sign, token, scale))
        if found is None:
            found = QPixmap(round(TRIANGLE * scale), round(TRIANGLE * scale))
            found.setDevicePixelRatio(scale)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            draw_triangle(painter, QRectF(0, 0.5, TRIANGLE, TRIANGLE - 1), value_sign, self.ink(token))
            painter.end()
            self._triangles[value_sign, token, scale] = found
        return found

    def _forget_colours(self) -> None:
        self._inks.clear()
        self._triangles.clear()

    def width(self, column: int, row: Row[R], said: str) -> float:
        """What a cell needs beside its pads; what may be bold is measured so."""
        spec = self.looks[column].spec
        bold = spec.strong or spec.tone is Tone.MONEY or (column == FIRST and row.parts)
        width = (self.strong if bold else self.body).width(said)
        second = spec.second(row) if spec.second is not None else ""
        if second:
            width += SECOND_GAP + self.small.width(second)
        if spec.bars is not None:
            width += PAD + (BAR + BAR_GAP) * len(spec.bars(row))
        if spec.tone is Tone.MONEY:
            width += TRIANGLE + PAD
        return width

    def sum_width(self, column: int, said: str) -> float:
        """What a sum below a column needs beside the pads."""
        mark = TRIANGLE + PAD if self.looks[column].spec.tone is Tone.MONEY else 0
        return self.strong.width(said) + mark
