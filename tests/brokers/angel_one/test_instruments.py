"""Sheet section 8: rows of the instrument file."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.domain import Exchange, Instrument, Kind, MemoryInstruments, WireSurprise
from tests.brokers.angel_one import master, wire
from tests.brokers.angel_one.support import load_master, refusal
from tests.brokers.zerodha.server import ScriptedServer

KEY = "angel_one"


async def _found(instruments: MemoryInstruments, exchange: str, symbol: str) -> Instrument:
    found = await instruments.by_broker_symbol(KEY, [(exchange, symbol)])
    return found[exchange, symbol]


@pytest.mark.parametrize(
    ("exchange", "symbol", "kunji", "kind"),
    [
        ("NSE", "RELIANCE-EQ", "RELIANCE", Kind.CASH),
        ("BSE", "RELIANCE", "RELIANCE", Kind.CASH),
        ("NSE", "M&M-EQ", "M&M", Kind.CASH),
        ("NSE", "ARE&M-EQ", "ARE&M", Kind.CASH),
        ("NSE", "BAJAJ-AUTO-EQ", "BAJAJ-AUTO", Kind.CASH),
        ("NFO", "NIFTY24NOV26FUT", "NIFTY 24NOV26 FUT", Kind.FUTURE),
        ("NFO", "NIFTY24NOV2626000CE", "NIFTY 24NOV26 26000 CE", Kind.CALL),
        ("NFO", "NIFTY24NOV2626000PE", "NIFTY 24NOV26 26000 PE", Kind.PUT),
        ("NFO", "NIFTY01DEC2626000CE", "NIFTY 01DEC26 26000 CE", Kind.CALL),
        ("NFO", "ITC24NOV26402.5CE", "ITC 24NOV26 402.5 CE", Kind.CALL),
        ("BFO", "SENSEX26NOVFUT", "SENSEX 26NOV26 FUT", Kind.FUTURE),
        ("MCX", "CRUDEOIL19NOV26FUT", "CRUDEOIL 19NOV26 FUT", Kind.FUTURE),
        ("CDS", "USDINR26NOV26FUT", "USDINR 26NOV26 FUT", Kind.FUTURE),
    ],
)
@pytest.mark.usefixtures("broker")
async def test_section_8_what_the_rows_are_called(
    *, exchange: str, symbol: str, kunji: str, kind: Kind, instruments: MemoryInstruments
) -> None:
    found = await _found(instruments, exchange, symbol)

    assert (found.symbol, found.kind) == (kunji, kind)


@pytest.mark.parametrize(
    ("exchange", "symbol", "token", "underlying"),
    [
        ("NSE", "Nifty 50", "99926000", "NIFTY"),
        ("NSE", "Nifty Bank", "99926009", "BANKNIFTY"),
        ("BSE", "SENSEX", "99919000", "SENSEX"),
    ],
)
@pytest.mark.usefixtures("broker")
async def test_section_8_an_index_goes_by_its_name(
    *, exchange: str, symbol: str, token: str, underlying: str, instruments: MemoryInstruments
) -> None:
    found = await _found(instruments, exchange, symbol)

    assert (found.kind, found.token, found.contract.name) == (Kind.INDEX, token, underlying)


@pytest.mark.usefixtures("broker")
async def test_section_8_a_strike_is_a_hundredth_and_a_tick_is_paise(instruments: MemoryInstruments) -> None:
    found = await _found(instruments, "NFO", "ITC24NOV26402.5CE")

    assert (found.strike, found.tick_size) == (Decimal("402.5"), Decimal("0.05"))
    assert (found.expiry, found.lot_size, found.token) == (date(2026, 11, 24), 1600, "61001")


@pytest.mark.parametrize(
    ("symbol", "tick"),
    [("RELIANCE-EQ", "0.1"), ("BAJAJ-AUTO-EQ", "0.5"), ("GTLINFRA-BE", "0.01")],
)
@pytest.mark.usefixtures("broker")
async def test_section_8_ticks_in_rupees(symbol: str, tick: str, instruments: MemoryInstruments) -> None:
    assert (await _found(instruments, "NSE", symbol)).tick_size == Decimal(tick)


@pytest.mark.usefixtures("broker")
async def test_section_8_a_share_has_no_strike_and_no_expiry(instruments: MemoryInstruments) -> None:
    found = await _found(instruments, "NSE", "RELIANCE-EQ")

    assert (found.strike, found.expiry, found.freeze_quantity) == (None, None, 100000)


async def test_section_8_a_currency_option_is_divided_once_more(
    fresh: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    row = master.contract(
        "10101", "USDINR26NOV2684.5CE", "OPTCUR", "26NOV2026", exch_seg="CDS", name="USDINR", strike="845000000.000000"
    )
    await load_master(fresh, server, (row,))

    assert (await _found(instruments, "CDS", "USDINR26NOV2684.5CE")).strike == Decimal("84.5")


async def test_section_8_columns_of_2026_may_be_absent(
    fresh: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    old = {name: value for name, value in master.row().items() if name not in {"freeze_qty", "is_cas_enabled"}}
    await load_master(fresh, server, (old,))

    assert (await _found(instruments, "NSE", "RELIANCE-EQ")).freeze_quantity is None


@pytest.mark.parametrize(("symbol", "expected"), [("RELIANCE-EQ", "2885"), ("RELIANCE", "2885")])
@pytest.mark.parametrize("backwards", [False, True])
async def test_section_8_the_share_is_found_before_its_debt_whatever_the_order_of_rows(
    *, backwards: bool, symbol: str, expected: str, fresh: BaseBroker, server: ScriptedServer
) -> None:
    await load_master(fresh, server, master.ROWS[::-1] if backwards else master.ROWS)
    server.requests.clear()
    for path in wire.QUOTES:
        server.on("POST", path, wire.text(wire.good(wire.prices(wire.fetched(symbolToken=expected)))))

    assert await fresh.get_ltp(symbol, Exchange.NSE) == Decimal("1540.1")


async def test_section_8_the_file_needs_no_session(fresh: BaseBroker, server: ScriptedServer) -> None:
    assert await load_master(fresh, server) > 0

    assert "authorization" not in server.only("GET", wire.MASTER).headers


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "{}",
        '[{"a": 1}]',
        "<html>maintenance</html>",
        json.dumps([{"token": "1", "symbol": "X"}]),
        json.dumps(master.ROWS)[:-40],
        json.dumps([*master.ROWS, 5]),
    ],
)
async def test_section_8_a_file_of_another_shape_is_refused_and_the_last_good_one_stays(
    body: str, broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    server.on("GET", wire.MASTER, body)

    error = await refusal(broker.load_instruments())

    assert error.kind in {"wire_surprise", "not_reachable"}
    assert (await _found(instruments, "NSE", "RELIANCE-EQ")).token == "2885"


@pytest.mark.parametrize(
    "change",
    [{"token": None}, {"symbol": 5}, {"tick_size": "x"}, {"lotsize": "x"}, {"expiry": "32NOV2026"}, {"strike": []}],
)
async def test_section_8_a_broken_row_never_becomes_a_wrong_instrument(
    change: dict[str, Any], broker: BaseBroker, server: ScriptedServer, instruments: MemoryInstruments
) -> None:
    row = master.contract("99", "NIFTY24NOV2627000CE", "OPTIDX", "24NOV2026", strike="2700000.000000") | change
    server.on("GET", wire.MASTER, json.dumps([*master.ROWS, row]))

    with suppress(WireSurprise):  # whole or not at all: refusing the file is as good as leaving out the row
        await broker.load_instruments()

    assert ("NFO", "NIFTY24NOV2627000CE") not in await instruments.by_broker_symbol(
        KEY, [("NFO", "NIFTY24NOV2627000CE")]
    )
