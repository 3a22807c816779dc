"""Fixtures of the contract suites; the libraries are loaded before the first test: deadlines measure the network."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import cache

import kiteconnect  # noqa: F401 - loaded for its effect
import pytest

from app.brokers import BaseBroker, transport
from app.brokers.zerodha import session  # noqa: F401 - loaded for its effect
from tests.brokers.bench import BENCHES, Bench, equip, let_time_pass, started


@pytest.fixture(autouse=True, scope="session")
def _one_trust_for_all() -> Iterator[None]:
    """Reading the certificate authorities takes as long as many of these tests: done once for each set of them."""
    patch = pytest.MonkeyPatch()
    patch.setattr(transport, "trust", cache(transport.trust))
    yield
    patch.undo()


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
