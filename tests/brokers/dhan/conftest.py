"""A Dhan adapter at a scripted server, and the watch for planted secrets over every test of this folder."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import datetime

import pytest

from app.brokers.base import BaseBroker, BrokerPorts
from app.brokers.dhan.spec import SPEC
from app.domain import IST, CallCounts, Credentials, MemoryCallCounts, MemoryInstruments, Secret
from tests.brokers.dhan import wire
from tests.brokers.dhan.support import load_master, planted
from tests.brokers.zerodha.server import ScriptedServer
from tests.brokers.zerodha.support import keep_time_flowing, logged
from tests.fakes.clock import ManualClock

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=IST)  # a Wednesday, the market is open

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
def instruments() -> MemoryInstruments:
    return MemoryInstruments()


@pytest.fixture
async def make_broker(
    server: ScriptedServer, clock: ManualClock, instruments: MemoryInstruments
) -> AsyncIterator[MakeBroker]:
    async with AsyncExitStack() as stack:

        def make(*, real_hosts: bool = False, calls: CallCounts | None = None) -> BaseBroker:
            base_url = None if real_hosts else server.base_url
            made = SPEC.make(BrokerPorts(clock, calls or MemoryCallCounts(), instruments, base_url=base_url))
            stack.push_async_callback(made.close)
            return made

        yield make


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(Secret(wire.APP_ID), Secret(wire.APP_SECRET), Secret(wire.TOKEN), client_id=wire.CLIENT)


@pytest.fixture
async def fresh(make_broker: MakeBroker, server: ScriptedServer, credentials: Credentials) -> BaseBroker:
    """Connected, before any instrument master was loaded."""
    made = make_broker()
    server.on("GET", "/v2/profile", wire.text(wire.profile()))
    assert await made.connect(credentials) is True
    server.requests.clear()
    return made


@pytest.fixture
async def broker(fresh: BaseBroker, server: ScriptedServer) -> BaseBroker:
    """Connected and with the master loaded; the server has forgotten how it came to that."""
    await load_master(fresh, server)
    server.requests.clear()
    return fresh
