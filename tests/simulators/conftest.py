"""A running demo broker on a clock that stands at 10:00 of a trading day, and a signed-in client."""

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest

from app.domain import IST
from app.simulators import ZerodhaSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.support import new_client, signed_in


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 11, 18, 10, 0, tzinfo=IST))


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[ZerodhaSimulator]:
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def stranger(simulator: ZerodhaSimulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with new_client(simulator) as client:
        yield client


@pytest.fixture
async def client(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """A client that is signed in as the demo user, its limits counted from zero."""
    await signed_in(simulator, stranger)
    simulator.controls.reset_limits()
    return stranger
