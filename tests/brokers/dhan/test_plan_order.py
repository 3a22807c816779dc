"""Sheet sections 4.6 and 11: what an order becomes at Dhan before it is sent, and what is never sent."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Instrument, Kind, MemoryInstruments, OrderSide, OrderType, Product, Validity
from tests.brokers.dhan import wire
from tests.brokers.dhan.conftest import NOW
from tests.brokers.dhan.support import refusal, ticket
from tests.brokers.zerodha.server import ScriptedServer

PATH = "/v2/orders"
TRANSIT = wire.text({"orderId": wire.ORDER_ID, "orderStatus": "TRANSIT"})
FUTURE: dict[str, Any] = {"symbol": "NIFTY 24NOV26 FUT", "exchange": Exchange.NFO, "product": Product.NRML}
CALL: dict[str, Any] = FUTURE | {"symbol": "NIFTY 08DEC26 26000 CE", "quantity": 65}
MARKET: dict[str, Any] = {"order_type": OrderType.MARKET, "price": None}


def stop(trigger: str) -> dict[str, Any]:
    """A stop at market."""
    return {"order_type": OrderType.SL_M, "price": None, "trigger_price": Decimal(trigger)}


@pytest.mark.parametrize(
    ("changes", "kind", "field"),
    [
        ({"product": Product.NRML}, "invalid_request", "product"),
        (FUTURE | {"product": Product.CNC, "quantity": 65}, "invalid_request", "product"),
        (FUTURE | {"product": Product.MTF, "quantity": 65}, "invalid_request", "product"),
        ({"product": Product.CO}, "invalid_request", "product"),
        ({"symbol": "NIFTY"}, "invalid_request", "symbol"),
        (FUTURE | {"quantity": 64}, "invalid_request", "quantity"),
        ({"price": "1540.13"}, "invalid_request", "price"),
        ({"disclosed_quantity": 14}, "invalid_request", "disclosed_quantity"),
        ({"order_type": OrderType.SL, "price": "1540", "trigger_price": "1541"}, "invalid_request", "price"),
        ({"validity": Validity.TTL}, "unsupported", "validity"),
        ({"symbol": "GONE"}, "not_found", "symbol"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field_and_not_sent(
    changes: dict[str, Any], kind: str, field: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    for call in (broker.plan_order, broker.place_order):
        error = await refusal(call(ticket(**changes)))
        assert (error.kind, error.field) == (kind, field)
    assert server.requests == []


async def test_a_plan_asks_nobody_and_has_no_tag(broker: BaseBroker, server: ScriptedServer) -> None:
    plan = await broker.plan_order(ticket(tag="KJ1"))

    assert (plan.orders, plan.notes, server.requests) == ((ticket(),), (), [])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (MARKET, "protected by a band"),
        (stop("1600"), "1616"),
        ({"amo": True}, "when that opens"),
        (FUTURE | {"quantity": 65}, "is not known here"),
    ],
)
async def test_section_11_what_dhan_makes_of_it_is_said_in_words(
    changes: dict[str, Any], says: str, broker: BaseBroker
) -> None:
    assert says in (await broker.plan_order(ticket(**changes))).notes[0]


@pytest.mark.parametrize(
    ("side", "where", "trigger", "limit"),
    [
        (OrderSide.BUY, {}, "1540.1", "1555.6"),  # 1 % are 1,555.501: the tick is 0.10
        (OrderSide.SELL, {}, "1540.1", "1524.6"),
        (OrderSide.BUY, CALL, "10", "10.5"),
        (OrderSide.SELL, CALL, "0.05", "0.05"),
    ],
)
async def test_section_11_a_stop_at_market_becomes_a_stop_with_a_limit(
    *, side: OrderSide, where: dict[str, Any], trigger: str, limit: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("POST", PATH, TRANSIT)
    asked = ticket(**where | stop(trigger), side=side)

    [planned] = (await broker.plan_order(asked)).orders
    response = await broker.place_order(asked)

    body = json.loads(server.only("POST", PATH).body, parse_float=Decimal)
    said = (body["orderType"], body["price"], body["triggerPrice"])
    assert said == ("STOP_LOSS", Decimal(limit), Decimal(trigger))
    assert (planned.order_type, planned.price, response.price) == (OrderType.SL, Decimal(limit), Decimal(limit))


async def test_section_4_6_an_after_market_order_says_so(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", PATH, TRANSIT)

    await broker.place_order(ticket(amo=True))

    body = json.loads(server.only("POST", PATH).body)
    assert (body["afterMarketOrder"], body["amoTime"]) == (True, "OPEN")


async def test_section_4_6_any_other_order_says_nothing_of_it(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", PATH, TRANSIT)

    await broker.place_order(ticket())

    assert not {"afterMarketOrder", "amoTime"} & set(json.loads(server.only("POST", PATH).body))


async def _freeze_is_known(instruments: MemoryInstruments, freeze: int) -> None:
    """Another broker's master names the freeze quantity of the future."""
    day, tick = date(2026, 11, 24), Decimal("0.05")
    row = Instrument("NFO", "ANY-NAME", "1", "NIFTY", Kind.FUTURE, day, None, tick, 65, "", freeze)
    await instruments.replace("fyers", [row], day=NOW.date())


async def test_slices_are_whole_lots_and_add_up(broker: BaseBroker, instruments: MemoryInstruments) -> None:
    await _freeze_is_known(instruments, 1800)

    plan = await broker.plan_order(ticket(**FUTURE, quantity=3900))

    assert [one.quantity for one in plan.orders] == [1755, 1755, 390]
    assert "1755" in plan.notes[0]


async def test_the_brokers_own_master_comes_before_that_of_another(
    broker: BaseBroker, instruments: MemoryInstruments
) -> None:
    await _freeze_is_known(instruments, 650)
    known = await instruments.by_symbol("dhan", "NFO", FUTURE["symbol"])
    assert known is not None
    await instruments.replace("dhan", [known._replace(freeze_quantity=1300)], day=NOW.date())

    plan = await broker.plan_order(ticket(**FUTURE, quantity=1950))

    assert [one.quantity for one in plan.orders] == [1300, 650]


async def test_an_order_above_the_freeze_quantity_is_never_sent_as_one(
    broker: BaseBroker, instruments: MemoryInstruments, server: ScriptedServer
) -> None:
    await _freeze_is_known(instruments, 1800)

    error = await refusal(broker.place_order(ticket(**FUTURE, quantity=1820)))

    assert (error.kind, error.field, server.requests) == ("invalid_request", "quantity", [])
