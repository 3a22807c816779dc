"""A Zerodha adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from app.brokers.base import BaseBroker, BrokerSpec
from app.brokers.zerodha.spec import SPEC
from app.domain import IST, Credentials, Instrument, Kind, MemoryInstruments, Secret
from tests.brokers.sheets import MakeBroker
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer

NOW = datetime(2025, 11, 26, 10, 30, tzinfo=IST)  # a Wednesday, the market is open


@pytest.fixture(autouse=True)
def _as_at_every_sheet(no_secret_in_any_log: None, nobody_waits_for_long: None) -> None:
    """See `tests/brokers/conftest.py`."""


@pytest.fixture
def secrets() -> tuple[str, ...]:
    return wire.CANARIES


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def spec() -> BrokerSpec:
    return SPEC


@pytest.fixture
async def instruments() -> MemoryInstruments:
    master = MemoryInstruments()
    await master.replace("zerodha", MASTER, day=NOW.date())
    return master


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(
        Secret(wire.API_KEY), Secret(wire.API_SECRET), Secret(wire.ACCESS_TOKEN), client_id=wire.CLIENT_ID
    )


@pytest.fixture
async def broker(make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials) -> BaseBroker:
    """Connected; the server has forgotten how it came to that."""
    made = make_broker()
    server.on("GET", "/user/profile", wire.success(wire.profile()))
    assert await made.connect(credentials) is True
    server.requests.clear()
    return made


def _cash(exchange: str, symbol: str, token: str, *, name: str = "", kind: Kind = Kind.CASH) -> Instrument:
    return Instrument(exchange, symbol, token, name or symbol, kind, None, None, Decimal("0.1"), 1)


def _contract(exchange: str, symbol: str, kind: Kind, expiry: date, **rest: str) -> Instrument:
    strike = Decimal(rest["strike"]) if "strike" in rest else None
    name = rest.get("name", "NIFTY")
    return Instrument(exchange, symbol, f"99{sum(symbol.encode())}", name, kind, expiry, strike, Decimal("0.05"), 75)


MASTER = (
    _cash("NSE", "RELIANCE", "738561"),
    _cash("BSE", "RELIANCE", "128083204"),
    _cash("NSE", "INFY", "408065"),
    _cash("NSE", "M&M", "519937"),
    _cash("NSE", "BAJAJ-AUTO", "4267265"),
    _cash("NSE", "S&SPOWER-BE", "779777", name="S&SPOWER"),
    _cash("NSE", "NIFTY 50", "256265", kind=Kind.INDEX),
    _contract("NFO", "NIFTY25D0226050CE", Kind.CALL, date(2025, 12, 2), strike="26050"),
    _contract("NFO", "NIFTY25DEC26050CE", Kind.CALL, date(2025, 12, 30), strike="26050"),
    _contract("NFO", "NIFTY25DECFUT", Kind.FUTURE, date(2025, 12, 30)),
    _contract("MCX", "LEADMINI25DECFUT", Kind.FUTURE, date(2025, 12, 31), name="LEADMINI"),
)
