"""R1, R2 and R3 for every family of calls of the four brokers, against figures typed from the protocol sheets."""

import asyncio
from collections.abc import Mapping
from typing import Final

import pytest

from app.brokers.angel_one.client import LIMITS as ANGEL_ONE
from app.brokers.dhan.client import LIMITS as DHAN
from app.brokers.fyers.client import LIMITS as FYERS
from app.brokers.limiter import Bucket, Limit, Limits, Urgency
from app.brokers.zerodha.desk import LIMITS as ZERODHA
from app.domain import DailyCap, RateLimited
from tests.brokers.windows import SHEETS, UNDOCUMENTED, Figures, breaches
from tests.fakes.clock import ManualClock, settle
from tests.fakes.hurry import HurryingClock

OURS: Final[Mapping[str, Mapping[str, tuple[Limit, ...]]]] = {
    "zerodha": ZERODHA,
    "dhan": DHAN,
    "fyers": FYERS,
    "angel_one": ANGEL_ONE,
}
FAMILIES: Final = [(broker, family) for broker, families in SHEETS.items() for family in families]
WITH_ORDERS: Final = [("zerodha", "orders"), ("dhan", "orders"), ("fyers", "api"), ("angel_one", "orders")]
LONG: Final = 3600.0


@pytest.mark.parametrize("broker", SHEETS)
def test_every_family_has_the_limits_of_its_sheet(broker: str) -> None:
    ours = {family: {(limit.calls, limit.seconds) for limit in limits} for family, limits in OURS[broker].items()}

    assert set(ours) - UNDOCUMENTED == set(SHEETS[broker])
    assert all(set(figures) <= ours[family] for family, figures in SHEETS[broker].items())


@pytest.mark.parametrize(("broker", "family"), FAMILIES)
async def test_ten_minutes_of_bursts_stay_at_four_fifths_of_every_window(broker: str, family: str) -> None:
    clock, sent = HurryingClock(), list[float]()
    bucket = Limits(clock).bucket(family, OURS[broker][family])

    async def call(number: int) -> None:
        try:
            await bucket.acquire(Urgency(number % 3), 119.0)
        except (RateLimited, DailyCap):  # no turn before the next burst
            return
        sent.append(clock.monotonic())

    for burst in range(1, 6):
        await asyncio.gather(*map(call, range(500)))
        clock.skip(max(0.0, 1000 + 120 * burst - clock.monotonic()))

    assert breaches(sent, SHEETS[broker][family]) == []
    assert len(sent) >= fewest(SHEETS[broker][family])


def fewest(figures: Figures) -> int:
    """What ten minutes of bursts must bring through at least: half of what the tightest limit would allow."""
    return min(2500, *(max(1, int(calls * max(1, 600 // seconds) * 0.8 / 2)) for calls, seconds in figures))


@pytest.mark.parametrize(("broker", "family"), WITH_ORDERS)
async def test_cancels_wait_a_second_at_most_while_the_queue_is_full(broker: str, family: str) -> None:
    clock, waits = ManualClock(), list[float]()
    bucket = Limits(clock).bucket(family, OURS[broker][family])
    others = Urgency.POLL if family == "api" else Urgency.ORDER  # the least urgent that this family has
    crowd = [asyncio.create_task(again_and_again(bucket, others)) for _ in range(30)]

    for _ in range(30):
        await clock.advance(4.7)
        began = clock.monotonic()
        cancel = asyncio.create_task(bucket.acquire(Urgency.CANCEL, LONG))
        await settle()
        while not cancel.done():
            await clock.advance(0.05)
        waits.append(clock.monotonic() - began)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    bucket.close()

    assert max(waits) <= 1.0


async def again_and_again(bucket: Bucket, urgency: Urgency) -> None:
    while True:
        await bucket.acquire(urgency, LONG)


async def test_after_a_429_four_brokers_come_back_without_a_storm() -> None:
    clock = ManualClock()
    brokers = [Refusing(clock, Limits(clock).bucket(name, OURS[name][family])) for name, family in WITH_ORDERS]
    crowds = [asyncio.create_task(one.crowd()) for one in brokers]
    await clock.advance(30.5)
    resumed = [sum(moment >= 1030 for moment in one.asked) for one in brokers]
    await clock.advance(60)
    for crowd in crowds:
        crowd.cancel()
    await asyncio.gather(*crowds, return_exceptions=True)

    assert resumed == [1, 1, 1, 1]
    assert [one.refused for one in brokers] == [2, 2, 2, 2]
    assert all(len(one.asked) > 100 for one in brokers)


class Refusing:
    """A broker that says 429 to everything for 40 seconds, and asks for 30 each time."""

    def __init__(self, clock: ManualClock, bucket: Bucket) -> None:
        self.asked: list[float] = []
        self.refused = 0
        self._clock = clock
        self._bucket = bucket

    async def crowd(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(self._call())

    async def _call(self) -> None:
        await self._bucket.acquire(Urgency.POLL, LONG)
        self.asked.append(self._clock.monotonic())
        if self._clock.monotonic() < 1040:
            self.refused += 1
            self._bucket.pause(30)
