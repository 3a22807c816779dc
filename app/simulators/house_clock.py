"""A broker's own clock: the one it was given, moved by as much as a test wants."""

from datetime import datetime, timedelta

from app.domain import Clock


class HouseClock:
    """Fulfils `Clock`; `ahead` is how far it is ahead of the clock it was made of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead = timedelta()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._clock.now() + self.ahead

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await self._clock.sleep(seconds)
