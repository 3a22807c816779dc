"""Sheet sections 4.2 and 5: rows of the order book, the whole vocabulary of states, one order."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import IST, Exchange, Order, OrderSide, OrderStatus, OrderType, Product, SubState
from tests.brokers.angel_one import wire
from tests.brokers.angel_one.support import refusal
from tests.brokers.zerodha.server import ScriptedServer

PENDING, OPEN, COMPLETE = OrderStatus.PENDING, OrderStatus.OPEN, OrderStatus.COMPLETE
CANCELLED, REJECTED = OrderStatus.CANCELLED, OrderStatus.REJECTED
PART: dict[str, Any] = {"filledshares": "20", "unfilledshares": "30", "averageprice": Decimal("1540.05")}
FULL: dict[str, Any] = {"filledshares": "50", "unfilledshares": "0", "averageprice": Decimal("1540.05")}
AMO: dict[str, Any] = {"variety": "AMO", "exchangeorderid": "", "exchtime": "", "exchorderupdatetime": ""}

# Raw word, other fields, the state, the sub-state (None: the sheet says nothing); each row of the table in section 5.
VOCABULARY = [
    ("put order req received", {}, PENDING, None),
    ("validation pending", {}, PENDING, None),
    ("open pending", {}, PENDING, None),
    ("pending", {}, PENDING, None),
    ("after market order req received", AMO, PENDING, SubState.AMO),
    ("amo req received", AMO, PENDING, SubState.AMO),
    ("open", AMO, PENDING, SubState.AMO),
    ("modify after market order req received", AMO, PENDING, SubState.AMO),
    ("open", {}, OPEN, SubState.NONE),
    ("open", PART, OPEN, SubState.PARTIAL),
    ("trigger pending", {}, OPEN, SubState.TRIGGER_PENDING),
    ("modify validation pending", {}, OPEN, None),
    ("modify pending", {}, OPEN, None),
    ("modified", {}, OPEN, SubState.NONE),
    ("modified", {"status": "trigger pending"}, OPEN, SubState.TRIGGER_PENDING),
    ("not modified", {}, OPEN, None),
    ("not cancelled", {}, OPEN, None),
    ("cancel pending", {}, OPEN, None),
    ("complete", FULL, COMPLETE, SubState.NONE),
    ("executed", FULL, COMPLETE, SubState.NONE),
    ("cancelled", {}, CANCELLED, SubState.NONE),
    ("cancelled", PART, CANCELLED, SubState.PARTLY_FILLED),
    ("cancelled after market order", {}, CANCELLED, None),
    ("rejected", {}, REJECTED, SubState.NONE),
    ("expired", {}, CANCELLED, SubState.EXPIRED),
]


async def _book(broker: BaseBroker, server: ScriptedServer, *rows: dict[str, Any]) -> list[Order]:
    server.on("GET", wire.BOOK, wire.text(wire.good(list(rows))))
    return await broker.get_orders()


async def _row(broker: BaseBroker, server: ScriptedServer, **changes: Any) -> Order:
    [order] = await _book(broker, server, wire.order(**changes))
    return order


def _worded(word: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {"status": word, "orderstatus": word} | fields


# ------------------------------------------------------------------ section 5


@pytest.mark.parametrize(("word", "fields", "status", "sub_state"), VOCABULARY)
@pytest.mark.parametrize("spelling", [str.lower, str.upper, str.title])
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
    order = await _row(broker, server, **_worded(spelling(word), fields))

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
    server.on("GET", wire.BOOK, wire.text(wire.good([wire.order(**_worded(word, fields))])))

    assert await broker.get_order_status(wire.ORDER_ID) is status


@pytest.mark.parametrize("word", ["frozen", "AB00", "partially executed"])
async def test_an_unknown_word_is_no_status_in_the_book_and_is_kept(
    word: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _row(broker, server, orderstatus=word, status="open")

    assert (order.status, order.raw_status) == (None, word)


async def test_the_status_of_an_unknown_word_is_a_surprise_that_quotes_it(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.BOOK, wire.text(wire.good([wire.order(orderstatus="frozen", status="frozen")])))

    error = await refusal(broker.get_order_status(wire.ORDER_ID))

    assert error.kind == "wire_surprise"
    assert "frozen" in error.detail


async def test_section_4_2_orderstatus_goes_before_status(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, orderstatus="complete", status="open", **FULL)).status is COMPLETE


async def test_section_4_2_an_empty_orderstatus_leaves_the_word_to_status(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, orderstatus="", status="rejected")).status is REJECTED


# ------------------------------------------------------------------ section 4.2


async def test_section_4_2_the_fields_of_a_row(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server, **PART)

    assert (order.order_id, order.symbol, order.exchange) == (wire.ORDER_ID, "RELIANCE", Exchange.NSE)
    assert (order.product, order.side, order.order_type) == (Product.MIS, OrderSide.BUY, OrderType.LIMIT)
    assert (order.quantity, order.filled_quantity, order.remaining) == (50, 20, 30)
    assert (order.price, order.average_price) == (Decimal("1540.1"), Decimal("1540.05"))
    assert (order.tag, order.broker_symbol) == ("KJ0123456789abcdef", "RELIANCE-EQ")


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "1540.10", "triggerprice": "0", "averageprice": "0", "strikeprice": "-1"},  # the docs: texts
        {"quantity": 50, "filledshares": 0, "unfilledshares": 50, "lotsize": 1},  # "numbers as strings, ..."
        {"symboltoken": None},
        {"algoID": ""},
        {"uniqueorderid": wire.ORDER_ID},
    ],
)
async def test_section_4_2_numbers_as_texts_and_texts_as_numbers(
    changes: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    order = await _row(broker, server, **changes)

    assert (order.symbol, order.quantity, order.price) == ("RELIANCE", 50, Decimal("1540.1"))


@pytest.mark.parametrize("sent", [201020000000080, "201020000000080"])
async def test_section_4_2_an_id_is_always_text(sent: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, orderid=sent)).order_id == "201020000000080"


async def test_section_4_1_an_amo_has_letters_in_its_id(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server, orderid="25091600f2cAO", **AMO)

    assert order.order_id == "25091600f2cAO"


@pytest.mark.parametrize(
    ("word", "order_type"),
    [
        ("LIMIT", OrderType.LIMIT),
        ("MARKET", OrderType.MARKET),
        ("STOPLOSS_LIMIT", OrderType.SL),
        ("STOPLOSS_MARKET", OrderType.SL_M),
    ],
)
async def test_section_5_every_order_type(
    word: str, order_type: OrderType, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, ordertype=word)).order_type is order_type


@pytest.mark.parametrize(
    ("word", "product"),
    [
        ("DELIVERY", Product.CNC),
        ("CNC", Product.CNC),
        ("CARRYFORWARD", Product.NRML),
        ("NRML", Product.NRML),
        ("INTRADAY", Product.MIS),
        ("MIS", Product.MIS),
        ("MARGIN", Product.MTF),
        ("BO", Product.BO),
    ],
)
async def test_section_5_both_spellings_of_every_product(
    word: str, product: Product, broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, producttype=word)).product is product


@pytest.mark.parametrize(("word", "side"), [("BUY", OrderSide.BUY), ("SELL", OrderSide.SELL)])
async def test_section_4_1_both_sides(word: str, side: OrderSide, broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, transactiontype=word)).side is side


async def test_section_4_2_prices_that_are_not_there_are_no_zero(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server)

    assert order.trigger_price is None
    assert order.average_price is None


async def test_section_4_1_the_trigger_price_is_not_the_bracket_leg(broker: BaseBroker, server: ScriptedServer) -> None:
    stop = {"variety": "STOPLOSS", "ordertype": "STOPLOSS_LIMIT", "triggerprice": Decimal("1541.5"), "stoploss": 9}

    assert (await _row(broker, server, **stop)).trigger_price == Decimal("1541.5")


async def test_section_4_2_times_are_indian(broker: BaseBroker, server: ScriptedServer) -> None:
    order = await _row(broker, server, updatetime="07-Dec-2026 09:15:01", exchtime="", exchorderupdatetime="")

    assert order.placed_at == datetime(2026, 12, 7, 9, 15, 1, tzinfo=IST)


async def test_section_4_2_an_unset_tag_is_empty(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(broker, server, ordertag="")).tag == ""


@pytest.mark.parametrize("absent", ["ordertag", "algoID", "exchangeorderid", "fillid", "strikeprice", "uniqueorderid"])
async def test_section_4_2_what_is_only_sometimes_there_may_be_absent(
    absent: str, broker: BaseBroker, server: ScriptedServer
) -> None:
    [order] = await _book(broker, server, {key: value for key, value in wire.order().items() if key != absent})

    assert order.order_id == wire.ORDER_ID


async def test_section_4_2_the_reason_stands_in_text(broker: BaseBroker, server: ScriptedServer) -> None:
    reason = "Insufficient Funds. Available Rs. 10.00, required Rs. 77005.00"

    order = await _row(broker, server, orderstatus="rejected", status="rejected", text=reason)

    assert reason in order.message


async def test_section_8_an_option_is_named_by_its_contract(broker: BaseBroker, server: ScriptedServer) -> None:
    row = {"exchange": "NFO", "tradingsymbol": "NIFTY24NOV2626000CE", "symboltoken": "49081", "quantity": "150"}

    order = await _row(broker, server, **row, producttype="CARRYFORWARD")

    assert (order.symbol, order.exchange, order.quantity) == ("NIFTY 24NOV26 26000 CE", Exchange.NFO, 150)


async def test_a_contract_that_the_master_does_not_know_keeps_the_brokers_symbol(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    assert (await _row(broker, server, tradingsymbol="NEWCO-EQ", symboltoken="77")).symbol == "NEWCO-EQ"


async def test_the_book_is_shown_before_any_master_is_loaded(fresh: BaseBroker, server: ScriptedServer) -> None:
    assert (await _row(fresh, server)).symbol == "RELIANCE-EQ"


@pytest.mark.parametrize("data", [None, []])
async def test_section_4_3_an_empty_book_is_null(data: Any, broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.BOOK, wire.text(wire.good(data)))

    assert await broker.get_orders() == []


# ------------------------------------------------------------------ one order, section 4


async def test_section_4_one_order_is_asked_for_by_its_unique_id(broker: BaseBroker, server: ScriptedServer) -> None:
    await _book(broker, server, wire.order())
    docs = wire.order(price=Decimal("1541.25"), orderstatus="complete", status="complete", **FULL)
    server.on("GET", wire.DETAILS, wire.text(wire.good(docs)))

    order = await broker.get_order(wire.ORDER_ID)

    assert (order.status, order.price) == (COMPLETE, Decimal("1541.25"))
    assert len(server.sent("GET", wire.DETAILS)) == 1


async def test_section_6_2_an_order_that_neither_call_knows_is_not_found(
    broker: BaseBroker, server: ScriptedServer
) -> None:
    await _book(broker, server, wire.order())
    server.on("GET", wire.DETAILS, wire.text(wire.standard("AB1007", "order not found")))
    server.on("GET", wire.BOOK, wire.text(wire.good(None)))

    assert (await refusal(broker.get_order(wire.ORDER_ID))).kind == "not_found"


async def test_an_order_that_the_book_does_not_hold_is_not_found(broker: BaseBroker, server: ScriptedServer) -> None:
    server.on("GET", wire.BOOK, wire.text(wire.good([wire.order()])))

    assert (await refusal(broker.get_order("999"))).kind == "not_found"


async def test_section_4_there_is_no_history_of_an_order(broker: BaseBroker, server: ScriptedServer) -> None:
    assert (await refusal(broker.get_order_history(wire.ORDER_ID))).kind == "unsupported"
    assert server.requests == []


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": None},
        {"quantity": "5.5"},
        {"quantity": "x"},
        {"orderid": None},
        {"orderid": ""},
        {"transactiontype": "HOLD"},
        {"ordertype": "OTHER"},
        {"price": "x"},
        {"orderstatus": 5},
    ],
)
async def test_a_row_that_cannot_be_read_is_a_surprise(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer
) -> None:
    server.on("GET", wire.BOOK, wire.text(wire.good([wire.order(**change)])))

    assert (await refusal(broker.get_orders())).kind == "wire_surprise"
