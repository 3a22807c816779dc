"""Sheet section 5: every status word and what it means; section 4 for GET /orders/:order_id and its rows."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, Order, OrderSide, OrderStatus, OrderType, Product, SubState
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.rows import ORDER_ID, state
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

PATH = f"/orders/{ORDER_ID}"
PART: dict[str, Any] = {"filled_quantity": 20, "pending_quantity": 30, "average_price": Decimal("1440.5")}


async def _order(broker: BaseBroker, server: ScriptedServer, *states: dict[str, Any]) -> Order:
    server.on("GET", PATH, wire.success(list(states)))
    return await broker.get_order(ORDER_ID)


VOCABULARY = [
    ("PUT ORDER REQ RECEIVED", {}, OrderStatus.PENDING, {SubState.NONE}),
    ("PUT ORDER REQUEST RECEIVED", {}, OrderStatus.PENDING, {SubState.NONE}),
    ("AMO REQ RECEIVED", {}, OrderStatus.PENDING, {SubState.AMO}),
    ("VALIDATION PENDING", {}, OrderStatus.PENDING, {SubState.NONE}),
    ("OPEN PENDING", {}, OrderStatus.PENDING, {SubState.NONE}),
    ("TRIGGER PENDING", {}, OrderStatus.OPEN, {SubState.TRIGGER_PENDING}),
    ("OPEN", {}, OrderStatus.OPEN, {SubState.NONE}),
    ("OPEN", PART, OrderStatus.OPEN, {SubState.PARTIAL}),
    ("MODIFY VALIDATION PENDING", {}, OrderStatus.OPEN, {SubState.MODIFYING}),
    ("MODIFY PENDING", {}, OrderStatus.OPEN, {SubState.MODIFYING}),
    ("MODIFIED", {}, OrderStatus.OPEN, {SubState.MODIFYING, SubState.NONE}),  # the sheet names no sub-state
    ("CANCEL PENDING", {}, OrderStatus.OPEN, {SubState.CANCELLING}),
    ("UPDATE", {}, OrderStatus.OPEN, {SubState.NONE}),
    ("UPDATE", PART, OrderStatus.OPEN, {SubState.PARTIAL}),
    ("COMPLETE", {"filled_quantity": 50, "pending_quantity": 0}, OrderStatus.COMPLETE, {SubState.NONE}),
    ("CANCELLED", {"cancelled_quantity": 50}, OrderStatus.CANCELLED, {SubState.NONE}),
    ("CANCELLED", PART | {"cancelled_quantity": 30}, OrderStatus.CANCELLED, {SubState.PARTLY_FILLED}),
    ("REJECTED", {}, OrderStatus.REJECTED, {SubState.NONE}),
]


@pytest.mark.parametrize(("word", "fields", "status", "sub_states"), VOCABULARY)
async def test_section_5_every_status_word_is_mapped(
    *,
    word: str,
    fields: dict[str, Any],
    status: OrderStatus,
    sub_states: set[SubState],
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    order = await _order(broker, server, state(status=word, **fields))

    assert (order.status, order.raw_status) == (status, word)
    assert order.sub_state in sub_states


@pytest.mark.parametrize("word", ["MODIFY VALIDATION PENDING", "MODIFY PENDING", "MODIFIED", "CANCEL PENDING"])
async def test_section_5_a_modification_in_flight_keeps_the_fill_numbers(
    word: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _order(broker, server, state(status=word, **PART))

    assert (order.status, order.filled_quantity, order.remaining) == (OrderStatus.OPEN, 20, 30)


@pytest.mark.parametrize("exchange_order_id", ["1300000001234567", None])
async def test_section_5_an_unknown_word_is_no_status_and_kept(
    exchange_order_id: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    odd = state(status="FROZEN BY EXCHANGE", exchange_order_id=exchange_order_id)

    order = await _order(broker, server, odd)

    assert (order.status, order.raw_status) == (None, "FROZEN BY EXCHANGE")


async def test_section_5_the_status_of_an_unknown_word_is_a_surprise_that_quotes_it(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.success([state(status="FROZEN BY EXCHANGE")]))

    error = await refusal(broker.get_order_status(ORDER_ID))

    assert error.kind == "wire_surprise"
    assert "FROZEN BY EXCHANGE" in error.detail


@pytest.mark.parametrize(("word", "fields", "status", "_"), VOCABULARY)
async def test_section_5_get_order_status_says_the_same(
    word: str, fields: dict[str, Any], status: OrderStatus, _: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.success([state(status=word, **fields)]))

    assert await broker.get_order_status(ORDER_ID) is status


@pytest.mark.parametrize(
    ("status", "final"), [("COMPLETE", True), ("REJECTED", True), ("CANCELLED", True), ("TRIGGER PENDING", False)]
)
async def test_section_5_the_final_set(status: str, final: object, broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _order(broker, server, state(status=status))

    assert order.status is not None
    assert order.status.is_final is final


async def test_section_4_history_row_the_last_element_is_current(broker: BaseBroker, server: ScriptedServer) -> None:
    walk = ("PUT ORDER REQ RECEIVED", "VALIDATION PENDING", "OPEN PENDING", "OPEN", "COMPLETE")

    order = await _order(broker, server, *(state(status=word) for word in walk))

    assert order.status is OrderStatus.COMPLETE


async def test_section_12_one_order_is_asked_for_not_the_whole_book(broker: BaseBroker, server: ScriptedServer) -> None:
    await _order(broker, server, state())

    assert [request.path for request in server.requests] == [PATH]


async def test_section_4_order_row_in_our_words(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _order(broker, server, state(tag="KJ01"))

    assert (order.order_id, order.symbol, order.broker_symbol) == (ORDER_ID, "RELIANCE", "RELIANCE")
    assert (order.exchange, order.product, order.side) == (Exchange.NSE, Product.CNC, OrderSide.BUY)
    assert (order.order_type, order.price, order.quantity) == (OrderType.LIMIT, Decimal("1440.5"), 50)
    assert order.tag == "KJ01"


async def test_section_4_order_row_with_a_filled_part_has_its_average_price(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _order(broker, server, state(**PART | {"average_price": Decimal("1440.4900000000002")}))

    assert (order.filled_quantity, str(order.average_price)) == (20, "1440.4900000000002")


async def test_section_4_order_row_that_rests_on_a_trigger_has_both_prices(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = state(status="TRIGGER PENDING", order_type="SL", price=Decimal("1441.5"), trigger_price=Decimal(1441))

    order = await _order(broker, server, row)

    assert (order.price, order.trigger_price) == (Decimal("1441.5"), Decimal(1441))


async def test_section_4_order_row_of_a_market_order_has_no_prices(broker: BaseBroker, server: ScriptedServer) -> None:
    """The broker writes 0 where there is none; 0 rupees is no price of ours, None is."""
    order = await _order(broker, server, state(order_type="MARKET", price=0))

    assert [price or None for price in (order.price, order.trigger_price, order.average_price)] == [None] * 3


async def test_section_4_order_row_of_a_contract_carries_kunjis_name(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = state(exchange="NFO", product="NRML", tradingsymbol="NIFTY25D0226050CE")

    order = await _order(broker, server, row)

    assert (order.symbol, order.broker_symbol) == ("NIFTY 02DEC25 26050 CE", "NIFTY25D0226050CE")


async def test_section_13_order_timestamp_is_indian_time(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _order(broker, server, state(order_timestamp="2025-11-26 10:31:05"))

    assert order.placed_at == datetime(2025, 11, 26, 10, 31, 5, tzinfo=IST)


async def test_section_5_remaining_of_a_cancelled_row_is_not_its_pending_quantity(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = state(status="CANCELLED", quantity=1, filled_quantity=1, pending_quantity=1, cancelled_quantity=1)

    order = await _order(broker, server, row)

    assert order.remaining == 0


@pytest.mark.parametrize("order_type", ["MARKET", "LIMIT", "SL", "SL-M"])
async def test_section_5_every_order_type_is_read(order_type: str, broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _order(broker, server, state(order_type=order_type, price=0))

    assert order.order_type == order_type


@pytest.mark.parametrize("product", ["CNC", "MIS", "NRML", "MTF", "CO"])
async def test_section_5_every_product_of_a_book_is_read(
    product: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _order(broker, server, state(product=product))).product == product


@pytest.mark.parametrize(
    ("message", "raw", "shown"),
    [
        ("Insufficient funds. Required margin is 9,587.", None, "Insufficient funds"),
        (None, "RMS:Rule: Check holdings for entity", "Check holdings"),
        (None, "16387 : Security is not allowed to trade", "16387"),
        (None, None, ""),
    ],
)
async def test_section_13_the_reason_of_a_rejection_may_stand_in_the_raw_message(
    message: str | None, raw: str | None, shown: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _order(broker, server, state(status="REJECTED", status_message=message, status_message_raw=raw))

    assert shown in order.message


async def test_section_4_order_row_with_the_nullable_keys_null(broker: BaseBroker, server: ScriptedServer) -> None:
    nullable = (
        "exchange_order_id",
        "parent_order_id",
        "status_message",
        "exchange_update_timestamp",
        "exchange_timestamp",
        "guid",
    )
    row = state(tag=None, status="VALIDATION PENDING") | dict.fromkeys(nullable)

    assert (await _order(broker, server, row)).tag == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", None),
        ("status", 5),
        ("quantity", "50"),
        ("quantity", None),
        ("filled_quantity", Decimal("0.5")),
        ("filled_quantity", True),
        ("price", "1440.5"),
        ("price", wire.Raw("NaN")),
        ("transaction_type", "HOLD"),
        ("order_type", "GUESS"),
        ("exchange", "MOON"),
        ("product", "XYZ"),
        ("tradingsymbol", None),
    ],
)
async def test_section_4_order_row_with_a_wrong_value_is_a_surprise(
    field: str, value: object, broker: BaseBroker, server: ScriptedServer
) -> None:
    error = await refusal(_order(broker, server, state(**{field: value})))

    assert error.kind == "wire_surprise"


async def test_section_5_no_state_at_all_is_not_a_pending_order(broker: BaseBroker, server: ScriptedServer) -> None:
    error = await refusal(_order(broker, server))

    assert error.kind in {"not_found", "wire_surprise"}


async def test_section_6_an_order_that_is_not_found_is_an_error_not_a_status(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", PATH, wire.failure("GeneralException", "Couldn't find that `order_id`."), status=404)

    error = await refusal(broker.get_order_status(ORDER_ID))

    assert error.kind == "not_found"
