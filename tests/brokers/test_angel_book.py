"""Angel One's orders and trades as Kunji's models, as pure functions over literal rows (sections 4.2 and 5)."""

from decimal import Decimal as D  # noqa: N817 - figures stand in columns here
from typing import Any

import pytest

from app.brokers.angel_one import book
from app.domain import Exchange, Order, OrderSide, OrderType, Product, SubState, WireSurprise
from tests.brokers.angel_one.wire import ORDER_ID
from tests.brokers.angel_support import UNIQUE_ID, arrived, at_ist, order_row


def order(**changes: Any) -> Order:
    [(found, _, _)] = book.orders(arrived([order_row(**changes)]))
    return found


def state(orderstatus: str, **changes: Any) -> tuple[str, str]:
    """What becomes of `orderstatus` in a row, as (status, sub-state)."""
    found = order(**{"orderstatus": orderstatus, "status": orderstatus} | changes)
    return found.status or "", found.sub_state


def test_an_order_is_read() -> None:
    [(found, unique, _)] = book.orders(arrived([order_row(filledshares="50", text="ok", ordertag="KJ1")]))

    assert (found.order_id, unique) == (ORDER_ID, UNIQUE_ID)
    assert (found.broker_symbol, found.exchange, found.side) == ("RELIANCE-EQ", Exchange.NSE, OrderSide.BUY)
    assert (found.order_type, found.product, found.quantity) == (OrderType.LIMIT, Product.CNC, 50)
    assert (found.filled_quantity, found.message, found.tag) == (50, "ok", "KJ1")
    assert found.placed_at == at_ist("2026-11-18 10:21:07")


def test_prices_are_numbers_or_texts_and_zero_is_none() -> None:
    found = order(price="1450.50", triggerprice="0", averageprice=0)
    assert (found.price, found.trigger_price, found.average_price) == (D("1450.50"), None, None)


def test_ids_are_always_texts() -> None:
    assert order(orderid=201020000000080).order_id == "201020000000080"
    assert order(orderid="25091600f2cAO").order_id == "25091600f2cAO"


@pytest.mark.parametrize(
    ("word", "status", "sub_state"),
    [
        ("put order req received", "PENDING", ""),
        ("validation pending", "PENDING", ""),
        ("open pending", "PENDING", ""),
        ("pending", "PENDING", ""),
        ("after market order req received", "PENDING", "amo"),
        ("amo req received", "PENDING", "amo"),
        ("modify after market order req received", "PENDING", "amo"),
        ("open", "OPEN", ""),
        ("trigger pending", "OPEN", "trigger_pending"),
        ("modify validation pending", "OPEN", "modifying"),
        ("modify pending", "OPEN", "modifying"),
        ("modified", "OPEN", ""),
        ("not modified", "OPEN", ""),
        ("not cancelled", "OPEN", ""),
        ("cancel pending", "OPEN", "cancelling"),
        ("complete", "COMPLETE", ""),
        ("executed", "COMPLETE", ""),
        ("cancelled", "CANCELLED", ""),
        ("cancelled after market order", "CANCELLED", ""),
        ("rejected", "REJECTED", ""),
        ("expired", "CANCELLED", "expired"),
        ("something new", "", ""),
    ],
)
def test_every_status_text_has_its_state_in_any_case(word: str, status: str, sub_state: str) -> None:
    assert state(word) == (status, sub_state)
    assert state(word.upper()) == (status, sub_state)


def test_the_broker_s_own_word_is_kept() -> None:
    assert order(orderstatus="Something New", status="open").raw_status == "Something New"


def test_the_status_field_speaks_where_orderstatus_is_empty() -> None:
    assert state("", status="complete") == ("COMPLETE", "")
    assert state("complete", status="open") == ("COMPLETE", "")


def test_an_order_without_any_status_has_none() -> None:
    assert state("", status=None) == ("", "")


@pytest.mark.parametrize(
    ("word", "changes", "sub_state"),
    [
        ("open", {"filledshares": "20"}, SubState.PARTIAL),
        ("modified", {"filledshares": "20"}, SubState.PARTIAL),
        ("modified", {"status": "trigger pending"}, SubState.TRIGGER_PENDING),
        ("cancelled", {"filledshares": "20"}, SubState.PARTLY_FILLED),
        ("rejected", {"filledshares": "20"}, SubState.PARTLY_FILLED),
        ("cancel pending", {"filledshares": "20"}, SubState.CANCELLING),
    ],
)
def test_the_fill_and_the_other_field_refine_the_state(word: str, changes: dict[str, Any], sub_state: SubState) -> None:
    assert state(word, **changes)[1] == sub_state


def test_a_queued_after_market_order_is_pending_although_the_book_says_open() -> None:
    assert state("open", variety="AMO", exchangeorderid="") == ("PENDING", "amo")
    assert state("open", variety="AMO") == ("OPEN", "")


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("MARKET", OrderType.MARKET),
        ("LIMIT", OrderType.LIMIT),
        ("STOPLOSS_LIMIT", OrderType.SL),
        ("STOPLOSS_MARKET", OrderType.SL_M),
    ],
)
def test_order_types_are_known(sent: str, kind: OrderType) -> None:
    assert order(ordertype=sent).order_type is kind


def test_a_bracket_order_is_one_whatever_its_product_says() -> None:
    assert order(variety="ROBO", producttype="INTRADAY").product is Product.BO


@pytest.mark.parametrize(
    "changes",
    [
        {"orderid": ""},
        {"orderid": None},
        {"quantity": "x"},
        {"quantity": None},
        {"orderstatus": 5},
        {"transactiontype": "HOLD"},
        {"ordertype": "GTT"},
        {"exchange": ""},
        {"tradingsymbol": 7},
        {"price": True},
    ],
)
def test_an_order_that_cannot_be_right_is_a_surprise(changes: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        order(**changes)


def test_texts_that_are_only_shown_cost_no_book() -> None:
    found = order(text=["x"], ordertag=77, algoID=99999, updatetime=None, exchangeorderid=None)
    assert (found.message, found.tag, found.placed_at) == ("", "77", None)


def test_no_orders_and_no_trades_are_null() -> None:
    assert (book.orders(None), book.trades(None)) == ([], [])


def test_the_one_order_call_must_tell_of_the_order_asked_for() -> None:
    assert book.order(arrived(order_row(price="1450.50")), ORDER_ID).price == D("1450.50")
    with pytest.raises(WireSurprise):
        book.order(arrived(order_row()), "another")


TRADE = {
    "exchange": "NSE",
    "producttype": "DELIVERY",
    "tradingsymbol": "ITC-EQ",
    "instrumenttype": "",
    "symbolgroup": "EQ",
    "strikeprice": "-1",
    "optiontype": "",
    "expirydate": "",
    "marketlot": "1",
    "precision": "2",
    "multiplier": "-1",
    "tradevalue": "1765.00",
    "transactiontype": "BUY",
    "fillprice": "176.50",
    "fillsize": "10",
    "orderid": "181020000000069",
    "fillid": "50005750",
    "filltime": "13:27:53",
}


def test_a_trade_is_read_and_has_no_full_time() -> None:
    [found] = book.trades([TRADE])

    assert (found.trade_id, found.order_id, found.broker_symbol) == ("50005750", "181020000000069", "ITC-EQ")
    assert (found.quantity, found.price, found.side) == (10, D("176.50"), OrderSide.BUY)
    assert found.traded_at is None


@pytest.mark.parametrize("odd", [{}, "null", [1], [TRADE | {"fillprice": ""}], [TRADE | {"fillid": None}]])
def test_what_is_no_trade_book_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        book.trades(odd)


def test_a_placed_order_has_an_id_as_text() -> None:
    assert book.placed({"script": "SBIN-EQ", "orderid": 5, "uniqueorderid": None}) == ("5", "")


@pytest.mark.parametrize("odd", [None, {}, {"orderid": ""}, []])
def test_an_answer_without_an_order_id_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        book.placed(odd)
