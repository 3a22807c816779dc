"""The calendar: what Kunji brings, the user's own in its place, and that a bad file changes nothing."""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain import IST, InvalidRequest, ReadOnly
from app.domain.market import Segment, holidays_known, in_force, is_trading_day, market_day
from app.services import calendar
from app.services.calendar_file import LARGEST, calendar_of
from app.system.paths import Profile
from tests.services.house import House

REPUBLIC_DAY = date(2027, 1, 26)
CHRISTMAS = date(2026, 12, 25)
OF_2027: dict[str, Any] = {
    "name": "NSE, 2027",
    "years": [2027],
    "holidays": [{"date": "2027-01-26", "name": "Republic Day", "evening": False}],
}


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Profile]:
    yield Profile(tmp_path / "profile")
    (tmp_path / "profile").chmod(0o700)


def written(folder: Path, content: object) -> Path:
    path = folder / "list.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def but(**changes: object) -> dict[str, Any]:
    return {key: value for key, value in (OF_2027 | changes).items() if value is not None}


def holiday(**changes: object) -> list[dict[str, object]]:
    return [{"date": "2027-01-26", "name": "Republic Day", "evening": False, **changes}]


def hours(**changes: object) -> list[dict[str, object]]:
    return [{"segment": "cash", "opens": "09:15", "closes": "15:30", **changes}]


# ------------------------------------------------------------------ whose calendar


def test_without_a_file_of_his_own_the_user_has_the_one_that_kunji_brings(profile: Profile) -> None:
    found = calendar.load(profile)

    assert found == calendar.brought() == in_force()
    assert not is_trading_day(CHRISTMAS)


def test_an_imported_list_stands_for_its_years_and_leaves_the_others(profile: Profile, tmp_path: Path) -> None:
    calendar.install(profile, written(tmp_path, OF_2027))

    assert holidays_known(REPUBLIC_DAY)
    assert not is_trading_day(REPUBLIC_DAY)
    assert not is_trading_day(CHRISTMAS)


def test_an_imported_list_of_a_known_year_takes_the_place_of_the_known_one(profile: Profile, tmp_path: Path) -> None:
    only_one = but(years=[2026], holidays=[{"date": "2026-11-18", "name": "Election", "evening": True}])

    calendar.install(profile, written(tmp_path, only_one))

    assert not is_trading_day(date(2026, 11, 18))
    assert is_trading_day(CHRISTMAS)


def test_hours_that_an_imported_list_gives_hold_for_their_segment_alone(profile: Profile, tmp_path: Path) -> None:
    calendar.install(profile, written(tmp_path, but(hours=hours(closes="16:00"))))

    day = market_day(date(2026, 11, 18))

    assert day is not None
    assert (day.cash_closes.time().isoformat(), day.closes.time().isoformat()) == ("16:00:00", "16:00:00")
    assert in_force().session(Segment.COMMODITY, CHRISTMAS.replace(day=24)) is not None


def test_it_is_found_again_after_a_restart_and_private(profile: Profile, tmp_path: Path) -> None:
    calendar.install(profile, written(tmp_path, OF_2027))
    from_the_list = in_force()

    assert calendar.load(profile) == from_the_list
    assert profile.holidays_path.stat().st_mode & 0o777 == 0o600


def test_removed_it_leaves_kunjis_own_in_force(profile: Profile, tmp_path: Path) -> None:
    calendar.install(profile, written(tmp_path, OF_2027))

    calendar.remove(profile)

    assert in_force() == calendar.brought()
    assert not holidays_known(REPUBLIC_DAY)


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[" * 100_000, "JSON"),
        ('{"name": "a", "name": "b"}', "JSON"),
        ('{"years": [NaN]}', "JSON"),
        ([], "the file"),
        (but(name=None), "name is missing"),
        (but(name=""), "its name"),
        (but(name="a\u202eb"), "its name"),
        (but(years=None), "years is missing"),
        (but(years=[]), "no year"),
        (but(years=[True]), "its years"),
        (but(years=[1999]), "its years"),
        (but(years=2027), "its years"),
        (but(years=[2027, 2028]), "none of 2028"),
        (but(holidays=[]), "none of 2027"),
        (but(holidays=["2027-01-26"]), "holidays, entry 1"),
        (but(holidays=holiday() * 2), "a day stands there twice"),
        (but(holidays=holiday(date="2027-02-30")), "2027-02-30"),
        (but(holidays=holiday(date="20270126")), "20270126"),
        (but(holidays=holiday(date="2026-01-26")), "none of the years"),
        (but(holidays=holiday(evening="no")), "its evening"),
        (but(holidays=holiday(segments=["equity"])), "equity"),
        (but(holidays=holiday(colour="red")), "colour"),
        (but(sessions=[{"date": "2027-10-29", "name": "Muhurat", "opens": "18:00", "closes": "18:00"}]), "order"),
        (but(hours=hours(opens="9:15")), "9:15"),
        (but(hours=hours(opens="T0915")), "T0915"),
        (but(hours=hours(pre_open="09:30")), "order"),
        (but(hours=hours(auction="15:31")), "order"),
        (but(hours=hours(segment="gold")), "gold"),
        (but(extra=1), "extra"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_by_its_place(content: object, place: str) -> None:
    text = content if isinstance(content, str) else json.dumps(content)

    with pytest.raises(InvalidRequest) as refused:
        calendar_of(text)

    assert place in refused.value.next_step
    assert refused.value.field == "calendar"


def test_a_refused_import_leaves_what_was_there(profile: Profile, tmp_path: Path) -> None:
    calendar.install(profile, written(tmp_path, OF_2027))
    before, bytes_before = in_force(), profile.holidays_path.read_bytes()

    with pytest.raises(InvalidRequest):
        calendar.install(profile, written(tmp_path, but(extra=1)))

    assert in_force() == before
    assert profile.holidays_path.read_bytes() == bytes_before


def test_no_file_a_folder_a_pipe_and_a_giant_are_refused(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "giant").write_bytes(b" " * (LARGEST + 1))
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(tmp_path / "pipe")

    for name in ("none", ".", "pipe", "giant", "noise"):
        with pytest.raises(InvalidRequest, match="calendar"):
            calendar.install(profile, tmp_path / name)


def test_a_profile_that_cannot_be_written_keeps_the_calendar(profile: Profile, tmp_path: Path) -> None:
    profile.holidays_path.with_name("holidays.json.new").mkdir()

    with pytest.raises(ReadOnly):
        calendar.install(profile, written(tmp_path, OF_2027))

    assert in_force() == calendar.brought()


def test_an_own_file_that_went_bad_does_not_keep_kunji_from_starting(profile: Profile) -> None:
    profile.holidays_path.write_text("{")

    calendar.load(profile)
    shown = calendar.show(profile, CHRISTMAS)

    assert in_force() == calendar.brought()
    assert shown.error is not None
    assert not shown.own


# ------------------------------------------------------------------ what is said of it


@pytest.mark.parametrize(
    ("today", "year"),
    [(date(2026, 11, 30), None), (date(2026, 12, 1), 2027), (date(2027, 1, 1), 2027), (date(2030, 5, 5), 2030)],
)
def test_a_year_whose_holidays_are_not_known_is_named(today: date, year: int | None) -> None:
    line = calendar.unknown_line(calendar.brought(), today)

    assert line.startswith(f"Holidays of {year} are not known") if year else line == ""


async def test_the_services_show_replace_and_put_back_the_calendar(house: House, tmp_path: Path) -> None:
    shown = await house.services.calendars.show()
    installed = await house.services.calendars.install(written(tmp_path, OF_2027))
    removed = await house.services.calendars.remove()

    assert [name for _, name in shown.days] == ["Guru Nanak Jayanti", "Christmas"]
    assert (installed.name, installed.years, installed.own) == ("NSE, 2027", (2026, 2027), True)
    assert removed == shown


def test_muhurat_trading_is_shown_with_its_hours(profile: Profile) -> None:
    calendar.load(profile)

    shown = calendar.show(profile, datetime(2026, 11, 7, tzinfo=IST).date())

    assert shown.days[0] == (date(2026, 11, 8), "Muhurat trading, 18:00 to 19:15")
