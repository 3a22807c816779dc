"""Sheet section 4: PUT and DELETE /orders/:variety/:order_id, what they say and what their answers mean."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, OrderStatus, OrderType, Product
from tests.brokers.zerodha import rows, wire
from tests.brokers.zerodha.deeds import BY_ID, change, resting, show_the_book
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

REGISTERED = wire.success({"order_id": rows.ORDER_ID})
OF_KITE = {"variety", "order_id"}  # the library posts its own arguments, too (section 13)
CONTRACT = {"exchange": Exchange.NFO, "symbol": "NIFTY 30DEC25 FUT", "broker_symbol": "NIFTY25DECFUT"}
FUTURE = CONTRACT | {"product": Product.NRML, "quantity": 75, "price": Decimal(26000)}


async def _changed(broker: BaseBroker, server: ScriptedServer, order: Any = None, **values: Any) -> dict[str, str]:
    """What a change of the resting order says on the wire."""
    await show_the_book(broker, server)
    server.on("PUT", BY_ID, REGISTERED)
    await broker.modify_order(order or resting(), change(**values))
    form = server.only("PUT", BY_ID).form
    return {name: value for name, value in form.items() if name not in OF_KITE}


async def test_section_4_a_change_says_the_whole_order(broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _changed(broker, server, disclosed_quantity=10)

    assert form == {
        "quantity": "40",
        "order_type": "LIMIT",
        "validity": "DAY",
        "price": "1441.2",
        "disclosed_quantity": "10",
    }


async def test_section_4_nothing_more_is_disclosed_after_a_change_that_says_so(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _changed(broker, server))["disclosed_quantity"] == "0"


async def test_section_4_a_contract_discloses_nothing(broker: BaseBroker, server: ScriptedServer) -> None:
    form = await _changed(broker, server, resting(**FUTURE), quantity=150, price=Decimal("26000.05"))

    assert (form["quantity"], form["price"]) == ("150", "26000.05")
    assert "disclosed_quantity" not in form


@pytest.mark.parametrize("kind", [OrderType.MARKET, OrderType.SL_M])
async def test_section_4_what_becomes_a_market_order_is_protected(
    kind: OrderType, broker: BaseBroker, server: ScriptedServer
) -> None:
    trigger = Decimal(1450) if kind is OrderType.SL_M else None

    form = await _changed(broker, server, order_type=kind, price=None, trigger_price=trigger)

    assert (form["order_type"], form["market_protection"]) == (kind.value, "-1")
    assert "price" not in form


@pytest.mark.parametrize("variety", ["regular", "amo", "co", "iceberg", "auction"])
async def test_section_4_the_variety_that_the_book_names_is_a_part_of_the_path(
    variety: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    path = f"/orders/{variety}/{rows.ORDER_ID}"
    await show_the_book(broker, server, variety=variety)
    server.on("PUT", path, REGISTERED)
    server.on("DELETE", path, REGISTERED)

    await broker.modify_order(resting(), change())
    await broker.cancel_order(resting())

    assert [request.method for request in server.requests] == ["PUT", "DELETE"]


async def test_section_4_the_variety_of_an_order_that_nobody_read_is_asked_for(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", f"/orders/{rows.ORDER_ID}", wire.success([rows.state(variety="amo")]))
    server.on("DELETE", f"/orders/amo/{rows.ORDER_ID}", REGISTERED)

    await broker.cancel_order(resting())

    assert [request.method for request in server.requests] == ["GET", "DELETE"]


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (503, "", "not_sent"),
        (200, wire.success([rows.state(variety="new")]), "not_sent"),
        (200, wire.success([rows.state(variety=["regular"])]), "not_sent"),
        (200, wire.success(["regular"]), "not_sent"),
        (404, wire.failure("GeneralException", "Couldn't find that `order_id`."), "not_found"),
        (403, wire.failure("TokenException", "Incorrect `api_key` or `access_token`."), "session_expired"),
    ],
)
async def test_without_a_known_variety_nothing_is_sent(
    status: int, body: str, kind: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", f"/orders/{rows.ORDER_ID}", body, status=status)

    assert (await refusal(broker.cancel_order(resting()))).kind == kind
    assert {request.method for request in server.requests} == {"GET"}


async def test_section_4_a_cancel_has_neither_body_nor_query(broker: BaseBroker, server: ScriptedServer) -> None:
    await show_the_book(broker, server)
    server.on("DELETE", BY_ID, REGISTERED)

    await broker.cancel_order(resting())

    request = server.only("DELETE", BY_ID)
    assert (request.target, request.body) == (BY_ID, b"")


async def test_an_answer_for_another_order_leaves_the_outcome_unknown(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await show_the_book(broker, server)
    server.on("DELETE", BY_ID, wire.success({"order_id": "1993231240000000009"}))

    error = await refusal(broker.cancel_order(resting()))

    assert (error.kind, rows.ORDER_ID in error.detail) == ("outcome_unknown", True)


@pytest.mark.parametrize(
    ("order", "values", "kind"),
    [
        (resting(status=OrderStatus.COMPLETE), {}, "already_final"),
        (resting(filled_quantity=40), {}, "invalid_request"),
        (resting(), {"price": Decimal("1441.23")}, "invalid_request"),
        (resting(**FUTURE), {"quantity": 100}, "invalid_request"),
        (resting(product=Product.CO), {}, "invalid_request"),
        (resting(symbol="GONE"), {}, "not_found"),
    ],
    ids=["final", "filled", "off the tick", "off the lot", "cover order", "unknown"],
)
async def test_a_change_that_cannot_be_is_not_sent(
    order: Any, values: dict[str, Any], kind: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    await show_the_book(broker, server)

    assert (await refusal(broker.modify_order(order, change(**values)))).kind == kind
    assert server.requests == []


async def test_a_final_order_is_not_cancelled_again(broker: BaseBroker, server: ScriptedServer) -> None:
    error = await refusal(broker.cancel_order(resting(status=OrderStatus.CANCELLED)))

    assert (error.kind, server.requests) == ("already_final", [])


async def test_section_7_the_twenty_sixth_change_of_an_order_is_not_sent(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await show_the_book(broker, server)
    server.on("PUT", BY_ID, REGISTERED)
    for _ in range(25):
        await broker.modify_order(resting(), change())

    error = await refusal(broker.modify_order(resting(), change()))

    assert (error.kind, len(server.sent("PUT", BY_ID))) == ("daily_cap", 25)
