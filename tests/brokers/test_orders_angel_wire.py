"""O4 at Angel One: what goes out, read back with tables typed from the sheet (sections 4.1 and 5), is the ticket."""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from app.brokers.angel_one.broker import AngelOneBroker
from app.domain import Instrument, InvalidRequest, Kind, OrderChange, OrderRequest, OrderType, Validity
from tests.brokers.angel_one.wire import ORDER_ID, PLACE, PROFILE, SECURE, good, text
from tests.brokers.angel_support import cash, credentials, profile
from tests.brokers.said import Desk, Pairs, agree, desk_of, ticket_of
from tests.brokers.tickets import NUMBERS, Tickets, fresh_seed, resting
from tests.fakes.orders import market

MODIFY: Final = f"{SECURE}/order/v1/modifyOrder"
CANCEL: Final = f"{SECURE}/order/v1/cancelOrder"
CALL: Final = Instrument(
    "NFO",
    "NIFTY29DEC2626000CE",
    "49081",
    "NIFTY",
    Kind.CALL,
    date(2026, 12, 29),
    Decimal(26000),
    Decimal("0.05"),
    75,
)
MASTER: Final = (
    cash("2885", "RELIANCE-EQ", "RELIANCE"),
    cash("500325", "RELIANCE", "RELIANCE", "BSE", "0.05"),
    cash("2031", "M&M-EQ", "M&M", tick="0.01"),
    CALL,
    CALL._replace(broker_symbol="NIFTY29DEC26FUT", token="49082", kind=Kind.FUTURE, strike=None),
    CALL._replace(exchange="BFO", broker_symbol="SENSEX26DEC85200CE", token="8", name="SENSEX", lot_size=20),
    CALL._replace(
        exchange="MCX", broker_symbol="GOLD29DEC26FUT", token="44", name="GOLD", kind=Kind.FUTURE, tick_size=Decimal(1)
    ),
)
# Typed from sections 4.1 and 5, not taken from the adapter.
TOKENS: Final = {(row.exchange, row.broker_symbol): row.token for row in MASTER}
TYPES: Final = {
    ("NORMAL", "LIMIT"): "LIMIT",
    ("NORMAL", "MARKET"): "MARKET",
    ("STOPLOSS", "STOPLOSS_LIMIT"): "SL",
    ("STOPLOSS", "STOPLOSS_MARKET"): "SL-M",
}
PRODUCTS: Final = {"DELIVERY": "CNC", "CARRYFORWARD": "NRML", "INTRADAY": "MIS", "MARGIN": "MTF"}
ALWAYS: Final = {
    "variety", "tradingsymbol", "symboltoken", "exchange", "ordertype", "producttype", "duration", "price", "quantity",
}  # fmt: skip
MAY_BE: Final = {"triggerprice", "disclosedquantity"}


@asynccontextmanager
async def at_desk() -> AsyncIterator[Desk[AngelOneBroker]]:
    async with desk_of(AngelOneBroker, MASTER, pause=6) as desk:
        desk.server.on("GET", PROFILE, text(good(profile())))
        assert await desk.broker.connect(credentials())
        for path in (PLACE, MODIFY, CANCEL):
            desk.server.on("POST", path, text(good({"orderid": ORDER_ID, "uniqueorderid": "1"})))
        yield desk


async def texts(desk: Desk[AngelOneBroker], path: str, call: Awaitable[object]) -> Mapping[str, str]:
    """The body of the one request that `call` makes: nothing but texts."""
    body = await desk.body("POST", path, call)
    assert {type(value) for value in body.values()} == {str}
    return body


def check_fields(body: Mapping[str, str], *, also: set[str]) -> None:
    """Nothing is missing, nothing is there that nobody asked, the token is that of the symbol (section 8)."""
    assert ALWAYS | also <= set(body) <= ALWAYS | also | MAY_BE
    assert TOKENS[body["exchange"], body["tradingsymbol"]] == body["symboltoken"]


def price(body: Mapping[str, str], name: str, *, there: bool) -> Decimal | None:
    """A price; the limit of what has none is "0", a trigger is not there at all (section 4.1)."""
    assert there or body.get(name, "0") == "0"
    assert there or name == "price" or name not in body
    return Decimal(body[name]) if there else None


def read_change(body: Mapping[str, str]) -> OrderChange:
    """What a body says of size and prices."""
    kind = TYPES[body["variety"], body["ordertype"]]
    return OrderChange(
        quantity=int(body["quantity"]),
        order_type=OrderType(kind),
        price=price(body, "price", there=kind in ("LIMIT", "SL")),
        trigger_price=price(body, "triggerprice", there=kind in ("SL", "SL-M")),
        validity=Validity(body["duration"]),
        disclosed_quantity=int(body.get("disclosedquantity", "0")),
    )


def read_back(body: Mapping[str, str]) -> OrderRequest:
    """The ticket that a body of placeOrder says."""
    return ticket_of(
        read_change(body),
        symbol=body["tradingsymbol"],
        exchange=body["exchange"],
        product=PRODUCTS[body["producttype"]],
        side=body["transactiontype"],
        tag=body["ordertag"],
    )


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_ticket_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER, longest=19, amo=False)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            body = await texts(desk, PLACE, desk.broker.place_order(asked))
            check_fields(body, also={"transactiontype", "ordertag"})
            said, plan = read_back(body), await desk.broker.plan_order(asked)
            wanted = replace(asked, symbol=tickets.what(asked).broker_symbol, tag=asked.tag or said.tag)
            return (said, wanted), (plan.orders, (replace(asked, tag=""),))

        await agree(tickets.take(number), play)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_change_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), MASTER, longest=19, amo=False)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            change, symbol = tickets.change(asked), tickets.what(asked).broker_symbol
            body = await texts(desk, MODIFY, desk.broker.modify_order(resting(asked, ORDER_ID, symbol), change))
            check_fields(body, also={"orderid"})
            named = (body["orderid"], body["exchange"], body["tradingsymbol"], PRODUCTS[body["producttype"]])
            return (read_change(body), change), (named, (ORDER_ID, asked.exchange, symbol, asked.product))

        await agree(tickets.take(number), play)


@pytest.mark.parametrize(("kind", "variety"), [("LIMIT", "NORMAL"), ("SL", "STOPLOSS"), ("SL-M", "STOPLOSS")])
async def test_a_cancellation_names_the_order_and_its_variety_alone(kind: str, variety: str) -> None:
    order = replace(resting(Tickets(1, MASTER).one(), ORDER_ID, "RELIANCE-EQ"), order_type=OrderType(kind))
    async with at_desk() as desk:
        body = await texts(desk, CANCEL, desk.broker.cancel_order(order))
        assert body == {"variety": variety, "orderid": ORDER_ID}


@pytest.mark.parametrize(("hour", "taken"), [(10, False), (20, True)])
async def test_an_after_market_order_is_an_ordinary_one_outside_of_hours(*, hour: int, taken: bool) -> None:
    asked = market(quantity=1, amo=True)
    async with at_desk() as desk:
        desk.clock.skip((hour - 10) * 3600)
        if taken:
            assert (await texts(desk, PLACE, desk.broker.place_order(asked)))["variety"] == "NORMAL"
        else:
            with pytest.raises(InvalidRequest) as caught:
                await desk.broker.place_order(asked)
            assert (caught.value.field, desk.server.sent("POST", PLACE)) == ("amo", [])
