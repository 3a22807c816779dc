"""When an exchange of the demo trades, and which trading day a moment belongs to."""

from datetime import date, datetime, time, timedelta
from typing import Final

from app.domain import IST, Clock
from app.domain.market import is_trading_day, market_day

FLUSH: Final = time(6, 0)
"""When the broker forgets yesterday: tokens die (sheet section 2), the book of orders is empty."""

_LONG_HOURS: Final = {
    "MCX": (time(9, 0), time(23, 55)),
    "NCO": (time(9, 0), time(23, 55)),
    "CDS": (time(9, 0), time(17, 0)),
    "BCD": (time(9, 0), time(17, 0)),
}
_DERIVATIVES: Final = ("NFO", "BFO")


def business_day(now: datetime) -> date:
    """The Indian calendar day that began with the last flush."""
    local = now.astimezone(IST)
    return local.date() if local.time() >= FLUSH else local.date() - timedelta(days=1)


def next_flush(now: datetime) -> datetime:
    """The first 06:00 IST after `now`."""
    return datetime.combine(business_day(now) + timedelta(days=1), FLUSH, IST)


def session(exchange: str, day: date) -> tuple[datetime, datetime] | None:
    """Open and close of `exchange` on `day`, aware, or None when it does not trade."""
    hours = market_day(day)
    if hours is None:
        return None
    if exchange in _LONG_HOURS:
        opens, closes = (datetime.combine(day, moment, IST) for moment in _LONG_HOURS[exchange])
        return opens, closes
    return hours.opens, hours.closes if exchange in _DERIVATIVES else hours.cash_closes


def previous_trading_day(day: date) -> date:
    """The last trading day before `day`."""
    day -= timedelta(days=1)
    while not is_trading_day(day):
        day -= timedelta(days=1)
    return day


class Market:
    """Open or closed by the calendar, unless `forced` says otherwise (a demo may be shown on a Sunday)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.forced: bool | None = None

    def now(self) -> datetime:
        """The moment, from the clock that was handed in."""
        return self._clock.now()

    @property
    def today(self) -> date:
        """The business day."""
        return business_day(self.now())

    @property
    def is_holiday(self) -> bool:
        """Whether nobody trades today; never while a market is forced."""
        return self.forced is None and not is_trading_day(self.now().astimezone(IST).date())

    def is_open(self, exchange: str) -> bool:
        """Whether `exchange` takes regular orders now."""
        if self.forced is not None:
            return self.forced
        hours = session(exchange, self.now().astimezone(IST).date())
        return hours is not None and hours[0] <= self.now() < hours[1]

    def ticking(self, exchange: str) -> datetime:
        """The moment whose prices are shown: now while open, else the last close."""
        now = self.now()
        if self.forced:
            return now
        day = now.astimezone(IST).date()
        hours = session(exchange, day)
        if hours is not None and now >= hours[0]:
            return min(now, hours[1])
        return self.last_close(exchange, day)

    def last_close(self, exchange: str, day: date) -> datetime:
        """When `exchange` last closed before `day`."""
        hours = session(exchange, previous_trading_day(day))
        assert hours is not None, "a trading day has hours"  # noqa: S101 - what previous_trading_day promises
        return hours[1]
