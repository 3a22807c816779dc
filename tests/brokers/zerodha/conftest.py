"""A Zerodha adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import date, datetime
from decimal import Decimal

import pytest

from app.brokers import create_broker
from app.brokers.base import BaseBroker
from app.domain import IST, CallCounts, Credentials, Instrument, Kind, MemoryInstruments, Secret
from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import keep_time_flowing, logged, planted
from tests.fakes.clock import ManualClock

NOW = datetime(2025, 11, 26, 10, 30, tzinfo=IST)  # a Wednesday, the market is open

MakeBroker = Callable[..., BaseBroker]


@pytest.fixture(autouse=True)
def _no_secret_in_any_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert planted(logged(records)) == []


@pytest.fixture(autouse=True)
def _nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested here are answers: a pause before a read is asked again takes 5 ms of real time at most."""
    sleep = asyncio.sleep

    async def hurry(seconds: float) -> None:
        await sleep(min(seconds, 0.005))

    monkeypatch.setattr(asyncio, "sleep", hurry)


@pytest.fixture
async def clock() -> AsyncIterator[ManualClock]:
    manual = ManualClock(NOW)
    flow = asyncio.create_task(keep_time_flowing(manual))
    yield manual
    flow.cancel()
    with suppress(asyncio.CancelledError):
        await flow


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as scripted:
        yield scripted
        assert scripted.unscripted == []


@pytest.fixture
async def instruments() -> MemoryInstruments:
    master = MemoryInstruments()
    await master.replace("zerodha", MASTER, day=NOW.date())
    return master


@pytest.fixture
async def make_broker(
    server: ScriptedServer, clock: ManualClock, instruments: MemoryInstruments
) -> AsyncIterator[MakeBroker]:
    async with AsyncExitStack() as stack:

        def make(*, real_hosts: bool = False, calls: CallCounts | None = None) -> BaseBroker:
            base_url = None if real_hosts else server.base_url
            made = create_broker("zerodha", base_url=base_url, clock=clock, calls=calls, instruments=instruments)
            stack.push_async_callback(made.close)
            return made

        yield make


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
