"""Fixtures of the contract suites; the libraries are loaded before the first test: deadlines measure the network."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from functools import cache

import kiteconnect  # noqa: F401 - loaded for its effect
import pytest

from app.brokers import transport
from app.brokers.base import BaseBroker, BrokerPorts, BrokerSpec
from app.brokers.zerodha import session  # noqa: F401 - loaded for its effect
from app.domain import CallCounts, MemoryCallCounts, MemoryInstruments
from tests.brokers.bench import BENCHES, Bench, equip, started
from tests.brokers.sheets import MakeBroker, let_time_pass, logged, shown
from tests.brokers.zerodha.server import ScriptedServer
from tests.fakes.clock import ManualClock


@pytest.fixture(autouse=True, scope="session")
def _one_trust_for_all() -> Iterator[None]:
    """Reading the certificate authorities takes as long as many of these tests: done once for each set of them."""
    patch = pytest.MonkeyPatch()
    patch.setattr(transport, "trust", cache(transport.trust))
    yield
    patch.undo()


@pytest.fixture
def no_secret_in_any_log(caplog: pytest.LogCaptureFixture, secrets: tuple[str, ...]) -> Iterator[None]:
    """Nothing that a test planted as a secret stands in what was logged meanwhile."""
    caplog.set_level(logging.DEBUG)
    yield
    records = [record for when in ("setup", "call") for record in caplog.get_records(when)]
    assert shown(logged(records), secrets) == []


@pytest.fixture
def nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested are answers: a pause before a read is asked again takes 5 ms of real time at most."""
    sleep = asyncio.sleep

    async def hurry(seconds: float) -> None:
        await sleep(min(seconds, 0.005))

    monkeypatch.setattr(asyncio, "sleep", hurry)


@pytest.fixture
async def clock(now: datetime) -> AsyncIterator[ManualClock]:
    """Begins at `now` and goes on while somebody waits for it."""
    manual = ManualClock(now)
    flow = asyncio.create_task(let_time_pass(manual))
    yield manual
    flow.cancel()
    with suppress(asyncio.CancelledError):
        await flow


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    """Is asked for nothing that was not scripted."""
    async with ScriptedServer() as scripted:
        yield scripted
        assert scripted.unscripted == []


@pytest.fixture
def instruments() -> MemoryInstruments:
    """None."""
    return MemoryInstruments()


@pytest.fixture
async def make_broker(
    spec: BrokerSpec, server: ScriptedServer, clock: ManualClock, instruments: MemoryInstruments
) -> AsyncIterator[MakeBroker]:
    """Makes adapters of `spec` at the scripted server, closed at the end."""
    async with AsyncExitStack() as stack:

        def make(*, real_hosts: bool = False, calls: CallCounts | None = None) -> BaseBroker:
            base_url = None if real_hosts else server.base_url
            made = spec.make(BrokerPorts(clock, calls or MemoryCallCounts(), instruments, base_url=base_url))
            stack.push_async_callback(made.close)
            return made

        yield make


@pytest.fixture(params=BENCHES)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with started(request.param) as ready:
        flow = asyncio.create_task(let_time_pass(ready.clock))
        yield ready
        flow.cancel()
        with suppress(asyncio.CancelledError):
            await flow


@pytest.fixture
async def broker(bench: Bench) -> AsyncIterator[BaseBroker]:
    made = bench.broker()
    yield made
    await made.close()


@pytest.fixture
async def connected(bench: Bench, broker: BaseBroker) -> BaseBroker:
    assert await broker.connect(bench.live())
    return broker


@pytest.fixture
async def equipped(bench: Bench, connected: BaseBroker) -> BaseBroker:
    """Connected, with the master in place."""
    await equip(bench, connected)
    return connected
