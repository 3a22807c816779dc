"""Sheet section 8: the instrument master, read by header name; what a trader calls what is in it."""

from datetime import date
from decimal import Decimal

import pytest

from app.brokers.base import BaseBroker
from app.domain import Instrument, Kind, MemoryInstruments
from tests.brokers.dhan import master
from tests.brokers.dhan.conftest import NOW
from tests.brokers.dhan.support import load_master, refusal
from tests.brokers.zerodha.server import ScriptedServer

TESTS = 2  # rows of NSETEST and BSETEST


async def _found(instruments: MemoryInstruments, exchange: str, symbol: str) -> Instrument:
    found = await instruments.by_symbol("dhan", exchange, symbol)
    assert found is not None
    return found


async def test_section_8_no_token_goes_to_the_file_host(broker: BaseBroker, server: ScriptedServer) -> None:
    await load_master(broker, server)

    assert all("access-token" not in request.headers for request in server.requests)
    assert {request.path for request in server.requests} <= {master.COMPACT_PATH, master.DETAILED_PATH}


async def test_section_8_rows_of_tests_are_dropped(
    fresh: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    assert await load_master(fresh, server) == len(master.ROWS) - TESTS
    assert await instruments.by_symbol("dhan", "NSE", "011NSETEST") is None


async def test_the_master_is_of_the_indian_day(broker: BaseBroker, instruments: MemoryInstruments) -> None:
    assert await instruments.loaded_on("dhan") == NOW.date()


@pytest.mark.parametrize(
    ("exchange", "symbol", "kind", "tick", "lot"),
    [
        ("NSE", "RELIANCE", Kind.CASH, "0.10", 1),
        ("NSE", "HDFCBANK", Kind.CASH, "0.05", 1),
        ("NSE", "BAJAJ-AUTO", Kind.CASH, "1.00", 1),
        ("BSE", "M&M", Kind.CASH, "0.05", 1),
        ("NSE", "NIFTY", Kind.INDEX, None, None),
        ("BSE", "SENSEX", Kind.INDEX, None, None),
        ("NFO", "NIFTY 24NOV26 FUT", Kind.FUTURE, "0.10", 65),
        ("NFO", "NIFTY 01DEC26 26000 CE", Kind.CALL, "0.05", 65),
        ("NFO", "NIFTY 08DEC26 26000 CE", Kind.CALL, "0.05", 65),
        ("NFO", "NIFTY 08DEC26 26000 PE", Kind.PUT, "0.05", 65),
        ("NFO", "RELIANCE 24NOV26 1540 CE", Kind.CALL, "0.05", 500),
        ("BFO", "SENSEX 26NOV26 FUT", Kind.FUTURE, "0.05", 20),
        ("MCX", "CRUDEOIL 19NOV26 FUT", Kind.FUTURE, "1.00", 1),
        ("CDS", "USDINR 26NOV26 FUT", Kind.FUTURE, "0.0025", 1),
    ],
)
@pytest.mark.usefixtures("broker")
async def test_section_8_each_sort_of_row(
    *, exchange: str, symbol: str, kind: Kind, tick: str | None, lot: int | None, instruments: MemoryInstruments
) -> None:
    found = await _found(instruments, exchange, symbol)

    assert found.kind is kind
    assert tick is None or (found.tick_size, found.lot_size) == (Decimal(tick), lot)


@pytest.mark.usefixtures("broker")
async def test_section_8_an_option_is_known_by_full_date_strike_and_side(instruments: MemoryInstruments) -> None:
    found = await _found(instruments, "NFO", "NIFTY 08DEC26 26000 PE")

    assert (found.expiry, found.strike, found.name) == (date(2026, 12, 8), Decimal(26000), "NIFTY")


@pytest.mark.usefixtures("broker")
async def test_section_8_the_strike_of_a_future_is_none(instruments: MemoryInstruments) -> None:
    found = await _found(instruments, "NFO", "NIFTY 24NOV26 FUT")

    assert (found.strike, found.expiry) == (None, date(2026, 11, 24))


@pytest.mark.usefixtures("broker")
async def test_section_8_the_isin_is_that_of_the_company_on_both_exchanges(instruments: MemoryInstruments) -> None:
    both = [await _found(instruments, exchange, "RELIANCE") for exchange in ("NSE", "BSE")]

    assert {one.isin for one in both} == {"INE002A01018"}
    assert len({one.token for one in both}) == 2


@pytest.mark.usefixtures("broker")
async def test_section_8_na_is_no_isin(instruments: MemoryInstruments) -> None:
    assert (await _found(instruments, "NFO", "NIFTY 24NOV26 FUT")).isin == ""


@pytest.mark.usefixtures("broker")
async def test_section_8_the_share_goes_before_the_debenture_of_its_ticker(instruments: MemoryInstruments) -> None:
    assert (await _found(instruments, "NSE", "CHOLAFIN")).isin == "INE121A01024"


async def test_section_8_that_holds_whichever_comes_first(
    fresh: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    await load_master(fresh, server, tuple(reversed(master.ROWS)))

    assert (await _found(instruments, "NSE", "CHOLAFIN")).isin == "INE121A01024"


@pytest.mark.usefixtures("broker")
async def test_section_8_a_share_of_the_series_be_is_found_by_its_ticker(instruments: MemoryInstruments) -> None:
    assert (await _found(instruments, "NSE", "GTLINFRA")).isin == "INE221H01019"


async def test_section_8_a_ticker_that_reads_na_stays_text(
    fresh: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    await load_master(fresh, server, (*master.ROWS, master.cash("NSE", "4242", "NA", "INE424A01010")))

    assert (await _found(instruments, "NSE", "NA")).isin == "INE424A01010"


async def test_section_8_columns_are_found_by_name_in_any_order(fresh: BaseBroker, server: ScriptedServer) -> None:
    for path, text in ((master.COMPACT_PATH, master.compact()), (master.DETAILED_PATH, master.detailed())):
        lines = (",".join(reversed(line.split(","))) for line in text.splitlines())
        server.on("GET", path, "\n".join(f"{line},x" for line in lines) + "\n", content_type="text/csv")

    assert await fresh.load_instruments() == len(master.ROWS) - TESTS


async def test_a_file_without_a_needed_column_leaves_the_last_good_master(
    broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    for path in (master.COMPACT_PATH, master.DETAILED_PATH):
        server.on("GET", path, "A,B,C\n1,2,3\n", content_type="text/csv")

    assert (await refusal(broker.load_instruments())).kind == "wire_surprise"
    assert await instruments.by_symbol("dhan", "NSE", "RELIANCE") is not None


@pytest.mark.parametrize("body", ["", "<html>log in</html>", "SEM_EXM_EXCH_ID\nnull", '{"status":"error"}'])
async def test_an_odd_file_leaves_the_last_good_master(
    body: str, broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    for path in (master.COMPACT_PATH, master.DETAILED_PATH):
        server.on("GET", path, body, content_type="text/plain")

    assert (await refusal(broker.load_instruments())).kind in {"wire_surprise", "not_reachable"}
    assert await instruments.by_symbol("dhan", "NSE", "RELIANCE") is not None


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_a_file_that_is_not_there_leaves_the_last_good_master(
    status: int, broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    for path in (master.COMPACT_PATH, master.DETAILED_PATH):
        server.on("GET", path, "", status=status, content_type=None)

    await refusal(broker.load_instruments())

    assert await instruments.by_symbol("dhan", "NSE", "RELIANCE") is not None
