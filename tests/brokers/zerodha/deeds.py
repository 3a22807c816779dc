"""The three calls that may change something in the market at Zerodha, and what they are about."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.brokers.base import BaseBroker
from app.domain import IST, Order, OrderChange, OrderType
from tests.brokers.deeds import at_paths, deeds, forty_at
from tests.brokers.zerodha import books, rows, wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import ticket
from tests.fakes.orders import row

BY_ID: Final = f"/orders/regular/{rows.ORDER_ID}"
_RESTING: Final = row(
    ticket(order_type=OrderType.LIMIT, price=Decimal("1440.5")),
    order_id=rows.ORDER_ID,
    placed_at=datetime(2025, 11, 26, 10, 31, 5, tzinfo=IST),
)


def resting(**changes: Any) -> Order:
    """Buy 50 RELIANCE at 1,440.50 for delivery, at rest."""
    return replace(_RESTING, **changes)


def change(**values: Any) -> OrderChange:
    """40 at 1,441.20 in the place of that."""
    return forty_at("1441.2", **values)


DEEDS: Final = deeds(ticket(), resting(), change(), **at_paths("/orders/regular", BY_ID))


async def show_the_book(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> None:
    """Let the adapter read a book with the resting order in it; the server forgets that it was asked."""
    server.on("GET", "/orders", wire.success([books.order(**changes)]))
    await broker.get_orders()
    server.requests.clear()
