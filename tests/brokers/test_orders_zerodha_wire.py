"""O4 at Zerodha: what goes out, read back with tables typed from the sheet (sections 4, 11 and 13), is the ticket."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from app.brokers.zerodha.broker import ZerodhaBroker
from app.domain import Credentials, Instrument, Kind, OrderChange, OrderRequest, OrderSide, OrderType, Secret, Validity
from tests.brokers.said import Desk, Pairs, Terms, agree, as_stop_at_market, desk_of, ticket_of
from tests.brokers.tickets import NUMBERS, Tickets, fresh_seed, resting
from tests.brokers.zerodha import books, rows, wire
from tests.brokers.zerodha.server import ScriptedServer

EXPIRY: Final = date(2026, 12, 29)
UNITS: Final = {"LEAD26DECFUT": 5000, "USDINR26DECFUT": 1000}
EQ: Final = Instrument("NSE", "SBIN", "779521", "SBIN", Kind.CASH, None, None, Decimal("0.05"), 1)
NIFTY: Final = Instrument(
    "NFO", "NIFTY26DECFUT", "1", "NIFTY", Kind.FUTURE, EXPIRY, None, Decimal("0.1"), 75, freeze_quantity=1_000_000
)
METAL: Final = Instrument("MCX", "LEAD26DECFUT", "4", "LEAD", Kind.FUTURE, EXPIRY, None, Decimal("0.05"), 1)
DOLLAR: Final = METAL._replace(
    exchange="CDS", broker_symbol="USDINR26DECFUT", name="USDINR", tick_size=Decimal("0.0025")
)
IN_UNITS: Final = (
    EQ,
    EQ._replace(broker_symbol="M&M", name="M&M", tick_size=Decimal("0.1")),
    EQ._replace(broker_symbol="S&SPOWER-BE", name="S&SPOWER", tick_size=Decimal("0.01")),
    EQ._replace(broker_symbol="SMALL-SM", name="SMALL-SM", lot_size=1200),
    EQ._replace(exchange="BSE", tick_size=Decimal("0.01")),
    NIFTY,
    NIFTY._replace(broker_symbol="NIFTY26DEC26050CE", kind=Kind.CALL, strike=Decimal(26050), tick_size=Decimal("0.05")),
    NIFTY._replace(exchange="BFO", broker_symbol="SENSEX26DECFUT", name="SENSEX", lot_size=20),
    *(row._replace(lot_size=UNITS[row.broker_symbol]) for row in (METAL, DOLLAR)),
)
MASTER: Final = (*IN_UNITS[:-2], METAL, DOLLAR)
"""As Zerodha lists them: of the last two it counts lots, and only a position says how many units those have."""

# Typed from sections 4 and 11, not taken from the adapter.
PLACED: Final = {
    "variety", "exchange", "tradingsymbol", "transaction_type", "order_type", "quantity", "product", "price",
    "trigger_price", "validity", "disclosed_quantity", "market_protection", "tag",
}  # fmt: skip
CHANGED: Final = {
    "variety", "order_id", "order_type", "quantity", "price", "trigger_price", "disclosed_quantity", "validity",
    "market_protection",
}  # fmt: skip
PRICED: Final = {"MARKET": (), "LIMIT": ("price",), "SL": ("price", "trigger_price"), "SL-M": ("trigger_price",)}
NO_STOPS_AT_MARKET: Final = {"SBIN@BSE", "NIFTY26DEC26050CE@NFO", "SENSEX26DECFUT@BFO"}
WIDEST: Final = Decimal("0.05")  # of the automatic protection, a part of the price


@asynccontextmanager
async def at_desk() -> AsyncIterator[Desk[ZerodhaBroker]]:
    async with desk_of(ZerodhaBroker, MASTER, pause=0.5) as desk:
        _script(desk.server)
        credentials = Credentials(
            Secret(wire.API_KEY), Secret(wire.API_SECRET), Secret(wire.ACCESS_TOKEN), client_id=wire.CLIENT_ID
        )
        assert await desk.broker.connect(credentials)
        await desk.broker.get_positions()
        await desk.broker.get_orders()
        yield desk


def _script(server: ScriptedServer) -> None:
    held = [
        rows.position(exchange=row.exchange, tradingsymbol=row.broker_symbol, multiplier=UNITS[row.broker_symbol])
        for row in (METAL, DOLLAR)
    ]
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    server.on("GET", "/portfolio/positions", wire.success(rows.portfolio(*held)))
    server.on("GET", "/orders", wire.success([books.order(variety="regular")]))
    done = wire.success({"order_id": rows.ORDER_ID})
    for method, path in (("POST", ""), ("PUT", f"/{rows.ORDER_ID}"), ("DELETE", f"/{rows.ORDER_ID}")):
        for variety in ("regular", "amo"):
            server.on(method, f"/orders/{variety}{path}", done)


def terms(form: Mapping[str, str], symbol: str) -> OrderChange:
    """What a form says of size, type, prices and validity; a price is there exactly where its type has it."""
    kind, said = form["order_type"], {name for name in ("price", "trigger_price") if name in form}
    assert said == set(PRICED[kind])
    assert form.get("market_protection") == ("-1" if kind in ("MARKET", "SL-M") else None)
    return OrderChange(
        quantity=int(form["quantity"]) * UNITS.get(symbol, 1),
        order_type=OrderType(kind),
        price=Decimal(form["price"]) if "price" in said else None,
        trigger_price=Decimal(form["trigger_price"]) if "trigger_price" in said else None,
        validity=Validity(form["validity"]),
        disclosed_quantity=int(form.get("disclosed_quantity", "0")),
    )


def read_back(path: str, form: Mapping[str, str]) -> OrderRequest:
    """The ticket that path and form of POST /orders/:variety say."""
    assert set(form) <= PLACED
    variety, symbol = path.removeprefix("/orders/"), form["tradingsymbol"]
    assert variety == form["variety"]
    assert variety in ("regular", "amo")
    return ticket_of(
        terms(form, symbol),
        symbol=symbol,
        exchange=form["exchange"],
        product=form["product"],
        side=form["transaction_type"],
        tag=form["tag"],
        amo=variety == "amo",
    )


def as_asked(said: Terms, asked: Terms, side: OrderSide, what: Instrument) -> Terms:
    """`said`, a stop with a limit taken for the stop at market that it stands for where those are barred."""
    barred = f"{what.broker_symbol}@{what.exchange}" in NO_STOPS_AT_MARKET
    is_another = asked.order_type is OrderType.SL_M and barred
    return as_stop_at_market(said, side, what.tick_size, WIDEST) if is_another else said


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_ticket_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), IN_UNITS)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            what, request = tickets.what(asked), await desk.sent(desk.broker.place_order(asked))
            said = read_back(request.path, request.form)
            plan = await desk.broker.plan_order(asked)
            assert plan.is_of(asked)  # what the checks before the sending demand of it
            [planned] = plan.orders
            wanted = replace(asked, symbol=what.broker_symbol, tag=asked.tag or said.tag)
            as_planned = replace(said, symbol=asked.symbol, tag="")
            return (as_asked(said, asked, asked.side, what), wanted), (as_planned, planned)

        await agree(tickets.take(number), play)


@pytest.mark.parametrize("number", NUMBERS)
async def test_the_wire_says_what_the_change_says(number: int) -> None:
    tickets = Tickets(fresh_seed(), IN_UNITS)
    async with at_desk() as desk:

        async def play(asked: OrderRequest) -> Pairs:
            change, what = tickets.change(asked), tickets.what(asked)
            desk.broker._changes._sent.clear()  # all of them are changes of one order
            order = resting(asked, rows.ORDER_ID, what.broker_symbol)
            request = await desk.sent(desk.broker.modify_order(order, change))
            assert set(request.form) <= CHANGED
            assert request.path == f"/orders/regular/{rows.ORDER_ID}"
            said = terms(request.form, what.broker_symbol)
            return ((as_asked(said, change, asked.side, what), change),)

        await agree(tickets.take(number), play)
