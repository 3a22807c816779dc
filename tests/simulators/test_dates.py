"""The dates in the answers of the demo brokers: of their own clock, which a test can move."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from app.domain import IST
from app.simulators import ZerodhaSimulator
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.server import DhanSimulator
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock

KINDS = (ZerodhaSimulator, DhanSimulator, FyersSimulator, AngelOneSimulator)
Simulator = ZerodhaSimulator | DhanSimulator | FyersSimulator | AngelOneSimulator
HOUR = datetime(2026, 11, 18, 9, 14, 30, 700_000, tzinfo=IST)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    made: Simulator = request.param(clock=ManualClock(HOUR))
    await made.start()
    yield made
    await made.stop()


async def date_of(simulator: Simulator) -> datetime:
    async with aiohttp.ClientSession() as client, client.get(simulator.base_url + "/nowhere") as answer:
        return parsedate_to_datetime(answer.headers["Date"])


async def test_an_answer_has_the_second_of_the_brokers_clock(simulator: Simulator) -> None:
    assert await date_of(simulator) == HOUR.replace(microsecond=0)


@pytest.mark.parametrize("ahead", [48, -3600])
async def test_a_clock_that_was_moved_shows_in_the_dates_and_in_the_log(simulator: Simulator, ahead: int) -> None:
    simulator.controls.shift_clock(ahead)
    moved = HOUR + timedelta(seconds=ahead)

    assert await date_of(simulator) == moved.replace(microsecond=0)
    assert simulator.log[-1].at == moved.astimezone(UTC)


@pytest.mark.parametrize("kind", [DhanSimulator, AngelOneSimulator])
async def test_the_codes_that_a_broker_takes_are_those_of_its_own_clock(
    kind: type[DhanSimulator | AngelOneSimulator],
) -> None:
    simulator = kind(clock=ManualClock(HOUR))
    (client_id,) = list(simulator._broker.desk.logins)[:1]
    before = simulator.controls.totp(client_id)
    simulator.controls.shift_clock(300)

    assert simulator.controls.totp(client_id) != before
