"""The broker's limits, a client code at a time, in windows that roll (section 7)."""

from collections import deque
from datetime import datetime, timedelta
from typing import Final

from app.domain import Clock
from app.simulators.angel_one.calls import WRITES
from app.simulators.angel_one.errors import Refusals

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_ORDERS: Final = "orders together"
_ONE: Final = {_SECOND: 1}
_QUICK: Final = {_SECOND: 10, _MINUTE: 500, _HOUR: 5000}
_MOST: Final[dict[str, dict[timedelta, int]]] = {
    "session": _ONE,
    "logout": _ONE,
    "renew": {_SECOND: 1, _HOUR: 1000},
    "profile": {_SECOND: 3, _HOUR: 1000},
    "funds": {_SECOND: 2},
    _ORDERS: {_SECOND: 9, _MINUTE: 500, _HOUR: 1000},
    **dict.fromkeys(("orders", "trades", "positions", "holdings", "all_holdings", "search"), _ONE),
    "order": _QUICK,
    "ltp": _QUICK,
    "quotes": _QUICK | _ONE,  # the page of the quotes says 1, the table 10: the stricter one
}


class Limits:
    """Counts requests; `enforced` False lets everything through (a test whose clock stands still)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: dict[tuple[str, str], deque[datetime]] = {}
        self.enforced = True

    def reset(self) -> None:
        """Forget what was counted."""
        self._taken.clear()

    def take(self, operation: str, client: str) -> None:
        """Count one request of `client` or raise the 403."""
        family = _ORDERS if operation in WRITES else operation
        most = _MOST.get(family, {})
        if not most:
            return
        now = self._clock.now()
        taken = self._taken.setdefault((family, client), deque())
        while taken and now - taken[0] >= max(most):
            taken.popleft()
        if self.enforced and any(self._within(taken, now, window) >= limit for window, limit in most.items()):
            raise Refusals.too_many()
        taken.append(now)

    def set_orders(self, client: str, number: int) -> None:
        """Pretend that so many orders were sent in the last hour, all of them more than a minute ago."""
        before = self._clock.now() - 2 * _MINUTE
        self._taken[_ORDERS, client] = deque([before] * number)

    @staticmethod
    def _within(taken: deque[datetime], now: datetime, window: timedelta) -> int:
        return sum(now - moment < window for moment in taken)
