"""A Fyers adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import date
from decimal import Decimal
from functools import cache

import pytest

from app.brokers import transport
from app.brokers.base import BaseBroker, BrokerPorts
from app.brokers.fyers.spec import SPEC
from app.domain import Credentials, Instrument, Kind, MemoryCallCounts, MemoryInstruments, Secret
from tests.brokers.fyers import wire
from tests.brokers.fyers.desk import Desk, opened_desk
from tests.brokers.fyers.support import PROFILE, FyersServer, planted
from tests.brokers.zerodha.support import keep_time_flowing, logged
from tests.fakes.clock import ManualClock

MakeBroker = Callable[..., BaseBroker]
_trust = cache(transport.trust)
REDIRECT_URL = "http://127.0.0.1:5023/fyers"


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


@pytest.fixture(autouse=True)
def _one_trust_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the certificate authorities takes as long as ten of these tests: do it once."""
    monkeypatch.setattr(transport, "trust", _trust)


@pytest.fixture
async def clock() -> AsyncIterator[ManualClock]:
    manual = ManualClock(wire.NOW)
    flow = asyncio.create_task(keep_time_flowing(manual))
    yield manual
    flow.cancel()
    with suppress(asyncio.CancelledError):
        await flow


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
async def make_broker(
    server: FyersServer, clock: ManualClock, instruments: MemoryInstruments
) -> AsyncIterator[MakeBroker]:
    async with AsyncExitStack() as stack:

        def make(*, real_hosts: bool = False) -> BaseBroker:
            base_url = None if real_hosts else server.base_url
            made = made_broker(base_url, clock, instruments)
            stack.push_async_callback(made.close)
            return made

        yield make


def made_broker(base_url: str | None, clock: ManualClock, instruments: MemoryInstruments) -> BaseBroker:
    """A new adapter."""
    return SPEC.make(BrokerPorts(clock, MemoryCallCounts(), instruments, base_url=base_url))


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
