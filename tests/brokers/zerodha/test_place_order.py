"""Sheet section 4, orders: POST /orders/regular, the table of place fields; section 10 for the tag."""

import re
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import (
    Exchange,
    InvalidRequest,
    OrderResponse,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    TradingError,
    Validity,
)
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal, ticket

PATH = "/orders/regular"
LIMIT: dict[str, Any] = {"order_type": OrderType.LIMIT, "price": Decimal("1440.5")}
SL: dict[str, Any] = {"order_type": OrderType.SL, "price": Decimal("1441.5"), "trigger_price": Decimal(1441)}
SL_M: dict[str, Any] = {"order_type": OrderType.SL_M, "trigger_price": Decimal("1441.1")}
TYPES: dict[str, dict[str, Any]] = {"MARKET": {}, "LIMIT": LIMIT, "SL": SL, "SL-M": SL_M}


async def _place(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> OrderResponse:
    server.on("POST", PATH, wire.success({"order_id": "1993231240000000001"}))
    return await broker.place_order(ticket(**changes))


async def _form(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> dict[str, str]:
    await _place(broker, server, **changes)
    return server.only("POST", PATH).form


async def test_section_4_place_market_sends_exactly_the_ticket(broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _form(broker, server, tag="KJ0123456789abcdefgh")

    asked = ("exchange", "tradingsymbol", "transaction_type", "order_type", "quantity", "product", "validity", "tag")
    assert [form[field] for field in asked] == [
        "NSE",
        "RELIANCE",
        "BUY",
        "MARKET",
        "50",
        "CNC",
        "DAY",
        "KJ0123456789abcdefgh",
    ]


@pytest.mark.parametrize("order_type", TYPES)
async def test_section_4_order_type_row(order_type: str, broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert form["order_type"] == order_type


@pytest.mark.parametrize("order_type", ["MARKET", "SL-M"])
async def test_section_4_market_protection_row_is_automatic_for_market_orders(
    order_type: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert form["market_protection"] == "-1"


@pytest.mark.parametrize("order_type", ["LIMIT", "SL"])
async def test_section_4_market_protection_row_is_not_asked_for_limit_orders(
    order_type: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert form.get("market_protection") in {None, "0"}


@pytest.mark.parametrize(("order_type", "price"), [("LIMIT", "1440.5"), ("SL", "1441.5")])
async def test_section_4_price_row(order_type: str, price: str, broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert Decimal(form["price"]) == Decimal(price)


@pytest.mark.parametrize("order_type", ["MARKET", "SL-M"])
async def test_section_4_price_row_no_price_is_sent_not_even_0(
    order_type: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert "price" not in form


@pytest.mark.parametrize(("order_type", "trigger"), [("SL", "1441"), ("SL-M", "1441.1")])
async def test_section_4_trigger_price_row(
    order_type: str, trigger: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert Decimal(form["trigger_price"]) == Decimal(trigger)


@pytest.mark.parametrize("order_type", ["MARKET", "LIMIT"])
async def test_section_4_trigger_price_row_none_is_sent_not_even_0(
    order_type: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, **TYPES[order_type])

    assert "trigger_price" not in form


@pytest.mark.parametrize("price", [Decimal("0.05"), Decimal("1E+3"), Decimal("99999.95"), Decimal("1440.10")])
async def test_section_4_price_row_is_written_in_plain_digits(
    price: Decimal, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(
        broker, server, **LIMIT | {"price": price, "symbol": "NIFTY 30DEC25 FUT", "exchange": Exchange.NFO},
        product=Product.NRML, quantity=75,
    )  # fmt: skip

    assert form["price"].replace(".", "", 1).isdigit()
    assert Decimal(form["price"]) == price


@pytest.mark.parametrize("side", OrderSide)
async def test_section_4_transaction_type_row(side: OrderSide, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _form(broker, server, side=side))["transaction_type"] == side.value


@pytest.mark.parametrize("product", [Product.CNC, Product.MIS, Product.MTF])
async def test_section_4_product_row(product: Product, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _form(broker, server, product=product))["product"] == product.value


@pytest.mark.parametrize("validity", [Validity.DAY, Validity.IOC])
async def test_section_4_validity_row(validity: Validity, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _form(broker, server, **LIMIT, validity=validity))["validity"] == validity.value


async def test_section_4_validity_row_ttl_is_never_sent_without_its_minutes(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    try:
        form = await _form(broker, server, **LIMIT, validity=Validity.TTL)
    except TradingError as error:
        form = {}
        kind = error.kind
    else:
        kind = ""

    assert kind in {"unsupported", "invalid_request"} or "validity_ttl" in form
    assert len(server.sent("POST", PATH)) == bool(form)


async def test_section_4_disclosed_quantity_row(broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _form(broker, server, **LIMIT, disclosed_quantity=10)

    assert form["disclosed_quantity"] == "10"


@pytest.mark.parametrize(
    "field", ["autoslice", "iceberg_legs", "iceberg_quantity", "auction_number", "algo_id", "validity_ttl"]
)
async def test_section_4_what_was_not_asked_is_not_sent(field: str, broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _form(broker, server)

    assert form.get(field, "") == ""


async def test_section_10_a_tag_that_the_ticket_does_not_name_is_still_one_that_the_broker_takes(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    """Section 12 wants a unique tag on every order, the ticket need not name one: either is right here."""
    tag = (await _form(broker, server)).get("tag", "")

    assert re.fullmatch("[A-Za-z0-9]{0,20}", tag)


@pytest.mark.parametrize(
    ("exchange", "symbol", "sent"),
    [
        (Exchange.NSE, "M&M", "M&M"),
        (Exchange.NSE, "BAJAJ-AUTO", "BAJAJ-AUTO"),
        (Exchange.NSE, "S&SPOWER", "S&SPOWER-BE"),
        (Exchange.NSE, "S&SPOWER-BE", "S&SPOWER-BE"),
        (Exchange.BSE, "RELIANCE", "RELIANCE"),
    ],
)
async def test_section_4_tradingsymbol_row_is_exact(
    exchange: Exchange, symbol: str, sent: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    form = await _form(broker, server, exchange=exchange, symbol=symbol)

    assert (form["exchange"], form["tradingsymbol"]) == (exchange.value, sent)


@pytest.mark.parametrize(
    ("symbol", "sent"),
    [
        ("NIFTY 02DEC25 26050 CE", "NIFTY25D0226050CE"),
        ("NIFTY 30DEC25 26050 CE", "NIFTY25DEC26050CE"),
        ("NIFTY 30DEC25 FUT", "NIFTY25DECFUT"),
        ("NIFTY25DECFUT", "NIFTY25DECFUT"),
    ],
)
async def test_section_8_a_contract_is_looked_up_not_built(
    symbol: str, sent: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    price = {"order_type": OrderType.LIMIT, "price": Decimal("120.05")}

    form = await _form(
        broker, server, **price, exchange=Exchange.NFO, symbol=symbol, product=Product.NRML, quantity=150
    )

    assert (form["tradingsymbol"], form["product"], form["quantity"]) == (sent, "NRML", "150")


@pytest.mark.parametrize(("field", "change"), [("quantity", {"quantity": 76}), ("price", {"price": Decimal("120.07")})])
async def test_section_4_off_the_lot_or_tick_is_refused_or_sent_as_it_stands_never_rounded(
    field: str, change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    asked: dict[str, Any] = {"symbol": "NIFTY 30DEC25 FUT", "exchange": Exchange.NFO, "product": Product.NRML}
    limit = {"order_type": OrderType.LIMIT, "price": Decimal("120.05"), "quantity": 75}

    try:
        await _place(broker, server, **asked | limit | change)
    except InvalidRequest as error:
        assert (error.field, server.requests) == (field, [])  # noqa: PT017 - a refusal is as good an answer
    else:
        assert Decimal(server.only("POST", PATH).form[field]) == change[field]


async def test_section_4_place_answer_is_registered_not_done(broker: BaseBroker, server: ScriptedServer) -> None:
    response = await _place(broker, server, **LIMIT)

    assert (response.order_id, response.status) == ("1993231240000000001", OrderStatus.PENDING)
    assert (response.symbol, response.quantity, response.side) == ("RELIANCE", 50, OrderSide.BUY)
    assert response.price == Decimal("1440.5")


async def test_section_4_place_answer_of_a_market_order_has_no_price(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _place(broker, server)).price is None


@pytest.mark.parametrize(
    "data",
    [{}, {"order_id": None}, {"order_id": ""}, {"order_id": []}, {"order_id": True}, {"id": "1"}, [], None, "1"],
)
async def test_section_6_an_answer_without_an_order_id_leaves_the_outcome_unknown(
    data: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, wire.success(data))

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", PATH)) == 1
