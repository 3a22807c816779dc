"""Sheet section 8: the symbol files, their 21 columns without a header and their odd rows."""

import gzip
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest

from app.brokers.base import BaseBroker
from app.domain import Instrument, Kind, MemoryInstruments
from tests.brokers.fyers import wire
from tests.brokers.fyers.conftest import MASTER
from tests.brokers.fyers.rows import position
from tests.brokers.fyers.support import API, FyersServer, refusal
from tests.brokers.sheets import MakeBroker

_NAMES: Final = ("NSE_CM", "BSE_CM", "NSE_FO", "BSE_FO", "NSE_CD", "NSE_COM", "MCX_COM")
_TYPED: Final = Path(__file__).parent / "sym_details"
"""Rows typed from the sheet, a file each; expiries are 15:30 IST of the day, MCX 23:30, currencies 12:30."""
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple((_TYPED / f"{name}.csv").read_text("utf-8").splitlines()) for name in _NAMES
}
PATH = "/sym_details"
JSON: Final[Mapping[str, Mapping[str, Mapping[str, object]]]] = {  # keys of section 8, texts where section 13 says so
    "NSE_FO": {"NSE:NIFTY26DECFUT": {"symTicker": "NSE:NIFTY26DECFUT", "qtyFreeze": "1800", "qtyMultiplier": 1.0}},
    "MCX_COM": {"MCX:CRUDEOIL26DECFUT": {"minLotSize": 1, "qtyFreeze": "", "qtyMultiplier": 100.0}},
}


def _text(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def _serve(server: FyersServer, files: Mapping[str, str | bytes], **more: object) -> None:
    for name in ("NSE_FO", "BSE_FO", "NSE_CD", "NSE_COM", "MCX_COM"):
        server.on("GET", f"{PATH}/{name}_sym_master.json", wire.text(JSON.get(name, {})))
    for name, body in files.items():
        server.on("GET", f"{PATH}/{name}.csv", body, content_type="text/csv", **more)  # type: ignore[arg-type]  # headers


def _good() -> dict[str, str | bytes]:
    return {name: _text(*rows) for name, rows in FILES.items()}


@pytest.fixture
async def loaded(broker: BaseBroker, server: FyersServer, instruments: MemoryInstruments) -> MemoryInstruments:
    _serve(server, _good())
    assert await broker.load_instruments() == sum(len(rows) for rows in FILES.values())
    return instruments


async def _row(master: MemoryInstruments, exchange: str, ticker: str) -> Instrument:
    return (await master.by_broker_symbol("fyers", [(exchange, ticker)]))[exchange, ticker]


async def test_section_8_needs_no_login(
    make_broker: MakeBroker, server: FyersServer, instruments: MemoryInstruments
) -> None:
    _serve(server, _good())

    assert await make_broker().load_instruments() == sum(len(rows) for rows in FILES.values())
    assert not [request for request in server.requests if "authorization" in request.headers]


async def test_section_8_replaces_the_whole_master_of_the_indian_day(loaded: MemoryInstruments) -> None:
    assert await loaded.loaded_on("fyers") == date(2026, 11, 18)
    assert await loaded.by_broker_symbol("fyers", [("NSE", "NSE:INFY-EQ")]) == {}


async def test_section_8_a_share(loaded: MemoryInstruments) -> None:
    row = await _row(loaded, "NSE", "NSE:RELIANCE-EQ")

    assert (row.token, row.name, row.symbol, row.kind) == ("10100000002885", "RELIANCE", "RELIANCE", Kind.CASH)
    assert (row.tick_size, row.lot_size, row.isin) == (Decimal("0.1"), 1, "INE002A01018")
    assert (row.expiry, row.strike) == (None, None)


@pytest.mark.parametrize(
    ("exchange", "ticker", "name"),
    [
        ("NSE", "NSE:M&M-EQ", "M&M"),
        ("NSE", "NSE:BAJAJ-AUTO-EQ", "BAJAJ-AUTO"),
        ("NSE", "NSE:NIFTYBEES-EQ", "NIFTYBEES"),
        ("BSE", "BSE:RELIANCE-A", "RELIANCE"),
        ("BSE", "BSE:SBIN-A", "SBIN"),
    ],
)
async def test_section_8_names_without_series(exchange: str, ticker: str, name: str, loaded: MemoryInstruments) -> None:
    row = await _row(loaded, exchange, ticker)

    assert (row.name, row.kind) == (name, Kind.CASH)
    found = await loaded.by_symbol("fyers", exchange, name)
    assert found == row


async def test_section_8_a_small_company_is_traded_in_its_lot(loaded: MemoryInstruments) -> None:
    assert (await _row(loaded, "NSE", "NSE:SMALLCO-SM")).lot_size == 11250


async def test_section_8_a_row_without_the_day_of_its_last_change(loaded: MemoryInstruments) -> None:
    assert (await _row(loaded, "NSE", "NSE:S&SPOWER-BE")).isin == "INE902B01017"


async def test_section_8_an_index_is_no_share(loaded: MemoryInstruments) -> None:
    assert (await _row(loaded, "NSE", "NSE:NIFTY50-INDEX")).kind is Kind.INDEX


async def test_section_8_an_option(loaded: MemoryInstruments) -> None:
    row = await _row(loaded, "NFO", "NSE:NIFTY26DEC26050CE")

    assert (row.symbol, row.kind, row.expiry) == ("NIFTY 29DEC26 26050 CE", Kind.CALL, date(2026, 12, 29))
    assert (row.strike, row.lot_size, row.tick_size) == (Decimal(26050), 75, Decimal("0.05"))


async def test_section_8_a_strike_with_a_half(loaded: MemoryInstruments) -> None:
    row = await _row(loaded, "NFO", "NSE:M&M26DEC3725.5PE")

    assert (row.symbol, row.strike) == ("M&M 29DEC26 3725.5 PE", Decimal("3725.5"))


async def test_section_8_a_weekly_option_of_the_other_exchange(loaded: MemoryInstruments) -> None:
    row = await _row(loaded, "BFO", "BSE:SENSEX26N2685200CE")

    assert (row.symbol, row.expiry) == ("SENSEX 26NOV26 85200 CE", date(2026, 11, 26))


@pytest.mark.parametrize(
    ("exchange", "ticker", "symbol"),
    [
        ("NFO", "NSE:NIFTY26DECFUT", "NIFTY 29DEC26 FUT"),
        ("BFO", "BSE:SENSEX26NOVFUT", "SENSEX 26NOV26 FUT"),
        ("CDS", "NSE:USDINR26DECFUT", "USDINR 29DEC26 FUT"),
        ("NCO", "NSE:GOLDM26DECFUT", "GOLDM 04DEC26 FUT"),
        ("MCX", "MCX:CRUDEOIL26DECFUT", "CRUDEOIL 18DEC26 FUT"),
    ],
)
async def test_section_8_futures_and_their_day_in_india(
    exchange: str, ticker: str, symbol: str, loaded: MemoryInstruments
) -> None:
    row = await _row(loaded, exchange, ticker)

    assert (row.symbol, row.kind, row.strike) == (symbol, Kind.FUTURE, None)


async def test_section_8_ticks_of_currency_have_four_places(loaded: MemoryInstruments) -> None:
    assert (await _row(loaded, "CDS", "NSE:USDINR26DECFUT")).tick_size == Decimal("0.0025")


async def test_section_8_tokens_stay_text(loaded: MemoryInstruments) -> None:
    assert (await _row(loaded, "BFO", "BSE:SENSEX26N2685200CE")).token == "1211261126854021"


async def test_section_8_the_names_reach_the_positions(
    loaded: MemoryInstruments, broker: BaseBroker, server: FyersServer
) -> None:
    server.ok(f"{API}/positions", netPositions=[position(symbol="BSE:SENSEX26N2685200CE", exchange=12, segment=11)])

    [row] = await broker.get_positions()

    assert row.symbol == "SENSEX 26NOV26 85200 CE"
    assert await loaded.loaded_on("fyers") == date(2026, 11, 18)


async def test_section_8_packed_files(broker: BaseBroker, server: FyersServer) -> None:
    packed = {name: gzip.compress(_text(*rows).encode()) for name, rows in FILES.items()}
    _serve(server, packed, headers=(("Content-Encoding", "gzip"),))

    assert await broker.load_instruments() == sum(len(rows) for rows in FILES.values())


# ------------------------------------------------------------------ whole or not at all

_SHARE = FILES["NSE_CM"][0]
BAD: Final = {
    "a header line": "Fytoken,Symbol Details,Exchange Instrument type\n" + _text(_SHARE),
    "a column less": _text(_SHARE.rpartition(",")[0]),
    "two lines in one": _text(f"{_SHARE},{_SHARE}"),
    "no number as lot": _text(_SHARE.replace(",0,1,0.1,", ",0,many,0.1,")),
    "no number as tick": _text(_SHARE.replace(",0,1,0.1,", ",0,1,small,")),
    "a tick that is not finite": _text(_SHARE.replace(",0,1,0.1,", ",0,1,NaN,")),
    "cut in a line": _text(_SHARE)[:60],
    "empty": "",
    "json": wire.ok(),
    "null": "null",
}


@pytest.mark.parametrize("what", BAD)
async def test_section_8_a_file_that_is_not_what_the_sheet_says_keeps_the_last_master(
    what: str, broker: BaseBroker, server: FyersServer, instruments: MemoryInstruments
) -> None:
    _serve(server, _good() | {"NSE_CM": BAD[what]})

    error = await refusal(broker.load_instruments())

    assert error.kind == "wire_surprise"
    assert len(await instruments.by_broker_symbol("fyers", [(one.exchange, one.broker_symbol) for one in MASTER])) == 12


@pytest.mark.parametrize(
    ("status", "kinds"), [(500, {"broker_down"}), (503, {"broker_down"}), (429, {"rate_limited"}), (404, None)]
)
async def test_section_8_a_file_that_is_not_there_keeps_the_last_master(
    *,
    status: int,
    kinds: set[str] | None,
    broker: BaseBroker,
    server: FyersServer,
    instruments: MemoryInstruments,
) -> None:
    _serve(server, _good())
    server.on("GET", f"{PATH}/NSE_FO.csv", "", status=status, content_type=None)

    error = await refusal(broker.load_instruments())

    assert kinds is None or error.kind in kinds
    assert error.kind != "session_expired"
    assert await instruments.by_broker_symbol("fyers", [("NSE", "NSE:INFY-EQ")]) != {}


async def test_faults_15_a_page_of_a_proxy_is_not_the_file(broker: BaseBroker, server: FyersServer) -> None:
    _serve(server, _good())
    page = "<html><form>Hotel Wi-Fi</form></html>"
    server.on("GET", f"{PATH}/NSE_CM.csv", page, content_type="text/html")

    assert (await refusal(broker.load_instruments())).kind == "not_reachable"


async def test_section_8_the_files_come_from_their_own_host(
    make_broker: MakeBroker, server: FyersServer, instruments: MemoryInstruments
) -> None:
    _serve(server, _good())
    await make_broker().load_instruments()

    asked = {request.path for request in server.requests}
    assert asked >= {f"{PATH}/{name}.csv" for name in ("NSE_CM", "BSE_CM", "NSE_FO", "BSE_FO", "NSE_CD", "MCX_COM")}
    assert await instruments.loaded_on("fyers") == wire.NOW.date()
