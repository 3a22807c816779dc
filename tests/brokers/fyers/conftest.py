"""A Fyers adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.brokers.base import BaseBroker, BrokerSpec
from app.brokers.fyers.spec import SPEC
from app.domain import Credentials, Instrument, Kind, MemoryInstruments, Secret
from tests.brokers.fyers import wire
from tests.brokers.fyers.desk import Desk, opened_desk
from tests.brokers.fyers.support import PROFILE, FyersServer
from tests.brokers.sheets import MakeBroker

REDIRECT_URL = "http://127.0.0.1:5023/fyers"


@pytest.fixture(autouse=True)
def _as_at_every_sheet(no_secret_in_any_log: None, nobody_waits_for_long: None) -> None:
    """See `tests/brokers/conftest.py`."""


@pytest.fixture
def secrets() -> tuple[str, ...]:
    return wire.CANARIES


@pytest.fixture
def now() -> datetime:
    return wire.NOW


@pytest.fixture
def spec() -> BrokerSpec:
    return SPEC


@pytest.fixture
async def server() -> AsyncIterator[FyersServer]:
    async with FyersServer() as scripted:
        yield scripted
        assert scripted.unscripted == []


@pytest.fixture
async def instruments() -> MemoryInstruments:
    master = MemoryInstruments()
    await master.replace("fyers", MASTER, day=wire.NOW.date())
    return master


@pytest.fixture
def credentials() -> Credentials:
    extras = {"redirect_url": Secret(REDIRECT_URL)}
    return Credentials(Secret(wire.APP_ID), Secret(wire.APP_SECRET), Secret(wire.ACCESS_TOKEN), wire.CLIENT_ID, extras)


@pytest.fixture
async def broker(make_broker: MakeBroker, server: FyersServer, credentials: Credentials) -> BaseBroker:
    """Connected; the server has forgotten how it came to that."""
    made = make_broker()
    server.ok(PROFILE, data=wire.profile())
    assert await made.connect(credentials) is True
    server.requests.clear()
    return made


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """At the demo broker, not connected."""
    async with opened_desk() as ready:
        yield ready


@pytest.fixture
async def live(desk: Desk) -> Desk:
    """At the demo broker, connected, with the master loaded."""
    assert await desk.broker.load_instruments() > 300
    assert await desk.broker.connect(desk.credentials()) is True
    return desk


def _cash(exchange: str, ticker: str, token: str, name: str, kind: Kind = Kind.CASH) -> Instrument:
    return Instrument(exchange, ticker, token, name, kind, None, None, Decimal("0.1"), 1)


def _contract(exchange: str, ticker: str, kind: Kind, expiry: date, *, strike: str = "", name: str = "") -> Instrument:
    price = Decimal(strike) if strike else None
    return Instrument(
        exchange, ticker, f"99{sum(ticker.encode())}", name or "NIFTY", kind, expiry, price, Decimal("0.05"), 75
    )


MASTER = (
    _cash("NSE", "NSE:RELIANCE-EQ", "10100000002885", "RELIANCE"),
    _cash("BSE", "BSE:RELIANCE-A", "1210000000500325", "RELIANCE"),
    _cash("NSE", "NSE:INFY-EQ", "10100000001594", "INFY"),
    _cash("NSE", "NSE:M&M-EQ", "10100000002031", "M&M"),
    _cash("NSE", "NSE:BAJAJ-AUTO-EQ", "101000000016669", "BAJAJ-AUTO"),
    _cash("NSE", "NSE:S&SPOWER-BE", "10100000003046", "S&SPOWER"),
    _cash("NSE", "NSE:NIFTY50-INDEX", "101000000026000", "NIFTY 50", Kind.INDEX),
    _contract("NFO", "NSE:NIFTY26DEC26050CE", Kind.CALL, date(2026, 12, 29), strike="26050"),
    _contract("NFO", "NSE:NIFTY26DECFUT", Kind.FUTURE, date(2026, 12, 29)),
    _contract("BFO", "BSE:SENSEX26N2685200CE", Kind.CALL, date(2026, 11, 26), strike="85200", name="SENSEX"),
    _contract("MCX", "MCX:CRUDEOIL26DECFUT", Kind.FUTURE, date(2026, 12, 18), name="CRUDEOIL"),
    _contract("CDS", "NSE:USDINR26DECFUT", Kind.FUTURE, date(2026, 12, 29), name="USDINR"),
)
