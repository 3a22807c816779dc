"""Sheet sections 4.6 and 10: what goes over the wire for an order, once, and what its answer means."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderSide, OrderStatus, OrderType, Product, TradingError, Unsupported
from app.domain.orders import Validity
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal, ticket
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/v2/orders"
ALLOWED = {
    "dhanClientId", "correlationId", "transactionType", "exchangeSegment", "productType", "orderType", "validity",
    "securityId", "quantity", "disclosedQuantity", "price", "triggerPrice", "afterMarketOrder", "amoTime",
    "boProfitValue", "boStopLossValue",
}  # fmt: skip


def _accepted(server: ScriptedServer, status: int = 200, **changes: Any) -> None:
    body = {"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"} | changes
    server.on("POST", PATH, wire.text(body), status=status)


async def _sent(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> dict[str, Any]:
    _accepted(server)
    await broker.place_order(ticket(**changes))
    body = json.loads(server.only("POST", PATH).body)
    assert isinstance(body, dict)
    return body


async def test_section_4_6_a_limit_order_word_by_word(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server)

    expected = {
        "dhanClientId": wire.CLIENT,
        "transactionType": "BUY",
        "exchangeSegment": "NSE_EQ",
        "productType": "CNC",
        "orderType": "LIMIT",
        "validity": "DAY",
        "securityId": "2885",
        "quantity": 50,
        "price": 1540.1,
    }
    assert {name: body[name] for name in expected} == expected


async def test_section_4_6_nothing_is_empty_and_nothing_is_misspelt(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server)

    assert "" not in body.values()
    assert set(body) <= ALLOWED


async def test_section_4_6_numbers_are_numbers(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server)

    assert type(body["quantity"]) is int
    assert not isinstance(body["price"], str)
    assert all(not isinstance(body.get(name, 0), str) for name in ("disclosedQuantity", "triggerPrice"))


async def test_section_4_6_a_price_keeps_its_digits(broker: BaseBroker, server: ScriptedServer) -> None:
    await _sent(broker, server, price="1540.70")

    assert re.search(rb'"price":\s*1540\.70?\b', server.only("POST", PATH).body)


async def test_section_10_the_tag_fits_the_measured_limit(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,25}", body["correlationId"])


async def test_section_10_the_tag_of_the_order_is_the_correlation_id(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _sent(broker, server, tag="MYTAG1"))["correlationId"] == "MYTAG1"


async def test_section_10_two_orders_have_two_tags(broker: BaseBroker, server: ScriptedServer) -> None:
    _accepted(server)

    await broker.place_order(ticket())
    await broker.place_order(ticket())

    tags = {json.loads(request.body)["correlationId"] for request in server.sent("POST", PATH)}
    assert len(tags) == 2


async def test_section_4_6_a_market_order_has_the_price_0(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server, order_type=OrderType.MARKET, price=None)

    assert (body["orderType"], body.get("price", 0)) == ("MARKET", 0)


async def test_section_4_6_a_stop_has_both_prices(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server, order_type=OrderType.SL, price="1545", trigger_price="1544")

    assert (body["orderType"], body["price"], body["triggerPrice"]) == ("STOP_LOSS", 1545, 1544)


@pytest.mark.parametrize(("side", "sign"), [(OrderSide.BUY, 1), (OrderSide.SELL, -1)])
async def test_section_11_a_stop_at_market_gets_a_limit_beyond_its_trigger_or_is_hidden(
    side: OrderSide, sign: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    _accepted(server)

    try:
        await broker.place_order(ticket(side=side, order_type=OrderType.SL_M, price=None, trigger_price="1500"))
    except TradingError as error:
        assert error.kind in {"unsupported", "invalid_request"}  # noqa: PT017 - one of two right ways
        assert server.requests == []
        return

    body = json.loads(server.only("POST", PATH).body)
    away = (Decimal(str(body["price"])) - 1500) * sign / 1500
    assert body["orderType"] == "STOP_LOSS"
    assert Decimal("0.004") <= away <= Decimal("0.051")


@pytest.mark.parametrize(
    ("product", "exchange", "symbol", "words"),
    [
        (Product.CNC, Exchange.NSE, "RELIANCE", ("CNC", "NSE_EQ", "2885")),
        (Product.MIS, Exchange.BSE, "RELIANCE", ("INTRADAY", "BSE_EQ", "500325")),
        (Product.MTF, Exchange.NSE, "M&M", ("MTF", "NSE_EQ", "2031")),
        (Product.NRML, Exchange.NFO, "NIFTY 08DEC26 26000 CE", ("MARGIN", "NSE_FNO", "52002")),
        (Product.NRML, Exchange.BFO, "SENSEX 26NOV26 FUT", ("MARGIN", "BSE_FNO", "871001")),
    ],
)
async def test_section_5_product_segment_and_id(
    *,
    product: Product,
    exchange: Exchange,
    symbol: str,
    words: tuple[str, str, str],
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    quantity = {Exchange.NFO: 65, Exchange.BFO: 20}.get(exchange, 1)

    body = await _sent(broker, server, product=product, exchange=exchange, symbol=symbol, quantity=quantity, price="90")

    assert (body["productType"], body["exchangeSegment"], body["securityId"]) == words


@pytest.mark.parametrize(
    ("exchange", "symbol"), [(Exchange.MCX, "CRUDEOIL 19NOV26 FUT"), (Exchange.CDS, "USDINR 26NOV26 FUT")]
)
async def test_nothing_is_ordered_where_nobody_says_whether_lots_or_units_count(
    exchange: Exchange, symbol: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    with pytest.raises(Unsupported):
        await _sent(broker, server, product=Product.NRML, exchange=exchange, symbol=symbol, quantity=1, price="90")


async def test_section_5_sell_and_ioc(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _sent(broker, server, side=OrderSide.SELL, validity=Validity.IOC)

    assert (body["transactionType"], body["validity"]) == ("SELL", "IOC")


async def test_section_5_there_is_no_validity_in_minutes(broker: BaseBroker, server: ScriptedServer) -> None:
    error = await refusal(broker.place_order(ticket(validity=Validity.TTL)))

    assert error.kind in {"unsupported", "invalid_request"}
    assert server.requests == []


async def test_an_instrument_that_the_master_does_not_know_is_not_ordered_by_a_guess(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await refusal(broker.place_order(ticket(symbol="NOSUCH")))

    assert error.kind in {"not_found", "invalid_request", "not_sent"}
    assert server.requests == []


# ------------------------------------------------------------------ the answer


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_section_4_1_any_2xx_with_an_id_is_accepted(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    _accepted(server, status)

    response = await broker.place_order(ticket())

    assert (response.order_id, response.status) == (wire.ORDER_ID, OrderStatus.PENDING)


@pytest.mark.parametrize(
    ("word", "status"),
    [("TRANSIT", OrderStatus.PENDING), ("PENDING", OrderStatus.OPEN), ("TRADED", OrderStatus.COMPLETE)],
)
async def test_section_5_the_status_of_the_answer_is_used(
    word: str, status: OrderStatus, broker: BaseBroker, server: ScriptedServer
) -> None:
    _accepted(server, orderStatus=word)

    assert (await broker.place_order(ticket())).status is status
