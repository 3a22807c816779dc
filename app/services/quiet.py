"""The hours in which the user wants no notice: what becomes due then is told at their end."""

from datetime import datetime, time
from typing import Final

from app.domain.clock import IST
from app.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end`, Indian time; over midnight when `begin` is the later one."""

    begin: time
    end: time

    def cover(self, now: datetime) -> bool:
        """Whether `now` lies in them; the minute they end no longer does."""
        here = now.astimezone(IST).time()
        if self.begin <= self.end:
            return self.begin <= here < self.end
        return here >= self.begin or here < self.end


DEFAULT: Final = QuietHours(time(22, 0), time(8, 0))
"""What holds until the user says otherwise."""
