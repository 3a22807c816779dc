"""Sheet section 4.7 and the status table of section 5: the order book, one order, what its words mean."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, Order, OrderSide, OrderStatus, OrderType, Product, SubState
from tests.brokers.fyers import rows
from tests.brokers.fyers.rows import ORDER_ID, order
from tests.brokers.fyers.support import ORDERS, FyersServer, refusal


async def _one(broker: BaseBroker, server: FyersServer, **changes: Any) -> Order:
    server.ok(ORDERS, orderBook=[order(**changes)])
    [row] = await broker.get_orders()
    return row


# ------------------------------------------------------------------ the row


async def test_section_4_7_a_limit_order_that_rests(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server)

    assert (row.order_id, row.symbol, row.broker_symbol) == (ORDER_ID, "RELIANCE", "NSE:RELIANCE-EQ")
    assert (row.exchange, row.product, row.side) == (Exchange.NSE, Product.CNC, OrderSide.BUY)
    assert (row.quantity, row.filled_quantity, row.price) == (50, 0, Decimal("1440.5"))
    assert (row.status, row.sub_state, row.message) == (OrderStatus.OPEN, SubState.NONE, "")


async def test_section_4_7_time_is_indian(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server)

    assert row.placed_at == datetime(2026, 11, 18, 10, 29, 7, tzinfo=IST)


@pytest.mark.parametrize("month", range(1, 13))
async def test_section_4_7_months_are_english_words(month: int, broker: BaseBroker, server: FyersServer) -> None:
    words = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    row = await _one(broker, server, orderDateTime=f"07-{words[month - 1]}-2026 13:51:12")

    assert row.placed_at == datetime(2026, month, 7, 13, 51, 12, tzinfo=IST)


@pytest.mark.parametrize(("number", "side"), [(1, OrderSide.BUY), (-1, OrderSide.SELL)])
async def test_section_4_5_side(number: int, side: OrderSide, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, side=number)).side is side


@pytest.mark.parametrize(
    ("number", "limit", "stop", "expected"),
    [
        (1, Decimal("1440.5"), 0, (OrderType.LIMIT, Decimal("1440.5"), None)),
        (2, 0, 0, (OrderType.MARKET, None, None)),
        (3, 0, Decimal("1455.5"), (OrderType.SL_M, None, Decimal("1455.5"))),
        (4, Decimal(1456), Decimal("1455.5"), (OrderType.SL, Decimal(1456), Decimal("1455.5"))),
    ],
)
async def test_section_4_5_types_and_their_prices(
    *, number: int, limit: object, stop: object, expected: object, broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, type=number, limitPrice=limit, stopPrice=stop)

    assert (row.order_type, row.price, row.trigger_price) == expected


async def test_section_4_7_traded_price_is_the_average_fill(broker: BaseBroker, server: FyersServer) -> None:
    row = await _one(broker, server, status=2, filledQty=50, remainingQuantity=0, tradedPrice=Decimal("1440.35"))

    assert (row.average_price, row.filled_quantity, row.remaining) == (Decimal("1440.35"), 50, 0)


@pytest.mark.parametrize("sent", [None, "", "1300000012345678"])
async def test_section_4_7_exchange_number_is_text_or_null(
    sent: str | None, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await _one(broker, server, exchOrdId=sent)).order_id == ORDER_ID


@pytest.mark.parametrize(
    "field",
    ["exchOrdId", "id_fyers", "disclosedQty", "discloseQty", "dqQtyRem", "slNo", "pan", "takeProfit", "stopLoss", "lp"],
)
async def test_section_4_7_what_may_be_absent(field: str, broker: BaseBroker, server: FyersServer) -> None:
    row = {name: value for name, value in order().items() if name != field}
    server.ok(ORDERS, orderBook=[row])

    [found] = await broker.get_orders()

    assert found.status is OrderStatus.OPEN


@pytest.mark.parametrize("order_id", ["26111800000123", "808058117761-CO-1", "26111800000123-BO-1"])
async def test_section_4_7_order_numbers_are_text(order_id: str, broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, id=order_id)).order_id == order_id


@pytest.mark.parametrize(
    ("sent", "tag"),
    [("1:mine", "mine"), ("1:KJ0123456789abcdefgh", "KJ0123456789abcdefgh"), ("2:Untagged", ""), ("1:Untagged", "")],
)
async def test_section_10_tags_are_read_back_with_their_number(
    sent: str, tag: str, broker: BaseBroker, server: FyersServer
) -> None:
    assert (await _one(broker, server, orderTag=sent)).tag == tag


async def test_section_4_7_orders_of_every_channel_are_shown(broker: BaseBroker, server: FyersServer) -> None:
    channels = ("M", "W", "R", "A", "ITS", "API")
    server.ok(ORDERS, orderBook=[order(id=f"2611180000000{place}", source=one) for place, one in enumerate(channels)])

    assert len(await broker.get_orders()) == len(channels)


async def test_section_4_7_a_contract_that_the_master_does_not_know_is_not_dropped(
    broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, symbol="NSE:NEWCO-SM")

    assert (row.symbol, row.broker_symbol) == ("NSE:NEWCO-SM", "NSE:NEWCO-SM")


async def test_section_4_7_an_empty_book(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(ORDERS, orderBook=[])

    assert await broker.get_orders() == []


# ------------------------------------------------------------------ section 5, the whole vocabulary

RED = "RED:Margin Shortfall:INR 17,335.50 Available:INR 12.05 for C-XA00001 [FYERS_RISK]"
STATES: list[tuple[dict[str, Any], OrderStatus, SubState]] = [
    ({"status": 1, "remainingQuantity": 0}, OrderStatus.CANCELLED, SubState.NONE),
    ({"status": 1, "filledQty": 20, "remainingQuantity": 0}, OrderStatus.CANCELLED, SubState.PARTLY_FILLED),
    ({"status": 2, "filledQty": 50, "remainingQuantity": 0}, OrderStatus.COMPLETE, SubState.NONE),
    ({"status": 4, "exchOrdId": None}, OrderStatus.PENDING, SubState.NONE),
    ({"status": 5, "message": RED, "exchOrdId": None}, OrderStatus.REJECTED, SubState.NONE),
    ({"status": 6}, OrderStatus.OPEN, SubState.NONE),
    ({"status": 6, "filledQty": 20, "remainingQuantity": 30}, OrderStatus.OPEN, SubState.PARTIAL),
    ({"status": 6, "type": 3, "stopPrice": 1455, "limitPrice": 0}, OrderStatus.OPEN, SubState.TRIGGER_PENDING),
    ({"status": 6, "type": 4, "stopPrice": 1455, "limitPrice": 1456}, OrderStatus.OPEN, SubState.TRIGGER_PENDING),
    ({"status": 7}, OrderStatus.CANCELLED, SubState.EXPIRED),
    ({"status": 4, "offlineOrder": True, "exchOrdId": None}, OrderStatus.PENDING, SubState.AMO),
]
UNKNOWN = (0, 3, 8, 10, 20, 90, -1)


@pytest.mark.parametrize(("changes", "status", "sub_state"), STATES)
async def test_section_5_status(
    *, changes: dict[str, Any], status: OrderStatus, sub_state: SubState, broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, **changes)

    assert (row.status, row.sub_state, row.raw_status) == (status, sub_state, str(changes["status"]))


@pytest.mark.parametrize(("changes", "status", "sub_state"), STATES)
async def test_section_5_status_of_one_order(
    *, changes: dict[str, Any], status: OrderStatus, sub_state: SubState, broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(ORDERS, orderBook=[order(**changes)])

    assert await broker.get_order_status(ORDER_ID) is status
    assert (await broker.get_order(ORDER_ID)).sub_state is sub_state


@pytest.mark.parametrize("number", UNKNOWN)
async def test_section_5_an_unknown_status_is_never_a_default(
    number: int, broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, status=number)

    assert (row.status, row.raw_status) == (None, str(number))


@pytest.mark.parametrize("number", UNKNOWN)
async def test_section_5_asked_for_an_unknown_status_is_a_surprise_with_the_raw_word(
    number: int, broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(ORDERS, orderBook=[order(status=number)])

    error = await refusal(broker.get_order_status(ORDER_ID))

    assert error.kind == "wire_surprise"
    assert str(number) in error.detail


async def test_section_5_the_reason_of_a_rejection_is_kept(broker: BaseBroker, server: FyersServer) -> None:
    assert (await _one(broker, server, status=5, message=RED)).message == RED


async def test_section_5_status_1_with_a_filled_part_is_no_trigger_pending(
    broker: BaseBroker, server: FyersServer
) -> None:
    row = await _one(broker, server, status=6, type=4, stopPrice=1455, limitPrice=1456, filledQty=20)

    assert (row.status, row.sub_state) == (OrderStatus.OPEN, SubState.PARTIAL)


# ------------------------------------------------------------------ one order


async def test_section_4_one_order_by_its_number(broker: BaseBroker, server: FyersServer) -> None:
    server.ok(ORDERS, orderBook=[order()])

    assert (await broker.get_order(ORDER_ID)).order_id == ORDER_ID


async def test_section_4_one_order_is_picked_out_of_the_whole_book(broker: BaseBroker, server: FyersServer) -> None:
    others = [order(id="26111800000122"), order(id="26111800000124")]
    server.ok(ORDERS, orderBook=[others[0], order(qty=7), others[1]])

    assert (await broker.get_order(ORDER_ID)).quantity == 7


@pytest.mark.parametrize("book", [[], [rows.order(id="26111800000122")]])
async def test_section_6_an_order_that_is_not_in_the_book_is_not_found(
    book: list[object], broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(ORDERS, orderBook=book)

    assert (await refusal(broker.get_order(ORDER_ID))).kind == "not_found"


async def test_section_4_there_is_no_history_of_one_order(broker: BaseBroker, server: FyersServer) -> None:
    assert (await refusal(broker.get_order_history(ORDER_ID))).kind == "unsupported"
    assert server.requests == []
