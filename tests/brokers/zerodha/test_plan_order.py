"""Sheet sections 4, 7, 11 and 13: what an order becomes at Zerodha before it is sent, and what is never sent."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Instrument, Kind, MemoryInstruments, OrderSide, OrderType, Product, Validity
from tests.brokers.zerodha import books, rows, wire
from tests.brokers.zerodha.conftest import NOW
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal, ticket

PATH = "/orders/regular"
PLACED = wire.success({"order_id": rows.ORDER_ID})
FUTURE: dict[str, Any] = {"symbol": "NIFTY 30DEC25 FUT", "exchange": Exchange.NFO, "product": Product.NRML}
CALL: dict[str, Any] = FUTURE | {"symbol": "NIFTY 02DEC25 26050 CE"}
METAL: dict[str, Any] = FUTURE | {"symbol": "LEADMINI25DECFUT", "exchange": Exchange.MCX}
LIMIT: dict[str, Any] = {"order_type": OrderType.LIMIT, "price": Decimal(100)}
FREEZE = "Order quantity exceeds the freeze quantity of 1800 for NIFTY25DECFUT."


def stop(trigger: str, **more: Any) -> dict[str, Any]:
    """A stop at market."""
    return {"order_type": OrderType.SL_M, "trigger_price": Decimal(trigger)} | more


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"product": Product.NRML}, "product"),
        (FUTURE | {"product": Product.CNC, "quantity": 75}, "product"),
        (FUTURE | {"product": Product.MTF, "quantity": 75}, "product"),
        ({"product": Product.BO}, "product"),
        ({"symbol": "NIFTY 50"}, "symbol"),
        (FUTURE | {"quantity": 76}, "quantity"),
        (FUTURE | LIMIT | {"quantity": 75, "price": Decimal("100.03")}, "price"),
        (stop("1450.05"), "trigger_price"),
        ({"order_type": OrderType.SL, "price": Decimal(1440), "trigger_price": Decimal(1450)}, "price"),
        (FUTURE | LIMIT | {"quantity": 75, "disclosed_quantity": 75}, "disclosed_quantity"),
        (METAL | LIMIT | {"quantity": 1, "validity": Validity.IOC}, "validity"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field_and_not_sent(
    changes: dict[str, Any], field: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    await _hold_metal(broker, server)

    for call in (broker.plan_order, broker.place_order):
        error = await refusal(call(ticket(**changes)))
        assert (error.kind, error.field) == ("invalid_request", field)
    assert server.requests == []


async def test_a_plan_asks_nobody_and_has_no_tag(broker: BaseBroker, server: ScriptedServer) -> None:
    plan = await broker.plan_order(ticket(**LIMIT, tag="KJ1"))

    assert plan.orders == (ticket(**LIMIT),)
    assert (plan.notes, server.requests) == ((), [])


async def test_section_8_a_symbol_that_the_master_lacks_is_not_found(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await refusal(broker.plan_order(ticket(symbol="GONE")))).kind == "not_found"
    assert (await refusal(broker.place_order(ticket(symbol="GONE")))).kind == "not_found"
    assert server.requests == []


# ------------------------------------------------------------------ notes


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "0.5 to 2 %"),
        (CALL | {"quantity": 75}, "1 to 5 %"),
        (stop("1450"), "0.5 %"),
        (stop("450"), "1 %"),
        (stop("50"), "2 %"),
        (LIMIT | {"amo": True}, "when that opens"),
        (FUTURE | LIMIT | {"quantity": 75}, "is not known here"),
    ],
)
async def test_section_11_what_zerodha_makes_of_it_is_said_in_words(
    changes: dict[str, Any], says: str, broker: BaseBroker
) -> None:
    assert says in (await broker.plan_order(ticket(**changes))).notes[0]


# ------------------------------------------------------------------ stops at market


@pytest.mark.parametrize(
    ("side", "where", "trigger", "limit"),
    [
        (OrderSide.BUY, {"exchange": Exchange.BSE}, "1450", "1457.3"),  # 0.5 % are 1,457.25: the tick is 0.10
        (OrderSide.SELL, {"exchange": Exchange.BSE}, "1450", "1442.7"),
        (OrderSide.BUY, CALL | {"quantity": 75}, "9", "9.45"),
        (OrderSide.SELL, CALL | {"quantity": 75}, "200", "196"),
        (OrderSide.SELL, CALL | {"quantity": 75}, "0.05", "0.05"),
    ],
)
async def test_section_13_a_barred_stop_at_market_becomes_a_stop_with_a_limit(
    *,
    side: OrderSide,
    where: dict[str, Any],
    trigger: str,
    limit: str,
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    server.on("POST", PATH, PLACED)
    asked = ticket(**where | stop(trigger), side=side)

    [planned] = (await broker.plan_order(asked)).orders
    response = await broker.place_order(asked)

    form = server.only("POST", PATH).form
    said = (OrderType(form["order_type"]), Decimal(form["price"]), Decimal(form["trigger_price"]))
    assert said == (planned.order_type, planned.price, planned.trigger_price)
    assert said == (OrderType.SL, Decimal(limit), Decimal(trigger))
    assert "market_protection" not in form
    assert response.price == Decimal(limit)


# ------------------------------------------------------------------ after the market


async def test_section_4_an_after_market_order_has_its_own_path(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("POST", "/orders/amo", PLACED)
    server.on("DELETE", f"/orders/amo/{rows.ORDER_ID}", PLACED)

    placed = await broker.place_order(ticket(**LIMIT, amo=True))
    server.on("GET", "/orders", wire.success([books.order(order_id=placed.order_id, variety="amo")]))
    [order] = await broker.get_orders()
    await broker.cancel_order(order)

    assert [request.method for request in server.requests] == ["POST", "GET", "DELETE"]


# ------------------------------------------------------------------ slices


async def _freeze_is_known(instruments: MemoryInstruments, broker: str, freeze: int) -> None:
    """A master names the freeze quantity of the future."""
    row = Instrument(
        "NFO", "ANY-NAME", "1", "NIFTY", Kind.FUTURE, date(2025, 12, 30), None, Decimal("0.05"), 75, "", freeze
    )
    await instruments.replace(broker, [row], day=NOW.date())


async def test_slices_are_whole_lots_and_add_up(broker: BaseBroker, instruments: MemoryInstruments) -> None:
    await _freeze_is_known(instruments, "fyers", 1801)

    plan = await broker.plan_order(ticket(**FUTURE | LIMIT, quantity=4500, tag="KJ1"))

    assert [one.quantity for one in plan.orders] == [1800, 1800, 900]
    assert {(one.tag, one.price) for one in plan.orders} == {("", Decimal(100))}
    assert "1800" in plan.notes[0]


async def test_an_order_above_the_freeze_quantity_is_never_sent_as_one(
    broker: BaseBroker, instruments: MemoryInstruments, server: ScriptedServer
) -> None:
    await _freeze_is_known(instruments, "angel_one", 1800)
    server.on("POST", PATH, PLACED)

    error = await refusal(broker.place_order(ticket(**FUTURE | LIMIT, quantity=1875)))
    sent_then = len(server.requests)
    await broker.place_order(ticket(**FUTURE | LIMIT, quantity=1800))

    assert (error.kind, error.field, sent_then) == ("invalid_request", "quantity", 0)
    assert server.only("POST", PATH).form["quantity"] == "1800"


async def test_section_4_more_than_ten_slices_are_refused(broker: BaseBroker, instruments: MemoryInstruments) -> None:
    await _freeze_is_known(instruments, "fyers", 1800)

    assert len((await broker.plan_order(ticket(**FUTURE | LIMIT, quantity=18_000))).orders) == 10
    assert (await refusal(broker.plan_order(ticket(**FUTURE | LIMIT, quantity=18_075)))).field == "quantity"


async def test_section_4_the_freeze_quantity_that_a_refusal_names_is_remembered(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    large = ticket(**FUTURE | LIMIT, quantity=3600)
    server.on("POST", PATH, wire.failure("InputException", FREEZE), status=400)
    before = await broker.plan_order(large)

    error = await refusal(broker.place_order(large))

    assert (len(before.orders), error.kind) == (1, "invalid_request")
    assert [one.quantity for one in (await broker.plan_order(large)).orders] == [1800, 1800]


@pytest.mark.parametrize("told", [FREEZE.replace("1800", "3600"), FREEZE.replace("1800", "0"), "Quantity 1800"])
async def test_a_number_that_cannot_be_the_freeze_quantity_is_not_taken_for_it(
    told: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    large = ticket(**FUTURE | LIMIT, quantity=3600)
    server.on("POST", PATH, wire.failure("InputException", told), status=400)

    await refusal(broker.place_order(large))

    assert len((await broker.plan_order(large)).orders) == 1


# ------------------------------------------------------------------ lots


async def _hold_metal(broker: BaseBroker, server: ScriptedServer) -> None:
    """A position tells that a lot of the contract has 1,000 units; the master's own figure is 75 of them."""
    row = rows.position(exchange="MCX", tradingsymbol="LEADMINI25DECFUT", product="NRML", quantity=2, multiplier=1000)
    server.on("GET", "/portfolio/positions", wire.success(rows.portfolio(row)))
    await broker.get_positions()
    server.requests.clear()


@pytest.fixture
async def one_lot_is_one(instruments: MemoryInstruments) -> None:
    """The master of MCX counts lots."""
    row = Instrument(
        "MCX", "LEADMINI25DECFUT", "1", "LEADMINI", Kind.FUTURE, date(2025, 12, 31), None, Decimal("0.05"), 1
    )
    await instruments.replace("zerodha", [row], day=NOW.date())


@pytest.mark.usefixtures("one_lot_is_one")
async def test_section_4_units_go_out_as_lots_where_kite_counts_lots(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await _hold_metal(broker, server)
    server.on("POST", PATH, PLACED)
    metal: dict[str, Any] = {"exchange": "MCX", "tradingsymbol": "LEADMINI25DECFUT", "quantity": 2}
    server.on("GET", "/orders", wire.success([books.order(**metal, disclosed_quantity=1)]))
    server.on("GET", "/trades", wire.success([books.trade(**metal)]))

    response = await broker.place_order(ticket(**METAL | LIMIT, quantity=2000))

    assert (server.only("POST", PATH).form["quantity"], response.quantity) == ("2", 2000)
    assert [(order.quantity, order.disclosed_quantity) for order in await broker.get_orders()] == [(2000, 1000)]
    assert [trade.quantity for trade in await broker.get_trades()] == [2000]
    assert (await refusal(broker.plan_order(ticket(**METAL | LIMIT, quantity=2)))).field == "quantity"


@pytest.mark.usefixtures("one_lot_is_one")
async def test_section_4_where_nobody_knows_the_units_of_a_lot_nothing_is_ordered(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await refusal(broker.place_order(ticket(**METAL | LIMIT, quantity=1)))

    assert (error.kind, server.requests) == ("unsupported", [])
