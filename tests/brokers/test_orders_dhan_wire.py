"""O4 at Dhan: what goes out, read back with tables typed from the sheet (sections 4.6, 5 and 11), is the ticket."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

import pytest

from app.brokers.dhan.broker import DhanBroker
from app.domain import Instrument, Kind, OrderChange, OrderRequest, OrderSide, OrderType, Validity
from tests.brokers.dhan import wire
from tests.brokers.dhan_support import CLIENT, PROFILE, credentials
from tests.brokers.said import Desk, Pairs, Terms, agree, as_stop_at_market, desk_of, ticket_of
from tests.brokers.tickets import NUMBERS, Tickets, fresh_seed, resting

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


@asynccontextmanager
async def at_desk() -> AsyncIterator[Desk[DhanBroker]]:
    async with desk_of(DhanBroker, MASTER, pause=5) as desk:
        desk.server.on("GET", "/v2/profile", json.dumps(PROFILE))
        for method, path in (("POST", "/v2/orders"), ("PUT", BY_ID)):
            desk.server.on(method, path, wire.text({"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"}))
        assert await desk.broker.connect(credentials())
        yield desk


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
    return ticket_of(
        terms(body),
        symbol=f"{body['exchangeSegment']}:{body['securityId']}",
        exchange=EXCHANGES[body["exchangeSegment"]],
        product=PRODUCTS[body["productType"]],
        side=body["transactionType"],
        tag=body["correlationId"],
        amo="afterMarketOrder" in body,
    )


def as_asked(said: Terms, asked: Terms, side: OrderSide, what: Instrument) -> Terms:
    """`said`, a stop with a limit taken for the stop at market that it stands for (section 11)."""
    is_another = asked.order_type is OrderType.SL_M
    return as_stop_at_market(said, side, what.tick_size, WIDEST) if is_another else said


def taken(tickets: Tickets, number: int) -> Iterator[OrderRequest]:
    """Tickets that disclose 30 % or nothing at all (section 4.6)."""
    for asked in tickets.take(number):
        least = -(-asked.quantity * 3 // 10)
        shown = asked.disclosed_quantity and max(asked.disclosed_quantity, least)
        yield replace(asked, disclosed_quantity=shown)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_ticket_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            what = tickets.what(asked)
            said = read_back(await desk.body("POST", "/v2/orders", desk.broker.place_order(asked)))
            plan = await desk.broker.plan_order(asked)
            assert plan.is_of(asked)  # what the checks before the sending demand of it
            [planned] = plan.orders
            wanted = replace(asked, symbol=what.token, tag=asked.tag or said.tag)
            as_planned = replace(said, symbol=asked.symbol, tag="")
            return (as_asked(said, asked, asked.side, what), wanted), (as_planned, planned)

        await agree(taken(tickets, number), play)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_change_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            change, what = tickets.change(asked), tickets.what(asked)
            desk.broker._changes._sent.clear()  # all of them are changes of one order
            order = resting(asked, wire.ORDER_ID, what.symbol)
            body = await desk.body("PUT", BY_ID, desk.broker.modify_order(order, change))
            assert set(body) - {"triggerPrice"} == CHANGED
            assert (body["orderId"], body["dhanClientId"]) == (wire.ORDER_ID, CLIENT)
            return ((as_asked(terms(body), change, asked.side, what), change),)

        await agree(taken(tickets, number), play)
