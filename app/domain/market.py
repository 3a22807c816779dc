"""Trading days and hours of the exchanges, Indian time: facts of their calendar, nothing about any broker.

A `Calendar` is what one data file says (where it comes from: `services/calendar.py`); `use` puts one in force for this
process. Before that, and in years that it does not know, weekdays count as trading days and `holidays_known` says no.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.clock import IST
from app.domain.orders import Exchange
from app.domain.records import dataclass

_SATURDAY: Final = 5


class Segment(StrEnum):
    """What is traded at the same hours."""

    CASH = "cash"
    DERIVATIVES = "derivatives"
    CURRENCY = "currency"
    COMMODITY = "commodity"


EQUITY: Final = (Segment.CASH, Segment.DERIVATIVES)
"""What "the market" is where nothing else is said."""

SEGMENTS: Final[Mapping[Exchange, Segment]] = MappingProxyType(
    {
        Exchange.NSE: Segment.CASH,
        Exchange.BSE: Segment.CASH,
        Exchange.NFO: Segment.DERIVATIVES,
        Exchange.BFO: Segment.DERIVATIVES,
        Exchange.CDS: Segment.CURRENCY,
        Exchange.BCD: Segment.CURRENCY,
        Exchange.MCX: Segment.COMMODITY,
        Exchange.NCO: Segment.COMMODITY,
        Exchange.NCDEX: Segment.COMMODITY,
    }
)
"""Exchanges by segment; funds and exchanges outside India have no hours here."""


class Phase(StrEnum):
    """What the equity and derivatives market is doing."""

    CLOSED = "closed"
    PRE_OPEN = "pre-open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of trading of one segment, aware. `auction` is when its closing auction begins, where it has one."""

    pre_open: datetime
    opens: datetime
    closes: datetime
    auction: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether `moment` lies in it, the pre-open included."""
        return self.pre_open <= moment < self.closes


@dataclass(frozen=True, slots=True)
class MarketDay:
    """The hours of equity and derivatives on one trading day, aware, IST."""

    pre_open: datetime
    opens: datetime
    cash_closes: datetime
    closes: datetime  # the later close of the two, that of equity derivatives
    auction: datetime | None = None  # from here to `cash_closes` the cash segment finds its closing price


@dataclass(frozen=True, slots=True)
class Hours:
    """The usual hours of a segment from the day `since` on. `evening` is when it opens on a holiday with an evening."""

    segment: Segment
    opens: time
    closes: time
    since: date = date.min
    pre_open: time | None = None
    auction: time | None = None
    evening: time | None = None


@dataclass(frozen=True, slots=True)
class Holiday:
    """A weekday on which `segments` do not trade, but for those with an evening session when `evening` is set."""

    day: date
    name: str
    evening: bool
    segments: frozenset[Segment] = frozenset(Segment)


@dataclass(frozen=True, slots=True)
class Special:
    """A session on a day of its own hours (Muhurat trading), whatever the day is otherwise."""

    day: date
    name: str
    opens: time
    closes: time
    segments: frozenset[Segment] = frozenset(Segment)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days and hours of all segments. `name` says where it is from; `years` are those whose holidays it knows."""

    name: str
    years: frozenset[int]
    hours: tuple[Hours, ...]
    holidays: Mapping[date, Holiday] = field(default_factory=lambda: MappingProxyType({}))
    specials: Mapping[date, Special] = field(default_factory=lambda: MappingProxyType({}))

    def session(self, segment: Segment, day: date) -> Session | None:
        """When `segment` trades on `day`; None when it does not."""
        special = self.specials.get(day)
        if special is not None and segment in special.segments:
            opens = datetime.combine(day, special.opens, IST)
            return Session(opens, opens, datetime.combine(day, special.closes, IST))
        usual = self._usual(segment, day)
        if usual is None or day.weekday() >= _SATURDAY:
            return None
        holiday = self.holidays.get(day)
        if holiday is None or segment not in holiday.segments:
            return _session(day, usual)
        if not holiday.evening or usual.evening is None:
            return None
        opens = datetime.combine(day, usual.evening, IST)
        return Session(opens, opens, datetime.combine(day, usual.closes, IST))

    def sessions(self, segments: Collection[Segment], day: date) -> Iterator[Session]:
        """The sessions of those of `segments` that trade on `day`."""
        return (found for segment in segments if (found := self.session(segment, day)) is not None)

    def is_open(self, segments: Collection[Segment], moment: datetime) -> bool:
        """Whether any of `segments` trades at `moment`, the pre-open included."""
        day = moment.astimezone(IST).date()
        return any(session.covers(moment) for session in self.sessions(segments, day))

    def market_day(self, day: date) -> MarketDay | None:
        """The hours of equity and derivatives on `day`, or None when they do not trade."""
        cash, derivatives = (self.session(segment, day) for segment in EQUITY)
        if cash is None or derivatives is None:
            return None
        closes = max(cash.closes, derivatives.closes)
        return MarketDay(cash.pre_open, cash.opens, cash.closes, closes, cash.auction)

    def holidays_known(self, day: date) -> bool:
        """Whether it knows the exchanges' holidays of that year."""
        return day.year in self.years

    def _usual(self, segment: Segment, day: date) -> Hours | None:
        rules = [rule for rule in self.hours if rule.segment is segment and rule.since <= day]
        return max(rules, key=lambda rule: rule.since, default=None)


def _session(day: date, usual: Hours) -> Session:
    pre_open, auction = usual.pre_open or usual.opens, usual.auction
    opens, closes = datetime.combine(day, usual.opens, IST), datetime.combine(day, usual.closes, IST)
    began = datetime.combine(day, auction, IST) if auction is not None else None
    return Session(datetime.combine(day, pre_open, IST), opens, closes, began)


# ------------------------------------------------------------------ the one in force

WEEKDAYS: Final = Calendar(
    "weekdays",
    frozenset(),
    (
        Hours(Segment.CASH, time(9, 15), time(15, 30), pre_open=time(9)),
        Hours(Segment.DERIVATIVES, time(9, 15), time(15, 40)),
        Hours(Segment.CURRENCY, time(9), time(17)),
        Hours(Segment.COMMODITY, time(9), time(23, 55), evening=time(17)),
    ),
)
"""The usual hours without any holiday: what holds while no data file could be read."""


class _InForce:
    calendar = WEEKDAYS


def use(calendar: Calendar) -> None:
    """Put `calendar` in force for this process."""
    _InForce.calendar = calendar


def in_force() -> Calendar:
    """The calendar that `use` was given last."""
    return _InForce.calendar


def is_open(segments: Collection[Segment], moment: datetime) -> bool:
    """Whether any of `segments` trades at `moment`."""
    return in_force().is_open(segments, moment)


def is_trading_day(day: date) -> bool:
    """Whether equity and derivatives trade on `day`."""
    return market_day(day) is not None


def holidays_known(day: date) -> bool:
    """Whether the exchanges' holidays of that year are known."""
    return in_force().holidays_known(day)


def market_day(day: date) -> MarketDay | None:
    """The hours of `day`, or None when equity and derivatives do not trade."""
    return in_force().market_day(day)


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
