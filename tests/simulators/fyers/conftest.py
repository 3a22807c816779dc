"""A running Fyers demo broker on a clock that stands at 10:00 of a trading day, and a signed-in client."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import new_client, signed_in


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[FyersSimulator]:
    simulator = FyersSimulator(clock=clock)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def stranger(simulator: FyersSimulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with new_client(simulator) as client:
        yield client


@pytest.fixture
async def client(simulator: FyersSimulator, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that is signed in as the demo user, its limits counted from zero."""
    await signed_in(simulator, stranger)
    simulator.controls.reset_limits()
    return stranger
