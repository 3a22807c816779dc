"""The three calls that may change something in the market, each with its place on the wire."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import InvalidRequest, Order, OrderChange, OrderRequest, OrderType, TradingError, Unsupported
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


def deeds(asked: OrderRequest, rests: Order, becomes: OrderChange, **where: tuple[str, str]) -> dict[str, Deed]:
    """The calls at a broker, each with method and path of the request that it makes."""
    return {
        "place": Deed(*where["place"], lambda broker: broker.place_order(asked)),
        "modify": Deed(*where["modify"], lambda broker: broker.modify_order(rests, becomes)),
        "cancel": Deed(*where["cancel"], lambda broker: broker.cancel_order(rests)),
    }


def at_paths(orders: str, by_id: str) -> dict[str, tuple[str, str]]:
    """Where they go at a broker that takes new orders at one path and knows the resting one by another."""
    return {"place": ("POST", orders), "modify": ("PUT", by_id), "cancel": ("DELETE", by_id)}


async def kept_here(call: Awaitable[object], server: ScriptedServer) -> TradingError:
    """Why `call` was refused; nothing was sent."""
    with pytest.raises(TradingError) as caught:
        await call
    assert server.requests == []
    return caught.value


async def unfit(call: Awaitable[object], server: ScriptedServer) -> str:
    """The field for which `call` was refused; nothing was sent."""
    error = await kept_here(call, server)
    assert isinstance(error, (InvalidRequest, Unsupported))
    return error.field
