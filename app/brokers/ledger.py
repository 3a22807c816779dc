"""Where calls are noted that a limit of a minute and more counts: after a restart they still count."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from app.domain import AHEAD, CallTimes, Clock
from app.domain.records import dataclass

_DISK: Final = 1.0  # seconds that a slow disk may hold up calls; an order matters more than a note of it


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the calls of one bucket are noted, so that they still count after a restart.

    `ahead` calls may be under way to the disk; with 0 each is there before it is sent.
    """

    name: str
    times: CallTimes
    clock: Clock
    ahead: int = AHEAD

    def note(self, moment: float, calls: int = 1) -> None:
        """Note calls of this moment of the monotonic clock."""
        age = timedelta(seconds=self.clock.monotonic() - moment)
        self.times.note(self.name, self.clock.now() - age, calls)

    def has_room(self) -> bool:
        """Whether one more may be sent before the disk has caught up."""
        return not self.ahead or self.times.unwritten(self.name) < self.ahead

    async def catch_up(self) -> None:
        """Wait for the disk, not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DISK):
                await self.times.flush()
