"""Orders and trades of the day: two tables on one page, one of them on show."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain import Trade
from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.desk import Desk
from app.qt.models import trades
from app.qt.panels.orders_table import OrdersTable
from app.qt.tables.bar import Segments
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group
from app.qt.widgets.basic import column, name
from app.qt.widgets.tab_order import in_order


class TradesTable(TablePage[Trade]):
    """The trades."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, trades.spec(desk.now), parent)

    def groups(self) -> Sequence[Group[Trade]]:
        """What the board knows of trades."""
        return trades.groups(self.desk.board)


class OrdersPanel(QWidget):
    """`repair` carries an account."""

    repair = Signal(str)
    add_wanted = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._switches: dict[TablePage[Any], Segments] = {}
        name(self, tr("Orders and trades"))
        self._pages = QStackedWidget(self)
        self.orders = OrdersTable(desk, self._pages)
        self._titles = self.orders.spec.title, trades.spec(desk.now).title
        column(self, gap=0).addWidget(self._pages)
        self._add(self.orders, merged=False)

    @cached_property
    def trades(self) -> TradesTable:
        """The trades, made when they are first wanted."""
        made = TradesTable(self._desk, self._pages)
        self._add(made, merged=True)
        return made

    def _add(self, page: TablePage[Any], *, merged: bool) -> None:
        self._pages.addWidget(page)
        page.repair.connect(self.repair)
        page.add_wanted.connect(self.add_wanted)
        page.bar.put_first(switch := Segments(*self._titles))
        in_order(page)
        switch.show_merged(merged=merged)
        switch.chosen.connect(self.turn)
        self._switches[page] = switch

    @property
    def page(self) -> TablePage[Any]:
        """The table on show."""
        return self.orders if self._pages.currentWidget() is self.orders else self.trades

    def turn(self, to_trades: bool) -> None:
        """Show the orders or the trades; the keyboard stays at the switch."""
        self._pages.setCurrentWidget(self.trades if to_trades else self.orders)
        for page, switch in self._switches.items():
            switch.show_merged(merged=page is not self.orders)
        switch = self._switches[self.page]
        (switch.merged if to_trades else switch.apart).setFocus()
        self.refresh(self._desk.now())

    def ask_cancel_all(self) -> None:
        """Cancel all orders of all accounts, after one question."""
        if self.page is not self.orders:
            self.turn(False)
        self.orders.cancels.ask_all()

    def refresh(self, now: datetime) -> None:
        """Show what the board knows."""
        self.page.refresh(now)

    def tick(self, now: datetime) -> None:
        """Another second."""
        self.page.tick(now)

    def rearrange(self) -> None:
        """Wear what is kept of the columns now."""
        for page in self._switches:
            page.rearrange()

    def deeds(self) -> Sequence[Deed]:
        """The actions of the table on show."""
        return self.page.deeds()

    def regions(self) -> Sequence[QWidget]:
        """The parts that F6 walks over."""
        return self.page.regions()

    def focus_filter(self) -> None:
        """Type what to look for."""
        self.page.focus_filter()
