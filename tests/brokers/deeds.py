"""The three calls that may change something in the market, each with its place on the wire."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.brokers.base import BaseBroker
from app.domain import Order, OrderChange, OrderRequest, OrderType
from tests.brokers.zerodha.server import ScriptedServer


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


def forty_at(price: str, /, **values: Any) -> OrderChange:
    """What a resting order becomes: 40 at `price`."""
    given: dict[str, Any] = {"quantity": 40, "order_type": OrderType.LIMIT, "price": Decimal(price)}
    return OrderChange(**given | values)


def deeds(path: str, by_id: str, asked: OrderRequest, rests: Order, becomes: OrderChange) -> dict[str, Deed]:
    """The calls at a broker that takes new orders at `path` and knows the resting one `by_id`."""
    return {
        "place": Deed("POST", path, lambda broker: broker.place_order(asked)),
        "modify": Deed("PUT", by_id, lambda broker: broker.modify_order(rests, becomes)),
        "cancel": Deed("DELETE", by_id, lambda broker: broker.cancel_order(rests)),
    }
