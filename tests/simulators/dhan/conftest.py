"""A running Dhan demo broker on the clock of the parent folder, and clients with and without a token."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.simulators.dhan.server import DhanSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.dhan.support import ME, new_client


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
