"""Fyers' answers as Kunji's models: pure functions over rows typed from the protocol sheet, section 4."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app.brokers import wire
from app.brokers.fyers import mapping, rows
from app.domain import (
    IST,
    Exchange,
    NotFound,
    Order,
    OrderSide,
    OrderStatus,
    OrderType,
    Product,
    SubState,
    WireSurprise,
)
from tests.brokers import fyers_support as fyers


def said(body: str) -> object:
    return wire.decode(body.encode())


def one_position(**changes: Any) -> Any:
    [row] = mapping.positions(said(fyers.ok(netPositions=[fyers.position(**changes)], overall=fyers.overall(1))))
    return row


def one_order(**changes: Any) -> Order:
    [row] = mapping.orders(said(fyers.ok(orderBook=[fyers.order(**changes)])))
    return row


def one_holding(**changes: Any) -> Any:
    [row] = mapping.holdings(said(fyers.ok(holdings=[fyers.holding(**changes)], overall=fyers.overall(1))))
    return row


def one_trade(**changes: Any) -> Any:
    [row] = mapping.trades(said(fyers.ok(tradeBook=[fyers.trade(**changes)])))
    return row


# ------------------------------------------------------------------ profile and funds


def test_the_profile_names_the_client() -> None:
    profile = mapping.profile(said(fyers.profile()))
    assert (profile.client_id, profile.name, profile.email) == ("XA00001", "ASHA RAO", "a**@example.com")


def test_a_profile_without_its_client_is_a_surprise() -> None:
    with pytest.raises(WireSurprise):
        mapping.profile(said(fyers.profile(fy_id=None)))


def funds_row(number: int, title: str, equity: str, commodity: str = "0") -> dict[str, Any]:
    return {"id": number, "title": title, "equityAmount": Decimal(equity), "commodityAmount": Decimal(commodity)}


FUNDS = [
    funds_row(10, "Available Balance", "58123.449999999997", "1000.5"),
    funds_row(2, "Utilized Amount", "12000"),
    funds_row(5, "Collaterals", "5000.004"),
    funds_row(9, "Limit at start of the day", "70123.45"),
    funds_row(1, "Total Balance", "70123.45"),
]


def test_funds_are_found_by_their_id_both_purses_together_to_the_paisa() -> None:
    funds = mapping.funds(said(fyers.ok(fund_limit=FUNDS)))
    assert (funds.available, funds.used) == (Decimal("59123.95"), Decimal(12000))
    assert (funds.collateral, funds.opening) == (Decimal(5000), Decimal("70123.45"))
    assert funds.raw["Available Balance (equity)"] == Decimal("58123.449999999997")
    assert funds.raw["Total Balance (commodity)"] == 0


def test_what_is_not_said_of_collateral_is_not_known() -> None:
    funds = mapping.funds(said(fyers.ok(fund_limit=FUNDS[:2])))
    assert (funds.collateral, funds.opening) == (None, None)


@pytest.mark.parametrize("kept", [[], FUNDS[:1], FUNDS[1:]])
def test_funds_without_available_or_used_are_a_surprise_and_never_zero(kept: list[dict[str, Any]]) -> None:
    with pytest.raises(WireSurprise):
        mapping.funds(said(fyers.ok(fund_limit=kept)))


def test_funds_need_neither_titles_nor_what_is_in_no_use() -> None:
    odd = [row | {"commodityAmount": None, "title": None} for row in FUNDS[:2]] + [{"title": "New"}, {"id": 77}]
    funds = mapping.funds(said(fyers.ok(fund_limit=odd)))
    assert (funds.available, funds.used) == (Decimal("58123.45"), Decimal(12000))
    assert funds.raw.keys() == {"Row 10 (equity)", "Row 2 (equity)"}


@pytest.mark.parametrize("gone", [{}, {"equityAmount": None, "commodityAmount": 0}, {"equityAmount": "1.5"}])
def test_an_available_balance_without_an_amount_is_a_surprise(gone: dict[str, Any]) -> None:
    row = {"id": 10, "title": "Available Balance"} | gone
    with pytest.raises(WireSurprise):
        mapping.funds(said(fyers.ok(fund_limit=[row, FUNDS[1]])))


def test_noise_of_floats_and_a_negative_balance_are_exact_to_the_paisa() -> None:
    odd = [funds_row(10, "Available Balance", "-1250.3499999999999"), funds_row(2, "Utilized", "5.684341886080802e-14")]
    funds = mapping.funds(said(fyers.ok(fund_limit=odd)))
    assert (funds.available, funds.used) == (Decimal("-1250.35"), Decimal(0))


# ------------------------------------------------------------------ positions


def test_a_short_is_short() -> None:
    row = one_position()
    assert (row.quantity, row.exchange, row.product) == (-150, Exchange.NFO, Product.NRML)
    assert (row.average_price, row.last_price) == (Decimal("26010.05"), Decimal(26000))
    assert (row.pnl, row.realised, row.unrealised) == (Decimal("1507.5000000000002"), 0, Decimal("1507.5000000000002"))
    assert row.symbol == row.broker_symbol == "NSE:NIFTY26NOVFUT"


def test_a_closed_row_keeps_its_booked_profit() -> None:
    row = one_position(netQty=0, qty=0, side=0, netAvg=0, realized_profit=Decimal("-42.5"), unrealized_profit=0, pl=-42)
    assert (row.quantity, row.realised, row.unrealised) == (0, Decimal("-42.5"), 0)


def test_a_commodity_carries_its_multiplier_and_belongs_to_its_tickers_exchange() -> None:
    row = one_position(symbol="MCX:SILVERMIC26NOVFUT", exchange=10, segment=20, qtyMulti_com=Decimal("1.0"))
    assert (row.exchange, row.multiplier) == (Exchange.MCX, 1)
    assert one_position(symbol="MCX:GOLDM26DECFUT", segment=20, qtyMulti_com=10).multiplier == 10


def test_no_price_is_none_and_not_zero() -> None:
    assert one_position(ltp=0).last_price is None


@pytest.mark.parametrize(
    ("prefix", "segment", "exchange"),
    [
        ("NSE", 10, Exchange.NSE),
        ("NSE", 11, Exchange.NFO),
        ("NSE", 12, Exchange.CDS),
        ("NSE", 20, Exchange.NCO),
        ("BSE", 10, Exchange.BSE),
        ("BSE", 11, Exchange.BFO),
        ("BSE", 12, Exchange.BCD),
        ("MCX", 20, Exchange.MCX),
    ],
)
def test_every_pair_of_exchange_and_segment_is_known(prefix: str, segment: int, exchange: Exchange) -> None:
    assert one_position(symbol=f"{prefix}:X", segment=segment).exchange is exchange


@pytest.mark.parametrize(
    ("word", "product"),
    [("CNC", "CNC"), ("INTRADAY", "MIS"), ("MARGIN", "NRML"), ("MTF", "MTF"), ("CO", "CO"), ("BO", "BO")],
)
def test_every_product_is_known(word: str, product: str) -> None:
    assert one_position(productType=word).product == product


@pytest.mark.parametrize(
    "odd",
    [
        {"netQty": "10"},
        {"netQty": True},
        {"netQty": Decimal("1.5")},
        {"netQty": None},
        {"netAvg": "26010"},
        {"pl": None},
        {"productType": "NRML"},
        {"segment": 99},
        {"symbol": None},
        {"symbol": "NCDEX:X"},
    ],
)
def test_a_position_that_is_not_as_the_sheet_has_it_is_a_surprise(odd: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        one_position(**odd)


@pytest.mark.parametrize("read", ["holdings", "netPositions"])
def test_nothing_is_empty_only_when_the_count_says_so(read: str) -> None:
    reader: Any = mapping.holdings if read == "holdings" else mapping.positions
    none, two = {"overall": fyers.overall(0)}, {"overall": fyers.overall(2)}
    empty: list[dict[str, Any]] = [{read: [], **none}, {read: None, **none}, {read: []}, none]
    unclear: list[dict[str, Any]] = [{}, {read: None}, {read: None, **two}, {read: {}}, two]
    assert [reader(said(fyers.ok(**payload))) for payload in empty] == [[], [], [], []]
    for payload in unclear:
        with pytest.raises(WireSurprise):
            reader(said(fyers.ok(**payload)))


# ------------------------------------------------------------------ holdings


def test_a_delivered_holding_says_what_is_free_pledged_and_sold_today() -> None:
    row = one_holding()
    assert (row.free, row.t1, row.pledged, row.used_today) == (10, 0, 3, 2)
    assert (row.isin, row.exchange, row.average_price) == ("INE062A01020", Exchange.NSE, Decimal("611.2"))
    assert row.last_price == Decimal("820.5")


def test_an_undelivered_holding_is_not_free() -> None:
    row = one_holding(holdingType="T1", quantity=5, remainingQuantity=5, collateralQuantity=0)
    assert (row.free, row.t1, row.used_today) == (0, 5, 0)


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({"holdingType": "T1", "quantity": 0, "remainingQuantity": 0, "qty_t1": 5}, (0, 5, 0, 0)),
        ({"holdingType": "T1", "quantity": 5, "remainingQuantity": 0, "qty_t1": 5}, (0, 0, 0, 5)),
        ({"holdingType": "T1", "quantity": 0, "remainingQuantity": 5, "qty_t1": None}, (0, 5, 0, 0)),
        ({"quantity": 7, "remainingQuantity": 7, "qty_t1": 2}, (7, 2, 0, 0)),
        ({"quantity": Decimal("7.0"), "remainingQuantity": 7}, (7, 0, 0, 0)),
    ],
)
def test_what_is_free_unsettled_pledged_and_sold(changes: dict[str, Any], shares: tuple[int, int, int, int]) -> None:
    row = one_holding(**{"collateralQuantity": -1, "remainingPledgeQuantity": -1} | changes)
    assert (row.free, row.t1, row.pledged, row.used_today) == shares


def test_what_has_its_own_row_is_not_counted_twice() -> None:
    here = fyers.holding(quantity=7, remainingQuantity=7, qty_t1=5, collateralQuantity=0)
    apart = here | {"holdingType": "T1", "quantity": 5, "remainingQuantity": 5}
    rows = mapping.holdings(said(fyers.ok(holdings=[here, apart], overall=fyers.overall(2))))
    assert [(row.free, row.t1) for row in rows] == [(7, 0), (0, 5)]


def test_a_holding_is_a_share_where_no_segment_says_so() -> None:
    row = fyers.holding(fyToken=10100000003045, ltp=None, isin=None)
    del row["segment"]
    answer = said(fyers.ok(holdings=[row], overall=fyers.overall(1)))
    assert mapping.contracts(answer, mapping.HOLDINGS) == {("NSE", "NSE:SBIN-EQ")}
    [found] = mapping.holdings(answer)
    assert (found.exchange, found.last_price, found.isin) == (Exchange.NSE, None, "")


def test_an_unknown_sort_of_holding_is_a_surprise() -> None:
    with pytest.raises(WireSurprise):
        one_holding(holdingType="T2")


# ------------------------------------------------------------------ orders


@pytest.mark.parametrize(
    ("changes", "status", "sub_state"),
    [
        ({"status": 1}, OrderStatus.CANCELLED, SubState.NONE),
        ({"status": 1, "filledQty": 4}, OrderStatus.CANCELLED, SubState.PARTLY_FILLED),
        ({"status": 2, "filledQty": 10}, OrderStatus.COMPLETE, SubState.NONE),
        ({"status": 3}, None, SubState.NONE),
        ({"status": 4, "exchOrdId": None}, OrderStatus.PENDING, SubState.NONE),
        ({"status": 4, "exchOrdId": None, "offlineOrder": True}, OrderStatus.PENDING, SubState.AMO),
        ({"status": 5, "message": "RED:Margin Shortfall"}, OrderStatus.REJECTED, SubState.NONE),
        ({"status": 6}, OrderStatus.OPEN, SubState.NONE),
        ({"status": 6, "filledQty": 4}, OrderStatus.OPEN, SubState.PARTIAL),
        ({"status": 6, "type": 3, "stopPrice": 800}, OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        ({"status": 6, "type": 4, "stopPrice": 800}, OrderStatus.OPEN, SubState.TRIGGER_PENDING),
        ({"status": 6, "type": 4, "stopPrice": 800, "filledQty": 1}, OrderStatus.OPEN, SubState.PARTIAL),
        ({"status": 6, "exchOrdId": None, "offlineOrder": True}, OrderStatus.OPEN, SubState.AMO),
        ({"status": 6, "offlineOrder": True}, OrderStatus.OPEN, SubState.NONE),
        ({"status": 7}, OrderStatus.CANCELLED, SubState.EXPIRED),
        ({"status": 90}, None, SubState.NONE),
    ],
)
def test_every_status_says_where_the_order_stands(
    changes: dict[str, Any], status: OrderStatus | None, sub_state: SubState
) -> None:
    row = one_order(**changes)
    assert (row.status, row.sub_state, row.raw_status) == (status, sub_state, str(changes["status"]))


@pytest.mark.parametrize(
    ("mark", "sub_state"),
    [("True", SubState.AMO), (1, SubState.AMO), ("False", SubState.NONE), (0, SubState.NONE), ([], SubState.NONE)],
)
def test_the_mark_of_an_after_market_order_is_read_however_it_is_printed(mark: object, sub_state: SubState) -> None:
    assert one_order(status=4, exchOrdId=None, offlineOrder=mark).sub_state is sub_state
    assert one_order(status=4, exchOrdId=1100000001089341, offlineOrder=mark).sub_state is SubState.NONE


def test_ids_are_always_texts() -> None:
    assert one_order(id=26111800000012).order_id == "26111800000012"
    row = one_trade(tradeNumber=52605023, orderNumber=26111800000012)
    assert (row.trade_id, row.order_id) == ("52605023", "26111800000012")


@pytest.mark.parametrize(
    ("number", "kind"), [(1, OrderType.LIMIT), (2, OrderType.MARKET), (3, OrderType.SL_M), (4, OrderType.SL)]
)
def test_every_order_type_is_known(number: int, kind: OrderType) -> None:
    assert one_order(type=number).order_type is kind


def test_an_order_keeps_what_was_asked_and_what_was_filled() -> None:
    row = one_order(side=-1, filledQty=4, tradedPrice=Decimal("820.4500000000001"), stopPrice=Decimal("819.5"))
    assert (row.side, row.quantity, row.filled_quantity, row.remaining) == (OrderSide.SELL, 10, 4, 6)
    assert (row.price, row.trigger_price) == (Decimal("820.5"), Decimal("819.5"))
    assert row.average_price == Decimal("820.4500000000001")
    assert row.placed_at == datetime(2026, 11, 18, 9, 20, 5, tzinfo=IST)


def test_prices_that_are_zero_are_none() -> None:
    row = one_order(type=2, limitPrice=0)
    assert (row.price, row.trigger_price, row.average_price) == (None, None, None)


@pytest.mark.parametrize(
    ("tag", "ours"), [("1:KJAB12", "KJAB12"), ("2:Untagged", ""), ("1:Untagged", ""), ("", ""), (None, "")]
)
def test_the_tag_comes_back_without_its_mark(tag: str | None, ours: str) -> None:
    assert one_order(orderTag=tag).tag == ours


@pytest.mark.parametrize(
    "odd", [{"type": 9}, {"side": 0}, {"status": "6"}, {"qty": None}, {"filledQty": "0"}, {"id": True}]
)
def test_an_order_that_is_not_as_the_sheet_has_it_is_a_surprise(odd: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        one_order(**odd)


def test_one_order_is_found_by_its_id_among_all() -> None:
    answer = said(fyers.ok(orderBook=[fyers.order(id="1"), fyers.order(id="2", status=2)]))
    assert mapping.order(answer, "2").status is OrderStatus.COMPLETE
    with pytest.raises(NotFound):
        mapping.order(answer, "3")


@pytest.mark.parametrize(("key", "read"), [("orderBook", mapping.orders), ("tradeBook", mapping.trades)])
def test_a_book_is_empty_only_when_it_says_so(key: str, read: Callable[[object], list[object]]) -> None:
    empty: dict[str, Any] = {key: []}
    unclear: list[dict[str, Any]] = [{key: None}, {}, {key: {}}]
    assert read(said(fyers.ok(**empty))) == []
    for payload in unclear:
        with pytest.raises(WireSurprise):
            read(said(fyers.ok(**payload)))


# ------------------------------------------------------------------ trades and prices


def test_a_trade_is_a_fill_of_its_order() -> None:
    row = one_trade()
    assert (row.trade_id, row.order_id) == ("26111800000012-52605023", "26111800000012")
    assert (row.side, row.quantity, row.price) == (OrderSide.SELL, 4, Decimal("820.45"))
    assert row.traded_at == datetime(2026, 11, 18, 9, 20, 6, tzinfo=IST)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("18-Nov-2026 09:20:06", "2026-11-18 09:20:06+05:30"),
        ("18-11-2026 09:20:06", "2026-11-18 09:20:06+05:30"),
        ("01-JAN-2026 00:00:00", "2026-01-01 00:00:00+05:30"),
        ("18-Nov-2026", "None"),
        ("18-11-2026", "None"),
        ("NA", "None"),
        ("31-Feb-2026 00:00:00", "None"),
        ("18-Nov-26 09:20:06", "None"),
        (f"18-{'9' * 40}-2026 09:20:06", "None"),
        (None, "None"),
        (7, "None"),
    ],
)
def test_a_moment_is_read_in_both_spellings_and_a_day_alone_is_none(written: object, meant: str) -> None:
    assert str(rows.moment(written)) == meant


def test_a_price_carries_the_figures_of_the_day() -> None:
    found = mapping.quotes(said(fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", Decimal("820.5"))])))
    quote = found["NSE:SBIN-EQ"]
    assert (quote.last_price, quote.open, quote.high) == (Decimal("820.5"), Decimal(818), Decimal("825.5"))
    assert (quote.low, quote.close) == (Decimal(815), Decimal("817.9"))


@pytest.mark.parametrize(
    "bad",
    [
        {"s": "error", "v": {"errmsg": "invalid symbol"}},
        {"s": "error", "v": None},
        {"v": {"symbol": "NSE:OLD-EQ"}},
        {"v": {"lp": 0}},
        {"v": {"lp": None}},
        {"s": "unheard of"},
    ],
)
def test_a_row_without_a_price_is_absent_and_the_others_stay(bad: dict[str, Any]) -> None:
    answer = said(fyers.ok(d=[fyers.quote("NSE:OLD-EQ", 1) | bad, fyers.quote("NSE:SBIN-EQ", 820)]))
    assert list(mapping.quotes(answer)) == ["NSE:SBIN-EQ"]


@pytest.mark.parametrize("odd", [{"n": 7}, {"s": 7}, {"s": None}, {"v": 7}])
def test_a_row_of_prices_that_is_not_as_the_sheet_has_it_is_a_surprise(odd: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        mapping.quotes(said(fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", 820) | odd])))


@pytest.mark.parametrize("price", ["820.5", True, [], {}])
def test_a_price_that_is_no_number_is_a_surprise(price: object) -> None:
    with pytest.raises(WireSurprise):
        mapping.quotes(said(fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", price)])))


# ------------------------------------------------------------------ envelopes


@pytest.mark.parametrize(
    "body", ["[]", "null", "7", '"ok"', "{}", '{"s":"error"}', '{"s":"ok"}', '{"s":"ok","code":200,"orderBook":7}']
)
def test_what_is_no_success_envelope_with_its_rows_is_a_surprise(body: str) -> None:
    for reader in (mapping.profile, mapping.funds, mapping.orders, mapping.trades, mapping.positions, mapping.quotes):
        with pytest.raises(WireSurprise):
            reader(json.loads(body))


@pytest.mark.parametrize(
    ("body", "order_id"),
    [
        (fyers.ok(1101, id="26111800000012"), "26111800000012"),
        (fyers.ok(200, id="26111800000012"), "26111800000012"),
        (fyers.ok(1101, id=26111800000012), "26111800000012"),
        (fyers.ok(1101, id=True), ""),
        (fyers.ok(201, id="26111800000012"), ""),
        (fyers.ok(1101), ""),
        (fyers.ok(1101, id=None), ""),
        (fyers.ok(777, id="26111800000012"), ""),
    ],
)
def test_an_order_is_accepted_only_with_a_known_code_and_an_id(body: str, order_id: str) -> None:
    assert mapping.accepted(said(body)) == order_id
