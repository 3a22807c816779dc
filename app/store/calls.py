"""Counts and times of calls that survive a restart: fulfils `domain.CallCounts` and `domain.CallTimes`.

Counting is synchronous and happens in memory; what was counted is written behind, on the store's thread. Who must not
run ahead of the disk asks `unwritten` and waits with `flush`. After a crash the calls that may be missing are counted
as sent: up to `AHEAD` of each name, and as many of each family for the day.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from app.domain import AHEAD, IST, Clock, VaultError
from app.store import call_rows

if TYPE_CHECKING:
    from app.store.database import Database

_LONGEST_BEHIND: Final = 5.0  # seconds; sooner when many calls wait, so that a poll does not cost a write each
_MANY: Final = AHEAD // 2
_log = logging.getLogger(__name__)


class StoredCallCounts:
    """See `domain.CallCounts` and `domain.CallTimes`; the day's counts may be counted from any thread."""

    def __init__(self, database: "Database", past: call_rows.Past, clock: Clock) -> None:
        """Use `load`, on the event loop."""
        self._database = database
        self._clock = clock
        self._past = past
        self._counts = dict(past.counts)
        self._crashes = Counter(crash.astimezone(IST).date() for crash in past.crashes)
        self._changed: set[call_rows.Day] = set()
        self._noted: Counter[call_rows.Second] = Counter()
        self._behind: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._writing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None

    @classmethod
    async def load(cls, database: "Database", clock: Clock) -> "StoredCallCounts":
        """Read what earlier runs left and note that another has begun."""
        now = clock.now()
        try:
            past = await database.write(partial(call_rows.begin, now=now))
        except VaultError as error:  # a disk that takes nothing: counted in memory, and the worst assumed of the past
            _log.warning("this run is not noted: %s", error.kind)
            past = await database.read(partial(call_rows.look, now=now))
            past = replace(past, crashes=(*past.crashes, now))
        return cls(database, past, clock)

    # ---------------------------------------------------------------- counts of a day

    def count(self, client: str, family: str, day: date) -> int:
        """See `CallCounts.count`; a crash of that day counts as calls that could not be noted."""
        with self._lock:
            return self._counts.get((client, family, day), 0) + AHEAD * self._crashes[day]

    def add(self, client: str, family: str, day: date) -> None:
        """See `CallCounts.add`."""
        key = (client, family, day)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            self._changed.add(key)
        self._loop.call_soon_threadsafe(self._begin)

    # ---------------------------------------------------------------- times

    @property
    def stopped(self) -> datetime | None:
        """See `CallTimes.stopped`."""
        return self._past.stopped

    @property
    def crashes(self) -> Sequence[datetime]:
        """See `CallTimes.crashes`."""
        return self._past.crashes

    def earlier(self, name: str) -> Sequence[tuple[datetime, int]]:
        """See `CallTimes.earlier`."""
        return self._past.times.get(name, ())

    def note(self, name: str, at: datetime, calls: int = 1) -> None:
        """See `CallTimes.note`."""
        with self._lock:
            self._noted[name, call_rows.second_of(at)] += calls
            self._behind[name] += abs(calls)
            many = self._behind[name] >= _MANY
        if many:
            self._begin()
        else:
            self._begin_later()

    def unwritten(self, name: str) -> int:
        """See `CallTimes.unwritten`."""
        return self._behind[name]

    # ---------------------------------------------------------------- writing behind

    async def flush(self) -> None:
        """See `CallTimes.flush`."""
        await asyncio.shield(self._begin())

    async def end(self) -> None:
        """Write everything, and that this run has ended in order."""
        await self.flush()
        if self._later is not None:
            self._later.cancel()
        if self._past.run and not self._changed and not self._noted:
            try:
                await self._database.write(partial(call_rows.end, run=self._past.run, now=self._clock.now()))
            except VaultError as error:
                _log.warning("the end of this run is not noted: %s", error.kind)

    def _begin(self) -> "asyncio.Task[None]":
        if self._writing is None or self._writing.done():
            self._writing = self._loop.create_task(self._write(), name="calls")
        return self._writing

    def _begin_later(self) -> None:
        if self._later is None:
            self._later = self._loop.call_later(_LONGEST_BEHIND, self._begin)

    async def _write(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        while True:
            counts, times = self._take()
            if not counts and not times:
                return
            try:
                await self._database.write(partial(call_rows.save, counts=counts, times=times))
            except VaultError as error:
                _log.warning("counts of calls wait to be written: %s", error.kind)
                self._put_back(counts, times)
                return
            self._written()

    def _take(self) -> tuple[dict[call_rows.Day, int], Counter[call_rows.Second]]:
        with self._lock:
            counts = {key: self._counts[key] for key in self._changed}
            self._changed.clear()
            times, self._noted = self._noted, Counter()
        return counts, times

    def _put_back(self, counts: dict[call_rows.Day, int], times: Counter[call_rows.Second]) -> None:
        with self._lock:
            self._changed |= counts.keys()
            self._noted.update(times)

    def _written(self) -> None:
        """All but what was noted meanwhile is on the disk."""
        with self._lock:
            self._behind.clear()
            for (name, _), calls in self._noted.items():
                self._behind[name] += abs(calls)
