"""Days, hours, expiries and trading symbols (market calendar; protocol sheet sections 2 and 8)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import IST
from app.simulators.expiries import (
    THURSDAY,
    TUESDAY,
    dated_expiry,
    monthly_expiry,
    symbol_of,
    weekly_expiries,
)
from app.simulators.hours import Market, business_day, next_flush, session
from app.simulators.listing import Sort
from app.simulators.master import Master
from tests.fakes.clock import ManualClock

DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))


def ist(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=IST)


@pytest.mark.parametrize(
    ("now", "day"),
    [(ist(18, 5, 59), date(2026, 11, 17)), (ist(18, 6), date(2026, 11, 18)), (ist(18, 23), date(2026, 11, 18))],
)
def test_business_day_begins_at_six(now: datetime, day: date) -> None:
    assert business_day(now) == day
    assert next_flush(now) == datetime(day.year, day.month, day.day, 6, 0, tzinfo=IST) + timedelta(days=1)


@pytest.mark.parametrize(
    ("exchange", "opens", "closes"),
    [
        ("NSE", "09:15", "15:30"),
        ("BSE", "09:15", "15:30"),
        ("NFO", "09:15", "15:40"),
        ("BFO", "09:15", "15:40"),
        ("MCX", "09:00", "23:55"),
        ("CDS", "09:00", "17:00"),
    ],
)
def test_exchanges_keep_their_hours(exchange: str, opens: str, closes: str) -> None:
    hours = session(exchange, date(2026, 11, 18))
    assert hours is not None
    assert [f"{moment:%H:%M}" for moment in hours] == [opens, closes]


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 24), date(2026, 12, 25)])
def test_nothing_trades_on_weekends_and_holidays(day: date) -> None:
    assert session("NSE", day) is None


@pytest.mark.parametrize(("hour", "is_open"), [(9, False), (10, True), (15, True), (16, False)])
def test_market_follows_the_calendar(hour: int, *, is_open: bool) -> None:
    assert Market(ManualClock(ist(18, hour))).is_open("NSE") is is_open


@pytest.mark.parametrize("forced", [True, False])
def test_market_can_be_forced(*, forced: bool) -> None:
    market = Market(ManualClock(ist(22, 12)))
    market.forced = forced
    assert market.is_open("NSE") is forced


def test_closed_market_shows_the_last_close() -> None:
    market = Market(ManualClock(ist(22, 12)))
    assert market.ticking("NSE") == ist(20, 15, 30)


@pytest.mark.parametrize(
    ("day", "expiry"),
    [
        (date(2025, 12, 1), date(2025, 12, 30)),  # the sheet's NIFTY25DEC
        (date(2025, 12, 30), date(2025, 12, 30)),
        (date(2025, 12, 31), date(2026, 1, 27)),
        (date(2026, 11, 18), date(2026, 11, 23)),  # the 24th is a holiday
        (date(2026, 11, 24), date(2026, 12, 29)),
    ],
)
def test_monthly_expiry_is_the_last_tuesday_or_the_day_before(day: date, expiry: date) -> None:
    assert monthly_expiry(day) == expiry


def test_weekly_expiries_follow_the_weekday() -> None:
    assert weekly_expiries(date(2025, 11, 27), TUESDAY, 2) == [date(2025, 12, 2), date(2025, 12, 9)]
    assert weekly_expiries(date(2025, 11, 27), THURSDAY, 1) == [date(2025, 11, 27)]


@settings(deadline=None)  # a busy machine is no finding
@given(DAYS)
def test_expiries_are_never_past_and_in_order(day: date) -> None:
    months = [monthly_expiry(day, ahead) for ahead in range(14)]
    weeks = weekly_expiries(day, TUESDAY, 5)
    commodities = [dated_expiry(day, 19, ahead) for ahead in range(3)]
    for row in (months, weeks, commodities):
        assert row == sorted(set(row))
        assert row[0] >= day
    assert len(weeks) == 5


# typed from the sheet, section 8
@pytest.mark.parametrize(
    ("symbol", "expiry", "strike", "sort", "weekly"),
    [
        ("NIFTY25DEC26050CE", date(2025, 12, 30), Decimal(26050), Sort.CALL, False),
        ("NIFTY25DECFUT", date(2025, 12, 30), None, Sort.FUTURE, False),
        ("NIFTY25D0226050CE", date(2025, 12, 2), Decimal("26050.00"), Sort.CALL, True),
        ("NIFTY2610626050PE", date(2026, 1, 6), Decimal(26050), Sort.PUT, True),
        ("NIFTY25O0726050PE", date(2025, 10, 7), Decimal(26050), Sort.PUT, True),
        ("NIFTY25N042423.7CE", date(2025, 11, 4), Decimal("2423.7"), Sort.CALL, True),
    ],
)
def test_symbols_are_the_exchanges(
    symbol: str, expiry: date, strike: Decimal | None, sort: Sort, *, weekly: bool
) -> None:
    assert symbol_of("NIFTY", expiry, strike, sort, weekly=weekly) == symbol


@pytest.mark.parametrize("number", range(0, 730, 37))
def test_master_is_sound_on_every_day(number: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=number)
    master = Master(day)
    contracts = list(master)
    assert len({one.token for one in contracts}) == len(contracts) == len(master)
    assert all(one.expiry >= day for one in contracts if one.expiry)
    assert {one.name for one in contracts if one.is_option} == {
        "NIFTY",
        "BANKNIFTY",
        "SENSEX",
        "RELIANCE",
        "M&M",
        "TATASTEEL",
    }
