"""Sheet section 4: the call for one order, by the id that the server made; its row in the types of the docs."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Order, OrderStatus
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import one_order, refusal, ticket
from tests.brokers.zerodha.server import ScriptedServer

DONE: dict[str, Any] = {"status": "complete", "orderstatus": "complete", "filledshares": "50", "unfilledshares": "0"}


@pytest.fixture
async def known(broker: BaseBroker, server: ScriptedServer) -> BaseBroker:
    """It has seen the book and with it the unique id."""
    server.on("GET", wire.BOOK, wire.text(wire.good([wire.order()])))
    await broker.get_orders()
    server.requests.clear()
    return broker


async def _order(known: BaseBroker, server: ScriptedServer, **changes: Any) -> Order:
    server.on("GET", wire.DETAILS, wire.text(wire.good(wire.order(**changes))))
    return await one_order(known)


async def test_section_4_the_unique_id_of_a_placed_order_is_used_at_once(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    placed = {"script": "RELIANCE-EQ", "orderid": wire.ORDER_ID, "uniqueorderid": wire.UNIQUE_ID}
    server.on("POST", wire.PLACE, wire.text(wire.good(placed)))
    await broker.place_order(ticket())

    assert (await _order(broker, server, **DONE)).status is OrderStatus.COMPLETE
    assert server.sent("GET", wire.BOOK) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"price": Decimal("1540.1"), "averageprice": Decimal("1540.05")},
        {"price": "1540.10", "averageprice": "1540.05"},
        {"price": Decimal("1540.1"), "averageprice": Decimal("1540.05"), "quantity": 50, "filledshares": 50},
        {"price": Decimal("1540.1"), "averageprice": Decimal("1540.05"), "symboltoken": None},
    ],
)
async def test_section_4_2_prices_are_numbers_or_texts(
    changes: dict[str, Any], known: BaseBroker, server: ScriptedServer
) -> None:
    order = await _order(known, server, **DONE | changes)

    assert (order.quantity, order.filled_quantity) == (50, 50)
    assert (order.price, order.average_price) == (Decimal("1540.1"), Decimal("1540.05"))


async def test_an_unknown_word_is_a_surprise(known: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.DETAILS, wire.text(wire.good(wire.order(orderstatus="frozen"))))

    error = await refusal(known.get_order_status(wire.ORDER_ID))

    assert (error.kind, "frozen" in error.detail) == ("wire_surprise", True)


async def test_the_row_of_another_order_is_a_surprise(known: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.DETAILS, wire.text(wire.good(wire.order(orderid="1"))))

    assert (await refusal(one_order(known))).kind == "wire_surprise"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, wire.gateway("AG8001"), "session_expired"),
        (200, wire.gateway("AG8002"), "session_expired"),
        (200, wire.standard("AB1004"), "broker_down"),
        (200, wire.standard("AB2001"), "broker_down"),
        (200, wire.standard("AB1021"), "rate_limited"),
        (200, wire.good(None), "wire_surprise"),
        (200, wire.good([]), "wire_surprise"),
        (200, wire.good("null"), "wire_surprise"),
        (401, wire.standard(""), "session_expired"),
        (503, wire.standard(""), "broker_down"),
    ],
)
async def test_section_6_2_errors_of_the_call(
    *, status: int, body: Any, kind: str, known: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.DETAILS, wire.text(body), status=status)

    assert (await refusal(one_order(known))).kind == kind


@pytest.mark.parametrize("order_id", ["", "../x", "a b", "1/2", "?"])
async def test_an_id_that_is_none_is_not_sent(order_id: str, known: BaseBroker, server: ScriptedServer) -> None:
    assert (await refusal(known.get_order(order_id))).kind == "invalid_request"
    assert server.requests == []
