"""A clock that does not wait: whoever sleeps wakes at once, and it is later."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.domain import IST


class HurryingClock:
    """Fulfils `app.domain.Clock` for one sleeper at a time; `true` is what a good clock on the wall would show."""

    def __init__(self, start: datetime | None = None) -> None:
        self.true = (start or datetime(2026, 11, 18, 10, 0, tzinfo=IST)).astimezone(UTC)
        self.wrong_by = timedelta()  # somebody set the wall clock
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self.true + self.wrong_by

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)  # who was woken before looks at the clock first
        self.skip(max(0.0, seconds))

    def skip(self, seconds: float) -> None:
        """Let time pass."""
        self._monotonic += seconds
        self.true += timedelta(seconds=seconds)

    def restart(self) -> None:
        """The computer was started anew: monotonic time begins elsewhere."""
        self._monotonic = 50.0
