"""A clock that a test moves: a trading day passes in milliseconds. And one that goes by itself, on a usual morning."""

import asyncio
import heapq
import os
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from app.domain import IST, ShiftedClock

SHIFT: Final = "KUNJI_TESTS_SHIFT"
"""The variable that holds the seconds from the machine's time to that of the tests, the same in all processes."""


def begin_at(time: str) -> None:
    """Let the going clocks of this process, and of all that it starts, say `time` of Wednesday, 18 November, now."""
    hours, minutes = map(int, time.split(":"))
    clock = ShiftedClock.at(datetime(2026, 11, 18, hours, minutes, tzinfo=IST))
    os.environ.setdefault(SHIFT, str(clock.shift.total_seconds()))


def going_clock() -> ShiftedClock:
    """The clock of tests that go at the machine's pace: no test depends on the hour at which it is run."""
    return ShiftedClock(timedelta(seconds=float(os.environ[SHIFT])))


class ManualClock:
    """Fulfils `app.domain.Clock`; time stands still until `advance` or `set`."""

    def __init__(self, start: datetime | None = None, *, turns: int = 20) -> None:
        """`turns` of the loop are given to what was woken before time goes on."""
        self._turns = turns
        self._now = (start or datetime(2026, 11, 18, 9, 14, tzinfo=IST)).astimezone(UTC)
        self._monotonic = 1000.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, next(self._order), future))
        await future

    @property
    def sleeping(self) -> int:
        """How many are asleep."""
        return sum(not future.done() for _, _, future in self._sleepers)

    async def advance(self, seconds: float, *, wall: bool = True) -> None:
        """Let time pass; sleepers wake in order, each at its own moment, and what they started runs on."""
        end = self._monotonic + seconds
        await settle(self._turns)
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, future = heapq.heappop(self._sleepers)
            self._step(max(0.0, due - self._monotonic), wall=wall)
            if not future.done():
                future.set_result(None)
            await settle(self._turns)
        self._step(end - self._monotonic, wall=wall)
        await settle(self._turns)

    def jump(self, seconds: float) -> None:
        """The wall clock jumps (suspend, or somebody set it); monotonic time does not."""
        self._now += timedelta(seconds=seconds)

    def _step(self, seconds: float, *, wall: bool) -> None:
        self._monotonic += seconds
        if wall:
            self._now += timedelta(seconds=seconds)


async def settle(turns: int = 20) -> None:
    """Let everything that is ready run."""
    for _ in range(turns):
        await asyncio.sleep(0)
