"""The ports through which limits that outlive a process are counted: orders a day, calls a minute, an hour, a day."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Final, Protocol

from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class LimitUse:
    """How much of one limit is used: calls of a `family` in the last `window` seconds, of those that Kunji allows.

    The last `kept` of these are for what is more urgent than a new order. What has the same `counted_for` is counted
    together; empty while nobody knows.
    """

    family: str
    used: int
    allowed: int
    window: float
    kept: int = 0
    counted_for: str = field(default="", compare=False, repr=False)

    @property
    def left(self) -> int:
        """How many new orders it lets through now."""
        return max(0, self.allowed - self.kept - self.used)


AHEAD: Final = 16
"""Calls of one name that may be sent before their notes are on the disk. After a crash as many are taken as sent."""


class CallCounts(Protocol):
    """Counts of calls by broker client and family of calls, a day at a time (Indian calendar day)."""

    def count(self, client: str, family: str, day: date) -> int:
        """How many calls of `family` were sent for `client` on `day`."""
        ...

    def add(self, client: str, family: str, day: date) -> None:
        """One more was sent."""
        ...


class CallTimes(Protocol):
    """When calls were sent that limits of a minute and more count, kept over restarts.

    `name` is whatever counts them together: a family of calls and whose. Moments are the wall clock's; a clock that was
    set back makes the calls that seem to come from the future calls of this moment.
    """

    @property
    def stopped(self) -> datetime | None:
        """When the run before may have sent its last call (after a crash: now); None when there was no run before."""
        ...

    @property
    def crashes(self) -> Sequence[datetime]:
        """Starts after runs that had not ended in order: before each, up to `AHEAD` calls of a name went unnoted."""
        ...

    def earlier(self, name: str) -> Sequence[tuple[datetime, int]]:
        """The calls that earlier runs noted, oldest first: moments, at most a minute too late, and how many."""
        ...

    def note(self, name: str, at: datetime, calls: int = 1) -> None:
        """So many more were sent; a negative number takes back what was noted for the same moment."""
        ...

    def unwritten(self, name: str) -> int:
        """How many noted calls are not on the disk yet."""
        ...

    async def flush(self) -> None:
        """Wait until everything noted so far is written, or cannot be."""
        ...


class MemoryCallCounts:
    """Counts that live as long as the process."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, date], int] = {}

    def count(self, client: str, family: str, day: date) -> int:
        """See `CallCounts.count`."""
        return self._counts.get((client, family, day), 0)

    def add(self, client: str, family: str, day: date) -> None:
        """See `CallCounts.add`."""
        self._counts[client, family, day] = self.count(client, family, day) + 1
