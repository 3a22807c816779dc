"""Fixtures of the contract suites; the libraries are loaded before the first test: deadlines measure the network."""

from collections.abc import AsyncIterator

import kiteconnect  # noqa: F401 - loaded for its effect
import pytest

from app.brokers import SUPPORTED_BROKERS, BaseBroker
from app.brokers.zerodha import session  # noqa: F401 - loaded for its effect
from tests.brokers.bench import Bench, started


@pytest.fixture(params=SUPPORTED_BROKERS)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with started(request.param) as ready:
        yield ready


@pytest.fixture
async def broker(bench: Bench) -> AsyncIterator[BaseBroker]:
    made = bench.broker()
    yield made
    await made.close()


@pytest.fixture
async def connected(bench: Bench, broker: BaseBroker) -> BaseBroker:
    assert await broker.connect(bench.live())
    return broker
