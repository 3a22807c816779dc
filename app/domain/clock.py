"""Time, handed in. `SystemClock` is the only place of the product that asks the machine what time it is.

All instants are aware datetimes in UTC; what a broker means in Indian time is converted with `IST`, which is a fixed
offset, so the time zone and the zone database of the machine never matter.
"""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, Protocol, Self

IST: Final = timezone(timedelta(hours=5, minutes=30), "IST")


class Clock(Protocol):
    """What the product knows of time."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC. It may jump."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; never jumps back. Deadlines and ages are measured with it."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` of monotonic time."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        import asyncio  # loaded on first use: start-up

        await asyncio.sleep(seconds)


class ShiftedClock(SystemClock):
    """The machine's clock, `shift` ahead: the demo and the tests play at an hour of their own."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift

    @classmethod
    def at(cls, start: datetime) -> Self:
        """One that says `start` now."""
        return cls(start - datetime.now(UTC))

    def now(self) -> datetime:
        """See `Clock.now`."""
        return super().now() + self.shift
