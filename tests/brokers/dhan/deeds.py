"""The three calls that may change something in the market, each with its place on the wire."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.brokers.base import BaseBroker
from app.domain import (
    IST,
    Exchange,
    Order,
    OrderChange,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
)
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import ticket
from tests.brokers.zerodha.server import ScriptedServer

BY_ID: Final = f"/v2/orders/{wire.ORDER_ID}"
_RESTING: Final = Order(
    order_id=wire.ORDER_ID,
    symbol="RELIANCE",
    exchange=Exchange.NSE,
    product=Product.CNC,
    side=OrderSide.BUY,
    order_type=OrderType.LIMIT,
    quantity=50,
    filled_quantity=0,
    price=Decimal("1540.1"),
    trigger_price=None,
    average_price=None,
    status=OrderStatus.OPEN,
    sub_state=SubState.NONE,
    raw_status="PENDING",
    message="",
    placed_at=datetime(2026, 11, 18, 10, 6, 59, tzinfo=IST),
    tag="",
    broker_symbol="RELIANCE",
)


def resting(**changes: Any) -> Order:
    """Buy 50 RELIANCE at 1,540.10 for delivery, at rest."""
    return replace(_RESTING, **changes)


def change(**values: Any) -> OrderChange:
    """40 at 1,541.20 in the place of that."""
    given: dict[str, Any] = {"quantity": 40, "order_type": OrderType.LIMIT, "price": Decimal("1541.2")}
    return OrderChange(**given | values)


@dataclass(frozen=True, slots=True)
class Deed:
    """One of the calls: what it sends where, and how it is asked for."""

    method: str
    path: str
    do: Callable[[BaseBroker], Awaitable[object]]

    def script(self, server: ScriptedServer, body: str | bytes, **more: Any) -> None:
        """Let the server answer it with `body`."""
        server.on(self.method, self.path, body, **more)

    def sent(self, server: ScriptedServer) -> int:
        """How many such requests arrived."""
        return len(server.sent(self.method, self.path))


DEEDS: Final = {
    "place": Deed("POST", "/v2/orders", lambda broker: broker.place_order(ticket())),
    "modify": Deed("PUT", BY_ID, lambda broker: broker.modify_order(resting(), change())),
    "cancel": Deed("DELETE", BY_ID, lambda broker: broker.cancel_order(resting())),
}
