"""Sheet section 4.5: the body of an order and its answers; section 10 for the tag."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderResponse, OrderSide, OrderStatus, OrderType, Product, Validity
from tests.brokers.fyers import wire
from tests.brokers.fyers.rows import ORDER_ID
from tests.brokers.fyers.support import ORDERS, SYNC, FyersServer, refusal, ticket

LIMIT: dict[str, Any] = {"order_type": OrderType.LIMIT, "price": Decimal("1440.5")}
SL: dict[str, Any] = {"order_type": OrderType.SL, "price": Decimal("1441.5"), "trigger_price": Decimal(1441)}
SL_M: dict[str, Any] = {"order_type": OrderType.SL_M, "trigger_price": Decimal("1441.1")}
NEEDED = {
    "symbol", "qty", "type", "side", "productType", "limitPrice", "stopPrice", "validity", "disclosedQty",
    "offlineOrder",
}  # fmt: skip


async def _place(broker: BaseBroker, server: FyersServer, **changes: Any) -> OrderResponse:
    server.on("POST", SYNC, wire.ok(1101, "Successfully placed order", id=ORDER_ID))
    return await broker.place_order(ticket(**changes))


async def _body(broker: BaseBroker, server: FyersServer, **changes: Any) -> dict[str, Any]:
    await _place(broker, server, **changes)
    body = json.loads(server.only("POST", SYNC).body)
    assert isinstance(body, dict)
    return body


async def test_section_4_5_every_needed_field_with_its_type(broker: BaseBroker, server: FyersServer) -> None:
    body = await _body(broker, server)

    assert set(body) >= NEEDED
    assert (body["symbol"], body["qty"], body["side"]) == ("NSE:RELIANCE-EQ", 50, 1)
    assert (body["productType"], body["validity"], body["disclosedQty"]) == ("CNC", "DAY", 0)


async def test_section_12_4_offline_order_is_a_json_boolean(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server))["offlineOrder"] is False


@pytest.mark.parametrize(
    ("changes", "number", "limit", "stop"),
    [({}, 2, 0, 0), (LIMIT, 1, 1440.5, 0), (SL_M, 3, 0, 1441.1), (SL, 4, 1441.5, 1441)],
)
async def test_section_4_5_type_and_prices_with_the_unused_ones_exactly_0(
    *, changes: dict[str, Any], number: int, limit: float, stop: float, broker: BaseBroker, server: FyersServer
) -> None:
    body = await _body(broker, server, **changes)

    assert (body["type"], body["limitPrice"], body["stopPrice"]) == (number, limit, stop)
    assert not {type(body[name]) for name in ("limitPrice", "stopPrice")} - {int, float}


async def test_section_12_18_a_price_is_sent_with_its_own_digits(broker: BaseBroker, server: FyersServer) -> None:
    await _place(broker, server, order_type=OrderType.LIMIT, price=Decimal("1440.10"))

    assert re.search(rb'"limitPrice": ?1440\.10?[,}]', server.only("POST", SYNC).body)


async def test_section_4_5_sell(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server, side=OrderSide.SELL))["side"] == -1


@pytest.mark.parametrize(("product", "word"), [(Product.CNC, "CNC"), (Product.MIS, "INTRADAY"), (Product.MTF, "MTF")])
async def test_section_5_product(product: Product, word: str, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server, product=product))["productType"] == word


async def test_section_5_carried_derivative_in_units(broker: BaseBroker, server: FyersServer) -> None:
    future = {"symbol": "NIFTY 29DEC26 FUT", "exchange": Exchange.NFO, "product": Product.NRML, "quantity": 150}

    body = await _body(broker, server, **future)

    assert (body["symbol"], body["productType"], body["qty"]) == ("NSE:NIFTY26DECFUT", "MARGIN", 150)


async def test_section_4_5_immediate_or_cancel(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server, validity=Validity.IOC))["validity"] == "IOC"


async def test_section_4_5_disclosed_quantity(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server, disclosed_quantity=10))["disclosedQty"] == 10


async def test_section_4_5_legs_that_nobody_asked_for_are_left_out(broker: BaseBroker, server: FyersServer) -> None:
    body = await _body(broker, server)

    assert not {name for name in ("stopLoss", "takeProfit") if body.get(name)}
    assert not {"legType", "isSliceOrder"} & {name for name, value in body.items() if value}


async def test_section_10_the_tag_of_the_trader(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _body(broker, server, tag="KJ0123456789abcdefgh"))["orderTag"] == "KJ0123456789abcdefgh"


async def test_section_10_every_attempt_has_a_tag_of_its_own(broker: BaseBroker, server: FyersServer) -> None:
    await _place(broker, server)
    await _place(broker, server)

    first, second = (json.loads(request.body)["orderTag"] for request in server.sent("POST", SYNC))
    assert first != second
    assert re.fullmatch(r"[A-Za-z0-9]{1,30}", first)
    assert first not in {wire.CLIENT_ID, "Untagged"}


@pytest.mark.parametrize(
    "words", ["Successfully placed order", f"Order submitted successfully. Your Order Ref. No.{ORDER_ID}"]
)
async def test_section_4_5_accepted_is_pending_not_done(words: str, broker: BaseBroker, server: FyersServer) -> None:
    server.on("POST", SYNC, wire.ok(1101, words, id=ORDER_ID))

    answer = await broker.place_order(ticket())

    assert (answer.order_id, answer.status, answer.quantity) == (ORDER_ID, OrderStatus.PENDING, 50)


@pytest.mark.parametrize("more", [{}, {"id": ORDER_ID}])
async def test_section_4_5_code_201_is_not_acknowledged(
    more: dict[str, str], broker: BaseBroker, server: FyersServer
) -> None:
    server.on("POST", SYNC, wire.ok(201, "Order sent", **more))
    server.ok(ORDERS, orderBook=[])

    error = await refusal(broker.place_order(ticket()))

    assert error.kind == "outcome_unknown"
    assert len(server.sent("POST", SYNC)) == 1


@pytest.mark.parametrize("payload", [{}, {"id": ""}, {"id": None}, {"id": []}, {"id": True}])
async def test_section_4_5_accepted_without_an_id_is_unknown(
    payload: dict[str, object], broker: BaseBroker, server: FyersServer
) -> None:
    server.on("POST", SYNC, wire.ok(1101, "Successfully placed order", **payload))
    server.ok(ORDERS, orderBook=[])

    assert (await refusal(broker.place_order(ticket()))).kind == "outcome_unknown"


async def test_section_8_a_symbol_that_no_master_has_is_not_sent(broker: BaseBroker, server: FyersServer) -> None:
    error = await refusal(broker.place_order(ticket(symbol="NOPE")))

    assert error.kind in {"not_found", "invalid_request", "not_sent"}
    assert server.sent("POST", SYNC) == []
