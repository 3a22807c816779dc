"""Angel One's rows as Kunji's models, as pure functions over literal rows."""

from decimal import Decimal as D  # noqa: N817 - figures stand in columns here
from typing import Any

import pytest

from app.brokers.angel_one import mapping, quotes
from app.brokers.angel_one.rows import moment, number_or_none
from app.domain import Exchange, Position, Product, WireSurprise
from tests.brokers.angel_support import at_ist, position_row, profile


def position(**changes: Any) -> Position:
    [found] = mapping.positions([position_row(**changes)])
    return found


# ------------------------------------------------------------------ numbers and times


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("12.50", "12.50"),
        ("- 4750.00", "-4750.00"),
        (" 7 ", "7"),
        ("-0.05", "-0.05"),
        (".5", "0.5"),
        (3, "3"),
        (D("1.25"), "1.25"),
    ],
)
def test_a_number_is_exact_however_it_is_printed(printed: object, number: str) -> None:
    assert number_or_none({"n": printed}, "n") == D(number)


@pytest.mark.parametrize("nothing", [None, "", "  ", "null"])
def test_nothing_is_none(nothing: object) -> None:
    assert number_or_none({"n": nothing}, "n") is None


@pytest.mark.parametrize("odd", ["1e3", "NaN", "1,000", "--1", "one", True, [], {}, "9" * 30, D("1E+20")])
def test_what_is_no_number_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        number_or_none({"n": odd}, "n")


def test_times_are_read_without_the_machines_language() -> None:
    assert moment("18-Nov-2026 10:21:07") == at_ist("2026-11-18 10:21:07")
    assert moment("18-NOV-2026 10:21:07") == moment("18-nov-2026 10:21:07")


@pytest.mark.parametrize("odd", ["", None, "10:21:07", "31-Feb-2026 10:00:00", "18-Okt-2026 10:00:00", 5])
def test_what_is_no_time_is_none(odd: object) -> None:
    assert moment(odd) is None


# ------------------------------------------------------------------ profile and funds


def test_a_profile_of_the_wire_is_read() -> None:
    found = mapping.profile(profile())

    assert (found.client_id, found.name, found.email) == ("K123456", "ASHA", "")
    assert found.exchanges == ("NSE", "NFO", "MCX")
    assert found.products == ("MTF", "MIS", "NRML", "CNC", "CO", "BO")


def test_lists_that_are_printed_as_texts_are_read() -> None:
    found = mapping.profile(
        profile() | {"exchanges": '[ "NSE", "BSE", "MCX" ]', "products": "[DELIVERY, INTRADAY]", "brokerid": "B"}
    )

    assert found.exchanges == ("NSE", "BSE", "MCX")
    assert found.products == ("CNC", "MIS")


@pytest.mark.parametrize("odd", [None, [], "text", {"name": "x"}, {"clientcode": ""}, {"clientcode": 5}])
def test_a_profile_that_names_no_client_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        mapping.profile(odd)


FUNDS = {
    "net": "9999999999999.5",
    "availablecash": "512000.25",
    "availableintradaypayin": "0",
    "availablelimitmargin": "0",
    "collateral": "25000.00",
    "m2munrealized": "0",
    "m2mrealized": "0",
    "utiliseddebits": "1200.75",
    "utilisedspan": None,
    "utilisedpayout": "0",
}


def test_funds_take_the_tradable_margin_and_leave_out_what_is_not_in_use() -> None:
    found = mapping.funds(FUNDS)

    assert (found.available, found.used, found.collateral) == (D("9999999999999.5"), D("1200.75"), D(25000))
    assert found.opening is None
    assert "utilisedspan" not in found.raw
    assert found.raw["availablecash"] == D("512000.25")


def test_a_figure_that_is_not_known_is_left_out() -> None:
    assert mapping.funds(FUNDS | {"remark": "new"}).raw.keys() == mapping.funds(FUNDS).raw.keys()


@pytest.mark.parametrize("name", ["net", "utiliseddebits"])
def test_funds_without_a_balance_are_a_surprise(name: str) -> None:
    with pytest.raises(WireSurprise):
        mapping.funds({key: value for key, value in FUNDS.items() if key != name})


@pytest.mark.parametrize("name", ["net", "utiliseddebits", "collateral"])
def test_a_figure_that_counts_must_be_a_number_and_others_are_left_out(name: str) -> None:
    assert "utilisedpayout" not in mapping.funds(FUNDS | {"utilisedpayout": "NA", "m2mrealized": []}).raw
    with pytest.raises(WireSurprise):
        mapping.funds(FUNDS | {name: "NA"})


def test_funds_may_be_negative() -> None:
    assert mapping.funds(FUNDS | {"net": "-1250.3500", "utiliseddebits": None}).available == D("-1250.35")


# ------------------------------------------------------------------ holdings

HOLDING = {
    "tradingsymbol": "TATASTEEL-EQ",
    "exchange": "NSE",
    "isin": "INE081A01020",
    "t1quantity": 3,
    "realisedquantity": 10,
    "quantity": 13,
    "authorisedquantity": 0,
    "product": "DELIVERY",
    "collateralquantity": None,
    "collateraltype": None,
    "haircut": 0.0,
    "averageprice": D("111.87"),
    "ltp": D("130.15"),
    "symboltoken": "3499",
    "close": D("129.6"),
    "profitandloss": D("237.64"),
    "pnlpercentage": D("16.34"),
}


def test_a_holding_is_read_with_its_unsettled_part() -> None:
    [found] = mapping.holdings([HOLDING])

    assert (found.broker_symbol, found.exchange, found.isin) == ("TATASTEEL-EQ", Exchange.NSE, "INE081A01020")
    assert (found.free, found.t1, found.pledged, found.used_today, found.quantity) == (10, 3, 0, 0, 13)
    assert (found.average_price, found.last_price, found.close_price) == (D("111.87"), D("130.15"), D("129.6"))


@pytest.mark.parametrize(
    ("changes", "shares"),
    [
        ({"quantity": 10, "t1quantity": 0}, (10, 0, 0, 0)),
        ({"quantity": 10}, (10, 3, 0, 0)),  # an answer that leaves the unsettled part out
        ({"quantity": 6, "t1quantity": 0}, (6, 0, 0, 4)),
        ({"quantity": 10, "t1quantity": 0, "collateralquantity": 4}, (6, 0, 4, 0)),
        ({"quantity": "10", "t1quantity": "0", "realisedquantity": "10"}, (10, 0, 0, 0)),
        ({"quantity": 10, "t1quantity": None, "collateralquantity": -1, "isin": None}, (10, 0, 0, 0)),
        ({"quantity": 3, "realisedquantity": 0, "isin": 5}, (0, 3, 0, 0)),
    ],
)
def test_what_is_free_is_settled_and_neither_pledged_nor_sold(
    changes: dict[str, Any], shares: tuple[int, int, int, int]
) -> None:
    [found] = mapping.holdings([HOLDING | changes])
    assert (found.free, found.t1, found.pledged, found.used_today) == shares


def test_one_bare_row_and_an_empty_list_are_holdings_too() -> None:
    assert mapping.holdings(HOLDING) == mapping.holdings([HOLDING])
    assert mapping.holdings([]) == []


@pytest.mark.parametrize("odd", [None, "null", {}, {"holdings": None}, [None], [[]], [HOLDING | {"quantity": 1.5}]])
def test_what_is_no_list_of_holdings_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        mapping.holdings(odd)


# ------------------------------------------------------------------ positions


def test_a_position_is_read_from_texts() -> None:
    found = position()

    assert (found.broker_symbol, found.exchange, found.product) == (
        "NIFTY24NOV2626000CE",
        Exchange.NFO,
        Product.NRML,
    )
    assert (found.quantity, found.average_price, found.last_price, found.close_price) == (
        50,
        D(100),
        D(120),
        D("98.50"),
    )
    assert (found.realised, found.unrealised, found.pnl) == (D(250), D(1000), D(1250))


def test_a_short_position_shows_what_was_got() -> None:
    found = position(netqty="-50", buyqty="25", sellqty="75")
    assert (found.quantity, found.average_price) == (-50, D(110))


def test_a_closed_row_keeps_its_booked_gain_and_has_no_average() -> None:
    found = position(netqty="0", sellqty="75", pnl="750.00", realised="750.00", unrealised="0")
    assert (found.quantity, found.average_price, found.pnl, found.realised) == (0, D(0), D(750), D(750))


def test_gains_are_computed_where_the_broker_sends_none() -> None:
    nothing = dict.fromkeys(("pnl", "realised", "unrealised"))
    found = position(**nothing)
    assert (found.realised, found.unrealised, found.pnl) == (D(250), D(1000), D(1250))


def test_a_row_of_the_documentation_without_price_and_gain_counts_what_is_booked() -> None:
    row = {k: v for k, v in position_row().items() if k not in ("pnl", "realised", "unrealised", "ltp", "close")}
    [found] = mapping.positions([row])
    assert (found.last_price, found.close_price, found.realised, found.pnl) == (None, None, D(250), D(250))


def test_carried_forward_units_count_as_bought() -> None:
    found = position(buyqty="0", cfbuyqty="75", cfbuyavgprice="100.00", realised="", pnl="", unrealised="")
    assert (found.quantity, found.realised) == (50, D(250))


@pytest.mark.parametrize(
    ("sent", "product"),
    [
        ("DELIVERY", "CNC"),
        ("CNC", "CNC"),
        ("INTRADAY", "MIS"),
        ("MIS", "MIS"),
        ("CARRYFORWARD", "NRML"),
        ("NRML", "NRML"),
        ("MARGIN", "MTF"),
        ("BO", "BO"),
    ],
)
def test_products_are_known_in_both_spellings(sent: str, product: str) -> None:
    assert position(producttype=sent).product == Product(product)
    assert position(producttype=sent.lower()).product == Product(product)


@pytest.mark.parametrize("exchange", ["NSE", "BSE", "NFO", "BFO", "MCX", "CDS", "NCO", "NCDEX"])
def test_every_exchange_of_the_master_may_stand_in_a_position(exchange: str) -> None:
    assert position(exchange=exchange).exchange == Exchange(exchange)


def test_no_positions_are_null() -> None:
    assert mapping.positions(None) == []


@pytest.mark.parametrize(
    "changes",
    [{"netqty": ""}, {"netqty": "1.5"}, {"producttype": "FOO"}, {"exchange": "LSE"}, {"totalbuyavgprice": "x"}],
)
def test_a_position_that_cannot_be_right_is_a_surprise(changes: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        position(**changes)


def test_a_position_without_symbol_is_shown_under_its_token() -> None:
    assert position(tradingsymbol=None).broker_symbol == "49081"


# ------------------------------------------------------------------ quotes


def test_prices_are_matched_by_exchange_and_token() -> None:
    answer = {
        "fetched": [
            {"exchange": "NSE", "tradingSymbol": "SBIN-EQ", "symbolToken": "3045", "ltp": D("568.2"), "close": 567},
            {"exchange": "BSE", "tradingSymbol": "SBIN", "symbolToken": 500112, "ltp": 568, "open": 0},
            {"exchange": "NSE", "tradingSymbol": "IDLE-EQ", "symbolToken": "1", "ltp": 0},
        ],
        "unfetched": [
            {"exchange": "NSE", "symbolToken": "", "message": "Symbol Token is empty", "errorCode": "AB4018"}
        ],
    }

    found = quotes.quotes(answer)

    assert {key: quote.last_price for key, quote in found.items()} == {
        ("NSE", "3045"): D("568.2"),
        ("BSE", "500112"): D(568),
    }
    assert (found["NSE", "3045"].close, found["BSE", "500112"].open) == (D(567), None)


@pytest.mark.parametrize("odd", [None, [], {}, {"fetched": None}, {"fetched": [1]}, {"fetched": [{"ltp": 5}]}])
def test_what_is_no_answer_about_prices_is_a_surprise(odd: object) -> None:
    with pytest.raises(WireSurprise):
        quotes.quotes(odd)


def test_nothing_fetched_may_be_null_where_the_rest_is_named() -> None:
    named = [{"exchange": "NSE", "symbolToken": "1", "message": "Invalid token", "errorCode": "AB4018"}]
    assert quotes.quotes({"fetched": None, "unfetched": named}) == {}


def test_fifty_tokens_go_into_one_call() -> None:
    keys = [("NSE", str(number)) for number in range(101)]

    bodies = list(quotes.batches(keys))

    assert [len(body["exchangeTokens"]["NSE"]) for body in bodies] == [50, 50, 1]
