"""When contracts end, and the trading symbols made of it (sheet section 8).

Weekly NIFTY ends on Tuesdays, weekly SENSEX on Thursdays, monthlies on the last Tuesday of the month (SENSEX: the last
Thursday), each on the trading day before when that day is a holiday.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.market import is_trading_day
from app.simulators.hours import previous_trading_day
from app.simulators.listing import Sort

TUESDAY: Final = 1
THURSDAY: Final = 3
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKLY_MONTHS: Final = "123456789OND"


def monthly_expiry(day: date, ahead: int = 0, *, weekday: int = TUESDAY) -> date:
    """The monthly expiry `ahead` months after the nearest one that `day` has not passed."""
    if _last_of_month(day.year, day.month, weekday) < day:
        ahead += 1
    years, index = divmod(day.month - 1 + ahead, 12)
    return _last_of_month(day.year + years, index + 1, weekday)


def dated_expiry(day: date, last_day: int, ahead: int = 0) -> date:
    """The expiry on the `last_day` of a month (commodities), `ahead` months after the nearest one."""
    if _before_holiday(day.replace(day=last_day)) < day:
        ahead += 1
    years, index = divmod(day.month - 1 + ahead, 12)
    return _before_holiday(date(day.year + years, index + 1, last_day))


def weekly_expiries(day: date, weekday: int, number: int) -> list[date]:
    """The next `number` weekly expiries on `weekday` that `day` has not passed, monthly ones among them."""
    first = day + timedelta(days=(weekday - day.weekday()) % 7)
    moved = (_before_holiday(first + timedelta(weeks=week)) for week in range(number + 1))
    return [expiry for expiry in moved if expiry >= day][:number]


def _last_of_month(year: int, month: int, weekday: int) -> date:
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return _before_holiday(last - timedelta(days=(last.weekday() - weekday) % 7))


def _before_holiday(day: date) -> date:
    return day if is_trading_day(day) else previous_trading_day(day)


def plain(number: Decimal) -> str:
    """26050 for 26050.00 and 2423.7 for 2423.70."""
    return f"{number.normalize():f}"


def symbol_of(name: str, expiry: date, strike: Decimal | None, sort: Sort, *, weekly: bool) -> str:
    """The trading symbol: NIFTY25DECFUT, NIFTY25DEC26050CE, NIFTY25D0226050CE."""
    year = f"{expiry.year % 100:02d}"
    month = expiry.month - 1
    middle = f"{_WEEKLY_MONTHS[month]}{expiry.day:02d}" if weekly else _MONTHS[month]
    tail = "FUT" if strike is None else f"{plain(strike)}{sort}"
    return f"{name}{year}{middle}{tail}"
