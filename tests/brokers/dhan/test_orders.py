"""Sheet sections 4.7 and 5: rows of the order book, the whole vocabulary of states, one order."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, Order, OrderSide, OrderStatus, OrderType, Product, SubState
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PENDING, OPEN, COMPLETE = OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.COMPLETE
CANCELLED, REJECTED = OrderStatus.CANCELLED, OrderStatus.REJECTED
ONE = f"/v2/orders/{wire.ORDER_ID}"
AMO: dict[str, Any] = {"afterMarketOrder": True, "exchangeOrderId": "0"}
STOP: dict[str, Any] = {"orderType": "STOP_LOSS", "triggerPrice": 3340.0}
PART: dict[str, Any] = {"filledQty": 2, "averageTradedPrice": 3345.5}
FULL: dict[str, Any] = {"filledQty": 5, "averageTradedPrice": 3345.5, "remainingQuantity": 0}

# Raw word, other fields, the state, the sub-state; each row of the table in section 5.
VOCABULARY = [
    ("TRANSIT", {"exchangeOrderId": "0"}, PENDING, SubState.NONE),
    ("PENDING", {}, OPEN, SubState.NONE),
    ("PENDING", AMO, PENDING, SubState.AMO),
    ("PENDING", STOP, OPEN, SubState.TRIGGER_PENDING),
    ("PENDING", STOP | {"orderType": "STOP_LOSS_MARKET"}, OPEN, SubState.TRIGGER_PENDING),
    ("PART_TRADED", PART, OPEN, SubState.PARTIAL),
    ("TRADED", FULL, COMPLETE, SubState.NONE),
    ("CANCELLED", {"remainingQuantity": 0}, CANCELLED, SubState.NONE),
    ("CANCELLED", PART | {"remainingQuantity": 0}, CANCELLED, SubState.PARTLY_FILLED),
    ("REJECTED", {"exchangeOrderId": "0"}, REJECTED, SubState.NONE),
    ("EXPIRED", {}, CANCELLED, SubState.EXPIRED),
    ("MODIFIED", {}, OPEN, None),
    ("TRIGGERED", {}, OPEN, None),
    ("CLOSED", FULL, COMPLETE, None),
    ("CONFIRM", {}, OPEN, None),
    ("INACTIVE", {}, PENDING, None),
]


async def _book(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Order]:
    server.on("GET", "/v2/orders", wire.text(list(rows)))
    return await broker.get_orders()


async def _row(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Order:
    [order] = await _book(broker, server, wire.order(**changes))
    return order


# ------------------------------------------------------------------ section 5


@pytest.mark.parametrize(("word", "fields", "status", "sub_state"), VOCABULARY)
@pytest.mark.parametrize("spelling", [str.upper, str.title])
async def test_section_5_every_word_in_any_case(
    *,
    word: str,
    fields: dict[str, Any],
    status: OrderStatus,
    sub_state: SubState | None,
    spelling: Any,
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    order = await _row(broker, server, orderStatus=spelling(word), **fields)

    assert (order.status, order.raw_status) == (status, spelling(word))
    assert sub_state in (None, order.sub_state)


@pytest.mark.parametrize(("word", "fields", "status", "sub_state"), VOCABULARY)
async def test_section_5_one_order_says_the_same(
    *,
    word: str,
    fields: dict[str, Any],
    status: OrderStatus,
    sub_state: SubState | None,
    broker: BaseBroker,
    server: ScriptedServer,
) -> None:
    server.on("GET", ONE, wire.text([wire.order(orderStatus=word, **fields)]))

    assert await broker.get_order_status(wire.ORDER_ID) is status


@pytest.mark.parametrize("word", ["FROZEN", "TRADED2", "pending review"])
async def test_an_unknown_word_is_no_status_in_the_book_and_is_kept(
    word: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _row(broker, server, orderStatus=word)

    assert (order.status, order.raw_status) == (None, word)


async def test_the_status_of_an_unknown_word_is_a_surprise_that_quotes_it(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", ONE, wire.text([wire.order(orderStatus="FROZEN")]))

    error = await refusal(broker.get_order_status(wire.ORDER_ID))

    assert error.kind == "wire_surprise"
    assert "FROZEN" in error.detail


# ------------------------------------------------------------------ section 4.7


async def test_section_4_7_the_fields_of_a_row(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server, orderStatus="PART_TRADED", **PART)

    assert (order.order_id, order.symbol, order.exchange) == (wire.ORDER_ID, "TCS", Exchange.NSE)
    assert (order.product, order.side, order.order_type) == (Product.MIS, OrderSide.BUY, OrderType.LIMIT)
    assert (order.quantity, order.filled_quantity, order.remaining) == (5, 2, 3)
    assert (order.price, order.average_price) == (Decimal("3345.8"), Decimal("3345.5"))


async def test_section_4_7_a_cancelled_order_trusts_the_filled_quantity_only(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _row(broker, server, orderStatus="CANCELLED", remainingQuantity=0, filledQty=0)

    assert (order.filled_quantity, order.remaining) == (0, 5)


@pytest.mark.parametrize(
    ("word", "order_type"),
    [
        ("LIMIT", OrderType.LIMIT),
        ("MARKET", OrderType.MARKET),
        ("STOP_LOSS", OrderType.SL),
        ("STOP_LOSS_MARKET", OrderType.SL_M),
    ],
)
async def test_section_5_every_order_type(
    word: str, order_type: OrderType, broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _row(broker, server, orderType=word, price=0 if word == "MARKET" else 10.5, triggerPrice=10.0)

    assert order.order_type is order_type


@pytest.mark.parametrize(("word", "side"), [("BUY", OrderSide.BUY), ("SELL", OrderSide.SELL)])
async def test_section_5_both_sides(word: str, side: OrderSide, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, transactionType=word)).side is side


async def test_section_4_7_prices_that_are_not_there_are_no_zero(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server, triggerPrice=0.0, averageTradedPrice=0)

    assert order.trigger_price is None
    assert order.average_price is None


async def test_section_4_7_the_trigger_price_of_a_stop(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, **STOP)).trigger_price == Decimal(3340)


async def test_section_4_7_times_are_indian(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server)).placed_at == datetime(2026, 11, 18, 10, 6, 59, tzinfo=IST)


@pytest.mark.parametrize("unset", ["0001-01-01 00:00:00", "NA", None])
async def test_section_13_an_unset_time_is_none(unset: str | None, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, createTime=unset)).placed_at is None


async def test_section_4_7_the_own_tag_comes_back(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server)).tag == "KJ0123456789abcdef"


@pytest.mark.parametrize("tag", ["NA", f"{wire.CLIENT}-1763444219123", "", None])
async def test_section_4_7_a_generated_tag_is_never_ours(
    tag: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, correlationId=tag)).tag == ""


@pytest.mark.parametrize("word", ["REJECTED", "CANCELLED", "EXPIRED"])
async def test_section_4_7_the_reason_of_an_order_that_ended_badly(
    word: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    reason = "RMS:112111182198: Fund limit insufficient"

    order = await _row(broker, server, orderStatus=word, omsErrorDescription=reason)

    assert reason in order.message


@pytest.mark.parametrize("text", ["CONFIRMED", "", None])
@pytest.mark.parametrize("word", ["PENDING", "TRADED", "TRANSIT"])
async def test_section_4_7_a_healthy_order_says_nothing(
    word: str, text: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, orderStatus=word, omsErrorDescription=text)).message == ""


@pytest.mark.parametrize("symbol", [None, "", "TCS"])
async def test_section_4_7_a_missing_symbol_is_looked_up_by_id(
    symbol: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, tradingSymbol=symbol)).symbol == "TCS"


@pytest.mark.parametrize("symbol", [None, ""])
async def test_section_4_7_a_missing_symbol_of_an_unknown_contract_is_its_id(
    symbol: str | None, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert "987654" in (await _row(broker, server, tradingSymbol=symbol, securityId="987654")).symbol


async def test_section_8_the_recorded_option_symbol_is_named_by_its_contract(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    row = {"exchangeSegment": "NSE_FNO", "tradingSymbol": "NIFTY-Dec2026-26000-CE", "securityId": "52002"}

    order = await _row(broker, server, **row, drvOptionType="NA", productType="MARGIN")

    assert (order.symbol, order.exchange, order.product) == ("NIFTY 08DEC26 26000 CE", Exchange.NFO, Product.NRML)


async def test_the_book_is_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(fresh, server)).symbol == "TCS"


async def test_section_4_1_an_empty_book(broker: BaseBroker, server: ScriptedServer) -> None:
    assert await _book(broker, server) == []


@pytest.mark.parametrize("absent", ["algoId", "legName", "boProfitValue", "correlationId", "omsErrorCode"])
async def test_section_4_7_what_nobody_needs_may_be_absent(
    absent: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    [order] = await _book(broker, server, {key: value for key, value in wire.order().items() if key != absent})

    assert order.order_id == wire.ORDER_ID


# ------------------------------------------------------------------ one order, section 4.1


@pytest.mark.parametrize("shape", [lambda row: [row], lambda row: row])
async def test_section_4_1_one_order_is_a_list_of_one_or_an_object(
    shape: Any, broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", ONE, wire.text(shape(wire.order())))

    assert (await broker.get_order(wire.ORDER_ID)).order_id == wire.ORDER_ID


async def test_section_4_1_an_unknown_order_is_an_empty_list(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", ONE, "[]")

    assert (await refusal(broker.get_order(wire.ORDER_ID))).kind == "not_found"


async def test_section_4_7_there_is_no_history_of_an_order(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await refusal(broker.get_order_history(wire.ORDER_ID))).kind == "unsupported"
    assert server.requests == []


@pytest.mark.parametrize(
    "change", [{"quantity": "5"}, {"filledQty": None}, {"orderId": 5}, {"orderStatus": None}, {"price": "3345.8"}]
)
async def test_a_row_of_other_types_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", "/v2/orders", wire.text([wire.order(**change)]))

    assert (await refusal(broker.get_orders())).kind == "wire_surprise"
