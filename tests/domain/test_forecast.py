"""When a session will end: what is stated, the rule, what earlier deaths teach; in tables and as laws."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import IST
from app.domain.forecast import EARLY, Certainty, Death, Signs, forecast

MORNING = datetime(2026, 11, 18, 9, 5, tzinfo=IST)
SIX = datetime(2026, 11, 19, 6, 0, tzinfo=IST)
EIGHT = datetime(2026, 11, 19, 8, 0, tzinfo=IST)
SIGNS = Signs("Zerodha", since=MORNING, rule=SIX, alive_at=MORNING + timedelta(hours=1))


def death(day: int, at: str, *, alive: int = 5, due: int = 180) -> Death:
    """One of November, last seen alive so many minutes before and due so many minutes later."""
    moment = datetime.combine(datetime(2026, 11, day).date(), time.fromisoformat(at), IST)  # noqa: DTZ001 - a date
    return Death(moment, moment - timedelta(minutes=alive), moment + timedelta(minutes=due))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:30")


@pytest.mark.parametrize(
    ("signs", "ends_at", "certainty"),
    [
        (SIGNS, SIX, Certainty.RULE),
        (replace(SIGNS, rule=None), None, Certainty.UNKNOWN),
        (replace(SIGNS, stated=EIGHT), EIGHT, Certainty.STATED),
        (replace(SIGNS, stated=MORNING + timedelta(minutes=3)), MORNING + timedelta(minutes=3), Certainty.STATED),
        (replace(SIGNS, rule=None, stated=EIGHT), EIGHT, Certainty.STATED),
        (Signs("Dhan"), None, Certainty.UNKNOWN),
    ],
)
def test_what_is_stated_beats_the_rule_and_nothing_is_made_up(
    signs: Signs, ends_at: datetime | None, certainty: Certainty
) -> None:
    found = forecast(signs)

    assert (found.ends_at, found.certainty) == (ends_at, certainty)
    assert signs.broker in found.why


@pytest.mark.parametrize(
    ("deaths", "ends_at"),
    [
        ((death(16, "03:00"), death(17, "03:10")), at("2026-11-19T03:00")),
        ((death(16, "03:10"), death(17, "03:00")), at("2026-11-19T03:00")),  # the earlier one warns
        ((death(16, "23:50"), death(18, "00:10")), at("2026-11-18T23:50")),  # midnight is no border
        ((death(14, "03:00"), death(15, "14:00"), death(17, "03:20")), at("2026-11-19T03:00")),
        ((death(15, "11:00"), death(16, "03:00"), death(16, "11:10"), death(17, "03:00")), at("2026-11-19T03:00")),
    ],
)
def test_two_early_deaths_at_about_the_same_time_of_day_are_learnt_from(
    deaths: tuple[Death, ...], ends_at: datetime
) -> None:
    found = forecast(replace(SIGNS, deaths=deaths))

    assert (found.ends_at, found.certainty) == (ends_at, Certainty.LEARNT)


@pytest.mark.parametrize(
    "deaths",
    [
        (death(17, "03:00"),),
        (death(16, "03:00"), death(17, "04:00")),  # not the same time
        (death(17, "03:00"), death(17, "03:10")),  # one night is one event
        (death(16, "03:00", due=5), death(17, "03:00", due=9)),  # not clearly before their time
        (death(16, "03:00", alive=40), death(17, "03:00", alive=40)),  # nobody knows when it really was
        (death(16, "03:00", alive=-5), death(17, "03:00", alive=-5)),  # the clock was set
        (death(18, "10:00"), death(18, "22:00")),  # of this very token
        (death(11, "03:00"), death(12, "03:00"), *(death(day, "05:59", due=1) for day in (13, 14, 15, 16))),
    ],
)
def test_anything_less_teaches_nothing(deaths: tuple[Death, ...]) -> None:
    assert forecast(replace(SIGNS, deaths=deaths)).certainty is Certainty.RULE


def test_a_death_that_was_not_due_at_any_time_teaches_nothing() -> None:
    deaths = tuple(replace(death(day, "03:00"), due_at=None) for day in (16, 17))

    assert forecast(replace(SIGNS, deaths=deaths)).certainty is Certainty.RULE


def test_a_session_that_outlived_what_was_learnt_has_the_end_of_the_others() -> None:
    signs = replace(SIGNS, deaths=(death(16, "03:00"), death(17, "03:10")), alive_at=at("2026-11-19T03:01"))

    assert forecast(signs).ends_at == SIX


def test_what_was_learnt_never_outlasts_what_is_stated() -> None:
    signs = replace(SIGNS, stated=at("2026-11-19T02:00"), deaths=(death(16, "03:00"), death(17, "03:10")))

    assert (forecast(signs).ends_at, forecast(signs).certainty) == (signs.stated, Certainty.STATED)


def test_where_nobody_says_anything_what_was_learnt_is_all_there_is() -> None:
    signs = replace(SIGNS, rule=None, deaths=(death(16, "03:00"), death(17, "03:10")))

    assert forecast(signs).certainty is Certainty.LEARNT


def test_it_is_said_what_was_learnt_from() -> None:
    why = forecast(replace(SIGNS, deaths=(death(16, "03:00"), death(17, "03:10")))).why

    assert why == "Sessions of this account ended before their time on earlier days, at 03:00, 03:10."


# ------------------------------------------------------------------ laws

moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
spans = st.timedeltas(timedelta(), timedelta(hours=30))
mortal = st.builds(
    lambda moment, alive, due: Death(moment, moment - alive, moment + due),
    moments,
    st.timedeltas(timedelta(minutes=-5), timedelta(minutes=40)),
    st.timedeltas(timedelta(minutes=-30), timedelta(hours=20)),
)


@st.composite
def all_signs(draw: st.DrawFn) -> Signs:
    since = draw(moments)
    usual = draw(st.booleans())
    hour = draw(st.times())
    same = [
        Death(moment, moment - timedelta(minutes=5), moment + timedelta(hours=3))
        for days in draw(st.lists(st.integers(1, 40), max_size=3))
        for moment in [datetime.combine(since.date() - timedelta(days=days), hour, UTC)]
    ]
    deaths = sorted(draw(st.lists(mortal, max_size=6)) + (same if usual else []), key=lambda one: one.at)
    maybe = st.none() | spans.map(lambda span: since + span)
    return Signs("Dhan", since, draw(maybe), draw(maybe), draw(maybe), tuple(deaths))


@given(all_signs())
@settings(max_examples=400, deadline=None)
def test_the_end_is_never_later_than_stated_nor_than_the_rule_without_a_statement(signs: Signs) -> None:
    found = forecast(signs)

    latest = signs.stated or signs.rule
    assert latest is None or (found.ends_at is not None and found.ends_at <= latest)
    assert (found.ends_at is None) == (found.certainty is Certainty.UNKNOWN)


@given(all_signs())
@settings(max_examples=400, deadline=None)
def test_what_was_learnt_lies_ahead_of_the_last_sign_of_life_within_a_day_and_rests_on_two_early_deaths(
    signs: Signs,
) -> None:
    found = forecast(signs)
    if found.certainty is not Certainty.LEARNT:
        return

    assert found.ends_at is not None
    assert signs.since is not None
    alive = max(signs.since, signs.alive_at or signs.since)
    early = [one for one in signs.deaths if one.due_at and one.due_at - one.at >= EARLY and one.at <= signs.since]
    about = [one for one in early if (found.ends_at - one.at) % timedelta(days=1) == timedelta()]
    assert alive < found.ends_at <= alive + timedelta(days=1)
    assert len(early) >= 2
    assert about


@given(all_signs(), st.integers(-14 * 4, 14 * 4))
@settings(max_examples=200, deadline=None)
def test_no_zone_changes_a_forecast(signs: Signs, quarters: int) -> None:
    zone = timezone(timedelta(minutes=15 * quarters))

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment.astimezone(zone)

    deaths = tuple(Death(one.at.astimezone(zone), moved(one.alive_at), moved(one.due_at)) for one in signs.deaths)
    elsewhere = Signs("Dhan", moved(signs.since), moved(signs.rule), moved(signs.stated), moved(signs.alive_at), deaths)

    assert forecast(elsewhere) == forecast(signs)
