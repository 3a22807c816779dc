"""O4 at Dhan: what goes out, read back with tables typed from the sheet (sections 4.6, 5 and 11), is the ticket."""

import json
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

import pytest

from app.brokers.base import BrokerPorts
from app.brokers.dhan.broker import DhanBroker
from app.domain import (
    Exchange,
    Instrument,
    Kind,
    MemoryInstruments,
    OrderChange,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Validity,
)
from tests.brokers.dhan import wire
from tests.brokers.dhan_support import CLIENT, PROFILE, credentials
from tests.brokers.tickets import NUMBERS, NoCap, Tickets, fresh_seed, resting
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.hurry import HurryingClock

EXPIRY: Final = date(2026, 12, 29)
BY_ID: Final = f"/v2/orders/{wire.ORDER_ID}"


def listed(exchange: str, segment: str, number: int, name: str, **more: Any) -> Instrument:
    """A row of the master: Dhan takes an instrument by segment and id."""
    token = f"{segment}:{number}"
    share = Instrument(exchange, token, token, name, Kind.CASH, None, None, Decimal("0.05"), 1)
    return share._replace(**more)


FUTURE: Final = {"kind": Kind.FUTURE, "expiry": EXPIRY}
MASTER: Final = (
    listed("NSE", "NSE_EQ", 2885, "RELIANCE", tick_size=Decimal("0.1")),
    listed("NSE", "NSE_EQ", 2031, "M&M", tick_size=Decimal("0.01")),
    listed("BSE", "BSE_EQ", 500325, "RELIANCE"),
    listed("NFO", "NSE_FNO", 35001, "NIFTY", **FUTURE, lot_size=65, freeze_quantity=1_000_000),
    listed(
        "NFO", "NSE_FNO", 52001, "NIFTY", kind=Kind.CALL, expiry=EXPIRY, strike=Decimal(26000), lot_size=65,
        freeze_quantity=1_000_000,
    ),
    listed("BFO", "BSE_FNO", 871001, "SENSEX", **FUTURE, lot_size=20),
)  # fmt: skip

# Typed from sections 4.6 and 5, not taken from the adapter.
EXCHANGES: Final = {
    "NSE_EQ": "NSE", "BSE_EQ": "BSE", "NSE_FNO": "NFO", "BSE_FNO": "BFO",
}  # fmt: skip
PRODUCTS: Final = {"CNC": "CNC", "INTRADAY": "MIS", "MARGIN": "NRML", "MTF": "MTF"}
TYPES: Final = {"LIMIT": "LIMIT", "MARKET": "MARKET", "STOP_LOSS": "SL"}
STOPS: Final = ("STOP_LOSS",)
WIDEST: Final = Decimal("0.05")  # of the trigger, how far the limit of a stop may be beyond it
ALWAYS: Final = {
    "dhanClientId", "correlationId", "transactionType", "exchangeSegment", "productType", "orderType", "validity",
    "securityId", "quantity", "price",
}  # fmt: skip
AT_TIMES: Final = {"triggerPrice", "disclosedQuantity", "afterMarketOrder", "amoTime"}
CHANGED: Final = {"dhanClientId", "orderId", "orderType", "validity", "quantity", "price", "disclosedQuantity"}
Terms = TypeVar("Terms", OrderRequest, OrderChange)


@dataclass(frozen=True, slots=True)
class Desk:
    """A connected adapter whose limits cost no time, and the server that it talks to."""

    broker: DhanBroker
    server: ScriptedServer
    clock: HurryingClock

    async def sent(self, method: str, path: str, call: Awaitable[object]) -> Mapping[str, Any]:
        """The body of the one request that `call` makes, its numbers exact."""
        self.clock.skip(5)
        self.server.requests.clear()
        await call
        return dict(json.loads(self.server.only(method, path).body, parse_float=Decimal))


@asynccontextmanager
async def at_desk() -> AsyncIterator[Desk]:
    clock, instruments = HurryingClock(), MemoryInstruments()
    await instruments.replace("dhan", MASTER, day=clock.now().date())
    async with ScriptedServer() as server:
        broker = DhanBroker(BrokerPorts(clock, NoCap(), instruments, server.base_url))
        server.on("GET", "/v2/profile", json.dumps(PROFILE))
        for method, path in (("POST", "/v2/orders"), ("PUT", BY_ID)):
            server.on(method, path, wire.text({"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"}))
        assert await broker.connect(credentials())
        yield Desk(broker, server, clock)
        await broker.close()


def terms(body: Mapping[str, Any]) -> OrderChange:
    """What a body says of size, type, prices and validity; a market order has the price 0, a trigger only a stop."""
    kind = body["orderType"]
    assert {type(body[name]) for name in ("quantity", "price")} <= {int, Decimal}
    assert type(body["quantity"]) is int
    assert ("triggerPrice" in body) is (kind in STOPS)
    assert (body["price"] == 0) is (kind == "MARKET")
    return OrderChange(
        quantity=body["quantity"],
        order_type=OrderType(TYPES[kind]),
        price=None if kind == "MARKET" else Decimal(body["price"]),
        trigger_price=Decimal(body["triggerPrice"]) if kind in STOPS else None,
        validity=Validity(body["validity"]),
        disclosed_quantity=body.get("disclosedQuantity", 0),
    )


def read_back(body: Mapping[str, Any]) -> OrderRequest:
    """The ticket that a body of POST /orders says."""
    assert ALWAYS <= set(body) <= ALWAYS | AT_TIMES
    assert (body["dhanClientId"], "" in body.values()) == (CLIENT, False)
    assert body.get("afterMarketOrder", True) is True
    assert ("afterMarketOrder" in body) is ("amoTime" in body)
    said = terms(body)
    return OrderRequest(
        symbol=f"{body['exchangeSegment']}:{body['securityId']}",
        exchange=Exchange(EXCHANGES[body["exchangeSegment"]]),
        product=Product(PRODUCTS[body["productType"]]),
        side=OrderSide(body["transactionType"]),
        order_type=said.order_type,
        quantity=said.quantity,
        price=said.price,
        trigger_price=said.trigger_price,
        validity=said.validity,
        disclosed_quantity=said.disclosed_quantity,
        tag=body["correlationId"],
        amo="afterMarketOrder" in body,
    )


def as_asked(said: Terms, asked: Terms, side: OrderSide, what: Instrument) -> Terms:
    """`said`, a stop with a limit taken for the stop at market that it stands for (section 11)."""
    if asked.order_type is not OrderType.SL_M:
        return said
    assert said.price is not None
    assert said.trigger_price is not None
    away = (said.price - said.trigger_price) * (1 if side is OrderSide.BUY else -1)
    assert said.order_type is OrderType.SL
    assert 0 <= away <= said.trigger_price * WIDEST + what.tick_size
    assert said.price % what.tick_size == 0
    return replace(said, order_type=OrderType.SL_M, price=None)


def taken(tickets: Tickets, number: int) -> Iterator[OrderRequest]:
    """Tickets that disclose 30 % or nothing at all (section 4.6)."""
    for asked in tickets.take(number):
        least = -(-asked.quantity * 3 // 10)
        shown = asked.disclosed_quantity and max(asked.disclosed_quantity, least)
        yield replace(asked, disclosed_quantity=shown)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_ticket_says(number: int) -> None:
    tickets, different = Tickets(fresh_seed(), MASTER), []
    async with at_desk() as desk:
        for asked in taken(tickets, number):
            what = tickets.what(asked)
            said = read_back(await desk.sent("POST", "/v2/orders", desk.broker.place_order(asked)))
            [planned] = (await desk.broker.plan_order(asked)).orders
            wanted = replace(asked, symbol=what.token, tag=asked.tag or said.tag)
            as_planned = replace(said, symbol=asked.symbol, tag="") == planned
            if as_asked(said, asked, asked.side, what) != wanted or not as_planned:
                different.append((asked, said))
    assert different == []


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_change_says(number: int) -> None:
    tickets, different = Tickets(fresh_seed(), MASTER), []
    async with at_desk() as desk:
        for asked in taken(tickets, number):
            change, what = tickets.change(asked), tickets.what(asked)
            desk.broker._changes.clear()  # all of them are changes of one order
            order = resting(asked, wire.ORDER_ID, what.symbol)
            body = await desk.sent("PUT", BY_ID, desk.broker.modify_order(order, change))
            assert set(body) - {"triggerPrice"} == CHANGED
            assert (body["orderId"], body["dhanClientId"]) == (wire.ORDER_ID, CLIENT)
            if as_asked(terms(body), change, asked.side, what) != change:
                different.append((change, body))
    assert different == []
