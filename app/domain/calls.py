"""The port through which limits that outlive a process are counted (orders a day at a broker)."""

from datetime import date
from typing import Protocol


class CallCounts(Protocol):
    """Counts of calls by broker client and family of calls, a day at a time (Indian calendar day)."""

    def count(self, client: str, family: str, day: date) -> int:
        """How many calls of `family` were sent for `client` on `day`."""
        ...

    def add(self, client: str, family: str, day: date) -> None:
        """One more was sent."""
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
