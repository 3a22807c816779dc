"""What a trader types finds what he means, on disk as in memory, and one contract is one at every broker."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import Instrument, Instruments, Kind, MemoryInstruments
from app.store import AppStore

DAY = date(2026, 11, 20)
NEAR, FAR = date(2026, 12, 1), date(2026, 12, 29)


def cash(symbol: str, title: str = "", exchange: str = "NSE", **more: str) -> Instrument:
    kind = Kind.INDEX if symbol.startswith("NIFTY ") else Kind.CASH
    return Instrument(exchange, symbol, "1", symbol, kind, None, None, Decimal("0.05"), 1, title=title, **more)  # type: ignore[arg-type]  # texts only


def contract(symbol: str, name: str, kind: Kind, expiry: date, strike: str = "", **at: str) -> Instrument:
    cost = Decimal(strike) if strike else None
    exchange = at.get("exchange", "NFO")
    return Instrument(exchange, symbol, "2", name, kind, expiry, cost, Decimal("0.05"), 75, freeze_quantity=1800)


ROWS = (
    cash("RELIGARE", "RELIGARE ENTERPRISES"),
    cash("RELIANCE", "RELIANCE INDUSTRIES"),
    cash("RELIANCE", "RELIANCE INDUSTRIES", "BSE"),
    cash("M&M", "MAHINDRA & MAHINDRA"),
    cash("M&MFIN", "M&M FINANCIAL SERVICES"),
    cash("S&SPOWER-BE"),
    cash("BAJAJ-AUTO", "BAJAJ AUTO"),
    cash("CESC", "CESC"),
    cash("HDFCBANK", "HDFC BANK"),
    cash('ODD"NAME%_'),
    cash("NIFTY 50", "NIFTY 50"),
    contract("NIFTY26DECFUT", "NIFTY", Kind.FUTURE, FAR),
    contract("NIFTY26D0124000CE", "NIFTY", Kind.CALL, NEAR, "24000"),
    contract("NIFTY26DEC24000CE", "NIFTY", Kind.CALL, FAR, "24000.00"),
    contract("NIFTY26DEC24000PE", "NIFTY", Kind.PUT, FAR, "24000"),
    contract("BANKNIFTY26DEC24000CE", "BANKNIFTY", Kind.CALL, FAR, "24000"),
    contract("RELIANCE26DEC1400CE", "RELIANCE", Kind.CALL, FAR, "1400"),
    contract("USDINR26DEC84.25CE", "USDINR", Kind.CALL, FAR, "84.2500", exchange="CDS"),
)
OF_ZERODHA = {row.broker_symbol: row for row in ROWS}


@pytest.fixture(params=["disk", "memory"])
async def instruments(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Instruments]:
    store = await AppStore.open(tmp_path / "app.db") if request.param == "disk" else None
    made: Instruments = store.instruments if store else MemoryInstruments()
    await made.replace("zerodha", ROWS, day=DAY)
    yield made
    if store:
        await store.close()


async def found(instruments: Instruments, text: str, limit: int = 50) -> list[str]:
    return [row.symbol for row in await instruments.search("zerodha", text, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("reli", ["RELIANCE", "RELIANCE", "RELIGARE", "RELIANCE 29DEC26 1400 CE"]),
        ("RELIANCE", ["RELIANCE", "RELIANCE", "RELIANCE 29DEC26 1400 CE"]),
        ("elian", ["RELIANCE", "RELIANCE", "RELIANCE 29DEC26 1400 CE"]),
        ("  reliance   industries ", ["RELIANCE", "RELIANCE"]),
        ("m&m", ["M&M", "M&MFIN"]),
        ("bajaj-auto", ["BAJAJ-AUTO"]),
        ("bajaj auto", ["BAJAJ-AUTO"]),
        ("s&spower", ["S&SPOWER-BE"]),
        ("nifty 29 dec 24000 ce", ["NIFTY 29DEC26 24000 CE", "BANKNIFTY 29DEC26 24000 CE"]),
        ("nifty 29dec26 24000ce", ["NIFTY 29DEC26 24000 CE", "BANKNIFTY 29DEC26 24000 CE"]),
        ("nifty 1 dec 24000 call", ["NIFTY 01DEC26 24000 CE"]),
        ("nifty dec2026 24000 pe", ["NIFTY 29DEC26 24000 PE"]),
        ("nifty 240 pe", ["NIFTY 29DEC26 24000 PE"]),
        ("nifty future", ["NIFTY 29DEC26 FUT"]),
        ("usdinr 84.25", ["USDINR 29DEC26 84.25 CE"]),
        ("banknifty", ["BANKNIFTY 29DEC26 24000 CE"]),
        ("NIFTY26D0124000CE", ["NIFTY 01DEC26 24000 CE"]),
        ("ce rel", ["RELIANCE 29DEC26 1400 CE"]),
        ('odd"name%', ['ODD"NAME%_']),
        ("c", ["CESC"]),
        ("%", []),
        ("zzz", []),
        ("nifty zzz", []),
        ("nifty 24000 25000", []),
        ("nifty ce pe", []),
        ("'; DROP TABLE families; --", []),
        ("", []),
        ("   ", []),
    ],
)
async def test_what_is_typed_finds_what_is_meant(instruments: Instruments, typed: str, first: list[str]) -> None:
    assert await found(instruments, typed) == first


async def test_an_index_stands_before_what_is_traded_on_it(instruments: Instruments) -> None:
    assert (await found(instruments, "nifty"))[:3] == ["NIFTY 50", "NIFTY 29DEC26 FUT", "NIFTY 01DEC26 24000 CE"]


async def test_two_letters_are_the_beginning_of_a_word(instruments: Instruments) -> None:
    hits = await found(instruments, "ce")
    assert hits[0] == "CESC"
    assert all(name == "CESC" or name.endswith(" CE") for name in hits)


async def test_no_more_come_than_were_asked_for(instruments: Instruments) -> None:
    assert len(await found(instruments, "dec", limit=2)) == 2


async def test_over_all_brokers_a_contract_comes_once(instruments: Instruments) -> None:
    theirs = OF_ZERODHA["NIFTY26DECFUT"]._replace(broker_symbol="NSE_FNO:35001")
    await instruments.replace("dhan", [theirs, cash("ONLYTHERE")], day=DAY)
    both = await instruments.search(None, "nifty fut")
    assert [row.symbol for row in both] == ["NIFTY 29DEC26 FUT"]
    assert [row.symbol for row in await instruments.search(None, "onlythere")] == ["ONLYTHERE"]
    assert await instruments.search("zerodha", "onlythere") == []


async def test_every_field_of_an_instrument_is_kept(instruments: Instruments) -> None:
    row = Instrument(
        "MCX", "LEADMINI26DECFUT", "007", "LEADMINI", Kind.FUTURE, FAR, None, Decimal("0.050"), 1,
        "INE000000001", 1000, Decimal("1000.5"), "LEAD MINI",
    )  # fmt: skip
    await instruments.replace("angel_one", [row], day=DAY)
    assert await instruments.by_symbol("angel_one", "MCX", "LEADMINI 29DEC26 FUT") == row


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (contract("57012", "NIFTY", Kind.CALL, FAR, "24000"), "NIFTY26DEC24000CE"),
        (contract("57013", "NIFTY", Kind.CALL, NEAR, "24000.0"), "NIFTY26D0124000CE"),
        (contract("1", "NIFTY", Kind.FUTURE, FAR), "NIFTY26DECFUT"),
        (contract("1", "USDINR", Kind.CALL, FAR, "84.25", exchange="CDS"), "USDINR26DEC84.25CE"),
        (contract("1", "NIFTY", Kind.CALL, FAR, "24050"), None),
        (contract("1", "NIFTY", Kind.CALL, FAR, "24000", exchange="BFO"), None),
        (cash("M&M"), "M&M"),
        (cash("RELIANCE", isin="INE002A01018"), "RELIANCE"),
        (cash("NIFTY 50")._replace(name="NIFTY", broker_symbol="IDX_I:13"), "NIFTY 50"),
        (cash("NIFTY 50")._replace(name="NIFTY50"), "NIFTY 50"),
        (cash("NIFTY"), None),
    ],
)
async def test_one_contract_is_the_same_at_every_broker(
    instruments: Instruments, asked: Instrument, answer: str | None
) -> None:
    same = await instruments.same_contract("zerodha", asked)
    assert (same.broker_symbol if same else None) == answer


async def test_a_share_is_the_same_by_its_isin_whatever_its_name(instruments: Instruments) -> None:
    await instruments.replace("angel_one", [cash("ABC-EQ", isin="INE1"), cash("ABC", isin="INE2")], day=DAY)
    same = await instruments.same_contract("angel_one", cash("ABC", isin="INE1"))
    assert same is not None
    assert same.broker_symbol == "ABC-EQ"
    assert await instruments.same_contract("angel_one", cash("ABC", isin="INE3")) is None
    assert await instruments.same_contract("angel_one", cash("ABC", exchange="BSE", isin="INE1")) is None


async def test_a_rare_share_is_the_same_whether_or_not_its_series_is_written(instruments: Instruments) -> None:
    rows = [cash("RCOM"), cash("ABC"), cash("ABC-BE"), cash("XYZ-SM", isin="INE1"), cash("RCOM-BZ", exchange="BSE")]
    await instruments.replace("angel_one", rows, day=DAY)
    asked = ("RCOM-BZ", "ABC-BE", "ABC", "XYZ", "S&SPOWER")
    same = [await instruments.same_contract("angel_one", cash(name)) for name in asked]
    assert [one and one.broker_symbol for one in same] == ["RCOM", "ABC-BE", "ABC", "XYZ-SM", None]
    assert await instruments.same_contract("angel_one", cash("XYZ", isin="INE2")) is None
    spower = await instruments.same_contract("zerodha", cash("S&SPOWER"))
    assert spower is not None
    assert spower.broker_symbol == "S&SPOWER-BE"


async def test_no_master_finds_nothing(instruments: Instruments) -> None:
    assert await instruments.search("fyers", "nifty") == []
    assert await instruments.same_contract("fyers", ROWS[0]) is None


Open = Callable[[], Awaitable[AppStore]]


async def test_the_same_days_master_is_found_again_after_a_restart(open_store: Open) -> None:
    await (await open_store()).instruments.replace("zerodha", ROWS, day=DAY)
    instruments = (await open_store()).instruments
    assert await instruments.loaded_on("zerodha") == DAY
    assert await found(instruments, "bajaj") == ["BAJAJ-AUTO"]


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 500])
async def test_a_damaged_file_is_no_master_and_is_fetched_again(
    open_store: Open, tmp_path: Path, damage: bytes
) -> None:
    await (await open_store()).instruments.replace("zerodha", ROWS, day=DAY)
    instruments = (await open_store()).instruments
    spoil(tmp_path, damage)
    assert await found(instruments, "bajaj") == []
    assert await instruments.loaded_on("zerodha") is None
    await instruments.replace("zerodha", ROWS, day=DAY)
    assert await found(instruments, "bajaj") == ["BAJAJ-AUTO"]


async def test_a_lost_file_is_no_master(open_store: Open, tmp_path: Path) -> None:
    await (await open_store()).instruments.replace("zerodha", ROWS, day=DAY)
    store = await open_store()
    spoil(tmp_path, None)
    assert await store.instruments.by_symbol("zerodha", "NSE", "RELIANCE") is None
    assert await (await open_store()).instruments.loaded_on("zerodha") is None


async def test_a_damaged_file_is_no_master_though_the_disk_takes_no_note_of_it(store: AppStore, tmp_path: Path) -> None:
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    spoil(tmp_path, b"")
    await store.instruments._database.read(impatient)

    with closing(sqlite3.connect(store.instruments._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # nobody else can write
        names = await store.instruments.by_broker_symbol("zerodha", [("NSE", "RELIANCE")])

    assert names == {}
    assert await store.instruments.loaded_on("zerodha") is None


def impatient(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA busy_timeout=20")


def spoil(folder: Path, content: bytes | None) -> None:
    (file,) = folder.rglob("zerodha-*.db")
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)


async def test_a_masters_file_is_private(open_store: Open, tmp_path: Path) -> None:
    await (await open_store()).instruments.replace("zerodha", ROWS, day=DAY)
    assert modes(tmp_path) == {0o600}


def modes(folder: Path) -> set[int]:
    return {file.stat().st_mode & 0o777 for file in folder.rglob("instruments/*")}
