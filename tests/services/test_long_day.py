"""Q1: hours of watching leave nothing behind: no task, thread, handle or object that was not there before."""

import asyncio
import gc
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.waiting import until
from tests.services.house import House

MINUTE = 60.0
LONG_ENOUGH = 20.0  # seconds of real time, on a machine that has much else to do
MOST = 40  # objects of one kind: what a minute more or less has in flight, or a cache that is filled once


def census() -> dict[str, object]:
    """What may not grow with time."""
    gc.collect()
    return {
        "tasks": Counter(getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks()),
        "threads": threading.active_count(),
        "handles": len(list(Path("/proc/self/fd").iterdir())),
    }


def objects() -> Counter[str]:
    """How many objects of each class of ours live."""
    kinds = (type(one) for one in gc.get_objects())
    return Counter(
        f"{kind.__module__}.{kind.__qualname__}" for kind in kinds if str(kind.__module__).startswith("app.")
    )


async def passed(house: House, minutes: int) -> None:
    for _ in range(minutes):
        await house.clock.advance(MINUTE)
        await house.settled()
    await rest(house)


async def rest(house: House) -> None:
    """Return at a moment when nothing of what was read waits to be written, as it does for 15 s."""
    async with asyncio.timeout(LONG_ENOUGH):
        while house.services.last_known._work.busy:
            await house.clock.advance(1.0)
            await asyncio.sleep(0.002)  # the disk takes real time


async def is_again(before: dict[str, object]) -> None:
    """Wait for what is under way only for a moment; what was left behind stays, and fails."""
    with suppress(TimeoutError):
        await until(lambda: census() == before, LONG_ENOUGH)
    assert census() == before


@pytest.mark.parametrize("hours", [1, pytest.param(24, marks=pytest.mark.slow)])
async def test_hours_of_watching_four_accounts_leave_nothing_behind(house: House, hours: int) -> None:
    for number in range(4):
        await house.connected(f"Account {number}", f"AB{number:04}", key="key")
    await house.services.start()
    await passed(house, 30)  # everything was read, the calendar is known, the caches are filled
    before, living = census(), objects()
    house.events.clear()

    await passed(house, 60 * hours)

    house.events.clear()  # of the test, not of Kunji
    grown = {kind: (living[kind], count) for kind, count in objects().items() if count > living[kind] + MOST}
    assert grown == {}
    await is_again(before)
