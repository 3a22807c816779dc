"""What the tests of this folder share: asking, being refused, and looking for planted secrets in what was said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderRequest, OrderSide, OrderType, Product, TradingError
from tests.brokers.zerodha import rows, wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock

Ask = Callable[[BaseBroker], Awaitable[object]]


async def refusal(call: Awaitable[object]) -> TradingError:
    """The typed error that `call` ends with, none of whose words is a planted secret."""
    with pytest.raises(TradingError) as caught:
        await call
    assert planted(words(caught.value)) == []
    return caught.value


def words(error: BaseException) -> str:
    """Everything that an error, and what caused it, says of itself."""
    said = [text for link in _chain(error) for text in (str(link), repr(link), repr(link.args))]
    if isinstance(error, TradingError):
        said += [error.title, error.next_step, error.detail, error.broker_code, error.field]
    return "\n".join(said)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def logged(records: list[logging.LogRecord]) -> str:
    """What the records would write, tracebacks and extras included."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(f"{formatter.format(record)} {vars(record)!r}" for record in records)


def planted(text: str) -> list[str]:
    """Which planted secrets `text` shows."""
    return [canary for canary in wire.CANARIES if canary in text]


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


async def keep_time_flowing(clock: ManualClock) -> None:
    """Whoever waits for the clock gets his time: 20 seconds of it a second. Ends by being cancelled."""
    while True:
        await asyncio.sleep(0.005)
        if clock.sleeping:
            await clock.advance(0.1)
