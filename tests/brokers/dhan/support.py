"""What the tests of this folder share: asking, being refused, scripting answers, looking for planted secrets."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderRequest, OrderSide, OrderType, Product, TradingError
from tests.brokers.dhan import master, wire
from tests.brokers.sheets import refused, shown
from tests.brokers.zerodha.server import ScriptedServer

Ask = Callable[[BaseBroker], Awaitable[object]]


async def refusal(call: Awaitable[object]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is a planted secret."""
    return await refused(call, wire.CANARIES)


def planted(text: str) -> list[str]:
    """Which planted secrets `text` shows."""
    return shown(text, wire.CANARIES)


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
    """One reading operation: what it asks for on the wire, and a good answer to it."""

    def __init__(self, ask: Ask, good: Any, *paths: str, method: str = "GET") -> None:
        self.ask = ask
        self.good = good
        self.paths = paths
        self.method = method

    def script(self, server: ScriptedServer, body: Any, **more: Any) -> None:
        """Let the server answer this operation with `body`, text as it is and anything else as JSON."""
        for path in self.paths:
            server.on(self.method, path, body if isinstance(body, str | bytes) else wire.text(body), **more)

    def sent(self, server: ScriptedServer) -> int:
        """How many requests of this operation arrived."""
        return sum(len(server.sent(self.method, path)) for path in self.paths)


QUOTE_PATHS = ("/v2/marketfeed/ltp", "/v2/marketfeed/ohlc", "/v2/marketfeed/quote")
READS = {
    "profile": Read(lambda broker: broker.get_profile(), wire.profile(), "/v2/profile"),
    "funds": Read(lambda broker: broker.get_funds(), wire.funds(), "/v2/fundlimit"),
    "holdings": Read(lambda broker: broker.get_holdings(), [wire.holding()], "/v2/holdings"),
    "positions": Read(lambda broker: broker.get_positions(), [wire.position()], "/v2/positions"),
    "orders": Read(lambda broker: broker.get_orders(), [wire.order()], "/v2/orders"),
    "order": Read(lambda broker: broker.get_order(wire.ORDER_ID), [wire.order()], f"/v2/orders/{wire.ORDER_ID}"),
    "trades": Read(lambda broker: broker.get_trades(), [wire.trade()], "/v2/trades"),
    "ltp": Read(
        lambda broker: broker.get_ltp("RELIANCE", Exchange.NSE),
        wire.prices(NSE_EQ={"2885": wire.quoted(1540)}),
        *QUOTE_PATHS,
        method="POST",
    ),
    "quotes": Read(
        lambda broker: broker.get_quotes([("RELIANCE", Exchange.NSE)]),
        wire.prices(NSE_EQ={"2885": wire.quoted(1540)}),
        *QUOTE_PATHS,
        method="POST",
    ),
}
PRIVATE = sorted(set(READS) - {"ltp", "quotes"})


async def load_master(broker: BaseBroker, server: ScriptedServer, rows: tuple[master.Row, ...] = master.ROWS) -> int:
    """Serve both files and let the adapter take the one that it likes."""
    server.on("GET", master.COMPACT_PATH, master.compact(rows), content_type="text/csv")
    server.on("GET", master.DETAILED_PATH, master.detailed(rows), content_type="text/csv")
    return await broker.load_instruments()
