"""What the row is about that has the keyboard in a table of positions, holdings, orders or trades."""

from typing import Any

from PySide6.QtWidgets import QWidget

from app.domain import Exchange, Holding, Order, OrderSide, Position, Product, Trade
from app.domain.records import dataclass
from app.qt.tables.lines import Line
from app.qt.tables.page import TablePage


@dataclass(frozen=True, slots=True)
class Picked:
    """An instrument at an account, and what of it is held there, short negative.

    A merged line of several accounts has none (None), and nothing of it is held at one place.
    """

    user_id: str | None
    exchange: Exchange
    symbol: str
    product: Product | None
    held: int

    def quantity(self, side: OrderSide) -> int | None:
        """What would close it where `side` closes; None where it opens."""
        closes = self.held > 0 if side is OrderSide.SELL else self.held < 0
        return abs(self.held) if closes else None


def picked(page: QWidget | None) -> Picked | None:
    """Of the table on show; None where there is none, or not exactly one row is chosen."""
    table = getattr(page, "page", page)  # orders and trades share a page
    if not isinstance(table, TablePage):
        return None
    chosen = table.view.selected()
    line = table.view.current if not chosen else chosen[0] if len(chosen) == 1 else None
    return _of(line.row.record, line.row.account) if isinstance(line, Line) else None


def _of(record: Any, account: Any) -> Picked | None:
    user_id = account.user_id if account is not None else None
    at_one = user_id is not None
    record = getattr(record, "position", getattr(record, "order", record))  # what a table shows of it beside
    if isinstance(record, Position):
        return Picked(user_id, record.exchange, record.symbol, record.product, record.quantity if at_one else 0)
    if isinstance(record, Holding):
        return Picked(user_id, record.exchange, record.symbol, Product.CNC, record.free if at_one else 0)
    if isinstance(record, Order | Trade):
        return Picked(user_id, record.exchange, record.symbol, record.product, 0)
    return None
