from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import IST
from app.domain.market import (
    WEEKDAYS,
    Phase,
    Segment,
    holidays_known,
    in_force,
    is_open,
    is_trading_day,
    market_day,
    next_change,
    phase,
    use,
)

FRIDAY = date(2026, 11, 20)


def at(text: str, day: date = FRIDAY) -> datetime:
    hour, minute = map(int, text.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=IST)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("08:59", Phase.CLOSED),
        ("09:00", Phase.PRE_OPEN),
        ("09:14", Phase.PRE_OPEN),
        ("09:15", Phase.OPEN),
        ("15:29", Phase.OPEN),
        ("15:39", Phase.OPEN),
        ("15:40", Phase.CLOSED),
        ("23:59", Phase.CLOSED),
    ],
)
def test_the_day_of_the_market(time: str, expected: Phase) -> None:
    assert phase(at(time)) is expected


def test_the_phase_is_indian_whatever_zone_the_moment_is_given_in() -> None:
    assert phase(at("09:15").astimezone(UTC)) is Phase.OPEN


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 10), date(2026, 12, 25)])
def test_weekends_and_holidays_are_closed_all_day(day: date) -> None:
    assert not is_trading_day(day)
    assert market_day(day) is None
    assert phase(at("11:00", day)) is Phase.CLOSED


def test_derivatives_close_later_since_august_2026() -> None:
    before, since = market_day(date(2026, 7, 31)), market_day(date(2026, 8, 3))

    assert before is not None
    assert since is not None
    assert (before.closes.time().isoformat(), since.closes.time().isoformat()) == ("15:30:00", "15:40:00")
    assert since.cash_closes.time().isoformat() == "15:30:00"


def test_holidays_of_other_years_are_not_pretended_to_be_known() -> None:
    assert holidays_known(FRIDAY)
    assert not holidays_known(date(2027, 1, 26))
    assert is_trading_day(date(2027, 1, 26))


@pytest.mark.parametrize(
    ("now", "change"),
    [
        (at("08:00"), at("09:00")),
        (at("09:00"), at("09:15")),
        (at("10:00"), at("15:40")),
        (at("15:40"), at("09:00", date(2026, 11, 23))),
        (at("12:00", date(2026, 11, 21)), at("09:00", date(2026, 11, 23))),
        (at("16:00", date(2026, 11, 23)), at("09:00", date(2026, 11, 25))),
    ],
)
def test_the_next_change_skips_weekends_and_holidays(now: datetime, change: datetime) -> None:
    assert next_change(now) == change


def test_the_phase_changes_exactly_when_it_was_forecast_through_a_year() -> None:
    now = at("00:00", date(2026, 1, 1))
    while now.year == 2026:
        change = next_change(now)

        assert phase(change) is not phase(change - timedelta(seconds=1))
        now = change


# ------------------------------------------------------------------ segments

WEDNESDAY = date(2026, 11, 18)


def span(segment: Segment, day: date) -> str:
    session = in_force().session(segment, day)
    return f"{session.pre_open:%H:%M}-{session.closes:%H:%M}" if session is not None else "closed"


@pytest.mark.parametrize(
    ("segment", "day", "expected"),
    [
        (Segment.CASH, WEDNESDAY, "09:00-15:30"),
        (Segment.CASH, date(2026, 7, 31), "09:00-15:30"),
        (Segment.DERIVATIVES, WEDNESDAY, "09:15-15:40"),
        (Segment.DERIVATIVES, date(2026, 7, 31), "09:15-15:30"),
        (Segment.CURRENCY, WEDNESDAY, "09:00-17:00"),
        (Segment.COMMODITY, WEDNESDAY, "09:00-23:55"),
        (Segment.COMMODITY, date(2026, 11, 24), "17:00-23:55"),  # a holiday with an evening
        (Segment.CURRENCY, date(2026, 11, 24), "closed"),
        (Segment.COMMODITY, date(2026, 12, 25), "closed"),
        (Segment.COMMODITY, date(2026, 11, 21), "closed"),
        (Segment.CASH, date(2026, 11, 8), "18:00-19:15"),  # Muhurat trading, on a Sunday
        (Segment.COMMODITY, date(2026, 11, 8), "18:00-19:15"),
        (Segment.CASH, date(2027, 1, 26), "09:00-15:30"),  # not known to be a holiday
    ],
)
def test_each_segment_has_hours_of_its_own(segment: Segment, day: date, expected: str) -> None:
    assert span(segment, day) == expected


@pytest.mark.parametrize(("day", "auction"), [(date(2026, 7, 31), None), (date(2026, 8, 3), "15:15")])
def test_the_cash_segment_closes_by_an_auction_since_august_2026(day: date, auction: str | None) -> None:
    found = market_day(day)

    assert found is not None
    assert (f"{found.auction:%H:%M}" if found.auction else None) == auction


@pytest.mark.parametrize(
    ("segments", "time", "expected"),
    [
        ((Segment.CASH,), "09:00", True),
        ((Segment.CASH,), "15:30", False),
        ((Segment.CASH, Segment.COMMODITY), "23:54", True),
        ((Segment.CASH, Segment.COMMODITY), "23:55", False),
        ((), "11:00", False),
    ],
)
def test_open_is_what_any_of_the_segments_is(segments: tuple[Segment, ...], time: str, *, expected: bool) -> None:
    assert is_open(segments, at(time)) is expected


def test_without_a_calendar_every_weekday_is_a_trading_day() -> None:
    use(WEEKDAYS)

    assert is_trading_day(date(2026, 12, 25))
    assert not holidays_known(date(2026, 12, 25))


def test_muhurat_trading_is_the_market_of_its_day() -> None:
    assert [phase(at(time, date(2026, 11, 8))) for time in ("17:59", "18:00", "19:14", "19:15")] == [
        Phase.CLOSED, Phase.OPEN, Phase.OPEN, Phase.CLOSED,
    ]  # fmt: skip
