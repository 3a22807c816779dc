"""Positions: every account's rows in one table with filter, order and totals that follow the filter."""

from datetime import datetime

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QStackedWidget, QWidget

from app.domain import IST
from app.qt import keyboard
from app.qt.desk import Desk
from app.qt.fonts import Role, font
from app.qt.models.positions import Column, Wish, empty_words, totals_words
from app.qt.models.positions_model import PositionsModel
from app.qt.models.sums import sum_of
from app.qt.theme import put
from app.qt.widgets.basic import button, column, name, row, surface, text
from app.qt.widgets.positions_delegate import EDGE
from app.qt.widgets.positions_view import PositionsView


class TotalsRow(QFrame):
    """The sums under their columns; says how many rows are in them and that sorting waits."""

    def __init__(self, desk: Desk, model: PositionsModel, view: PositionsView) -> None:
        super().__init__()
        self._desk, self._model, self._view = desk, model, view
        self.setProperty("surface", "sunken")
        self.setFixedHeight(36)
        inside = row(self, gap=8)
        inside.setContentsMargins(EDGE, 0, EDGE, 0)
        self.count = text(role=Role.TOTAL)
        self.more = text(role=Role.SMALL, tone="muted")
        inside.addWidget(self.count)
        inside.addWidget(self.more)
        inside.addStretch()
        view.fitted.connect(self.update)

    def refresh(self) -> None:
        """Other rows or figures."""
        count, more = totals_words(self._model.groups)
        put(self.count, count)
        put(self.more, more + ("; sorting paused" if self._model.paused else ""))
        sums = sum_of(held for group in self._model.groups for held in group.rows)
        figures = self._desk.figures
        spoken = f"Open P&L {figures.signed(sums.unrealised)}, booked {figures.signed(sums.realised)}"
        name(self, f"Totals: {count}, {more}. P&L {figures.signed(sums.pnl)}. {spoken}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sums under their columns."""
        super().paintEvent(event)
        sums = sum_of(held for group in self._model.groups for held in group.rows)
        values = ((Column.OPEN, sums.unrealised), (Column.BOOKED, sums.realised), (Column.PNL, sums.pnl))
        current = any(group.current for group in self._model.groups)
        painter = QPainter(self)
        painter.setFont(font(Role.TOTAL))
        for place, value in values:
            area = QRect(0, 0, self.width(), self.height())
            self._view.draw_sum(painter, area, place, self._desk.figures.signed(value), value, current=current)


class EmptyPage(QWidget):
    """Why there is nothing to see, and what to press."""

    def __init__(self) -> None:
        super().__init__()
        self.words = text(role=Role.HEAD, wrap=True)
        self.more = text(tone="soft", wrap=True)
        for label in (self.words, self.more):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.button = button("Clear filter", "plain")
        inside = column(self, gap=8, margin=20)
        inside.addStretch(1)
        inside.addWidget(self.words)
        inside.addWidget(self.more)
        inside.addSpacing(8)
        inside.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)


class PositionsPanel(QWidget):
    """The table's page."""

    repair = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        name(self, "Positions page")
        self.model = PositionsModel(desk)
        self.view = PositionsView(desk, self.model)
        self.totals = TotalsRow(desk, self.model, self.view)
        self.empty = EmptyPage()
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter instruments  /")
        self.filter.setClearButtonEnabled(True)
        name(self.filter, "Filter instruments", keyboard.hint("filter"))
        self.closed = QCheckBox("Show closed")
        self.closed.setChecked(True)
        name(self.closed, "Show closed")
        self._read = text("", Role.SMALL, "muted")
        self._lay_out()
        self.filter.textChanged.connect(self._on_wish)
        self.closed.toggled.connect(self._on_wish)
        self.empty.button.clicked.connect(self._on_empty_button)
        self.view.repair.connect(self.repair)

    def _lay_out(self) -> None:
        bar = surface("bar")
        bar.setFixedHeight(48)
        line = row(bar, gap=12)
        line.setContentsMargins(EDGE, 0, EDGE, 0)
        self.filter.setFixedWidth(240)
        for part in (self.filter, self.closed):
            line.addWidget(part)
        line.addStretch()
        line.addWidget(self._read)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.empty)
        outer = column(self, gap=0)
        outer.addWidget(bar)
        outer.addWidget(self._pages, 1)
        outer.addWidget(self.totals)

    def refresh(self, now: datetime) -> None:
        """Show what the board knows; rows stay in place under the pointer."""
        self.model.refresh(hold=self.view.viewport().underMouse())
        self._show(now)

    def tick(self, now: datetime) -> None:
        """Another second: words about time in the heads."""
        if self.isVisible():
            self.model.tell_heads()
            self._show(now)

    def focus_filter(self) -> None:
        """Type what to look for."""
        self.filter.setFocus()
        self.filter.selectAll()

    def clear_filter(self) -> None:
        """Everything again."""
        self.filter.clear()
        self.view.setFocus()

    def _show(self, now: datetime) -> None:
        self.totals.refresh()
        moments = [group.positions.as_of for group in self.model.groups if group.positions and group.positions.as_of]
        put(self._read, f"read {max(moments).astimezone(IST):%H:%M:%S}" if moments else "")
        rows = any(group.rows for group in self.model.groups)
        told = None if rows else empty_words(self._desk.board, self.model.wish, now)
        self._pages.setCurrentWidget(self.empty if told else self.view)
        self.totals.setVisible(told is None)
        if told:
            self._show_empty(*told)

    def _show_empty(self, words: str, more: str) -> None:
        put(self.empty.words, words)
        put(self.empty.more, more)
        filtered = bool(self.model.wish.words)
        hidden = not self.model.wish.closed and not filtered
        label = "Clear filter" if filtered else ("Show closed positions" if hidden else "Read again")
        self.empty.button.setText(label)
        name(self.empty.button, label)

    def _on_wish(self) -> None:
        wish = self.model.wish
        self.model.want(Wish(self.filter.text().strip(), self.closed.isChecked(), wish.column, wish.descending))
        self._show(self._desk.now())

    def _on_empty_button(self) -> None:
        if self.model.wish.words:
            self.clear_filter()
        elif not self.model.wish.closed:
            self.closed.setChecked(True)
        else:
            asked = self._desk.services.portfolio.refresh()
            self._desk.run(self, asked, newest="refresh").busy(self.empty.button, "Reading")
