"""What the tests of this folder share: asking, being refused, and looking for planted secrets in what was said."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderRequest, OrderSide, OrderType, Product, TradingError
from tests.brokers.sheets import refused, shown
from tests.brokers.zerodha import rows, wire
from tests.brokers.zerodha.server import ScriptedServer

Ask = Callable[[BaseBroker], Awaitable[object]]


async def refusal(call: Awaitable[object]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is a planted secret."""
    return await refused(call, wire.CANARIES)


def planted(text: str) -> list[str]:
    """Which planted secrets `text` shows."""
    return shown(text, wire.CANARIES)


def ticket(**changes: Any) -> OrderRequest:
    """Buy 50 RELIANCE on NSE for delivery at the market."""
    asked: dict[str, Any] = {
        "symbol": "RELIANCE",
        "exchange": Exchange.NSE,
        "product": Product.CNC,
        "side": OrderSide.BUY,
        "order_type": OrderType.MARKET,
        "quantity": 50,
    }
    return OrderRequest(**asked | changes)


class Read:
    """One reading operation: what it asks for on the wire, and a good answer to it."""

    def __init__(self, ask: Ask, data: Any, *paths: str) -> None:
        self.ask = ask
        self.data = data
        self.paths = paths

    def script(self, server: ScriptedServer, body: str | bytes, **more: Any) -> None:
        """Let the server answer this operation with `body`."""
        for path in self.paths:
            server.on("GET", path, body, **more)


READS = {
    "profile": Read(lambda broker: broker.get_profile(), wire.profile(), "/user/profile"),
    "funds": Read(lambda broker: broker.get_funds(), wire.margins(), "/user/margins", "/user/margins/equity"),
    "positions": Read(lambda broker: broker.get_positions(), rows.portfolio(rows.position()), "/portfolio/positions"),
    "ltp": Read(
        lambda broker: broker.get_ltp("RELIANCE", Exchange.NSE),
        {"NSE:RELIANCE": {"instrument_token": 738561, "last_price": 1450}},
        "/quote/ltp",
    ),
    "order": Read(lambda broker: broker.get_order(rows.ORDER_ID), [rows.state()], f"/orders/{rows.ORDER_ID}"),
}
