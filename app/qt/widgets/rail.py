"""Paints session rails: each account's session as a bar against the market's hours, one "now" line through all rows."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt.fonts import Role, font, scaled
from app.qt.models.segments import Axis, Kind, Piece, Rail
from app.qt.theme import Theme
from app.qt.widgets.basic import name

_BAR: Final = 8.0
_SIDE: Final = 6.0  # room for the cross and the tip at the edges
_LABEL_GAP: Final = 6.0
_LEAST_WIDTH: Final = 64


class RailHead(QWidget):
    """The rail column's head: "Session", the hours, and the tip of the now line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._axis: Axis | None = None
        self._now = 0.0
        self.setMinimumSize(_LEAST_WIDTH, scaled(30))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name(self, tr("Session"))
        theme.changed.connect(self.update)

    def show_axis(self, axis: Axis, now: float) -> None:
        """Another day or another minute."""
        if (axis, now) != (self._axis, self._now):
            self._axis, self._now = axis, now
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Write the hours and mark now."""
        painter = QPainter(self)
        painter.setFont(font(Role.SMALL))
        painter.setPen(self._theme.colour("text.soft"))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, tr("Session"))
        if self._axis is not None:
            self._hours(painter, self._axis)
            self._tip(painter)

    def _hours(self, painter: QPainter, axis: Axis) -> None:
        if axis.closes is None:
            return
        metrics = QFontMetricsF(painter.font())
        said = f"{axis.closes.astimezone(IST):%H:%M}"
        right = across(self.width(), axis.at(axis.closes)) + metrics.horizontalAdvance(said) / 2
        right = min(right, float(self.width()))
        if right - metrics.horizontalAdvance(said) > metrics.horizontalAdvance(tr("Session")) + 12:
            area = QRectF(0, 0, right, self.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, said)

    def _tip(self, painter: QPainter) -> None:
        x, bottom = across(self.width(), self._now), float(self.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("text"))
        painter.drawPolygon(QPolygonF([QPointF(x - 4, bottom - 6), QPointF(x + 4, bottom - 6), QPointF(x, bottom)]))


class RailView(QWidget):
    """One account's rail; for a screen reader it is a sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rail: Rail | None = None
        self._axis: Axis | None = None
        self.setMinimumWidth(_LEAST_WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as the column gives, as high as a row."""
        return QSize(200, 54)

    @property
    def label(self) -> str:
        """What is written on it."""
        return self._rail.label if self._rail is not None else ""

    def show_rail(self, rail: Rail, axis: Axis) -> None:
        """Draw another state of the session."""
        name(self, tr("Session: {said}", said=rail.says))
        if (rail, axis) != (self._rail, self._axis):
            self._rail, self._axis = rail, axis
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw market hours, bar, now line and label."""
        if self._rail is not None and self._axis is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_rail(painter, QRectF(self.rect()), self._rail, self._axis, self._theme)


def paint_rail(painter: QPainter, area: QRectF, rail: Rail, axis: Axis, theme: Theme) -> None:
    """Paint `rail` into `area`; a pure function of its arguments."""
    _paint_market(painter, area, axis, theme)
    for piece in rail.pieces:
        paint_piece(painter, area, piece, theme)
    if rail.goes_on:
        _paint_tip(painter, area, theme)
    _paint_now(painter, area, rail.now, theme)
    if rail.cross is not None:
        _paint_cross(painter, area, rail.cross, theme)
    if rail.label:
        _paint_label(painter, area, rail, theme)


def across(width: float, at: float) -> float:
    """Where a fraction of a line lies, in pixels."""
    return _SIDE + at * (width - 2 * _SIDE)


def _paint_market(painter: QPainter, area: QRectF, axis: Axis, theme: Theme) -> None:
    if axis.opens is None or axis.closes is None:
        return
    left, right = across(area.width(), axis.at(axis.opens)), across(area.width(), axis.at(axis.closes))
    painter.fillRect(QRectF(left, area.top(), right - left, area.height()), theme.colour("bg.market"))


def paint_piece(painter: QPainter, area: QRectF, piece: Piece, theme: Theme) -> None:
    """Paint one stretch through the middle of `area`."""
    left, right = across(area.width(), piece.begins), across(area.width(), piece.ends)
    middle = area.center().y()
    fills = {Kind.PAST: "rail.past", Kind.AHEAD: "rail.ahead", Kind.LAST: "state.warn.fill"}
    if piece.kind in fills:
        bar = QRectF(left, middle - _BAR / 2, right - left, _BAR)
        painter.fillRect(bar, theme.colour(fills[piece.kind]))
        if piece.kind is Kind.LAST:
            painter.fillRect(QRectF(right - 1, middle - _BAR, 2, 2 * _BAR), theme.colour("state.warn"))
    elif piece.kind is Kind.UNKNOWN:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("state.off"), 1, Qt.PenStyle.DashLine))
        painter.drawRect(QRectF(left, middle - 3, right - left, 6))
    else:
        token = "state.bad" if piece.kind is Kind.NOTHING else "text.muted"
        painter.setPen(QPen(theme.colour(token), 1.6, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))


def _paint_tip(painter: QPainter, area: QRectF, theme: Theme) -> None:
    x, middle = across(area.width(), 1.0), area.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("rail.ahead"))
    painter.drawPolygon(
        QPolygonF([QPointF(x, middle - _BAR / 2), QPointF(x + _SIDE, middle), QPointF(x, middle + _BAR / 2)])
    )


def _paint_now(painter: QPainter, area: QRectF, now: float, theme: Theme) -> None:
    painter.fillRect(QRectF(across(area.width(), now) - 0.75, area.top(), 1.5, area.height()), theme.colour("text"))


def _paint_cross(painter: QPainter, area: QRectF, at: float, theme: Theme) -> None:
    x, y = across(area.width(), at), area.center().y()
    painter.setPen(QPen(theme.colour("state.bad"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(x - 4, y - 4), QPointF(x + 4, y + 4))
    painter.drawLine(QPointF(x - 4, y + 4), QPointF(x + 4, y - 4))


def _paint_label(painter: QPainter, area: QRectF, rail: Rail, theme: Theme) -> None:
    painter.setFont(font(Role.CAPTION))
    painter.setPen(theme.colour(_label_token(rail)))
    width = QFontMetricsF(painter.font()).horizontalAdvance(rail.label)
    place = across(area.width(), rail.label_at)
    left = place + _LABEL_GAP
    if left + width > area.width():
        left = place - _LABEL_GAP - width
    if left < 0:
        return  # the state's own line says the same; a label is never cut
    painter.drawText(QPointF(left, area.center().y() - _LABEL_GAP - 2), rail.label)


def _label_token(rail: Rail) -> str:
    if rail.cross is not None:
        return "state.bad"
    return "state.warn" if any(piece.kind is Kind.LAST for piece in rail.pieces) else "text.muted"
