"""Sheet sections 4.1, 4.6 and 10: PUT and DELETE /orders/{id}, what they say, and orders found by their tag."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Order, OrderStatus, OrderType, Product
from tests.brokers.dhan import wire
from tests.brokers.dhan.deeds import BY_ID, change, resting
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

REGISTERED = wire.text({"orderId": wire.ORDER_ID, "orderStatus": "PENDING"})
TAG = "KJ0123456789ABCDEFGH"
BY_TAG = f"/v2/orders/external/{TAG}"
FUTURE: dict[str, Any] = {
    "symbol": "NIFTY 24NOV26 FUT",
    "exchange": Exchange.NFO,
    "product": Product.NRML,
    "quantity": 65,
    "price": Decimal(26000),
}


async def _changed(broker: BaseBroker, server: ScriptedServer, **values: Any) -> dict[str, Any]:
    """What a change of the resting order says on the wire."""
    server.on("PUT", BY_ID, REGISTERED)
    await broker.modify_order(resting(), change(**values))
    body = json.loads(server.only("PUT", BY_ID).body, parse_float=Decimal)
    assert isinstance(body, dict)
    return body


async def test_section_4_6_a_change_says_the_whole_order(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _changed(broker, server, disclosed_quantity=12) == {
        "dhanClientId": wire.CLIENT,
        "orderId": wire.ORDER_ID,
        "orderType": "LIMIT",
        "validity": "DAY",
        "quantity": 40,
        "price": Decimal("1541.2"),
        "disclosedQuantity": 12,
    }


async def test_section_4_6_a_change_to_the_market_has_the_price_0(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _changed(broker, server, order_type=OrderType.MARKET, price=None)

    assert (body["orderType"], body["price"], "triggerPrice" in body) == ("MARKET", 0, False)


async def test_section_11_a_change_to_a_stop_at_market_has_a_limit(broker: BaseBroker, server: ScriptedServer) -> None:
    body = await _changed(broker, server, order_type=OrderType.SL_M, price=None, trigger_price=Decimal(1600))

    assert (body["orderType"], body["price"], body["triggerPrice"]) == ("STOP_LOSS", 1616, 1600)


@pytest.mark.parametrize("status", [200, 202])
async def test_section_4_1_a_cancel_has_neither_body_nor_query(
    status: int, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("DELETE", BY_ID, REGISTERED, status=status)

    await broker.cancel_order(resting())

    request = server.only("DELETE", BY_ID)
    assert (request.target, request.body) == (BY_ID, b"")


async def test_an_answer_for_another_order_leaves_the_outcome_unknown(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("DELETE", BY_ID, wire.text({"orderId": "999", "orderStatus": "CANCELLED"}))

    error = await refusal(broker.cancel_order(resting()))

    assert (error.kind, wire.ORDER_ID in error.detail) == ("outcome_unknown", True)


@pytest.mark.parametrize(
    ("order", "values", "kind"),
    [
        (resting(status=OrderStatus.COMPLETE), {}, "already_final"),
        (resting(filled_quantity=40), {}, "invalid_request"),
        (resting(), {"price": Decimal("1541.23")}, "invalid_request"),
        (resting(), {"disclosed_quantity": 11}, "invalid_request"),
        (resting(**FUTURE), {"quantity": 100}, "invalid_request"),
        (resting(product=Product.BO), {}, "invalid_request"),
        (resting(symbol="GONE"), {}, "not_found"),
    ],
    ids=["final", "filled", "off the tick", "hidden", "off the lot", "bracket order", "unknown"],
)
async def test_a_change_that_cannot_be_is_not_sent(
    order: Order, values: dict[str, Any], kind: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await refusal(broker.modify_order(order, change(**values)))).kind == kind
    assert server.requests == []


async def test_a_final_order_is_not_cancelled_again(broker: BaseBroker, server: ScriptedServer) -> None:
    error = await refusal(broker.cancel_order(resting(status=OrderStatus.CANCELLED)))

    assert (error.kind, server.requests) == ("already_final", [])


async def test_section_6_2_an_order_that_is_not_there_is_not_found(broker: BaseBroker, server: ScriptedServer) -> None:
    told = wire.failure("DH-906", "Incorrect request for order and cannot be processed")
    server.on("DELETE", BY_ID, wire.text(told), status=404)

    assert (await refusal(broker.cancel_order(resting()))).kind == "not_found"


async def test_section_7_the_twenty_sixth_change_of_an_order_is_not_sent(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("PUT", BY_ID, REGISTERED)
    for _ in range(25):
        await broker.modify_order(resting(), change())

    error = await refusal(broker.modify_order(resting(), change()))

    assert (error.kind, len(server.sent("PUT", BY_ID))) == ("daily_cap", 25)


# ------------------------------------------------------------------ by the tag


@pytest.mark.parametrize("form", ["an object", "a list"])
async def test_section_10_an_order_is_found_by_its_tag_in_one_call(
    form: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = wire.order(correlationId=TAG)
    server.on("GET", BY_TAG, wire.text(row if form == "an object" else [row]))

    [order] = await broker.find_orders(TAG)

    assert (order.order_id, order.tag, len(server.requests)) == (wire.ORDER_ID, TAG, 1)


@pytest.mark.parametrize("rows", [[], [wire.order(correlationId=TAG, orderStatus="TRANSIT")]])
async def test_section_10_a_no_by_the_tag_proves_nothing_and_the_book_is_read(
    rows: list[dict[str, Any]], broker: BaseBroker, server: ScriptedServer
) -> None:
    told = wire.failure("DH-906", "Incorrect request for order and cannot be processed")
    server.on("GET", BY_TAG, wire.text(told), status=404)
    server.on("GET", "/v2/orders", wire.text([wire.order(orderId="1", correlationId="another"), *rows]))

    found = await broker.find_orders(TAG)

    assert [order.tag for order in found] == [TAG] * len(rows)


async def test_section_10_another_orders_row_is_not_taken_for_the_one_asked_for(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", BY_TAG, wire.text(wire.order(correlationId="another")))
    server.on("GET", "/v2/orders", "[]")

    assert await broker.find_orders(TAG) == []


async def test_no_answer_by_the_tag_is_no_empty_answer(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", BY_TAG, "", status=503)

    assert (await refusal(broker.find_orders(TAG))).kind == "broker_down"
