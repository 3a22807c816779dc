"""A running Angel One demo broker on the clock of the parent folder, and clients with and without a token."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.simulators.angel_one.server import AngelOneSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.angel_one.support import ME, new_client


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[AngelOneSimulator]:
    simulator = AngelOneSimulator(clock=clock)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def stranger(sim: AngelOneSimulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with new_client(sim) as client:
        yield client


@pytest.fixture
async def client(sim: AngelOneSimulator, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client with a live token."""
    stranger.headers["Authorization"] = f"Bearer {sim.controls.replace_token(ME.client_id)}"
    return stranger
