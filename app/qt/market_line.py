"""What the top bar says of the market: its phase, its words, what comes next, and the day's hours. No Qt.

Hours and names are the calendar's (`domain/market.py`); "the market" is that of equity and derivatives.
"""

from datetime import date, datetime
from typing import Final

from app.domain import IST
from app.domain.market import (
    MarketDay,
    Phase,
    Segment,
    Session,
    holidays_known,
    in_force,
    is_open,
    market_day,
    next_change,
    phase,
)
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.words import countdown, week_day

_SATURDAY: Final = 5
_SEGMENTS: Final = (
    (Segment.CASH, "NSE, BSE"),
    (Segment.DERIVATIVES, "F&O"),
    (Segment.CURRENCY, "Currency"),
    (Segment.COMMODITY, "MCX"),
)


@dataclass(frozen=True, slots=True)
class MarketLine:
    """`now` is what the market does, `coming` what it does next, `hours` the day's hours of every segment."""

    phase: Phase
    now: str
    coming: str
    hours: str


def market_line(now: datetime) -> MarketLine:
    """The market at `now`: ("NSE, BSE, F&O open", "close 15:40, in 5 h 57 min")."""
    current = phase(now)
    day = now.astimezone(IST).date()
    return MarketLine(current, _words(current, now, day), _coming(current, now), _hours(day))


def _words(current: Phase, now: datetime, day: date) -> str:
    special, hours = in_force().specials.get(day), market_day(day)
    if hours is None:
        return _closed_all_day(day, now)
    if special is not None and now < hours.closes:
        return tr("{name}: open", name=tr(special.name)) if current is Phase.OPEN else tr(special.name)
    if current is Phase.OPEN:
        return _open(hours, now)
    if current is Phase.PRE_OPEN:
        return tr("NSE, BSE pre-open")
    if now < hours.pre_open:
        return tr("NSE, BSE closed")
    return tr("Post-close, MCX open") if _mcx(now) else tr("Closed for today")


def _open(hours: MarketDay, now: datetime) -> str:
    if now >= hours.cash_closes:
        return tr("F&O open, cash closed")
    if hours.auction is not None and now >= hours.auction:
        return tr("Closing session, F&O open")
    return tr("NSE, BSE, F&O open")


def _closed_all_day(day: date, now: datetime) -> str:
    holiday = in_force().holidays.get(day)
    if holiday is None:
        return tr("Weekend, closed") if day.weekday() >= _SATURDAY else tr("NSE, BSE closed")
    if _mcx(now):
        return tr("{name}: MCX alone open", name=tr(holiday.name))
    return tr("{name}: closed", name=tr(holiday.name))


def _mcx(now: datetime) -> bool:
    return is_open((Segment.COMMODITY,), now)


def _coming(current: Phase, now: datetime) -> str:
    then = next_change(now)
    time, when = f"{then.astimezone(IST):%H:%M}", _when(then, now)
    if current is Phase.OPEN:
        return tr("close {time}, {when}", time=time, when=when)
    hours = market_day(then.astimezone(IST).date())
    if current is Phase.PRE_OPEN or (hours is not None and hours.pre_open == hours.opens):  # Muhurat has no pre-open
        return tr("opens {time}, {when}", time=time, when=when)
    return tr("pre-open {time}, {when}", time=time, when=when)


def _when(then: datetime, now: datetime) -> str:
    day = then.astimezone(IST).date()
    far = (day - now.astimezone(IST).date()).days
    if far == 0:
        return tr("in {time}", time=countdown(then - now))
    return tr("tomorrow") if far == 1 else week_day(day)


def _hours(day: date) -> str:
    lines = [f"{tr(called)}: {_span(in_force().session(segment, day))}" for segment, called in _SEGMENTS]
    if not holidays_known(day):
        lines.append(tr("Holidays of {year} are not known.", year=day.year))
    return "\n".join(lines)


def _span(session: Session | None) -> str:
    if session is None:
        return tr("closed")
    said = f"{session.opens:%H:%M}\u2013{session.closes:%H:%M}"
    if session.auction is not None:
        said += ", " + tr("closing session from {time}", time=f"{session.auction:%H:%M}")
    return said
