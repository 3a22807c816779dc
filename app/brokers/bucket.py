"""One family of calls: a log of what was sent, so that every sliding window stays below the broker's limit.

A token bucket lets almost twice its limit through around a refill (security-promises R1); a log of the last calls
cannot.
"""

import asyncio
import heapq
import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from dataclasses import field
from itertools import count
from typing import Final

from app.brokers.ledger import Ledger
from app.brokers.limits import Limit, Urgency
from app.domain import Clock, DailyCap, NotReachable, RateLimited
from app.domain.records import dataclass

_SLACK: Final = 1e-6  # clocks are floats: a wait that is over must not be found "not yet over"
_LONGEST_BUT_A_DAY: Final = 3700.0  # seconds: a longer wait is one for tomorrow


@dataclass(order=True, slots=True)
class _Waiter:
    urgency: Urgency
    place: int
    gives_up: float = field(compare=False)
    turn: "asyncio.Future[None]" = field(compare=False)
    owner: object = field(compare=False)


@dataclass(frozen=True, slots=True)
class Leftover:
    """What one bucket hands to another."""

    log: tuple[float, ...]
    paused_until: float
    looking: bool
    waiters: list[_Waiter]


class Bucket:
    """The limits of one family of calls, their log, and those who wait for their turn: all who share the limits."""

    def __init__(
        self, clock: Clock, limits: tuple[Limit, ...], *, sent: Iterable[float] = (), ledger: Ledger | None = None
    ) -> None:
        """`sent` are moments of the monotonic clock at which calls were sent before."""
        self._clock = clock
        self._limits = limits
        self._rules = tuple(_rules(limits, urgency) for urgency in Urgency)
        self._look = min(limit.window for limit in limits)  # seconds alone for the first call after a pause
        self._log = deque(sorted(sent), maxlen=max(limit.allowed for limit in limits))
        self._ledger = ledger
        self._paused_until = -math.inf
        self._looking = False
        self._waiters: list[_Waiter] = []
        self._first_to_go = math.inf  # when somebody of them gives up, or did
        self._places = count()
        self._usher: asyncio.Task[None] | None = None

    async def acquire(self, urgency: Urgency, within: float, owner: object = None) -> None:
        """Return when one call may be sent; raise `RateLimited` when that is not within `within` seconds.

        A wait for another day is `DailyCap`. Who belongs to `owner` can be sent home by `dismiss`.
        """
        wait = self._wait(urgency)
        if self._is_free(urgency):
            self._take()
        elif wait > within:
            raise _refusal(wait)
        else:
            await self._queue(urgency, within, owner)
        if self._ledger is not None and not self._ledger.ahead:
            await self._ledger.catch_up()

    def take(self, urgency: Urgency) -> bool:
        """Like `acquire` where nobody and nothing has to be waited for; False, and nothing taken, where it has."""
        if not self._is_free(urgency) or (self._ledger is not None and not self._ledger.ahead):
            return False
        self._take()
        return True

    def pause(self, seconds: float) -> None:
        """The broker said "too many": nothing leaves for `seconds`, and then one call first, to see."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)
        self._looking = True

    def wait(self, urgency: Urgency) -> float:
        """Seconds until a call may leave, if nobody who waits comes first; 0 or less: now."""
        return self._wait(urgency)

    def used(self) -> tuple[tuple[Limit, int], ...]:
        """Each limit, and how many calls of its window were sent."""
        now, log = self._clock.monotonic() + _SLACK, self._log
        return tuple((limit, len(log) - bisect_right(log, now - limit.window)) for limit in self._limits)

    def give_back(self) -> None:
        """The call that was sent last did not count."""
        if self._log:
            moment = self._log.pop()
            if self._ledger is not None:
                self._ledger.note(moment, -1)

    def absorb(self, other: "Bucket") -> None:
        """Count what `other` sent as sent here, and let those who wait there wait here; `other` is empty then."""
        left = other.empty()
        if self._ledger is not None:
            for moment in left.log:
                self._ledger.note(moment)
        both = sorted((*self._log, *left.log))
        self._log.clear()
        self._log.extend(both)
        self._paused_until = max(self._paused_until, left.paused_until)
        self._looking = self._looking or left.looking
        for waiter in left.waiters:
            waiter.place = next(self._places)
        self._waiters += left.waiters
        self._tidy()
        self._call_usher()

    def empty(self) -> "Leftover":
        """Give away all that was sent here and who waits here."""
        self._stop_usher()
        left = Leftover(tuple(self._log), self._paused_until, self._looking, self._waiters)
        self._log.clear()
        self._waiters = []
        return left

    def dismiss(self, owner: object) -> None:
        """Send home who waits for `owner`: its connection was closed."""
        for waiter in self._waiters:
            if waiter.owner is owner and not waiter.turn.done():
                waiter.turn.set_exception(NotReachable("the connection to the broker was closed"))
        self._tidy()
        if not self._waiters:
            self._stop_usher()

    def close(self) -> None:
        """Stop serving; who still waits is told so."""
        for owner in {waiter.owner for waiter in self._waiters}:
            self.dismiss(owner)
        self._stop_usher()

    # ---------------------------------------------------------------- the log

    def _wait(self, urgency: Urgency) -> float:
        """Seconds until the next call may leave; 0 or less: now."""
        log, free = self._log, self._paused_until
        sent = len(log)
        for allowed, window in self._rules[urgency]:
            if sent >= allowed and log[-allowed] + window > free:
                free = log[-allowed] + window
        wait = free - self._clock.monotonic()
        return wait if wait <= 0 else wait + _SLACK

    def _is_free(self, urgency: Urgency) -> bool:
        """Whether a call may leave now."""
        if self.wait(urgency) > 0 or not self._is_next(urgency):
            return False
        return self._ledger is None or self._ledger.has_room()

    def _take(self) -> None:
        now = self._clock.monotonic()
        self._log.append(now)
        if self._looking:
            self._looking = False
            self._paused_until = now + self._look
        if self._ledger is not None:
            self._ledger.note(now)

    # ---------------------------------------------------------------- the queue

    def _is_next(self, urgency: Urgency) -> bool:
        return not self._waiters or urgency < self._waiters[0].urgency

    async def _queue(self, urgency: Urgency, within: float, owner: object) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        first = self._is_next(urgency)
        gives_up = self._clock.monotonic() + within
        heapq.heappush(self._waiters, _Waiter(urgency, next(self._places), gives_up, turn, owner))
        self._first_to_go = min(self._first_to_go, gives_up)
        if first:  # the usher may be asleep until the turn of somebody less urgent
            self._call_usher()
        await turn

    def _call_usher(self) -> None:
        self._stop_usher()
        if self._waiters:
            self._usher = asyncio.create_task(self._serve(), name="limiter")

    def _stop_usher(self) -> None:
        if self._usher is not None:
            self._usher.cancel()
            self._usher = None

    async def _serve(self) -> None:
        """Let the waiting in one by one, the most urgent first; ends when nobody waits."""
        caught_up = False
        while self._expected():
            wait = self._wait(self._waiters[0].urgency)
            if wait > 0:
                await self._clock.sleep(min(wait, max(_SLACK, self._first_to_go - self._clock.monotonic())))
            elif self._ledger is not None and not caught_up and not self._ledger.has_room():
                await self._ledger.catch_up()
                caught_up = True  # as far as the disk could: one may go
            else:
                caught_up = False
                self._take()
                heapq.heappop(self._waiters).turn.set_result(None)

    def _expected(self) -> bool:
        """Send away who came too late; whether anybody is left. One who was cancelled uses up no call."""
        now = self._clock.monotonic()
        if self._first_to_go <= now:
            for waiter in self._waiters:
                if waiter.gives_up <= now and not waiter.turn.done():
                    late = max(0.0, self._wait(waiter.urgency))
                    waiter.turn.set_exception(RateLimited("no call was free in time", retry_after=late))
            self._tidy()
        while self._waiters and self._waiters[0].turn.done():
            heapq.heappop(self._waiters)
        return bool(self._waiters)

    def _tidy(self) -> None:
        """Keep those who still wait."""
        self._waiters = [waiter for waiter in self._waiters if not waiter.turn.done()]
        heapq.heapify(self._waiters)
        self._first_to_go = min((waiter.gives_up for waiter in self._waiters), default=math.inf)


def _rules(limits: tuple[Limit, ...], urgency: Urgency) -> tuple[tuple[int, float], ...]:
    return tuple((limit.allowed_to(urgency), limit.window) for limit in limits)


def _refusal(wait: float) -> RateLimited | DailyCap:
    if wait > _LONGEST_BUT_A_DAY:
        return DailyCap("the calls allowed for a day are used up")
    return RateLimited("the calls allowed for now are used up", retry_after=wait)
