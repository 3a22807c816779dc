"""Ninety days of a session, one column a day and its 24 hours from top to bottom: gaps and early ends are seen at once.

What happened on a day is its tooltip; the list below says the same, line by line.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.domain.market import market_day
from app.domain.tongue import tr
from app.qt.fonts import Role, font, scaled
from app.qt.models.segments import Kind
from app.qt.models.timeline import Column
from app.qt.theme import Theme
from app.qt.widgets.basic import name
from app.services.words import day_name

_HOURS: Final = 96  # height of a day's 24 hours
_SIDE: Final = 44  # where the hours stand
_FOOT: Final = 20
_WEEK: Final = 7
_FILLS: Final = {Kind.PAST: "rail.past", Kind.NOTHING: "state.bad.tint"}


class Ninety(QWidget):
    """`says` in one line is its accessible description."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._columns: tuple[Column, ...] = ()
        self.setMinimumHeight(scaled(_HOURS + _FOOT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as the card gives."""
        return QSize(400, scaled(_HOURS + _FOOT))

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is on show."""
        return self._columns

    def show_columns(self, columns: Sequence[Column], says: str) -> None:
        """Another account, another day, or something happened."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.update()
        name(self, tr("Sessions of 90 days"), says)

    def column_at(self, x: float) -> Column | None:
        """The day under the pointer."""
        place = int((x - scaled(_SIDE)) // self._step()) if self._columns else -1
        return self._columns[place] if 0 <= place < len(self._columns) else None

    def event(self, event: QEvent) -> bool:
        """What happened on the day under the pointer."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        found = self.column_at(event.pos().x())
        QToolTip.showText(event.globalPos(), found.says if found is not None else "", self)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the days, the hours beside them, and the months below."""
        painter = QPainter(self)
        painter.setFont(font(Role.CAPTION))
        for at, column in enumerate(self._columns):
            left = scaled(_SIDE) + at * self._step()
            self._paint_day(painter, QRectF(left, 0, max(2.0, self._step() - 2), scaled(_HOURS)), column)
        if self._columns:
            self._paint_hours(painter)
            self._paint_dates(painter)

    def _step(self) -> float:
        return (self.width() - scaled(_SIDE)) / max(1, len(self._columns))

    def _paint_day(self, painter: QPainter, area: QRectF, column: Column) -> None:
        traded = market_day(column.day) is not None
        painter.fillRect(area, self._theme.colour("bg.market" if traded else "bg.sunken"))
        for piece in column.pieces:
            if piece.kind in _FILLS:
                part = QRectF(area.left(), piece.begins * area.height(), area.width(), 1)
                part.setBottom(max(piece.begins * area.height() + 1, piece.ends * area.height()))
                painter.fillRect(part, self._theme.colour(_FILLS[piece.kind]))
        painter.setPen(QPen(self._theme.colour("state.bad"), 2))
        for died in column.died:  # longer than the column is wide: its shape is told without its colour
            y = died * area.height()
            painter.drawLine(QPointF(area.left() - 1, y), QPointF(area.right() + 1, y))

    def _paint_hours(self, painter: QPainter) -> None:
        painter.setPen(self._theme.colour("text.muted"))
        right = QRectF(0, 0, scaled(_SIDE) - 8, scaled(_HOURS))
        flags = Qt.AlignmentFlag.AlignRight
        painter.drawText(right, flags | Qt.AlignmentFlag.AlignTop, "00:00")
        painter.drawText(right, flags | Qt.AlignmentFlag.AlignVCenter, "12:00")
        painter.drawText(right, flags | Qt.AlignmentFlag.AlignBottom, "24:00")

    def _paint_dates(self, painter: QPainter) -> None:
        metrics, taken = QFontMetricsF(painter.font()), 0.0
        painter.setPen(self._theme.colour("text.muted"))
        for at, column in enumerate(self._columns):
            left = scaled(_SIDE) + at * self._step()
            said = _date(column.day, self._columns[-1].day)
            width = metrics.horizontalAdvance(said)
            if said and left >= taken and left + width <= self.width():
                painter.drawText(QPointF(left, self.height() - 5), said)
                taken = left + width + 12


def _date(day: date, today: date) -> str:
    """Every second Monday is named, and so read as the beginning of a week."""
    weeks, rest = divmod((today - day).days - today.weekday(), _WEEK)
    return day_name(day) if rest == 0 and weeks % 2 == 0 else ""
