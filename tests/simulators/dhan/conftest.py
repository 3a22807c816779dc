"""A running Dhan demo broker on a clock that stands at 10:00 of a trading day, and clients with and without a token."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from app.domain import IST
from app.simulators.dhan.server import DhanSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.dhan.support import ME, new_client


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 18, 10, 0, tzinfo=IST))


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[DhanSimulator]:
    simulator = DhanSimulator(clock=clock)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def stranger(sim: DhanSimulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with new_client(sim) as client:
        yield client


@pytest.fixture
async def client(sim: DhanSimulator, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with a live token and its client id."""
    stranger.headers["access-token"] = sim.controls.replace_token(ME.client_id)
    stranger.headers["client-id"] = ME.client_id
    return stranger
