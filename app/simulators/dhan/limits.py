"""Counters of the broker's limits (section 7), in whole seconds, minutes, hours and days of the injected clock."""

from collections import Counter
from typing import Final

from app.domain import IST, Clock
from app.simulators.dhan.errors import Refusals, quote_error

QUOTES: Final = "quotes"
ORDERS: Final = "orders"
OTHERS: Final = "others"
MODIFICATIONS: Final = 25
_WINDOWS: Final = {"second": "%F %T", "minute": "%F %H:%M", "hour": "%F %H", "day": "%F"}
_MOST: Final[dict[str, dict[str, int]]] = {
    QUOTES: {"second": 1},
    ORDERS: {"second": 10, "minute": 250, "hour": 1000, "day": 7000},
    OTHERS: {"second": 20},
}


class Limits:
    """Counts requests; `enforced` False lets everything through (a test whose clock stands still)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._moments: dict[tuple[str, str, str], str] = {}
        self.enforced = True

    def reset(self) -> None:
        """Forget what was counted."""
        self._counts.clear()

    def take(self, family: str, client: str) -> None:
        """Count one request of `client` or raise the 429: 805 for quotes, DH-904 for all others."""
        keys = [(family, client, window) for window in _MOST[family]]
        for key in keys:
            self._turn(key)
        if self.enforced and any(self._counts[key] >= _MOST[family][key[2]] for key in keys):
            raise quote_error(429, "805") if family == QUOTES else Refusals.too_many()
        self._counts.update(keys)

    def set_orders(self, client: str, number: int) -> None:
        """Pretend that so many orders were sent today."""
        key = (ORDERS, client, "day")
        self._turn(key)
        self._counts[key] = number

    def _turn(self, key: tuple[str, str, str]) -> None:
        """Begin anew when another second, minute, hour or day has come."""
        moment = f"{self._clock.now().astimezone(IST):{_WINDOWS[key[2]]}}"
        if self._moments.get(key) != moment:
            self._moments[key] = moment
            self._counts[key] = 0
