"""The frame: where one is, keys, privacy, demo, trouble pages, hiding and leaving."""

import asyncio
import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.domain import KeychainLocked, KeychainMissing, Secret, VaultDamaged
from app.qt import keyboard
from app.qt.widgets.demo_band import DemoBand
from app.qt.window import Window
from app.services.views import AccountState, Action
from tests.qt.conftest import Show
from tests.qt.fakes import FakeDemo, FakeServices, account, five, signed_out
from tests.qt.waiting import until


def words(widget: QWidget) -> str:
    return " / ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


async def press(window: Window, name: str) -> None:
    window.activateWindow()
    await until(window.isActiveWindow)
    QTest.keySequence(window, keyboard.keys(name))


async def test_the_sidebar_names_accounts_with_their_state(show: Show) -> None:
    window = show(five())

    names = [entry.accessibleName() for entry in window.sidebar.entries.values()]

    assert names[0] == "Self \u00b7 Zerodha, Ready until 06:00"
    assert names[3] == "HUF \u00b7 Zerodha, Signed out 09:12"
    assert window.sidebar.count.text() == "2 of 5 ready"


async def test_only_views_that_exist_are_offered(show: Show) -> None:
    window = show(five())

    entries = [button.accessibleName() for button in window.sidebar.findChildren(QPushButton)]

    assert [name for name in entries if "Zerodha" not in name] == [
        "Overview",
        "Positions",
        "Holdings",
        "Orders",
        "Funds",
        "Add account",
        "Settings",
        "Help",
    ]


async def test_a_click_on_an_account_shows_its_page(show: Show) -> None:
    window = show(five())

    window.sidebar.entries["dhan"].click()

    assert window.topbar.title == "Self two \u00b7 Zerodha"
    assert window.sidebar.entries["dhan"].isChecked()


async def test_the_slot_carries_the_worst_account_on_other_views(show: Show) -> None:
    services = five()
    window = show(services)
    assert not window.topbar.slot.isVisible()

    window.go("positions")

    assert "HUF \u00b7 Zerodha: signed out" in words(window.topbar.slot)
    button = window.topbar.slot.findChildren(QPushButton)[0]
    assert button.accessibleName() == "Reconnect HUF \u00b7 Zerodha"
    button.click()
    assert services.sign_ins.started == ["huf"]


async def test_a_calm_day_leaves_the_slot_empty(show: Show) -> None:
    window = show(FakeServices([account("a")]))

    window.go("positions")

    assert not window.topbar.slot.isVisible()


async def test_time_is_indian_and_the_market_has_its_phase(show: Show) -> None:
    window = show(five())

    said = words(window.topbar)

    assert "09:32:18 / IST" in said
    assert "NSE, BSE, F&O open / close 15:40, in 6 h 7 min" in said


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("positions", "Positions"),
        ("add", "Add account"),
        ("account_2", "Self two \u00b7 Zerodha"),
        ("filter", "Positions"),
    ],
)
async def test_keys_lead_to_views(show: Show, name: str, title: str) -> None:
    window = show(five())

    await press(window, name)

    assert window.topbar.title == title


async def test_keys_repair_refresh_and_hide_amounts(show: Show) -> None:
    services = five()
    window = show(services)

    await press(window, "repair")
    await press(window, "refresh")
    await press(window, "privacy")

    assert services.sign_ins.started == ["huf"]
    assert window.topbar.privacy.isChecked()
    await until(lambda: services.portfolio.refreshed == [None])


async def test_pressing_refresh_twice_asks_once_at_a_time(show: Show) -> None:
    services = five()
    window = show(services)

    window.topbar.refresh.click()
    window.topbar.refresh.click()

    await until(lambda: services.portfolio.refreshed == [None] and window.topbar.refresh.isEnabled())


async def test_every_control_has_a_name_and_can_be_reached_by_keys(show: Show) -> None:
    window = show(five())
    nameless: list[str] = []
    for view in ("overview", "positions", "add", "huf", "settings"):
        window.go(view)
        nameless += [f"{view}: {type(widget).__name__}" for widget in controls(window) if not named(widget)]

    assert nameless == []


def controls(window: Window) -> list[QWidget]:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTreeView

    kinds = QAbstractButton | QLineEdit | QComboBox | QTreeView
    found = [widget for widget in window.findChildren(QWidget) if isinstance(widget, kinds) and widget.isVisible()]
    return [widget for widget in found if not isinstance(widget.parent(), QComboBox | QLineEdit)]  # Qt's own parts


def named(widget: QWidget) -> bool:
    reachable = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return bool(widget.accessibleName()) and reachable


async def test_the_demo_is_marked_three_times_and_can_be_expired(show: Show) -> None:
    demo = FakeDemo()
    window = show(five(), demo=demo)

    next(button for button in window.findChildren(QPushButton) if button.text() == "Expire the session now").click()

    assert window.windowTitle() == "Kunji (demo)"
    assert "DEMO" in words(window.topbar)
    assert demo.label in words(window)
    assert demo.expired == 1


async def test_without_the_demo_there_is_no_mark(show: Show) -> None:
    window = show(five())

    assert window.windowTitle() == "Kunji"
    assert "DEMO" not in words(window)


async def test_a_store_that_cannot_be_opened_has_a_page_with_details(show: Show) -> None:
    window = show(five())
    canary = "canary-planted-47"
    Secret(canary)

    window.show_trouble(VaultDamaged(f"file is not a database {canary}"))
    window.pages.trouble.details_button.click()

    said = words(window.pages.trouble)
    assert VaultDamaged.title in said
    assert VaultDamaged.next_step in said
    assert "file is not a database" in said
    assert canary not in said


async def test_no_keychain_says_what_to_install(show: Show) -> None:
    services = FakeServices()
    services.vault.key_error = KeychainMissing()
    window = show(services)

    said = words(window.pages.trouble)

    assert window.pages.trouble.isVisible()
    assert {"GNOME Keyring", "KWallet", "KeePassXC"} <= set(said.split(" / "))


async def test_trying_again_after_the_keychain_came_goes_on(show: Show) -> None:
    services = FakeServices()
    services.vault.key_error = KeychainMissing()
    window = show(services)

    services.vault.key_error = None
    window.pages.trouble.button.click()

    await until(window.pages.first_run.isVisible)
    assert services.brokers.unlocked == 1


async def test_a_locked_keychain_without_accounts_offers_to_unlock(show: Show) -> None:
    services = FakeServices()
    services.vault.key_error = services.brokers.unlock_error = KeychainLocked()
    window = show(services)
    assert window.pages.trouble.button.text() == "Unlock"

    window.pages.trouble.button.click()

    await until(window.message.isVisible)
    assert KeychainLocked.title in words(window.message)


async def test_locked_accounts_are_listed_all_the_same(show: Show) -> None:
    error = KeychainLocked()
    services = FakeServices([account("a", state=AccountState.LOCKED, action=Action.UNLOCK, error=error)])
    services.vault.key_error = error
    window = show(services)

    assert window.pages.overview.attention.button.text() == "Unlock"
    assert list(window.sidebar.entries) == ["a"]


async def test_an_error_that_nobody_took_is_told_in_the_window(show: Show) -> None:
    services = five()
    window = show(services)

    async def fail(_: Any = None) -> None:
        raise RuntimeError("odd")

    services.portfolio.refresh = fail  # type: ignore[method-assign, assignment]  # a fault of the test's own
    window.topbar.refresh.click()

    await until(lambda: "crashes" in window.__dict__ and window.crashes.dialog.isVisible())
    assert "RuntimeError: odd" in window.crashes.dialog.copy.details
    assert window.topbar.refresh.isEnabled()


async def test_closing_without_a_tray_asks_to_quit(show: Show) -> None:
    window = show(five())
    asked: list[bool] = []
    window.quit_wanted.connect(lambda: asked.append(True))

    window.close()

    assert asked == [True]
    assert window.isVisible()


async def test_closing_with_a_tray_hides(show: Show) -> None:
    window = show(five())
    asked: list[bool] = []
    window.quit_wanted.connect(lambda: asked.append(True))
    window.tray = VisibleTray()  # type: ignore[assignment]  # this desktop has no tray

    window.close()

    assert not window.isVisible()
    assert asked == []


class VisibleTray:
    visible = True

    def show_accounts(self, *_: object) -> None: ...

    def close(self) -> None: ...


async def test_the_services_know_whether_somebody_looks(show: Show) -> None:
    services = five()
    window = show(services)
    assert services.watch.visible

    window.hide()

    assert not services.watch.visible


async def test_coming_forward_shows_a_hidden_window(show: Show) -> None:
    window = show(five())
    window.hide()

    window.come_forward()

    assert window.isVisible()


async def test_a_thousand_events_leave_the_loop_free(show: Show) -> None:
    services = five()
    window = show(services)
    window.go("positions")
    gaps: list[float] = []

    async def probe() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0.005)
            gaps.append(time.thread_time() - last)  # what this thread did itself; a busy machine adds nothing to it
            last = time.thread_time()

    task = asyncio.ensure_future(probe())
    for number in range(1000):
        services.change(signed_out("huf") if number % 2 else account("huf"))
        await asyncio.sleep(0)
    await asyncio.sleep(0.3)
    task.cancel()

    assert sorted(gaps)[int(len(gaps) * 0.9)] < 0.05


async def test_the_demos_button_ends_the_session_and_asks_at_once(show: Show) -> None:
    services, demo = FakeServices([account("huf")]), FakeDemo()
    window = show(services, demo=demo)
    before = len(services.portfolio.refreshed)

    band = window.findChild(DemoBand)
    assert isinstance(band, DemoBand)
    band.expire.click()

    await until(lambda: len(services.portfolio.refreshed) > before)
    assert demo.expired == 1


async def test_a_minimized_window_is_as_good_as_hidden(show: Show) -> None:
    services = five()
    window = show(services)

    window.showMinimized()
    await until(window.isMinimized)
    hidden = (services.watch.visible, services.portfolio.looked)
    window.showNormal()
    await until(lambda: not window.isMinimized())

    assert hidden == (False, frozenset())
    assert services.watch.visible
    assert services.portfolio.looked
