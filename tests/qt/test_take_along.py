"""Settings in a file, from the page: saved at once, imported only after a look; and the list for another computer."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QFileDialog

from app.domain import DiskFull, InvalidRequest
from app.qt.panels.move import MovePanel
from app.qt.panels.take_along import TakeAlong
from app.qt.window import Window
from app.services.moving_views import Change, ImportView
from app.services.views import Rearranged
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account
from tests.qt.waiting import until

FOUND = ImportView((Change("Snooze", "10", "25"),), ("Meera (XM0991) is not connected here.",))


@pytest.fixture
def services() -> FakeServices:
    return FakeServices([account(keeps=frozenset()), account("dhan", name="Self", keeps=frozenset())])


@pytest.fixture
async def window(show: Show, services: FakeServices) -> Window:
    window = show(services)
    window.go("settings")
    return window


@pytest.fixture
async def card(window: Window) -> TakeAlong:
    card = window.pages.settings.take_along
    card.file.edit.setText("/somewhere/mine.json")
    return card


# ------------------------------------------------------------------ choosing one of a few


async def test_a_choice_is_kept_at_once_and_shown_when_it_came_from_elsewhere(
    window: Window, services: FakeServices
) -> None:
    box = window.pages.settings.choices["theme"].box
    box.setFocus()

    QTest.keyClick(box, Qt.Key.Key_Down)
    await until(lambda: services.preferences.view.theme == "light")
    await services.preferences.put_text("theme", "dark")

    await until(lambda: box.currentText() == "Dark")


async def test_a_choice_that_could_not_be_kept_goes_back_and_says_why(window: Window, services: FakeServices) -> None:
    services.store.settings.error = DiskFull()
    choice = window.pages.settings.choices["theme"]

    choice.wanted.emit("dark")

    await until(lambda: DiskFull.title in choice.box.accessibleDescription())
    assert choice.box.currentText() == "As the system"


# ------------------------------------------------------------------ the file


async def test_settings_are_saved_to_the_file_that_is_named(card: TakeAlong, services: FakeServices) -> None:
    card.save.click()

    await until(lambda: "Your settings are in /somewhere/mine.json" in card.said.text())
    assert services.portable.exported == [Path("/somewhere/mine.json")]


async def test_an_import_is_looked_at_before_anything_changes(card: TakeAlong, services: FakeServices) -> None:
    services.portable.found = FOUND

    card.look.click()

    await until(card.take.isVisible)
    assert card.said.text().splitlines() == [
        "This would change:",
        "Snooze: 10, then 25",
        "Meera (XM0991) is not connected here.",
    ]
    assert services.portable.taken == []


async def test_what_was_looked_at_is_taken_over(card: TakeAlong, services: FakeServices) -> None:
    services.portable.found = FOUND
    card.look.click()
    await until(card.take.isVisible)

    card.take.click()

    await until(lambda: card.said.text().startswith("Taken over."))
    assert services.portable.taken == [Path("/somewhere/mine.json")]
    assert not card.take.isVisible()


async def test_what_was_looked_at_can_be_left(card: TakeAlong, services: FakeServices) -> None:
    services.portable.found = FOUND
    card.look.click()
    await until(card.take.isVisible)

    card.leave.click()

    assert (card.take.isVisible(), card.said.isVisible(), services.portable.taken) == (False, False, [])


async def test_a_file_that_changes_nothing_says_so_and_offers_nothing(card: TakeAlong) -> None:
    card.look.click()

    await until(lambda: "Nothing changes" in card.said.text())
    assert not card.take.isVisible()


async def test_a_file_that_cannot_be_taken_is_refused_at_its_field(card: TakeAlong, services: FakeServices) -> None:
    services.portable.refusal = InvalidRequest(
        title="This file was written by a newer Kunji", next_step="Update Kunji here, then import it.", field="file"
    )

    card.look.click()

    await until(lambda: card.file.error)
    assert card.file.error == "This file was written by a newer Kunji. Update Kunji here, then import it."
    assert not card.take.isVisible()


async def test_a_file_is_chosen_in_a_dialog_too(card: TakeAlong) -> None:
    card.choose.click()
    dialog = card.window().findChildren(QFileDialog)[0]

    dialog.fileSelected.emit("/elsewhere/other.json")
    dialog.close()

    assert card.file.value() == "/elsewhere/other.json"


# ------------------------------------------------------------------ columns


async def test_a_table_that_is_open_wears_its_usual_columns_when_all_are_put_back(
    window: Window, services: FakeServices
) -> None:
    page = window.pages.positions
    usual = page.choice
    page.choose(replace(usual, merged=True, off=frozenset({"product"})))
    arranged = services.ui_state.get("table.positions")

    window.pages.settings.back.click()

    await until(lambda: page.choice == usual)
    assert (arranged["off"], services.ui_state.get("table.positions")) == (["product"], None)


async def test_a_table_that_is_open_wears_what_was_imported(window: Window, services: FakeServices) -> None:
    page = window.pages.positions
    services.ui_state.put("table.positions", {"off": ["product"]})

    services.events.publish(Rearranged())

    await until(lambda: page.choice.off == {"product"})


async def test_both_tables_of_orders_wear_what_was_imported(window: Window, services: FakeServices) -> None:
    panel = window.pages.orders
    off = {page: page.spec.columns[2].key for page in (panel.orders, panel.trades)}
    for page, key in off.items():
        services.ui_state.put(f"table.{page.spec.name}", {"off": [key]})

    services.events.publish(Rearranged())

    await until(lambda: all(page.choice.off == {key} for page, key in off.items()))


# ------------------------------------------------------------------ another computer


def texts(page: MovePanel) -> list[str]:
    return [tick.accessibleName() for tick in page.steps.values()]


async def test_the_list_is_reached_from_the_settings_and_names_every_account(card: TakeAlong, window: Window) -> None:
    card.way.click()

    assert (window.pages.current, window.pages.title) == ("move", "Move to another computer")
    page = window.pages.move_panel
    assert sum(text.startswith("Enter again: API key, API secret") for text in texts(page)) == 2
    assert {"first export", "huf keys", "dhan keys", "then leave"} <= set(page.steps)


async def test_what_is_ticked_off_stays_so(window: Window, services: FakeServices) -> None:
    window.go("move")
    window.pages.move_panel.steps["huf keys"].click()

    again = MovePanel(window.desk)  # type: ignore[arg-type]  # the services are there
    again.begin()

    assert [key for key, tick in again.steps.items() if tick.isChecked()] == ["huf keys"]
    assert services.ui_state.get("move.ticked") == ["huf keys"]
    again.deleteLater()


async def test_the_list_follows_the_accounts(window: Window, services: FakeServices) -> None:
    window.go("move")
    page = window.pages.move_panel

    services.remove("dhan")

    await until(lambda: not any(key.startswith("dhan") for key in page.steps))
    assert all(isinstance(tick, QCheckBox) for tick in page.steps.values())
