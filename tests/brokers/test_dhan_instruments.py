"""Dhan's two master files read by header name: identity, names, ticks, and what is refused."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from app.brokers.dhan.instruments import parse
from app.domain import Instrument, Kind, WireSurprise

DETAILED: Final = (
    "EXCH_ID", "SEGMENT", "SECURITY_ID", "ISIN", "INSTRUMENT", "UNDERLYING_SECURITY_ID", "UNDERLYING_SYMBOL",
    "SYMBOL_NAME", "DISPLAY_NAME", "INSTRUMENT_TYPE", "SERIES", "LOT_SIZE", "SM_EXPIRY_DATE", "STRIKE_PRICE",
    "OPTION_TYPE", "TICK_SIZE", "EXPIRY_FLAG", "ASM_GSM_FLAG",
)  # fmt: skip
COMPACT: Final = (
    "SEM_EXM_EXCH_ID", "SEM_SEGMENT", "SEM_SMST_SECURITY_ID", "SEM_INSTRUMENT_NAME", "SEM_EXPIRY_CODE",
    "SEM_TRADING_SYMBOL", "SEM_LOT_UNITS", "SEM_CUSTOM_SYMBOL", "SEM_EXPIRY_DATE", "SEM_STRIKE_PRICE",
    "SEM_OPTION_TYPE", "SEM_TICK_SIZE", "SEM_EXPIRY_FLAG", "SEM_EXCH_INSTRUMENT_TYPE", "SEM_SERIES", "SM_SYMBOL_NAME",
)  # fmt: skip
SHARE: Final = {
    "EXCH_ID": "NSE", "SEGMENT": "E", "SECURITY_ID": "2885", "ISIN": "INE002A01018", "INSTRUMENT": "EQUITY",
    "UNDERLYING_SYMBOL": "RELIANCE", "SYMBOL_NAME": "RELIANCE INDUSTRIES LTD", "INSTRUMENT_TYPE": "ES", "SERIES": "EQ",
    "LOT_SIZE": "1.0", "TICK_SIZE": "10.0000", "EXPIRY_FLAG": "NA", "ASM_GSM_FLAG": "N",
}  # fmt: skip
CALL: Final = {
    "EXCH_ID": "NSE", "SEGMENT": "D", "SECURITY_ID": "49081", "ISIN": "NA", "INSTRUMENT": "OPTIDX",
    "UNDERLYING_SECURITY_ID": "26000", "UNDERLYING_SYMBOL": "NIFTY", "SYMBOL_NAME": "NIFTY-Nov2026-26000-CE",
    "DISPLAY_NAME": "NIFTY 24 NOV 26000 CALL", "INSTRUMENT_TYPE": "OP", "SERIES": "NA", "LOT_SIZE": "65.0",
    "SM_EXPIRY_DATE": "2026-11-24", "STRIKE_PRICE": "26000.00000", "OPTION_TYPE": "CE", "TICK_SIZE": "5.0000",
}  # fmt: skip
INDEX: Final = {
    "EXCH_ID": "NSE", "SEGMENT": "I", "SECURITY_ID": "13", "ISIN": "NA", "INSTRUMENT": "INDEX",
    "UNDERLYING_SYMBOL": "NIFTY", "INSTRUMENT_TYPE": "INDEX", "SERIES": "X", "LOT_SIZE": "1.0",
    "SM_EXPIRY_DATE": "0001-01-01", "OPTION_TYPE": "XX", "TICK_SIZE": "0.0500",
}  # fmt: skip
SMALL_CALL: Final = {
    "SEM_EXM_EXCH_ID": "NSE", "SEM_SEGMENT": "D", "SEM_SMST_SECURITY_ID": "49081", "SEM_INSTRUMENT_NAME": "OPTIDX",
    "SEM_EXPIRY_CODE": "0", "SEM_TRADING_SYMBOL": "NIFTY-Nov2026-26000-CE", "SEM_LOT_UNITS": "65.0",
    "SEM_CUSTOM_SYMBOL": "NIFTY 24 NOV 26000 CALL", "SEM_EXPIRY_DATE": "2026-11-24 14:30:00",
    "SEM_STRIKE_PRICE": "26000.00000", "SEM_OPTION_TYPE": "CE", "SEM_TICK_SIZE": "5.0000", "SEM_EXPIRY_FLAG": "M",
    "SEM_EXCH_INSTRUMENT_TYPE": "OP", "SEM_SERIES": "NA",
}  # fmt: skip


def text(*rows: dict[str, str], header: tuple[str, ...] = DETAILED) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] for row in rows)
    return out.getvalue()


def read(source: str | bytes) -> list[Instrument]:
    raw = source if isinstance(source, bytes) else source.encode()
    return list(parse(io.BufferedReader(io.BytesIO(raw))))


def one(row: dict[str, str], header: tuple[str, ...] = DETAILED, **changes: str) -> Instrument:
    [found] = read(text(row | changes, header=header))
    return found


def names(*rows: dict[str, str]) -> dict[str, str]:
    return {found.token: found.symbol for found in read(text(*rows))}


def test_share_is_read() -> None:
    found = one(SHARE)

    assert (found.exchange, found.symbol, found.kind, found.isin) == ("NSE", "RELIANCE", Kind.CASH, "INE002A01018")
    assert (found.tick_size, found.lot_size, found.token) == (Decimal("0.1"), 1, "NSE_EQ:2885")
    assert found.title == "RELIANCE INDUSTRIES LTD"


@pytest.mark.parametrize("ticker", ["M&M", "BAJAJ-AUTO", "ARE&M", "NA"])
def test_ticker_is_taken_as_it_stands(ticker: str) -> None:
    assert one(SHARE, UNDERLYING_SYMBOL=ticker).symbol == ticker


def test_option_is_named_by_its_contract() -> None:
    found = one(CALL)

    assert (found.exchange, found.symbol, found.kind) == ("NFO", "NIFTY 24NOV26 26000 CE", Kind.CALL)
    assert (found.strike, found.expiry, found.lot_size) == (Decimal(26000), date(2026, 11, 24), 65)
    assert (found.tick_size, found.isin) == (Decimal("0.05"), "")


def test_future_has_no_strike() -> None:
    found = one(CALL, INSTRUMENT="FUTIDX", STRIKE_PRICE="-0.01000", OPTION_TYPE="XX", INSTRUMENT_TYPE="FUT")

    assert (found.symbol, found.kind, found.strike) == ("NIFTY 24NOV26 FUT", Kind.FUTURE, None)


def test_compact_file_says_the_same() -> None:
    assert one(SMALL_CALL, COMPACT) == one(CALL)


@pytest.mark.parametrize(
    ("symbol", "underlying"),
    [
        ("BANKNIFTY-Jul2025-57000-PE", "BANKNIFTY"),
        ("NIFTY-Oct2026-FUT", "NIFTY"),
        ("GOLD-31Aug2026-163500-CE", "GOLD"),
        ("BAJAJ-AUTO-Oct2026-9000-CE", "BAJAJ-AUTO"),
        ("M&M-Oct2026-FUT", "M&M"),
    ],
)
def test_underlying_of_the_compact_file_is_what_stands_before_the_contract(symbol: str, underlying: str) -> None:
    assert one(SMALL_CALL, COMPACT, SEM_TRADING_SYMBOL=symbol).name == underlying


def test_weekly_and_monthly_options_of_one_symbol_stay_two() -> None:
    found = names(CALL, CALL | {"SECURITY_ID": "52001", "SM_EXPIRY_DATE": "2026-11-17"})

    assert found == {"NSE_FNO:49081": "NIFTY 24NOV26 26000 CE", "NSE_FNO:52001": "NIFTY 17NOV26 26000 CE"}


def test_same_id_in_two_segments_stays_two() -> None:
    found = read(text(SHARE | {"SECURITY_ID": "13", "UNDERLYING_SYMBOL": "ABB"}, INDEX))

    assert [(row.broker_symbol, row.symbol, row.kind) for row in found] == [
        ("NSE_EQ:13", "ABB", Kind.CASH),
        ("IDX_I:13", "NIFTY", Kind.INDEX),
    ]


@pytest.mark.parametrize(
    ("exchange", "segment", "instrument", "expected"),
    [
        ("BSE", "D", "OPTIDX", "BFO"),
        ("NSE", "C", "OPTCUR", "CDS"),
        ("BSE", "C", "OPTCUR", "BCD"),
        ("MCX", "M", "OPTFUT", "MCX"),
        ("NSE", "D", "OPTSTK", "NFO"),
    ],
)
def test_segment_is_the_exchange(exchange: str, segment: str, instrument: str, expected: str) -> None:
    assert one(CALL, EXCH_ID=exchange, SEGMENT=segment, INSTRUMENT=instrument).exchange == expected


# ------------------------------------------------------------------ who has the plain ticker


def nse(number: str, series: str, ticker: str = "CHOLAFIN") -> dict[str, str]:
    return SHARE | {"SECURITY_ID": number, "SERIES": series, "UNDERLYING_SYMBOL": ticker}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_eq_has_the_ticker_before_be_and_a_debenture(order: tuple[int, ...]) -> None:
    rows = (nse("685", "EQ"), nse("700", "BE"), nse("701", "D1"))

    found = names(*(rows[at] for at in order))

    assert found == {"NSE_EQ:685": "CHOLAFIN", "NSE_EQ:700": "CHOLAFIN-BE", "NSE_EQ:701": "CHOLAFIN-D1"}


def test_be_has_the_ticker_where_there_is_no_eq() -> None:
    assert names(nse("701", "BZ"), nse("700", "BE")) == {"NSE_EQ:700": "CHOLAFIN", "NSE_EQ:701": "CHOLAFIN-BZ"}


def test_share_of_bse_has_the_ticker_before_its_bond() -> None:
    bse = {"EXCH_ID": "BSE", "SERIES": "A"}
    bond = {"INSTRUMENT_TYPE": "DEB", "SERIES": "F", "SECURITY_ID": "900001"}

    found = names(SHARE | bse | bond, SHARE | bse | {"SECURITY_ID": "500325"})

    assert found == {"BSE_EQ:900001": "RELIANCE-F", "BSE_EQ:500325": "RELIANCE"}


# ------------------------------------------------------------------ what is left out, what is refused


@pytest.mark.parametrize(
    "left_out",
    [
        CALL | {"UNDERLYING_SYMBOL": "011NSETEST"},
        SHARE | {"UNDERLYING_SYMBOL": "BSETEST1"},
        SHARE | {"SEGMENT": "Q"},
        SHARE | {"INSTRUMENT": "SOMETHING"},
    ],
)
def test_row_that_is_nothing_to_trade_is_left_out(left_out: dict[str, str]) -> None:
    assert names(left_out, CALL) == {"NSE_FNO:49081": "NIFTY 24NOV26 26000 CE"}


def test_columns_are_found_by_name() -> None:
    turned = (*reversed(DETAILED), "MTF_LEVERAGE")

    assert read(text(CALL, header=turned)) == read(text(CALL))


@pytest.mark.parametrize(
    "changes",
    [
        {"SECURITY_ID": "12a"},
        {"SECURITY_ID": ""},
        {"LOT_SIZE": "1.5"},
        {"LOT_SIZE": ""},
        {"TICK_SIZE": "NaN"},
        {"TICK_SIZE": "-5"},
        {"STRIKE_PRICE": ""},
        {"STRIKE_PRICE": "1e99"},
        {"SM_EXPIRY_DATE": "24-11-2026"},
        {"SM_EXPIRY_DATE": "0001-01-01"},
        {"UNDERLYING_SYMBOL": ""},
    ],
)
def test_row_that_cannot_be_right_refuses_the_whole_file(changes: dict[str, str]) -> None:
    with pytest.raises(WireSurprise, match="1 of 2 rows"):
        read(text(SHARE, CALL | changes))


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"<html></html>",
        text().encode(),
        text(SHARE, header=DETAILED[1:]).encode(),
        text(SHARE).encode() + b"NSE,E,1\n",
        text(SHARE).encode() + b"\xff\xfe",
        text(SHARE).encode().replace(b"RELIANCE,", b'"RELIANCE'),
    ],
    ids=["empty", "a page", "no rows", "a column less", "a short row", "bad UTF-8", "an open quote"],
)
def test_file_that_is_none_is_refused(source: bytes) -> None:
    with pytest.raises(WireSurprise):
        read(source)


def test_option_that_is_neither_call_nor_put_is_refused() -> None:
    with pytest.raises(WireSurprise):
        one(CALL, OPTION_TYPE="XX")


def test_byte_order_mark_is_no_part_of_the_header() -> None:
    assert read("\ufeff" + text(SHARE)) == read(text(SHARE))
