"""What the tests of this folder share: asking, being refused, and looking for planted secrets in what was said."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app.brokers.base import BaseBroker
from app.domain import Exchange, TradingError
from tests.brokers.fyers import rows, wire
from tests.brokers.sheets import refused, shown
from tests.brokers.zerodha.server import Answer, Received, ScriptedServer
from tests.brokers.zerodha.support import ticket

__all__ = ["ticket"]

API = "/api/v3"
PROFILE = f"{API}/profile"
ORDERS = f"{API}/orders"
SYNC = f"{API}/orders/sync"
QUOTES = "/data/quotes"
JSON_TYPE = (("Content-Type", "application/json"),)

Rule = Callable[[Received], str | None]


class FyersServer(ScriptedServer):
    """A scripted server that can also answer a path by what is asked of it, or with one answer after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._rules: dict[tuple[str, str], Rule] = {}
        self._queues: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def rule(self, method: str, path: str, rule: Rule) -> None:
        """Answer 200 with what `rule` makes of the request; None is a 400 with -50."""
        self._rules[method, path] = rule

    def first(self, method: str, path: str, *answers: tuple[int, str]) -> None:
        """Give these (status, body) before the scripted answer, one for each request."""
        self._queues[method, path] = list(answers)

    def _answer(self, request: Received) -> Answer:
        key = request.method, request.path
        if self._queues.get(key):
            self.requests.append(request)
            status, body = self._queues[key].pop(0)
            return Answer(status, JSON_TYPE, body.encode())
        if key in self._rules:
            self.requests.append(request)
            made = self._rules[key](request)
            refused = wire.failure(-50, "Please provide valid inputs").encode()
            return Answer(400, JSON_TYPE, refused) if made is None else Answer(200, JSON_TYPE, made.encode())
        return super()._answer(request)

    def ok(self, path: str, *, method: str = "GET", **payload: Any) -> None:
        """From now on `path` answers with this payload in the success envelope."""
        self.on(method, path, wire.ok(**payload))

    def dead(self) -> None:
        """The profile, too, says that the token is dead: a 401 is confirmed by a second probe (section 2)."""
        self.on("GET", PROFILE, wire.failure(-16, "Could not authenticate the user"), status=401)


async def refusal(call: Awaitable[object]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is a planted secret."""
    return await refused(call, wire.CANARIES)


def planted(text: str) -> list[str]:
    """Which planted secrets `text` shows."""
    return shown(text, wire.CANARIES)


@dataclass(frozen=True, slots=True)
class Read:
    """One reading operation: what it asks for, its path, its payload's name and a good payload."""

    ask: Callable[[BaseBroker], Awaitable[object]]
    path: str
    key: str
    good: Any

    def script(self, server: ScriptedServer, body: str | bytes, **more: Any) -> None:
        """Let the server answer this operation with `body`."""
        server.on("GET", self.path, body, **more)

    def body(self, data: Any) -> str:
        """`data` in the success envelope."""
        return wire.ok(**{self.key: data})


QUOTE = [wire.quote(rows.RELIANCE)]
READS = {
    "profile": Read(lambda broker: broker.get_profile(), PROFILE, "data", wire.profile()),
    "funds": Read(lambda broker: broker.get_funds(), f"{API}/funds", "fund_limit", list(wire.FUNDS)),
    "holdings": Read(lambda broker: broker.get_holdings(), f"{API}/holdings", "holdings", [rows.holding()]),
    "positions": Read(lambda broker: broker.get_positions(), f"{API}/positions", "netPositions", [rows.position()]),
    "orders": Read(lambda broker: broker.get_orders(), ORDERS, "orderBook", [rows.order()]),
    "order": Read(lambda broker: broker.get_order(rows.ORDER_ID), ORDERS, "orderBook", [rows.order()]),
    "trades": Read(lambda broker: broker.get_trades(), f"{API}/tradebook", "tradeBook", [rows.trade()]),
    "ltp": Read(lambda broker: broker.get_ltp("RELIANCE", Exchange.NSE), QUOTES, "d", QUOTE),
}
