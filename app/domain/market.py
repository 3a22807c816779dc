"""Trading days and hours in IST: facts of the exchanges' calendar, nothing about any broker.

Source: the exchanges' 2026 circulars as tabulated in public calendars (second-hand). Holidays of other years are not
known: weekdays then count as trading days and `holidays_known` says so.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import IST

_HOLIDAYS: Final = frozenset(
    date(2026, month, day)
    for month, day in (
        (1, 15), (1, 26), (3, 3), (3, 26), (3, 31), (4, 3), (4, 14), (5, 1),
        (5, 28), (6, 26), (9, 14), (10, 2), (10, 20), (11, 10), (11, 24), (12, 25),
    )
)  # fmt: skip
_PRE_OPEN: Final = time(9, 0)
_OPEN: Final = time(9, 15)
_CASH_CLOSE: Final = time(15, 30)
_SATURDAY: Final = 5
_CALENDAR_YEAR: Final = 2026
_LATER_CLOSE_SINCE: Final = date(2026, 8, 3)  # derivatives close 15:40 from this day on, 15:30 before


class Phase(StrEnum):
    """What the equity and derivatives market is doing."""

    CLOSED = "closed"
    PRE_OPEN = "pre-open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class MarketDay:
    """The hours of one trading day, aware, IST."""

    pre_open: datetime
    opens: datetime
    cash_closes: datetime
    closes: datetime  # the later close of the two, that of equity derivatives


def is_trading_day(day: date) -> bool:
    """Monday to Friday less the known holidays."""
    return day.weekday() < _SATURDAY and day not in _HOLIDAYS


def holidays_known(day: date) -> bool:
    """Whether the exchanges' holidays of that year are in this version."""
    return day.year == _CALENDAR_YEAR


def market_day(day: date) -> MarketDay | None:
    """The hours of `day`, or None when equity and derivatives do not trade."""
    if not is_trading_day(day):
        return None
    closes = time(15, 40) if day >= _LATER_CLOSE_SINCE else _CASH_CLOSE
    moments = (_PRE_OPEN, _OPEN, _CASH_CLOSE, closes)
    return MarketDay(*(datetime.combine(day, moment, IST) for moment in moments))


def phase(now: datetime) -> Phase:
    """What the market is doing at `now`."""
    today = market_day(now.astimezone(IST).date())
    if today is None or not today.pre_open <= now < today.closes:
        return Phase.CLOSED
    return Phase.OPEN if now >= today.opens else Phase.PRE_OPEN


def next_change(now: datetime) -> datetime:
    """When `phase` next changes."""
    day = now.astimezone(IST).date()
    while True:
        hours = market_day(day)
        for moment in (hours.pre_open, hours.opens, hours.closes) if hours else ():
            if moment > now:
                return moment
        day += timedelta(days=1)
