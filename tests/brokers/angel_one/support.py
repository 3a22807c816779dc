"""What the tests of this folder share: asking, being refused, scripting answers, looking for planted secrets."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from app.brokers.base import BaseBroker
from app.domain import Exchange, Order, OrderRequest, OrderSide, OrderType, Product, TradingError
from tests.brokers.angel_one import master, wire
from tests.brokers.sheets import refused, shown
from tests.brokers.zerodha.server import Received, ScriptedServer

Ask = Callable[[BaseBroker], Awaitable[object]]


async def refusal(call: Awaitable[object]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is a planted secret."""
    return await refused(call, (*wire.CANARIES, wire.PIN))


def planted(text: str) -> list[str]:
    """Which planted secrets `text` shows."""
    return shown(text, wire.CANARIES)


def posted(request: Received) -> Any:
    """The JSON body of a request."""
    return json.loads(request.body)


def ticket(**changes: Any) -> OrderRequest:
    """Buy 50 RELIANCE on NSE for delivery at 1,540.10."""
    asked: dict[str, Any] = {
        "symbol": "RELIANCE",
        "exchange": Exchange.NSE,
        "product": Product.CNC,
        "side": OrderSide.BUY,
        "order_type": OrderType.LIMIT,
        "quantity": 50,
        "price": "1540.10",
    }
    return OrderRequest(**asked | changes)


class Read:
    """One reading operation: what it asks for on the wire, and the data of a good answer to it."""

    def __init__(self, ask: Ask, data: Any, *paths: str, method: str = "GET") -> None:
        self.ask = ask
        self.data = data
        self.paths = paths
        self.method = method

    @property
    def good(self) -> dict[str, Any]:
        """A whole good answer."""
        return wire.good(self.data)

    def script(self, server: ScriptedServer, body: Any, **more: Any) -> None:
        """Let the server answer this operation with `body`, text as it is and anything else as JSON."""
        for path in self.paths:
            server.on(self.method, path, body if isinstance(body, str | bytes) else wire.text(body), **more)

    def sent(self, server: ScriptedServer) -> int:
        """How many requests of this operation arrived."""
        return sum(len(server.sent(self.method, path)) for path in self.paths)


async def _ltp(broker: BaseBroker) -> object:
    return await broker.get_ltp("RELIANCE", Exchange.NSE)


async def _quotes(broker: BaseBroker) -> object:
    return await broker.get_quotes([("RELIANCE", Exchange.NSE)])


async def one_order(broker: BaseBroker) -> Order:
    """The one that the tests know."""
    return await broker.get_order(wire.ORDER_ID)


READS = {
    "profile": Read(lambda broker: broker.get_profile(), wire.profile(), wire.PROFILE),
    "funds": Read(lambda broker: broker.get_funds(), wire.funds(), wire.FUNDS),
    "holdings": Read(lambda broker: broker.get_holdings(), [wire.holding()], wire.HOLDINGS),
    "positions": Read(lambda broker: broker.get_positions(), [wire.position()], wire.POSITIONS),
    "orders": Read(lambda broker: broker.get_orders(), [wire.order()], wire.BOOK),
    "order": Read(one_order, [wire.order()], wire.BOOK),
    "trades": Read(lambda broker: broker.get_trades(), [wire.trade()], wire.TRADES),
    "ltp": Read(_ltp, wire.prices(wire.fetched()), *wire.QUOTES, method="POST"),
    "quotes": Read(_quotes, wire.prices(wire.fetched()), *wire.QUOTES, method="POST"),
}
LISTS = ("holdings", "positions", "orders", "trades")


async def load_master(
    broker: BaseBroker, server: ScriptedServer, rows: tuple[dict[str, Any], ...] = master.ROWS
) -> int:
    """Serve the file and let the adapter take it."""
    server.on("GET", wire.MASTER, json.dumps(rows))
    return await broker.load_instruments()
