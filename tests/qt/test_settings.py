"""Settings: shown as they hold, kept at once, and what cannot be right is said at its field."""

import asyncio
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from app.domain import DiskFull, InvalidRequest
from app.qt import keyboard
from app.qt.panels.settings import SettingsPanel
from app.qt.widgets.setting import Setting
from app.services.setting_table import NAMES
from app.services.views import PreferencesView
from tests.qt.conftest import Show
from tests.qt.fakes import BROUGHT, FakeServices, account
from tests.qt.waiting import until


def open_settings(show: Show, services: FakeServices) -> SettingsPanel:
    window = show(services)
    window.go("settings")
    return window.pages.settings


@pytest.fixture
def services() -> FakeServices:
    return FakeServices([account()])


def edit(setting: Setting) -> QLineEdit:
    assert setting.box is not None
    return setting.box.edit


def type_in(setting: Setting, words: str) -> None:
    edit(setting).selectAll()
    QTest.keyClicks(edit(setting), words)
    QTest.keyClick(edit(setting), Qt.Key.Key_Return)


def toggle(setting: Setting) -> None:
    assert setting.switch is not None
    setting.switch.click()


def words(widget: object) -> str:
    return " / ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())  # type: ignore[attr-defined]  # a widget


# ------------------------------------------------------------------ the page


async def test_settings_have_an_entry_and_keys(show: Show, services: FakeServices) -> None:
    window = show(services)

    window.sidebar.view_chosen.emit("settings")

    assert (window.pages.title, keyboard.keys("settings")) == ("Settings", "Ctrl+,")
    assert window.sidebar._nav["settings"].isChecked()


async def test_what_holds_is_shown(show: Show, services: FakeServices) -> None:
    await services.preferences.put(PreferencesView(readiness=time(8, 30), quiet=None, snooze=25, ipv4_only=True))
    page = open_settings(show, services)

    on = {called for called, one in page.settings.items() if one.switch is not None and one.switch.isChecked()}

    assert on == {"readiness", "ipv4_only"}
    assert {*page.settings, *page.choices} == set(NAMES)
    assert (edit(page.settings["readiness"]).text(), edit(page.settings["snooze"]).text()) == ("08:30", "25")
    assert not edit(page.settings["quiet"]).isEnabled()


# ------------------------------------------------------------------ changing


@pytest.mark.parametrize(
    ("called", "typed", "kept"),
    [
        ("readiness", "8:15", PreferencesView(readiness=time(8, 15))),
        ("quiet", "23:00-07:30", PreferencesView(quiet=(time(23), time(7, 30)))),
        ("snooze", "5", PreferencesView(snooze=5)),
    ],
)
async def test_what_is_typed_is_kept_at_once(
    show: Show, services: FakeServices, called: str, typed: str, kept: PreferencesView
) -> None:
    page = open_settings(show, services)

    type_in(page.settings[called], typed)

    await until(lambda: services.preferences.view == kept)


async def test_leaving_a_field_keeps_it_too(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)
    edit(page.settings["snooze"]).setText("7")

    edit(page.settings["snooze"]).editingFinished.emit()

    await until(lambda: services.preferences.view.snooze == 7)


async def test_a_switch_turns_off_and_on_again_with_the_same_time(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)
    type_in(page.settings["readiness"], "08:20")
    await until(lambda: services.preferences.view.readiness == time(8, 20))

    toggle(page.settings["readiness"])
    await until(lambda: services.preferences.view.readiness is None)
    toggle(page.settings["readiness"])

    await until(lambda: services.preferences.view.readiness is not None)
    assert edit(page.settings["readiness"]).isEnabled()


async def test_two_settings_changed_at_once_are_both_kept(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)

    type_in(page.settings["snooze"], "3")
    toggle(page.settings["ipv4_only"])

    await until(lambda: services.preferences.view == PreferencesView(snooze=3, ipv4_only=True))


async def test_a_change_from_elsewhere_is_shown_and_leaves_what_is_being_typed(
    show: Show, services: FakeServices
) -> None:
    page = open_settings(show, services)
    edit(page.settings["readiness"]).setText("09:0")

    await services.preferences.put_text("snooze", "42")

    await until(lambda: edit(page.settings["snooze"]).text() == "42")
    assert edit(page.settings["readiness"]).text() == "09:0"


# ------------------------------------------------------------------ what cannot be right


@pytest.mark.parametrize(
    ("called", "typed", "said"),
    [
        ("readiness", "25:00", "25:00 is no time of day. Write it as 08:45"),
        ("quiet", "08:00-08:00", "begin when they end"),
        ("quiet", "22:00", "is no time of day"),
        ("snooze", "0", "1 to 240 minutes"),
        ("snooze", " ", "There is nothing here"),
    ],
)
async def test_what_cannot_be_right_is_said_at_its_field_and_the_text_stays(
    show: Show, services: FakeServices, called: str, typed: str, said: str
) -> None:
    page = open_settings(show, services)
    setting = page.settings[called]
    assert setting.box is not None

    type_in(setting, typed)
    await until(lambda: setting.box is not None and setting.box.error)

    assert said in setting.box.error
    assert edit(setting).text() == typed
    assert services.preferences.view == PreferencesView()


async def test_a_wrong_text_lets_go_of_the_keyboard(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)
    setting = page.settings["readiness"]
    type_in(setting, "25:00")
    await until(lambda: setting.box is not None and setting.box.error)

    edit(page.settings["snooze"]).setFocus()
    edit(setting).editingFinished.emit()
    await asyncio.sleep(0.02)

    assert not edit(setting).hasFocus()


async def test_who_comes_back_finds_what_holds(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)
    type_in(page.settings["readiness"], "25:00")
    window = page.window()

    window.go("overview")  # type: ignore[attr-defined]  # the product's window
    window.go("settings")  # type: ignore[attr-defined]  # as above

    assert edit(page.settings["readiness"]).text() == "08:45"


async def test_a_switch_that_could_not_be_kept_goes_back_and_says_why(show: Show, services: FakeServices) -> None:
    services.store.settings.error = DiskFull()
    page = open_settings(show, services)
    setting = page.settings["ipv4_only"]

    toggle(setting)

    await until(lambda: DiskFull.title in words(setting))
    assert setting.switch is not None
    assert not setting.switch.isChecked()


# ------------------------------------------------------------------ trading days


async def test_the_calendar_says_its_years_and_what_comes_next(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)

    await until(lambda: "NSE, 2026, brought by Kunji" in words(page.days))

    assert "24 Nov Guru Nanak Jayanti; 25 Dec Christmas" in words(page.days)
    assert not page.days.remove.isVisible()


async def test_holidays_that_are_not_known_are_said(show: Show, services: FakeServices) -> None:
    services.calendars.view = replace(BROUGHT, notice="Holidays of 2027 are not known.")
    page = open_settings(show, services)

    await until(lambda: "Holidays of 2027 are not known." in words(page.days))


async def test_a_file_is_chosen_and_taken(show: Show, services: FakeServices) -> None:
    page = open_settings(show, services)
    page.days.install.click()
    dialog = page.window().findChildren(QFileDialog)[0]

    dialog.fileSelected.emit("calendars/nse-2027.json")
    dialog.close()

    await until(lambda: "2026, 2027" in words(page.days))
    assert services.calendars.installed == [Path("calendars/nse-2027.json")]


async def test_a_file_that_is_no_calendar_is_refused_beside_the_button(show: Show, services: FakeServices) -> None:
    services.calendars.refusal = InvalidRequest(
        title="This is no calendar that Kunji can read", next_step="In years: no year is named.", field="calendar"
    )
    page = open_settings(show, services)

    page.days.import_file("calendars/notes.txt")

    await until(lambda: "no calendar that Kunji can read. In years: no year is named." in words(page.days))
    assert "NSE, 2026, brought by Kunji" in words(page.days)


async def test_the_own_file_can_be_put_away(show: Show, services: FakeServices) -> None:
    services.calendars.view = replace(BROUGHT, name="Mine", own=True)
    page = open_settings(show, services)
    await until(page.days.remove.isVisible)

    page.days.remove.click()

    await until(lambda: "brought by Kunji" in words(page.days) and not page.days.remove.isVisible())
