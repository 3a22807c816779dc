"""Sheet section 8: the instrument master, its columns and its odd rows."""

import gzip
from datetime import date
from decimal import Decimal

import pytest

from app.brokers.base import BaseBroker
from app.domain import Instrument, Kind, MemoryInstruments
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.conftest import MASTER
from tests.brokers.zerodha.rows import portfolio, position
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import refusal

HEADER = (
    "instrument_token,exchange_token,tradingsymbol,name,last_price,"
    "expiry,strike,tick_size,lot_size,instrument_type,segment,exchange"
)
ROWS = (
    '738561,2885,RELIANCE,"RELIANCE INDUSTRIES",0,,0,0.1,1,EQ,NSE,NSE',
    '519937,2031,M&M,"MAHINDRA & MAHINDRA",0,,0,0.1,1,EQ,NSE,NSE',
    '1149697,4491,J&KBANK,"JAMMU, KASHMIR ""J&K"" BANK",0,,0,0.01,1,EQ,NSE,NSE',
    '4267265,16669,BAJAJ-AUTO,"BAJAJ AUTO",0,,0,1,1,EQ,NSE,NSE',
    '779777,3046,S&SPOWER-BE,"S & S POWER SWITCHGEAR",0,,0,0.05,1,EQ,NSE,NSE',
    "5138177,20071,754KL36-SG,,0,,0,0.01,100,EQ,NSE,NSE",
    '256265,1001,NIFTY 50,"NIFTY 50",0,,0,0,0,EQ,INDICES,NSE',
    '128083204,500325,RELIANCE,"RELIANCE INDUSTRIES",0,,0,0.05,1,EQ,BSE,BSE',
    '10350338,40431,NIFTY25D0226050CE,"NIFTY",0,2025-12-02,26050,0.05,75,CE,NFO-OPT,NFO',
    '12096258,47251,NIFTY25DEC26050CE,"NIFTY",0,2025-12-30,26050,0.05,75,CE,NFO-OPT,NFO',
    '12096514,47252,NIFTY25DEC26050PE,"NIFTY",0,2025-12-30,26050.00,0.05,75,PE,NFO-OPT,NFO',
    '9485826,37054,NIFTY25DECFUT,"NIFTY",0,2025-12-30,0,0.1,75,FUT,NFO-FUT,NFO',
    '30205698,117991,ABC25DEC2423.7CE,"ABC",0,2025-12-30,2423.7,0.05,475,CE,NFO-OPT,NFO',
    '111699719,436327,LEADMINI25DECFUT,"LEADMINI",0,2025-12-31,0,0.05,1,FUT,MCX-FUT,MCX',
)


def _csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows, ""))


@pytest.fixture
def empty() -> MemoryInstruments:
    return MemoryInstruments()


async def _found(master: MemoryInstruments, exchange: str, broker_symbol: str) -> Instrument:
    found = await master.by_broker_symbol("zerodha", [(exchange, broker_symbol)])
    return found[exchange, broker_symbol]


@pytest.fixture
async def loaded(broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments) -> MemoryInstruments:
    server.on("GET", "/instruments", _csv(*ROWS), content_type="text/csv")
    assert await broker.load_instruments() == len(ROWS)
    return instruments


async def test_section_8_load_replaces_the_whole_master_of_the_indian_day(loaded: MemoryInstruments) -> None:
    assert await loaded.loaded_on("zerodha") == date(2025, 11, 26)
    assert await loaded.by_broker_symbol("zerodha", [("NSE", "INFY")]) == {}


async def test_section_8_a_row_of_a_share(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "NSE", "RELIANCE")

    assert (row.token, row.name, row.symbol, row.kind) == ("738561", "RELIANCE", "RELIANCE", Kind.CASH)
    assert (row.tick_size, row.lot_size, row.expiry) == (Decimal("0.1"), 1, None)


async def test_section_8_key_the_same_symbol_on_two_exchanges(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "BSE", "RELIANCE")

    assert (row.token, row.tick_size) == ("128083204", Decimal("0.05"))


@pytest.mark.parametrize("symbol", ["M&M", "J&KBANK", "BAJAJ-AUTO"])
async def test_section_8_ampersand_and_dash_belong_to_the_name(symbol: str, loaded: MemoryInstruments) -> None:
    row = await loaded.by_symbol("zerodha", "NSE", symbol)

    assert row is not None
    assert (row.broker_symbol, row.symbol) == (symbol, symbol)


async def test_section_8_a_trade_to_trade_row_is_found_by_its_own_symbol(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "NSE", "S&SPOWER-BE")

    assert (row.token, row.kind) == ("779777", Kind.CASH)


async def test_section_8_name_may_be_empty_and_a_lot_above_1(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "NSE", "754KL36-SG")

    assert (row.kind, row.lot_size, row.symbol != "") == (Kind.CASH, 100, True)


async def test_section_8_an_index_has_lot_and_tick_0(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "NSE", "NIFTY 50")

    assert (row.kind, row.symbol, row.lot_size, row.tick_size) == (Kind.INDEX, "NIFTY 50", 0, Decimal(0))


@pytest.mark.parametrize(
    ("broker_symbol", "symbol", "kind", "expiry"),
    [
        ("NIFTY25D0226050CE", "NIFTY 02DEC25 26050 CE", Kind.CALL, date(2025, 12, 2)),
        ("NIFTY25DEC26050CE", "NIFTY 30DEC25 26050 CE", Kind.CALL, date(2025, 12, 30)),
        ("NIFTY25DEC26050PE", "NIFTY 30DEC25 26050 PE", Kind.PUT, date(2025, 12, 30)),
        ("NIFTY25DECFUT", "NIFTY 30DEC25 FUT", Kind.FUTURE, date(2025, 12, 30)),
        ("ABC25DEC2423.7CE", "ABC 30DEC25 2423.7 CE", Kind.CALL, date(2025, 12, 30)),
    ],
)
async def test_section_8_a_contract_is_named_by_its_identity(
    *, broker_symbol: str, symbol: str, kind: Kind, expiry: date, loaded: MemoryInstruments
) -> None:
    row = await _found(loaded, "NFO", broker_symbol)

    assert (row.symbol, row.kind, row.expiry) == (symbol, kind, expiry)
    assert await loaded.by_symbol("zerodha", "NFO", symbol) == row


async def test_section_8_a_strike_has_decimals(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "NFO", "ABC25DEC2423.7CE")

    assert (row.strike, row.lot_size) == (Decimal("2423.7"), 475)


async def test_section_8_a_commodity(loaded: MemoryInstruments) -> None:
    row = await _found(loaded, "MCX", "LEADMINI25DECFUT")

    assert row.symbol == "LEADMINI 31DEC25 FUT"


async def test_section_8_the_file_comes_gzipped(
    broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    packed = gzip.compress(_csv(*ROWS).encode())
    server.on("GET", "/instruments", packed, content_type="text/csv", headers=(("Content-Encoding", "gzip"),))

    assert await broker.load_instruments() == len(ROWS)


async def test_section_8_the_loaded_names_are_those_of_the_positions(
    loaded: MemoryInstruments, broker: BaseBroker, server: ScriptedServer
) -> None:
    row = position(exchange="NFO", tradingsymbol="ABC25DEC2423.7CE", product="NRML")
    server.on("GET", "/portfolio/positions", wire.success(portfolio(row)))

    [held] = await broker.get_positions()

    assert held.symbol == "ABC 30DEC25 2423.7 CE"


async def test_section_8_it_is_served_before_any_sign_in(make_broker: MakeBroker, server: ScriptedServer) -> None:
    server.on("GET", "/instruments", _csv(*ROWS), content_type="text/csv")

    assert await make_broker().load_instruments() == len(ROWS)


BROKEN = {
    "column missing": _csv(ROWS[0].replace(",0.1", "", 1), header=HEADER.replace(",tick_size", "")),
    "column renamed": _csv(*ROWS, header=HEADER.replace("lot_size", "lot")),
    "no header": _csv(*ROWS[1:], header=ROWS[0]),
    "a field missing": _csv(*ROWS, "111699720,436328,LEADMINI26JANFUT,LEADMINI,0,2026-01-30,0.05,1,FUT,MCX-FUT,MCX"),
    "a field too many": _csv(*ROWS, ROWS[0] + ",MORE"),
    "lot is no number": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,0.1,many,EQ,NSE,NSE'),
    "tick is no number": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,NaN,1,EQ,NSE,NSE'),
    "tick is endless": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,Infinity,1,EQ,NSE,NSE'),
    "tick is negative": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,-0.05,1,EQ,NSE,NSE'),
    "lot is negative": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,0.05,-75,EQ,NSE,NSE'),
    "lot is broken": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,0.05,1.5,EQ,NSE,NSE'),
    "type is unknown": _csv(*ROWS, '1,1,NEW,"NEW",0,,0,0.05,1,XX,NSE,NSE'),
    "option without an expiry": _csv(*ROWS, '1,1,NEW,"NEW",0,,100,0.05,1,CE,NFO-OPT,NFO'),
    "strike is no number": _csv(*ROWS, '1,1,NEW,"NEW",0,2025-12-30,much,0.1,1,CE,NFO-OPT,NFO'),
    "expiry is no day": _csv(*ROWS, '1,1,NEW,"NEW",0,30-12-2025,1,0.1,1,CE,NFO-OPT,NFO'),
    "symbol empty": _csv(*ROWS, '1,1,,"NEW",0,,0,0.1,1,EQ,NSE,NSE'),
    "cut in the middle of a row": _csv(*ROWS)[:-40],
    "empty": "",
    "header alone": _csv(),
    "json": wire.success({}),
}


async def _still_the_old_one(master: MemoryInstruments) -> bool:
    keys = [(row.exchange, row.broker_symbol) for row in MASTER]
    return len(await master.by_broker_symbol("zerodha", keys)) == len(MASTER)


@pytest.mark.parametrize("name", BROKEN)
async def test_section_8_a_file_of_another_shape_is_a_surprise_and_the_old_master_stays(
    name: str, broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    server.on("GET", "/instruments", BROKEN[name], content_type="text/csv")

    error = await refusal(broker.load_instruments())

    assert error.kind == "wire_surprise"
    assert await _still_the_old_one(instruments)


@pytest.mark.parametrize(
    ("status", "body", "content_type", "kind"),
    [
        (403, wire.failure("TokenException", "Incorrect `api_key` or `access_token`."), "application/json", None),
        (429, wire.failure("NetworkException", "Too many requests"), "application/json", "rate_limited"),
        (503, "<html>Unavailable</html>", "text/html", "broker_down"),
        (200, "<html><form>Hotel Wi-Fi</form></html>", "text/html", "not_reachable"),
    ],
)
async def test_section_6_no_file_is_no_empty_master(
    *,
    status: int,
    body: str,
    content_type: str,
    kind: str | None,
    broker: BaseBroker,
    server: ScriptedServer,
    instruments: MemoryInstruments,
) -> None:
    server.on("GET", "/instruments", body, status=status, content_type=content_type)

    error = await refusal(broker.load_instruments())

    assert error.kind == (kind or "session_expired")
    assert await _still_the_old_one(instruments)
