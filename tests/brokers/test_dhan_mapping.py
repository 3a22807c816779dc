"""Dhan's account, holdings and positions as pure functions over rows typed from the sheet."""

from decimal import Decimal
from typing import Any

import pytest

from app.brokers.dhan import mapping
from app.domain import Exchange, Product, WireSurprise
from tests.brokers.dhan_support import CLIENT, PROFILE

D = Decimal


def fundlimit(**changes: Any) -> dict[str, Any]:
    row = {
        "dhanClientId": CLIENT,
        "availabelBalance": D("98440.0"),
        "sodLimit": 113642,
        "collateralAmount": D("0.0"),
        "receiveableAmount": 0,
        "utilizedAmount": D("15202.0"),
        "blockedPayoutAmount": D("0.0"),
        "withdrawableBalance": D("98310.0"),
    }
    return without_none(row | changes)


def holding(**changes: Any) -> dict[str, Any]:
    row = {
        "exchange": "ALL",
        "tradingSymbol": "HDFC",
        "securityId": "1330",
        "isin": "INE001A01036",
        "totalQty": 1000,
        "dpQty": 1000,
        "t1Qty": 0,
        "availableQty": 1000,
        "collateralQty": 0,
        "avgCostPrice": D("2655.0"),
        "lastTradedPrice": D("2700.5"),
    }
    return without_none(row | changes)


def position(**changes: Any) -> dict[str, Any]:
    row = {
        "dhanClientId": CLIENT,
        "tradingSymbol": "TCS",
        "securityId": "11536",
        "positionType": "LONG",
        "exchangeSegment": "NSE_EQ",
        "productType": "CNC",
        "buyAvg": D("3345.8"),
        "buyQty": 40,
        "costPrice": D("3215.0"),
        "sellAvg": D("0.0"),
        "sellQty": 0,
        "netQty": 40,
        "realizedProfit": D("0.0"),
        "unrealizedProfit": D("6122.0"),
        "rbiReferenceRate": D("1.0"),
        "multiplier": 1,
        "drvExpiryDate": "0001-01-01",
        "drvOptionType": None,
        "drvStrikePrice": D("0.0"),
        "crossCurrency": False,
    }
    return row | changes


def without_none(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def one_position(**changes: Any) -> Any:
    [(found, _)] = mapping.positions([position(**changes)])
    return found


def one_holding(**changes: Any) -> Any:
    [(found, _)] = mapping.holdings([holding(**changes)])
    return found


# ------------------------------------------------------------------ profile and funds


@pytest.mark.parametrize("said", ["E, D, C, M, ", "Equity, Derivative, Currency, Commodity"])
def test_segments_come_as_letters_or_as_words(said: str) -> None:
    profile = mapping.profile(PROFILE | {"activeSegment": said})

    assert profile.exchanges == ("NSE", "BSE", "NFO", "BFO", "CDS", "BCD", "MCX")


@pytest.mark.parametrize(("said", "has"), [("Active", True), ("active", True), ("Deactive", False), (None, None)])
def test_data_plan_is_active_inactive_or_not_told(said: str | None, has: bool | None) -> None:  # noqa: FBT001 - a table
    assert mapping.has_data_plan(PROFILE | {"dataPlan": said}) is has


def test_funds_are_read_under_their_misspelt_name() -> None:
    funds = mapping.funds(fundlimit())

    assert (funds.available, funds.used) == (D(98440), D(15202))
    assert (funds.collateral, funds.opening) == (D(0), D(113642))
    assert funds.raw["withdrawableBalance"] == D(98310)


def test_funds_are_read_under_the_right_spelling_too() -> None:
    funds = mapping.funds(fundlimit(availabelBalance=None, availableBalance=D("5.5")))

    assert funds.available == D("5.5")


@pytest.mark.parametrize("missing", ["availabelBalance", "utilizedAmount"])
def test_funds_without_a_balance_are_a_surprise_and_not_zero(missing: str) -> None:
    with pytest.raises(WireSurprise):
        mapping.funds(fundlimit(**{missing: None}))


@pytest.mark.parametrize("odd", ["98440.0", True, D("NaN"), [], D("1e30")])
def test_amount_that_is_no_number_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        mapping.funds(fundlimit(utilizedAmount=odd))


# ------------------------------------------------------------------ holdings


def test_settled_shares_are_free() -> None:
    found = one_holding()

    assert (found.free, found.t1, found.pledged, found.used_today, found.quantity) == (1000, 0, 0, 0, 1000)


def test_unsettled_and_pledged_shares_are_not_free() -> None:
    found = one_holding(totalQty=15, dpQty=10, t1Qty=5, collateralQty=2, availableQty=13)

    assert (found.free, found.t1, found.pledged, found.used_today) == (8, 5, 2, 0)
    assert found.quantity == 15


def test_unsettled_shares_left_out_of_the_available_are_not_taken_for_sold() -> None:
    found = one_holding(totalQty=15, dpQty=10, t1Qty=5, collateralQty=2, availableQty=8)

    assert (found.free, found.t1, found.pledged, found.used_today) == (8, 5, 2, 0)


def test_what_was_sold_today_is_neither_free_nor_pledged() -> None:
    found = one_holding(totalQty=15, dpQty=15, availableQty=12)

    assert (found.free, found.used_today) == (12, 3)


@pytest.mark.parametrize("said", [None, D("0.0"), 0])
def test_holding_without_a_price_has_none(said: object) -> None:
    found = one_holding(lastTradedPrice=said)

    assert found.last_price is None
    assert found.pnl is None


# ------------------------------------------------------------------ positions


def test_open_position_is_read() -> None:
    found = one_position()

    assert (found.symbol, found.exchange, found.product) == ("TCS", Exchange.NSE, Product.CNC)
    assert (found.quantity, found.average_price, found.pnl) == (40, D(3215), D(6122))


@pytest.mark.parametrize(
    ("segment", "exchange"),
    [
        ("NSE_EQ", "NSE"),
        ("BSE_EQ", "BSE"),
        ("NSE_FNO", "NFO"),
        ("BSE_FNO", "BFO"),
        ("NSE_CURRENCY", "CDS"),
        ("BSE_CURRENCY", "BCD"),
        ("MCX_COMM", "MCX"),
        ("NSE_COMM", "NCO"),
    ],
)
def test_every_segment_is_an_exchange(segment: str, exchange: str) -> None:
    assert one_position(exchangeSegment=segment).exchange == exchange


@pytest.mark.parametrize(
    ("said", "product"),
    [("CNC", "CNC"), ("INTRADAY", "MIS"), ("MARGIN", "NRML"), ("MTF", "MTF"), ("CO", "CO"), ("BO", "BO")],
)
def test_every_product_is_known(said: str, product: str) -> None:
    assert one_position(productType=said).product == product


@pytest.mark.parametrize("name", ["exchangeSegment", "productType"])
def test_word_that_nobody_knows_is_a_surprise_and_not_a_default(name: str) -> None:
    with pytest.raises(WireSurprise, match="NEWLY"):
        one_position(**{name: "NEWLY"})


def test_closed_row_keeps_its_booked_profit() -> None:
    found = one_position(positionType="CLOSED", netQty=0, realizedProfit=D("-120.5"), unrealizedProfit=D("0.0"))

    assert (found.quantity, found.realised, found.pnl, found.last_price) == (0, D("-120.5"), D("-120.5"), None)


def test_short_position_counts_below_zero() -> None:
    found = one_position(netQty=-65, costPrice=D(100), unrealizedProfit=D(130))

    assert found.quantity == -65
    assert found.last_price == D(98)


def test_row_without_a_symbol_stands_under_its_id() -> None:
    found = one_position(tradingSymbol=None, exchangeSegment="MCX_COMM", securityId="440939")

    assert (found.symbol, found.broker_symbol) == ("440939", "440939")


def test_weekly_options_that_share_a_symbol_are_told_apart() -> None:
    weekly = {"tradingSymbol": "NIFTY-Nov2026-26000-CE", "exchangeSegment": "NSE_FNO", "productType": "MARGIN"}

    rows = mapping.positions([position(securityId="49081", **weekly), position(securityId="52001", **weekly)])

    assert [row.broker_symbol for row, _ in rows] == [
        "NIFTY-Nov2026-26000-CE (49081)",
        "NIFTY-Nov2026-26000-CE (52001)",
    ]


def test_last_price_is_derived_from_the_profit_and_says_so() -> None:
    found = one_position()

    assert (found.last_price, found.price_is_derived) == (D("3368.05"), True)


def test_multiplier_divides_the_profit_of_a_commodity() -> None:
    found = one_position(
        exchangeSegment="MCX_COMM", netQty=2, multiplier=100, costPrice=D(71000), unrealizedProfit=D(5000)
    )

    assert (found.last_price, found.multiplier) == (D(71025), D(100))


@pytest.mark.parametrize(
    "unsafe",
    [
        {"unrealizedProfit": D(0)},
        {"crossCurrency": True},
        {"costPrice": D(0)},
        {"unrealizedProfit": D(-999999)},
    ],
    ids=["no profit", "another currency", "no cost", "below zero"],
)
def test_last_price_is_not_derived_where_that_is_unsafe(unsafe: dict[str, object]) -> None:
    found = one_position(**unsafe)

    assert (found.last_price, found.price_is_derived) == (None, False)


def test_currency_pair_is_derived_to_four_places() -> None:
    found = one_position(
        exchangeSegment="NSE_CURRENCY", netQty=1, multiplier=1000, costPrice=D("84.25"), unrealizedProfit=D("2.5")
    )

    assert found.last_price == D("84.2525")


def test_quantity_printed_with_a_point_is_still_whole() -> None:
    assert one_position(netQty=D("40.0")).quantity == 40


@pytest.mark.parametrize("odd", ["40", D("40.5"), None, True])
def test_quantity_that_is_no_whole_number_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        one_position(netQty=odd)


@pytest.mark.parametrize("odd", [None, {}, "", 5, [None], [[]]])
def test_positions_that_are_no_list_of_objects_are_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        mapping.positions(odd)
