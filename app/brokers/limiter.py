"""How often we call a broker: a log of what was sent, so that every sliding window stays below the broker's limit.

A token bucket lets almost twice its limit through around a refill (security-promises R1); a log of the last calls
cannot. We use 80 % of each limit: calls that leave us evenly may arrive bunched.
"""

import asyncio
import heapq
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from typing import Final

from app.domain import Clock, NotReachable, RateLimited

_SHARE: Final = 0.8
_SLACK: Final = 1e-6  # clocks are floats: a wait that is over must not be found "not yet over"


class Urgency(IntEnum):
    """Who goes first when calls wait: taking risk off before putting it on before looking."""

    CANCEL = 0
    ORDER = 1
    POLL = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """The broker's own figure: `calls` in any `seconds`."""

    calls: int
    seconds: float

    @property
    def allowed(self) -> int:
        """How many we send in `window` seconds."""
        return max(1, math.floor(self.calls * _SHARE))

    @property
    def window(self) -> float:
        """The window in seconds: as the broker's, longer where 80 % of its limit is less than one call."""
        return self.seconds if self.calls * _SHARE >= 1 else self.seconds / (self.calls * _SHARE)


@dataclass(order=True, slots=True)
class _Waiter:
    urgency: Urgency
    place: int
    gives_up: float = field(compare=False)
    turn: "asyncio.Future[None]" = field(compare=False)


class Bucket:
    """One family of calls: its limits, its log, and those who wait for their turn."""

    def __init__(self, clock: Clock, limits: tuple[Limit, ...]) -> None:
        self._clock = clock
        self._limits = limits
        self._log: deque[float] = deque(maxlen=max(limit.allowed for limit in limits))
        self._paused_until = -math.inf
        self._waiters: list[_Waiter] = []
        self._places = count()
        self._usher: asyncio.Task[None] | None = None

    async def acquire(self, urgency: Urgency, within: float) -> None:
        """Return when one call may be sent; raise `RateLimited` when that is not within `within` seconds."""
        wait = self._wait()
        if wait <= 0 and not self._waiters:
            self._log.append(self._clock.monotonic())
            return
        if wait > within:
            raise RateLimited("the calls allowed for now are used up", retry_after=wait)
        await self._queue(urgency, within)

    def pause(self, seconds: float) -> None:
        """The broker said "too many": nothing leaves for `seconds`, and then one call first, to see.

        The log is filled up to the moment the pause ends, so that the first window after it holds a single call.
        """
        until = self._clock.monotonic() + seconds
        if until <= self._paused_until:
            return
        self._paused_until = until
        shortest = min(self._limits, key=lambda limit: limit.window)
        self._log.extend([until] * (shortest.allowed - 1))

    def close(self) -> None:
        """Stop serving; who still waits is told so."""
        if self._usher is not None:
            self._usher.cancel()
        for waiter in self._waiters:
            if not waiter.turn.done():
                waiter.turn.set_exception(NotReachable("the connection to the broker was closed"))
        self._waiters.clear()

    async def _queue(self, urgency: Urgency, within: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = _Waiter(urgency, next(self._places), self._clock.monotonic() + within, turn)
        heapq.heappush(self._waiters, waiter)
        if self._usher is None or self._usher.done():
            self._usher = asyncio.create_task(self._serve())
        await turn

    async def _serve(self) -> None:
        """Let the waiting in one by one, the most urgent first; ends when nobody waits."""
        while self._waiters:
            self._send_away_the_late()
            wait = self._wait()
            if wait > 0:
                await self._clock.sleep(min(wait, self._patience()))
            elif self._waiters:
                waiter = heapq.heappop(self._waiters)
                if not waiter.turn.done():  # one who was cancelled uses up no call
                    self._log.append(self._clock.monotonic())
                    waiter.turn.set_result(None)

    def _send_away_the_late(self) -> None:
        now = self._clock.monotonic()
        for waiter in self._waiters:
            if waiter.gives_up <= now and not waiter.turn.done():
                waiter.turn.set_exception(RateLimited("no call was free in time", retry_after=max(0.0, self._wait())))
        self._waiters = [waiter for waiter in self._waiters if not waiter.turn.done()]
        heapq.heapify(self._waiters)

    def _patience(self) -> float:
        """Seconds until the first of the waiting gives up."""
        now = self._clock.monotonic()
        return max(_SLACK, min((waiter.gives_up - now for waiter in self._waiters), default=math.inf))

    def _wait(self) -> float:
        """Seconds until the next call may leave; 0 or less: now."""
        now = self._clock.monotonic()
        full = (limit for limit in self._limits if len(self._log) >= limit.allowed)
        frees = [self._log[-limit.allowed] + limit.window for limit in full]
        longest = max(self._paused_until, *frees) - now if frees else self._paused_until - now
        return longest if longest <= 0 else longest + _SLACK


class Limiter:
    """The buckets of one account at one broker."""

    def __init__(self, clock: Clock, limits: Mapping[str, tuple[Limit, ...]]) -> None:
        self._buckets = {family: Bucket(clock, rules) for family, rules in limits.items()}

    async def acquire(self, family: str, urgency: Urgency, *, within: float) -> None:
        """See `Bucket.acquire`."""
        await self._buckets[family].acquire(urgency, within)

    def pause(self, family: str, seconds: float) -> None:
        """See `Bucket.pause`."""
        self._buckets[family].pause(seconds)

    def close(self) -> None:
        """Stop serving all buckets."""
        for bucket in self._buckets.values():
            bucket.close()
