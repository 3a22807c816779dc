"""Indian time, and beside it what the market does and what comes next; the day's hours in the tooltip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.domain.tongue import tr
from app.qt.fonts import Role, scaled
from app.qt.theme import Theme, put
from app.qt.widgets.basic import column, name, row, text

if TYPE_CHECKING:
    from datetime import datetime

_DOTS: Final = {"open": "state.ok", "pre-open": "state.warn", "closed": "state.off"}


class Dot(QWidget):
    """The market's phase as a dot; its words stand beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tone = "state.off"
        self.setFixedSize(scaled(9), scaled(9))
        theme.changed.connect(self.update)

    def show_token(self, token: str) -> None:
        """Another colour."""
        if token != self._tone:
            self._tone = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._tone))
        painter.drawEllipse(QRectF(self.rect()))


class MarketClock(QWidget):
    """Keeps the width it once needed: a countdown that grows shorter moves nothing beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._clock = text("", Role.TITLE)
        self._ist = text("IST", Role.SMALL, "muted")
        self._dot = Dot(theme)
        self._now = text("", Role.SMALL, "soft")
        self._coming = text("", Role.SMALL, "soft")
        self._phase = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        lines = column(self._phase, gap=0)
        first = row(gap=8)
        first.addWidget(self._dot)
        first.addWidget(self._now, 1)
        lines.addStretch()
        lines.addLayout(first)
        lines.addWidget(self._coming)
        lines.addStretch()
        clock = row(gap=4)
        clock.addWidget(self._clock)
        clock.addWidget(self._ist, 0, Qt.AlignmentFlag.AlignVCenter)
        outer = row(self, gap=12)
        outer.addLayout(clock)
        outer.addWidget(self._phase)

    def show_time(self, now: datetime, *, narrow: bool, crowded: bool) -> None:
        """Another second; `narrow` drops the zone's name, `crowded` what the market does (it stays in the tooltip)."""
        from app.domain import IST  # loaded after the first paint: start-up
        from app.qt.market_line import market_line  # as above

        line = market_line(now)
        put(self._clock, f"{now.astimezone(IST):%H:%M:%S}")
        self._dot.show_token(_DOTS[line.phase])
        for label, said in ((self._now, line.now), (self._coming, line.coming)):
            _widen(label, said)
        self._ist.setVisible(not narrow)
        self._phase.setVisible(not crowded)
        said = f"{line.now}, {line.coming}"
        name(self, tr("Market: {said}", said=said), line.hours)
        if self.toolTip() != (tip := f"{said}\n{line.hours}"):
            self.setToolTip(tip)


def _widen(label: QLabel, said: str) -> None:
    if label.text() != said:
        label.setText(said)
        label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))
