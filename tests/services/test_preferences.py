"""Preferences: what holds until the user says otherwise, what is refused, and that they outlive Kunji."""

from dataclasses import fields, replace
from datetime import time

import pytest

from app.domain import DiskFull, InvalidRequest
from app.services.preferences import text_of
from app.services.quiet import QuietHours
from app.services.setting_table import NAMES, SETTINGS, Setting
from app.services.views import PreferencesChanged, PreferencesView
from tests.services.house import House

NOBODY_ASKED = PreferencesView(readiness=None, quiet=None)  # what the house of the tests begins with


def test_until_the_user_says_otherwise_the_usual_holds() -> None:
    view = PreferencesView()

    assert {name: text_of(view, name) for name in NAMES} == {
        "theme": "system", "keep_privacy": "off",
        "readiness": "08:45", "quiet": "22:00-08:00", "snooze": "10",
        "start_at_login": "off", "start_hidden": "off",
        "refresh": "5", "ipv4_only": "off",
        "order_value_cap": "1000000", "order_quantity_cap": "off", "orders_a_minute_cap": "30",
        "ticket_keys": "off",
        "keep_journal": "5", "keep_history": "90", "keep_logs": "30", "log_level": "info",
    }  # fmt: skip


def test_every_preference_is_described_once_and_every_description_is_one() -> None:
    assert sorted(NAMES) == sorted(field.name for field in fields(PreferencesView))
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_what_is_written_is_read_back(setting: Setting) -> None:
    value = setting.kind.read(setting.name, setting.default)

    assert value == getattr(PreferencesView(), setting.name)
    assert setting.kind.write(value) == setting.default


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("readiness", "8:30", time(8, 30)),
        ("readiness", "off", None),
        ("quiet", "23:00-07:15", (time(23), time(7, 15))),
        ("quiet", "OFF", None),
        ("snooze", "25", 25),
        ("ipv4_only", "on", True),
        ("theme", "Dark", "dark"),
        ("refresh", "2", 2),
        ("order_value_cap", "25,00,000", 25_00_000),
        ("order_value_cap", "off", None),
        ("order_quantity_cap", "0", None),
    ],
)
async def test_each_is_set_as_it_is_written(house: House, name: str, text: str, value: object) -> None:
    view = await house.services.preferences.put_text(name, text)

    assert getattr(view, name) == value
    assert getattr(view, name) == getattr(house.services.preferences.view, name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("readiness", "25:00"), ("readiness", "soon"), ("readiness", "8"), ("readiness", "٠٨:٤٥"),
        ("quiet", "22:00"), ("quiet", "22:00-22:00"), ("quiet", "22:00-08:61"),
        ("snooze", "0"), ("snooze", "241"), ("snooze", "-1"), ("snooze", "9" * 5000),
        ("ipv4_only", "maybe"), ("volume", "11"),
        ("theme", "pink"), ("refresh", "1"), ("refresh", "301"), ("log_level", "loud"), ("keep_logs", "0"),
        ("order_value_cap", "-1"), ("order_value_cap", "9" * 5000), ("orders_a_minute_cap", "481"),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused_by_name_and_changes_nothing(house: House, name: str, text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await house.services.preferences.put_text(name, text)

    assert refused.value.field == name
    assert house.services.preferences.view == NOBODY_ASKED
    assert not any(isinstance(event, PreferencesChanged) for event in house.events)


async def test_several_at_once_are_all_set_or_none(house: House) -> None:
    preferences = house.services.preferences

    with pytest.raises(InvalidRequest):
        await preferences.put_texts({"snooze": "7", "theme": "pink"})
    before = preferences.view.snooze
    await preferences.put_texts({"snooze": "7", "theme": "dark"})

    assert (before, preferences.view.snooze, preferences.view.theme) == (10, 7, "dark")


async def test_what_is_done_beforehand_is_undone_when_the_disk_refuses(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[bool] = []
    preferences = house.services.preferences
    preferences.before = lambda _, wanted: done.append(wanted.start_hidden)

    async def full(name: str, value: object) -> None:
        raise DiskFull

    monkeypatch.setattr(house.services.store.settings, "set", full)
    with pytest.raises(DiskFull):
        await preferences.put_text("start_hidden", "on")

    assert done == [True, False]
    assert not preferences.view.start_hidden


async def test_a_change_is_told_once(house: House) -> None:
    wanted = replace(house.services.preferences.view, snooze=20)

    await house.services.preferences.put(wanted)
    await house.services.preferences.put(wanted)

    assert [event for event in house.events if isinstance(event, PreferencesChanged)] == [PreferencesChanged(wanted)]


async def test_they_outlive_a_restart(house: House) -> None:
    wanted = PreferencesView(time(9), (time(21), time(6)), snooze=5, ipv4_only=True)
    await house.services.preferences.put(wanted)

    await house.restart()

    assert house.services.preferences.view == wanted
    assert house.services.preferences.quiet_hours == QuietHours(time(21), time(6))


@pytest.mark.parametrize("stored", [{"snooze": "soon"}, {"snooze": 7}, {"snooze": "0", "other": "x"}, ["snooze"]])
async def test_a_stored_one_that_cannot_be_right_counts_as_never_set(house: House, stored: object) -> None:
    await house.services.store.settings.set("preferences", stored)

    await house.restart()

    assert house.services.preferences.view == NOBODY_ASKED
