"""Paints the day of an account as a line: its session, what happened when, the hours of the market, what is ahead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain import IST
from app.domain.tongue import tr
from app.qt import icons
from app.qt.fonts import Role, font, scaled
from app.qt.models.segments import Kind
from app.qt.models.timeline import ARRIVALS, DayLine, Mark
from app.qt.theme import Theme
from app.qt.widgets.basic import name
from app.qt.widgets.rail import across, paint_piece
from app.services.views import Trace

_HEIGHT: Final = 108
_HOURS, _ABOVE, _BAR, _BELOW, _TICKS = 0, 18, 48, 60, 90  # tops of the rows, at the usual size of text
_SHAPE: Final = 14
_GAP: Final = 10.0
_SHAPES: Final = {Trace.WARNED: "expiring", Trace.DIED: "expired", Trace.DISCONNECTED: "offline"}
_TOKENS: Final = {Trace.WARNED: "text.soft", Trace.DIED: "state.bad", Trace.DISCONNECTED: "text.soft"}
_STEP: Final = timedelta(hours=2)


class Timeline(QWidget):
    """For a screen reader it is a sentence."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._line: DayLine | None = None
        self.setFixedHeight(scaled(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as the card gives."""
        return QSize(400, scaled(_HEIGHT))

    @property
    def line(self) -> DayLine | None:
        """What is on show."""
        return self._line

    def show_line(self, line: DayLine) -> None:
        """Another second, or something happened."""
        if line != self._line:
            self._line = line
            name(self, tr("Session today: {said}", said=line.says))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw hours, line, marks and their words."""
        if self._line is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font(Role.SMALL))
            _Painting(painter, QRectF(self.rect()), self._line, self._theme).draw()


class _Painting:
    """One painting of one line."""

    def __init__(self, painter: QPainter, area: QRectF, line: DayLine, theme: Theme) -> None:
        self._painter, self._area, self._line, self._theme = painter, area, line, theme
        self._metrics = QFontMetricsF(painter.font())

    def draw(self) -> None:
        """All of it, from the back to the front."""
        self._market()
        for piece in self._line.pieces:
            paint_piece(self._painter, self._band(), piece, self._theme)
        self._ticks()
        self._now()
        marks = self._line.marks
        for mark in marks:
            self._shape(mark)
        self._words(_ABOVE, [mark for mark in marks if mark.kind is Trace.WARNED])
        self._words(_BELOW, [mark for mark in marks if mark.kind is not Trace.WARNED])

    def _x(self, at: float) -> float:
        return across(self._area.width(), at)

    def _band(self) -> QRectF:
        return QRectF(0, scaled(_BAR) - 8, self._area.width(), 16)

    def _market(self) -> None:
        line = self._line.axis
        if line.opens is None or line.closes is None:
            return
        left, right = self._x(line.at(line.opens)), self._x(line.at(line.closes))
        top = scaled(_HOURS) + self._metrics.height() + 2
        band = QRectF(left, top, right - left, scaled(_BELOW) - top)
        self._painter.fillRect(band, self._theme.colour("bg.market"))
        opens, closes = tr("open {time}", time=_hour(line.opens)), tr("close {time}", time=_hour(line.closes))
        near = abs(self._x(self._line.now) - left) < self._metrics.horizontalAdvance(opens) + 60
        if not near:
            self._say(opens, left, _HOURS, "text.soft")
        self._say(closes, right - self._metrics.horizontalAdvance(closes), _HOURS, "text.soft")

    def _ticks(self) -> None:
        line = self._line.axis
        moment = line.begins
        while moment <= line.ends:
            x, said = self._x(line.at(moment)), _hour(moment)
            self._painter.fillRect(QRectF(x, scaled(_TICKS) - 6, 1, 4), self._theme.colour("text.muted"))
            left = min(x, self._area.width() - self._metrics.horizontalAdvance(said))
            self._say(said, left, _TICKS, "text.muted")
            moment += _STEP

    def _now(self) -> None:
        x = self._x(self._line.now)
        top = scaled(_HOURS) + self._metrics.height() + 2
        self._painter.fillRect(QRectF(x - 0.75, top, 1.5, scaled(_BELOW) - top), self._theme.colour("text"))
        said = tr("now")
        half = self._metrics.horizontalAdvance(said) / 2
        self._say(said, min(max(0.0, x - half), self._area.width() - 2 * half), _HOURS, "text")

    def _shape(self, mark: Mark) -> None:
        scale = self._painter.device().devicePixelRatioF()
        shape = icons.state(_SHAPES.get(mark.kind, "ready"), _SHAPE, scale, dark=self._theme.dark)
        middle = QPointF(self._x(mark.at) - _SHAPE / 2, scaled(_BAR) - _SHAPE / 2)
        self._painter.drawPixmap(middle, shape)

    def _words(self, row: int, marks: Sequence[Mark]) -> None:
        """Ends first, then the latest; what would touch another is left to the list and the screen reader."""
        taken: list[tuple[float, float]] = []
        for mark in sorted(marks, key=lambda one: (one.kind is not Trace.DIED, -one.at)):
            width = self._metrics.horizontalAdvance(mark.says)
            x = self._x(mark.at)
            left = {Trace.DIED: x - width, Trace.WARNED: x - width / 2}.get(mark.kind, x)
            token = "state.ok" if mark.kind in ARRIVALS else _TOKENS[mark.kind]
            self._place(mark.says, left, row, token, taken)
        if row == _BELOW and self._line.ahead:
            ends = next((piece.begins for piece in self._line.pieces if piece.kind is Kind.AFTER), 1.0)
            self._place(self._line.ahead, self._x(ends) + 4, _BELOW, "text.soft", taken)

    def _place(self, said: str, left: float, row: int, token: str, taken: list[tuple[float, float]]) -> None:
        width = self._metrics.horizontalAdvance(said)
        left = min(max(0.0, left), self._area.width() - width)
        if all(left > right + _GAP or left + width < other - _GAP for other, right in taken):
            self._say(said, left, row, token)
            taken.append((left, left + width))

    def _say(self, said: str, left: float, row: int, token: str) -> None:
        self._painter.setPen(QPen(self._theme.colour(token)))
        place = QRectF(left, scaled(row), self._metrics.horizontalAdvance(said) + 2, self._metrics.height())
        self._painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, said)


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(IST):%H:%M}"
