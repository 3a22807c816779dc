"""Orders and trades of the day, to read: two tables on one page, one of them on show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from app.domain import Order, Trade
from app.domain.tongue import tr
from app.qt.actions import Deed
from app.qt.desk import Desk
from app.qt.models import orders, trades
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Group
from app.qt.widgets.basic import button, column, name, row


class OrdersTable(TablePage[Order]):
    """The orders."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, orders.spec(desk.now))

    def groups(self) -> Sequence[Group[Order]]:
        """What the board knows of orders."""
        return orders.groups(self.desk.board)


class TradesTable(TablePage[Trade]):
    """The trades."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, trades.spec(desk.now))

    def groups(self) -> Sequence[Group[Trade]]:
        """What the board knows of trades."""
        return trades.groups(self.desk.board)


class OrdersPanel(QWidget):
    """`repair` carries an account."""

    repair = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        name(self, tr("Orders and trades"))
        self.orders, self.trades = OrdersTable(desk), TradesTable(desk)
        self.show_orders, self.show_trades = button(tr("Orders"), "segment"), button(tr("Trades"), "segment")
        self._pages = QStackedWidget()
        for page in (self.orders, self.trades):
            self._pages.addWidget(page)
            page.repair.connect(self.repair)
        self._switch = self._made_switch()
        self._put_switch(self.orders)
        column(self, gap=0).addWidget(self._pages)

    def _made_switch(self) -> QWidget:
        """Two buttons of which one is down."""
        made, group = QWidget(self), QButtonGroup(self)
        line = row(made, gap=4)
        for one, page in ((self.show_orders, self.orders), (self.show_trades, self.trades)):
            one.setCheckable(True)
            one.clicked.connect(lambda _=False, page=page: self.turn_to(page))
            group.addButton(one)
            line.addWidget(one)
        self.show_orders.setChecked(True)
        return made

    @property
    def page(self) -> TablePage[Any]:
        """The table on show."""
        return self.trades if self._pages.currentWidget() is self.trades else self.orders

    def turn_to(self, page: TablePage[Any]) -> None:
        """Show the orders or the trades."""
        self._pages.setCurrentWidget(page)
        self._put_switch(page)
        self.refresh(self._desk.now())

    def refresh(self, now: datetime) -> None:
        """Show what the board knows."""
        self.page.refresh(now)

    def tick(self, now: datetime) -> None:
        """Another second."""
        self.page.tick(now)

    def deeds(self) -> Sequence[Deed]:
        """The actions of the table on show."""
        return self.page.deeds()

    def focus_filter(self) -> None:
        """Type what to look for."""
        self.page.focus_filter()

    def _put_switch(self, page: TablePage[Any]) -> None:
        """The two buttons go with the table on show, first in its bar."""
        page.bar.put_first(self._switch)
