"""The broker's limits over both hosts together (sheet section 7), in whole seconds, minutes and days of the clock."""

from collections import Counter
from typing import Final

from app.domain import IST, Clock
from app.simulators.fyers.errors import Refusals

A_SECOND: Final = 10
A_MINUTE: Final = 200
A_DAY: Final = 100_000
FORGIVEN: Final = 3
"""Breaches of the minute limit in a day; one more blocks the app until midnight."""
_REMEMBERED: Final = 1000


class Limits:
    """Counts requests of an app; `enforced` False lets everything through (a test whose clock stands still)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: Counter[tuple[str, str]] = Counter()
        self._days: Counter[tuple[str, str]] = Counter()
        self._breaches: dict[tuple[str, str], set[str]] = {}
        self.enforced = True

    def reset(self) -> None:
        """Forget what was counted."""
        self._windows.clear()
        self._days.clear()
        self._breaches.clear()

    def block(self, app_id: str) -> None:
        """As if the minute limit had been broken once too often today."""
        self._breaches[app_id, self._today()] = {f"-{number}" for number in range(FORGIVEN + 1)}

    def take(self, app_id: str, *, data: bool, order: bool) -> None:
        """Count one request or raise the 429 of its host."""
        if self.enforced and not self._counted(app_id):
            raise Refusals.too_many(data=data, order=order)

    def _counted(self, app_id: str) -> bool:
        local = self._clock.now().astimezone(IST)
        today, minute, second = f"{local:%F}", f"{local:%F %H:%M}", f"{local:%F %T}"
        broken = self._breaches.setdefault((app_id, today), set())
        if len(broken) > FORGIVEN:
            return False
        if self._windows[app_id, minute] >= A_MINUTE:
            broken.add(minute)
            return False
        if self._windows[app_id, second] >= A_SECOND or self._days[app_id, today] >= A_DAY:
            return False
        self._forget(minute)
        for window in (minute, second):
            self._windows[app_id, window] += 1
        self._days[app_id, today] += 1
        return True

    def _forget(self, minute: str) -> None:
        """Drop other minutes when there are many."""
        if len(self._windows) > _REMEMBERED:
            kept = {key: number for key, number in self._windows.items() if key[1].startswith(minute)}
            self._windows = Counter(kept)

    def _today(self) -> str:
        return f"{self._clock.now().astimezone(IST):%F}"
