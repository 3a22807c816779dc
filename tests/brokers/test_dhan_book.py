"""Dhan's order rows and trades as pure functions: the whole vocabulary of the sheet's section 5, and its sentinels."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.dhan import book
from app.domain import Exchange, NotFound, Order, OrderStatus, OrderType, SubState, WireSurprise
from tests.brokers.dhan_support import CLIENT, at

D = Decimal


def row(**changes: Any) -> dict[str, Any]:
    return {
        "dhanClientId": CLIENT,
        "orderId": "112111182198",
        "exchangeOrderId": "1100000000123",
        "correlationId": "KJ0123456789ABCDEFGH",
        "orderStatus": "PENDING",
        "transactionType": "BUY",
        "exchangeSegment": "NSE_EQ",
        "productType": "INTRADAY",
        "orderType": "LIMIT",
        "validity": "DAY",
        "tradingSymbol": "TCS",
        "securityId": "11536",
        "quantity": 50,
        "disclosedQuantity": 0,
        "remainingQuantity": 50,
        "filledQty": 0,
        "price": D("3345.8"),
        "triggerPrice": D("0.0"),
        "averageTradedPrice": D("0.0"),
        "afterMarketOrder": False,
        "legName": "NA",
        "createTime": "2026-11-18 10:31:00",
        "updateTime": "2026-11-18 10:31:01",
        "exchangeTime": "0001-01-01 00:00:00",
        "drvExpiryDate": "0001-01-01",
        "drvOptionType": "NA",
        "drvStrikePrice": D("0.0"),
        "omsErrorCode": "0",
        "omsErrorDescription": "CONFIRMED",
        "algoId": "0",
    } | changes


def order(**changes: Any) -> Order:
    [(found, _)] = book.orders([row(**changes)])
    return found


@pytest.mark.parametrize(
    ("said", "status", "sub_state"),
    [
        ({"orderStatus": "TRANSIT"}, "PENDING", ""),
        ({"orderStatus": "PENDING"}, "OPEN", ""),
        ({"orderStatus": "PENDING", "orderType": "STOP_LOSS"}, "OPEN", "trigger_pending"),
        ({"orderStatus": "PENDING", "orderType": "STOP_LOSS_MARKET"}, "OPEN", "trigger_pending"),
        ({"orderStatus": "PENDING", "filledQty": 20}, "OPEN", "partial"),
        ({"orderStatus": "PENDING", "orderType": "STOP_LOSS", "filledQty": 20}, "OPEN", "partial"),
        ({"orderStatus": "PENDING", "afterMarketOrder": True, "exchangeOrderId": "0"}, "PENDING", "amo"),
        ({"orderStatus": "PENDING", "afterMarketOrder": True}, "OPEN", ""),
        ({"orderStatus": "PART_TRADED", "filledQty": 20}, "OPEN", "partial"),
        ({"orderStatus": "TRADED", "filledQty": 50}, "COMPLETE", ""),
        ({"orderStatus": "Traded", "filledQty": 50}, "COMPLETE", ""),
        ({"orderStatus": "CANCELLED"}, "CANCELLED", ""),
        ({"orderStatus": "CANCELLED", "filledQty": 10, "remainingQuantity": 0}, "CANCELLED", "partly_filled"),
        ({"orderStatus": "REJECTED"}, "REJECTED", ""),
        ({"orderStatus": "EXPIRED"}, "CANCELLED", "expired"),
        ({"orderStatus": "MODIFIED"}, "OPEN", ""),
        ({"orderStatus": "TRIGGERED"}, "OPEN", ""),
        ({"orderStatus": "CLOSED"}, "COMPLETE", ""),
        ({"orderStatus": "CONFIRM"}, "OPEN", ""),
        ({"orderStatus": "INACTIVE"}, "PENDING", ""),
    ],
)
def test_every_status_has_its_meaning(said: dict[str, Any], status: str, sub_state: str) -> None:
    found = order(**said)

    assert (found.status, found.sub_state) == (status, sub_state)


def test_unknown_status_gives_none_and_keeps_the_word() -> None:
    found = order(orderStatus="HALF_BAKED")

    assert (found.status, found.sub_state, found.raw_status) == (None, SubState.NONE, "HALF_BAKED")


def test_row_is_read() -> None:
    found = order(filledQty=20, averageTradedPrice=D("3345.25"))

    assert (found.symbol, found.exchange, found.order_type) == ("TCS", Exchange.NSE, OrderType.LIMIT)
    assert (found.quantity, found.remaining, found.average_price) == (50, 30, D("3345.25"))
    assert (found.price, found.trigger_price) == (D("3345.8"), None)


def test_time_is_indian_and_aware() -> None:
    assert order().placed_at == at(2026, 11, 18, 10, 31)


@pytest.mark.parametrize("said", ["0001-01-01 00:00:00", "NA", "", None, "1980-01-01 00:00:00", 5])
def test_time_that_is_not_set_is_none(said: object) -> None:
    assert order(createTime=said).placed_at is None


@pytest.mark.parametrize("said", ["NA", "", None, f"{CLIENT}-1763440000123"])
def test_tag_that_the_broker_made_up_is_not_ours(said: object) -> None:
    assert order(correlationId=said).tag == ""


def test_our_tag_comes_back() -> None:
    assert order().tag == "KJ0123456789ABCDEFGH"


@pytest.mark.parametrize("status", ["REJECTED", "CANCELLED", "EXPIRED"])
def test_reason_is_shown_where_an_order_ended_badly(status: str) -> None:
    reason = "RMS:112111182198:Fund Limit Insufficient"

    assert order(orderStatus=status, omsErrorDescription=reason).message == reason


@pytest.mark.parametrize("status", ["PENDING", "TRADED", "REJECTED"])
def test_confirmed_is_no_reason(status: str) -> None:
    assert order(orderStatus=status).message == ""


@pytest.mark.parametrize(("said", "shown"), [(None, "11536"), ("", "11536"), ("TCS", "TCS")])
def test_row_without_a_symbol_stands_under_its_id(said: object, shown: str) -> None:
    assert order(tradingSymbol=said).broker_symbol == shown


@pytest.mark.parametrize("name", ["exchangeSegment", "productType", "transactionType", "orderType"])
def test_word_that_nobody_knows_is_a_surprise(name: str) -> None:
    with pytest.raises(WireSurprise, match="NEWLY"):
        order(**{name: "NEWLY"})


# ------------------------------------------------------------------ one order


def test_one_order_comes_as_a_list_or_as_an_object() -> None:
    in_list, _ = book.order([row()], "112111182198")
    alone, _ = book.order(row(), "112111182198")

    assert in_list == alone


def test_empty_list_means_that_there_is_no_such_order() -> None:
    with pytest.raises(NotFound):
        book.order([], "112111182198")


def test_another_order_than_the_one_asked_for_is_a_surprise() -> None:
    with pytest.raises(WireSurprise):
        book.order([row(orderId="5")], "112111182198")


@pytest.mark.parametrize(
    ("said", "status"), [("TRANSIT", "PENDING"), ("PENDING", "OPEN"), ("REJECTED", "REJECTED"), ("HALF", "PENDING")]
)
def test_placed_order_has_an_id_and_a_status(said: str, status: str) -> None:
    assert book.placed({"orderId": "1", "orderStatus": said}) == ("1", OrderStatus(status))


@pytest.mark.parametrize("odd", [{}, [], None, {"orderId": ""}, {"orderId": None, "orderStatus": "TRANSIT"}])
def test_placed_order_without_an_id_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        book.placed(odd)


# ------------------------------------------------------------------ trades


def trade(**changes: Any) -> dict[str, Any]:
    return {
        "dhanClientId": CLIENT,
        "orderId": "112111182198",
        "exchangeOrderId": "15112111182198",
        "exchangeTradeId": "15112111182100",
        "transactionType": "SELL",
        "exchangeSegment": "NSE_FNO",
        "productType": "MARGIN",
        "orderType": "LIMIT",
        "tradingSymbol": "BANKNIFTY-Jul2025-57000-PE",
        "customSymbol": None,
        "securityId": "49081",
        "tradedQuantity": 30,
        "tradedPrice": D("3345.8"),
        "createTime": "2026-11-18 11:00:00",
        "updateTime": "2026-11-18 11:00:01",
        "exchangeTime": "2026-11-18 11:00:02",
        "drvExpiryDate": "2026-11-24",
        "drvOptionType": "NA",
        "drvStrikePrice": D("57000.0"),
    } | changes


def test_trade_is_read() -> None:
    [(found, security)] = book.trades([trade()])

    assert (found.trade_id, found.quantity, found.price) == ("15112111182100", 30, D("3345.8"))
    assert (found.exchange, found.product, found.side) == ("NFO", "NRML", "SELL")
    assert security == ("NSE_FNO", "49081")


def test_trade_time_is_the_exchange_s_and_else_the_broker_s() -> None:
    [(exact, _)] = book.trades([trade()])
    [(second_best, _)] = book.trades([trade(exchangeTime="NA")])

    assert exact.traded_at is not None
    assert second_best.traded_at == at(2026, 11, 18, 11)


def test_trade_without_a_price_is_a_surprise() -> None:
    with pytest.raises(WireSurprise):
        book.trades([trade(tradedPrice=None)])
