"""O4 at Fyers: what goes out, read back with tables typed from the sheet (sections 4.5 and 5), is the ticket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.fyers.broker import FyersBroker
from app.domain import Instrument, InvalidRequest, Kind, OrderChange, OrderRequest, OrderType, Validity
from tests.brokers.fyers_support import credentials, ok, profile
from tests.brokers.said import Desk, Pairs, agree, desk_of, ticket_of
from tests.brokers.tickets import NUMBERS, Tickets, fresh_seed, resting
from tests.fakes.orders import market

PATH: Final = "/api/v3/orders/sync"
ORDER_ID: Final = "26111800000012"
EXPIRY: Final = date(2026, 12, 29)
EQ: Final = Instrument("NSE", "NSE:SBIN-EQ", "10100000003045", "SBIN", Kind.CASH, None, None, Decimal("0.05"), 1)
CRUDE: Final = Instrument(
    "MCX", "MCX:CRUDEOIL26DECFUT", "112026121885", "CRUDEOIL", Kind.FUTURE, EXPIRY, None, Decimal(1), 100
)
NIFTY: Final = Instrument(
    "NFO", "NSE:NIFTY26DECFUT", "101126122901", "NIFTY", Kind.FUTURE, EXPIRY, None, Decimal("0.1"), 75
)
MASTER: Final = (
    EQ,
    EQ._replace(broker_symbol="NSE:M&M-EQ", name="M&M", tick_size=Decimal("0.1")),
    EQ._replace(broker_symbol="NSE:SMALL-SM", name="SMALL-SM", lot_size=1200, tick_size=Decimal("0.01")),
    EQ._replace(exchange="BSE", broker_symbol="BSE:SBIN-A", tick_size=Decimal("0.01")),
    NIFTY,
    NIFTY._replace(
        broker_symbol="NSE:NIFTY26DEC26050CE", kind=Kind.CALL, strike=Decimal(26050), tick_size=Decimal("0.05")
    ),
    NIFTY._replace(exchange="BFO", broker_symbol="BSE:SENSEX26DECFUT", name="SENSEX", lot_size=20),
    CRUDE._replace(multiplier=Decimal(100)),
    CRUDE._replace(
        exchange="CDS",
        broker_symbol="NSE:USDINR26DECFUT",
        name="USDINR",
        tick_size=Decimal("0.0025"),
        lot_size=1000,
        multiplier=Decimal(1000),
    ),
)
# Typed from sections 4.5 and 5, not taken from the adapter.
EXCHANGES: Final = {row.broker_symbol: row.exchange for row in MASTER}
UNITS: Final = {"MCX:CRUDEOIL26DECFUT": 100, "NSE:USDINR26DECFUT": 1000}  # of a contract; elsewhere units are sent
TYPES: Final = {1: "LIMIT", 2: "MARKET", 3: "SL-M", 4: "SL"}
SIDES: Final = {1: "BUY", -1: "SELL"}
PRODUCTS: Final = {"CNC": "CNC", "INTRADAY": "MIS", "MARGIN": "NRML", "MTF": "MTF"}
PLACED: Final = {
    "symbol", "qty", "type", "side", "productType", "limitPrice", "stopPrice", "validity", "disclosedQty",
    "offlineOrder", "orderTag",
}  # fmt: skip
CHANGED: Final = {"id", "type", "limitPrice", "stopPrice", "qty", "disclosedQty"}


@asynccontextmanager
async def at_desk() -> AsyncIterator[Desk[FyersBroker]]:
    async with desk_of(FyersBroker, MASTER, pause=1.5) as desk:  # 100,000 calls a day are allowed, 80 % of them ours
        desk.server.on("GET", "/api/v3/profile", profile())
        assert await desk.broker.connect(credentials())
        for method, code in (("POST", 1101), ("PATCH", 1102), ("DELETE", 1103)):
            desk.server.on(method, PATH, ok(code, id=ORDER_ID))
        yield desk


def price(said: Any, *, there: bool) -> Decimal | None:
    """A price; where it doesn't belong exactly 0 (section 4.5)."""
    assert type(said) in (int, Decimal)
    assert there or said == 0
    return Decimal(said) if there else None


def terms(body: Mapping[str, Any], symbol: str) -> OrderChange:
    """What a body says of size and prices."""
    kind = TYPES[body["type"]]
    return OrderChange(
        quantity=body["qty"] * UNITS.get(symbol, 1),
        order_type=OrderType(kind),
        price=price(body["limitPrice"], there=kind in ("LIMIT", "SL")),
        trigger_price=price(body["stopPrice"], there=kind in ("SL", "SL-M")),
        disclosed_quantity=body["disclosedQty"],
    )


def read_back(body: Mapping[str, Any]) -> OrderRequest:
    """The ticket that a body of POST /orders/sync says."""
    assert set(body) == PLACED
    assert {type(body[name]) for name in ("qty", "type", "side", "disclosedQty")} == {int}
    assert type(body["offlineOrder"]) is bool
    return ticket_of(
        replace(terms(body, body["symbol"]), validity=Validity(body["validity"])),
        symbol=body["symbol"],
        exchange=EXCHANGES[body["symbol"]],
        product=PRODUCTS[body["productType"]],
        side=SIDES[body["side"]],
        tag=body["orderTag"],
        amo=body["offlineOrder"],
    )


def read_change(body: Mapping[str, Any], symbol: str) -> OrderChange:
    """The change that a body of PATCH /orders/sync says."""
    assert set(body) == CHANGED
    assert body["id"] == ORDER_ID
    return terms(body, symbol)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_ticket_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            said = read_back(await desk.body("POST", PATH, desk.broker.place_order(asked)))
            plan = await desk.broker.plan_order(asked)
            wanted = replace(asked, symbol=tickets.what(asked).broker_symbol, tag=asked.tag or said.tag)
            return (said, wanted), (plan.orders, (replace(asked, tag=""),))

        await agree(tickets.take(number), play)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_change_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            change, ticker = tickets.change(asked), tickets.what(asked).broker_symbol
            body = await desk.body("PATCH", PATH, desk.broker.modify_order(resting(asked, ORDER_ID, ticker), change))
            return ((read_change(body, ticker), change),)

        await agree(tickets.take(number), play)


async def test_a_cancellation_names_the_order_and_nothing_else() -> None:
    async with at_desk() as desk:
        order = resting(Tickets(1, MASTER).one(), ORDER_ID, "NSE:SBIN-EQ")
        assert await desk.body("DELETE", PATH, desk.broker.cancel_order(order)) == {"id": ORDER_ID}


async def test_a_part_of_a_contract_is_not_sent() -> None:
    asked = market(symbol="MCX:CRUDEOIL26DECFUT", exchange="MCX", product="NRML", quantity=150)
    async with at_desk() as desk:
        desk.server.requests.clear()
        with pytest.raises(InvalidRequest) as caught:
            await desk.broker.place_order(asked)
        assert (caught.value.field, desk.server.requests) == ("quantity", [])
