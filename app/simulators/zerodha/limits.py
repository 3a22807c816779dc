"""Counters of the broker's limits (sheet section 7), in whole seconds, minutes and days of the injected clock."""

from collections import Counter
from typing import Final

from app.domain import IST, Clock
from app.simulators.hours import business_day
from app.simulators.zerodha.errors import Refusals

QUOTES: Final = "quotes"
ORDERS: Final = "orders"
OTHERS: Final = "others"
_A_SECOND: Final = {QUOTES: 1, ORDERS: 10, OTHERS: 10}
_ORDERS_A_MINUTE: Final = 400
_ORDERS_A_DAY: Final = 5000
_REMEMBERED: Final = 1000
_HOUR: Final = len("2026-11-18 10")
MODIFICATIONS: Final = 25


class Limits:
    """Counts requests; `enforced` False lets everything through (a test whose clock stands still)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self.enforced = True

    def __len__(self) -> int:
        return len(self._counts)

    def reset(self) -> None:
        """Forget what was counted."""
        self._counts.clear()

    def take(self, family: str, who: str) -> None:
        """Count one request of `who` (an api_key; for orders the client) or raise the 429."""
        local = self._clock.now().astimezone(IST)
        self._count(family, who, f"{local:%F %T}", _A_SECOND[family])
        if family == ORDERS:
            self._count(family, who, f"{local:%F %H:%M}", _ORDERS_A_MINUTE)

    def take_orders(self, who: str, number: int) -> None:
        """Count `number` orders towards the day's cap; refused ones count too."""
        key = (ORDERS, who, str(business_day(self._clock.now())))
        if self.enforced and self._counts[key] + number > _ORDERS_A_DAY:
            raise Refusals.daily_cap()
        self._counts[key] += number

    def set_orders(self, who: str, number: int) -> None:
        """Pretend that so many orders were placed today."""
        self._counts[ORDERS, who, str(business_day(self._clock.now()))] = number

    def _count(self, family: str, who: str, window: str, limit: int) -> None:
        key = (family, who, window)
        if self.enforced and self._counts[key] >= limit:
            raise Refusals.too_many()
        self._counts[key] += 1
        if len(self._counts) > _REMEMBERED:
            self._forget(window)

    def _forget(self, window: str) -> None:
        """Drop the seconds and minutes of other hours; what was counted for whole days stays."""
        hour = window[:_HOUR]
        kept = {key: number for key, number in self._counts.items() if len(key[2]) < _HOUR or key[2][:_HOUR] == hour}
        self._counts = Counter(kept)
