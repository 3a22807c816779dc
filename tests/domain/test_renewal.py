"""When a session is renewed without the user."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from app.domain import IST
from app.domain.renewal import renewal_due

AHEAD = timedelta(minutes=90)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """Of November 2026; the 16th is a Monday."""
    return datetime.fromisoformat(f"2026-11-{text}+05:30")


@pytest.mark.parametrize(
    ("now", "ends", "due"),
    [
        ("18T15:30", "19T10:00", False),  # the market is open
        ("18T15:40", "19T10:00", True),  # it has closed; the session would not see the next close
        ("18T15:40", "19T15:45", False),  # it would
        ("18T15:40", "19T15:40", False),
        ("18T16:10", "19T15:40", True),  # but no renewal after that one
        ("18T16:10", "19T16:10", False),
        ("18T08:50", "18T10:00", True),  # before the market opens
        ("18T09:05", "18T12:00", False),
        ("18T10:00", "18T11:31", False),  # in the market: at the latest
        ("18T10:00", "18T11:30", True),
        ("18T15:00", "18T16:09", True),
        ("18T15:00", "18T16:10", False),  # it can wait for the close
        ("18T10:00", "18T10:00", False),  # it has outlived its end
        ("18T10:00", "18T09:00", False),
        ("20T15:45", "21T10:00", False),  # Friday: a new one would not see Monday either
        ("22T16:00", "23T10:00", True),  # Sunday: it would
    ],
)
def test_a_session_of_24_hours_is_renewed_for_the_next_market_day(now: str, ends: str, due: bool) -> None:  # noqa: FBT001 - a table
    assert renewal_due(at(ends), at(now) + DAY, at(now), AHEAD) is due


@pytest.mark.parametrize(("now", "due"), [("18T16:00", False), ("18T23:55", False), ("18T23:56", True)])
def test_one_that_ends_at_midnight_either_way_is_tried_after_the_last_market(now: str, due: bool) -> None:  # noqa: FBT001 - a table
    midnight = datetime(2026, 11, 19, tzinfo=IST)

    assert renewal_due(midnight, midnight, at(now), timedelta(minutes=4)) is due


def renewed(minutes: Iterable[int], ends: datetime) -> list[str]:
    """When a session of 24 hours that ends at `ends` is renewed, asked in each of `minutes` since Monday, 09:30."""
    moments = []
    for minute in minutes:
        now = at("16T09:30") + timedelta(minutes=minute)
        assert ends > now
        if renewal_due(ends, now + DAY, now, AHEAD):
            moments.append(now)
            ends = now + DAY
    return [f"{moment:%a %H:%M}" for moment in moments]


def test_a_machine_that_runs_through_a_week_never_renews_in_the_market_and_keeps_the_session() -> None:
    found = renewed(range(7 * 24 * 60), at("17T09:30"))

    assert found == [
        "Mon 15:40", "Mon 16:10", "Tue 15:40", "Tue 16:10", "Wed 15:40", "Wed 16:10", "Thu 15:40", "Thu 16:10",
        "Fri 15:40", "Sat 14:10", "Sun 12:40", "Sun 15:40", "Sun 16:10",
    ]  # fmt: skip


def test_a_machine_that_is_on_from_nine_to_four_keeps_the_session_through_the_days_of_the_market() -> None:
    """It is switched on at 08:50 and off at 16:00; nothing bridges the weekend."""
    day = 24 * 60
    on = [minute for minute in range(4 * day + 390) if (minute + 570) % day in range(530, 960)]

    assert renewed(on, at("17T09:30")) == [
        "Mon 15:40", "Tue 08:50", "Tue 15:40", "Wed 08:50", "Wed 15:40", "Thu 08:50", "Thu 15:40", "Fri 08:50"
    ]  # fmt: skip
