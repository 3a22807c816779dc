"""Angel One's instrument master, one JSON list: read in pieces, whole or not at all."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal as D  # noqa: N817 - figures stand in columns here
from typing import Any

import pytest

from app.brokers.angel_one import instruments
from app.brokers.packed import Packed
from app.domain import Exchange, Instrument, Kind, WireSurprise
from tests.brokers.angel_one.wire import MASTER as MASTER_FILE
from tests.brokers.angel_support import NOW, at_desk


def row(symbol: str, name: str, exchange: str = "NSE", kind: str = "", **changes: Any) -> dict[str, Any]:
    return {
        "token": str(sum(symbol.encode())),
        "symbol": symbol,
        "name": name,
        "expiry": "",
        "strike": "-1.000000",
        "lotsize": "1",
        "instrumenttype": kind,
        "exch_seg": exchange,
        "tick_size": "10.000000",
        "freeze_qty": "1800",
        "is_cas_enabled": True,
    } | changes


def read(rows: Sequence[object] | str, *, indent: int | None = None) -> list[Instrument]:
    text = rows if isinstance(rows, str) else json.dumps(rows, indent=indent)
    packed = Packed()
    packed.write(text.encode())
    packed.finish()
    with packed.open() as file:
        return list(instruments.parse(file))


def one(*given: Any, **changes: Any) -> Instrument:
    [found] = read([row(*given, **changes)])
    return found


def names(*rows: dict[str, Any]) -> dict[str, str]:
    """Kunji's names by trading symbol."""
    return {found.broker_symbol: found.symbol for found in read(rows)}


# ------------------------------------------------------------------ what a row becomes


def test_a_share_goes_under_its_name_and_moves_in_rupees() -> None:
    found = one("RELIANCE-EQ", "RELIANCE", token="2885", tick_size="5.000000")
    assert found == Instrument(
        "NSE", "RELIANCE-EQ", "2885", "RELIANCE", Kind.CASH, None, None, D("0.05"), 1, freeze_quantity=1800
    )


@pytest.mark.parametrize(
    ("sent", "rupees"), [("1.000000", "0.01"), ("5", "0.05"), ("10.000000", "0.1"), ("50", "0.5"), ("-1.000000", "0")]
)
def test_ticks_come_in_paise(sent: str, rupees: str) -> None:
    assert str(one("A-EQ", "A", tick_size=sent).tick_size) == rupees


def test_the_shares_series_has_the_name_and_debt_its_symbol() -> None:
    assert names(
        row("ABC-N1", "ABC"),
        row("ABC-BE", "ABC"),
        row("ABC-EQ", "ABC"),
        row("SMALL-SM", "SMALL"),
        row("TRADE-BE", "TRADE"),
        row("TRADE-BZ", "TRADE"),
        row("754GS2036-GS", "754GS2036"),
    ) == {
        "ABC-EQ": "ABC",
        "ABC-BE": "ABC-BE",
        "ABC-N1": "ABC-N1",
        "SMALL-SM": "SMALL",
        "TRADE-BE": "TRADE",
        "TRADE-BZ": "TRADE-BZ",
        "754GS2036-GS": "754GS2036-GS",
    }


@pytest.mark.parametrize("name", ["M&M", "ARE&M", "BAJAJ-AUTO", "MCDOWELL-N", "360ONE"])
def test_names_are_never_cut_at_a_sign(name: str) -> None:
    assert one(f"{name}-EQ", name).symbol == name


def test_a_symbol_that_does_not_begin_with_its_name_stays_as_it_is() -> None:
    assert one("NEWCO-EQ", "OLDCO").symbol == "NEWCO-EQ"


def test_bse_has_plain_symbols() -> None:
    assert one("RELIANCE", "RELIANCE", "BSE").symbol == "RELIANCE"


def test_an_index_goes_under_its_name_not_its_display_text() -> None:
    found = one("Nifty 50", "NIFTY", "NSE", "AMXIDX", strike="0.000000", lotsize="0", token="99926000")
    assert (found.symbol, found.kind, found.lot_size, found.token) == ("NIFTY", Kind.INDEX, 1, "99926000")


@pytest.mark.parametrize(("sent", "units"), [("1800", 1800), ("0", None), ("-1", None), ("", None), (None, None)])
def test_the_freeze_quantity_is_kept_where_there_is_one(sent: str | None, units: int | None) -> None:
    assert one("A-EQ", "A", freeze_qty=sent).freeze_quantity == units


def test_a_master_of_before_the_freeze_quantity_is_read() -> None:
    less = {name: value for name, value in row("A-EQ", "A").items() if name not in ("freeze_qty", "is_cas_enabled")}
    assert [found.freeze_quantity for found in read([less])] == [None]


def test_an_index_can_be_searched_by_its_display_text() -> None:
    assert one("India VIX", "India VIX", "NSE", "AMXIDX").title == "India VIX"
    assert one("India VIX", "India VIX", "NSE", "AMXIDX").symbol == "INDIA VIX"


def test_a_future_is_named_by_its_contract() -> None:
    found = one("NIFTY28JUL26FUT", "NIFTY", "NFO", "FUTIDX", expiry="28JUL2026", lotsize="75")
    assert (found.symbol, found.expiry, found.strike) == ("NIFTY 28JUL26 FUT", date(2026, 7, 28), None)


@pytest.mark.parametrize(
    ("symbol", "exchange", "kind", "strike", "name"),
    [
        ("NIFTY28JUL2626000CE", "NFO", "OPTIDX", "2600000.000000", "X 28JUL26 26000 CE"),
        ("SBIN28JUL26802.5PE", "NFO", "OPTSTK", "80250.000000", "X 28JUL26 802.5 PE"),
        ("SENSEX2672881000CE", "BFO", "OPTIDX", "8100000.000000", "X 28JUL26 81000 CE"),
        ("CRUDEOIL26JUL6000PE", "MCX", "OPTFUT", "600000.000000", "X 28JUL26 6000 PE"),
        ("USDINR28JUL2686.25CE", "CDS", "OPTCUR", "862500000.000000", "X 28JUL26 86.25 CE"),
    ],
)
def test_an_option_is_named_by_its_contract(symbol: str, exchange: str, kind: str, strike: str, name: str) -> None:
    assert one(symbol, "X", exchange, kind, expiry="28JUL2026", strike=strike).symbol == name


def test_rows_that_kunji_does_not_know_are_passed_over() -> None:
    assert names(
        row("A-EQ", "A"),
        row("CASTOR", "CASTOR", "NCDEX", "COMDTY"),
        row("GOLD", "GOLD", "MCX", "COMDTY"),
        row("GOLD", "GOLD", "MCX", ""),
        row("NIFTY28JUL26XX", "NIFTY", "NFO", "OPTIDX", expiry="28JUL2026", strike="100"),
        row("DEAD-EQ", "DEAD", lotsize="0"),
    ) == {"A-EQ": "A"}


# ------------------------------------------------------------------ whole or not at all


@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"token": 5},
        {"symbol": ""},
        {"lotsize": "1.5"},
        {"lotsize": "x"},
        {"lotsize": None},
        {"tick_size": "NaN"},
        {"tick_size": 5},
        {"tick_size": "1e99"},
        {"lotsize": "1e1"},
        {"lotsize": "1_0"},
        {"lotsize": "\uff11"},
        {"name": "\ud800"},
    ],
)
def test_a_share_that_cannot_be_right_ends_the_reading(changes: dict[str, Any]) -> None:
    with pytest.raises(WireSurprise):
        read([row("A-EQ", "A"), row("B-EQ", "B") | changes])


@pytest.mark.parametrize(
    "changes",
    [
        {"expiry": ""},
        {"expiry": "2026-07-28"},
        {"expiry": "31FEB2026"},
        {"expiry": "28JUX2026"},
        {"strike": "-1.000000"},
        {"strike": ""},
        {"name": ""},
    ],
)
def test_a_contract_that_cannot_be_right_ends_the_reading(changes: dict[str, Any]) -> None:
    option = row("NIFTY28JUL26100CE", "NIFTY", "NFO", "OPTIDX", expiry="28JUL2026", strike="10000")
    assert len(read([option])) == 1
    with pytest.raises(WireSurprise):
        read([option | changes])


@pytest.mark.parametrize("column", ["token", "symbol", "name", "expiry", "strike", "lotsize", "exch_seg", "tick_size"])
def test_a_master_without_a_column_is_refused(column: str) -> None:
    less = {name: value for name, value in row("A-EQ", "A").items() if name != column}
    with pytest.raises(WireSurprise, match=column):
        read([less])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "<html>",
        "[1, 2]",
        "[[]]",
        "[" * 10_000,
        "[" * 10_000 + "}",
        '[{"a":{}}]',
        json.dumps([row("A-EQ", "A")])[:-2] + ', "token": "5"}]',
        '{"status": true, "data": []}',
    ],
)
def test_what_is_no_master_is_refused(text: str) -> None:
    with pytest.raises(WireSurprise):
        read(text)


@pytest.mark.parametrize("end", ["", "]]", "] x", ", 5]", ",]", "\x00"])
def test_a_master_that_does_not_end_well_is_refused(end: str) -> None:
    good = json.dumps([row("A-EQ", "A")])
    assert len(read(good)) == 1
    with pytest.raises(WireSurprise):
        read(good[:-1] + end)


@pytest.mark.parametrize(
    "changes",
    [
        {"lotsize": ""},
        {"tick_size": "x"},
        {"tick_size": 5},
        {"token": None},
        {"instrumenttype": "FUTSTK", "exch_seg": "NFO"},
    ],
    ids=str,
)
def test_one_odd_row_among_many_is_passed_over_alone(changes: dict[str, Any]) -> None:
    found = read([*many(200), row("ODD-EQ", "ODD") | changes, row("LAST-EQ", "LAST")])

    assert len(found) == 201
    assert "ODD-EQ" not in {each.broker_symbol for each in found}


def test_odd_rows_are_passed_over_up_to_one_in_a_hundred() -> None:
    odd = row("ODD-BE", "ODD", lotsize="x")  # not the first series in line for its name

    assert len(read([*many(200), odd, odd])) == 200
    with pytest.raises(WireSurprise, match="3 of 203 rows"):
        read([*many(200), odd, odd, odd])


@pytest.mark.parametrize(
    ("changes", "units"), [({"freeze_qty": 1800}, 1800), ({"freeze_qty": "NA"}, None), ({"freeze_qty": "1.5"}, None)]
)
def test_a_freeze_quantity_of_another_shape_costs_no_row(changes: dict[str, Any], units: int | None) -> None:
    assert one("A-EQ", "A", **changes).freeze_quantity == units


def test_what_has_no_tick_and_an_index_without_a_lot_are_read() -> None:
    assert one("A-EQ", "A", tick_size="").tick_size == 0
    assert one("Nifty 50", "NIFTY", "NSE", "AMXIDX", lotsize="", tick_size="").lot_size == 1


# ------------------------------------------------------------------ in pieces


def many(count: int) -> list[dict[str, Any]]:
    return [row(f"S{number}-EQ", f"S{number}", token=str(number)) for number in range(count)]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_master_of_many_pieces_is_read_row_by_row(indent: int | None) -> None:
    found = read(many(2000), indent=indent)
    assert [each.token for each in found] == [str(number) for number in range(2000)]


def test_a_row_that_is_missing_its_comma_is_noticed_between_pieces() -> None:
    text = json.dumps(many(1000))
    cut = text.index("}, {", instruments._CHUNK - 500)
    with pytest.raises(WireSurprise):
        read(text[: cut + 1] + " " + text[cut + 2 :])


def test_a_row_that_never_ends_is_given_up() -> None:
    with pytest.raises(WireSurprise):
        read('[{"token": "' + "x" * 2_000_000)


async def test_the_master_is_fetched_without_a_session_and_found_by_name() -> None:
    async with at_desk(connected=False) as desk:
        rows = [*many(3000), row("RELIANCE-EQ", "RELIANCE", token="2885")]
        desk.answers("GET", MASTER_FILE, rows, content_type="binary/octet-stream")

        assert await desk.broker.load_instruments() == 3001

        headers = desk.server.only("GET", MASTER_FILE).headers
        assert not {"authorization", "x-privatekey"} & headers.keys()
        found = await desk.broker._instrument("RELIANCE", Exchange.NSE)
        assert found is not None
        assert (found.token, await desk.instruments.loaded_on("angel_one")) == ("2885", NOW.date())


async def test_a_broken_master_leaves_the_last_good_one() -> None:
    async with at_desk(connected=False) as desk:
        desk.answers("GET", MASTER_FILE, json.dumps(many(3000))[:-2])
        with pytest.raises(WireSurprise):
            await desk.broker.load_instruments()
        assert await desk.broker._instrument("RELIANCE", Exchange.NSE) is not None
