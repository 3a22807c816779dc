import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.system.notifications import DesktopNotifier
from tests.fakes.waiting import until
from tests.system.bus import NotificationService, PrivateBus

ROOT = Path(__file__).parents[2]
ACTIONS = {"reconnect": "Reconnect", "later": "Later"}


@dataclass(frozen=True)
class Note:
    key: str = "expired-1"
    title: str = "HUF is signed out"
    text: str = "Its positions <cannot> be seen & closed"
    urgent: bool = True


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    bus = PrivateBus()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    yield bus
    bus.stop()


@pytest.fixture
async def service(bus: PrivateBus) -> AsyncIterator[NotificationService]:
    service = await NotificationService.start()
    yield service
    await service.stop()


@pytest.fixture
async def notifier(service: NotificationService) -> AsyncIterator[DesktopNotifier]:
    notifier = DesktopNotifier()
    await notifier.start()
    yield notifier
    await notifier.close()


async def test_a_note_is_shown_with_its_buttons(notifier: DesktopNotifier, service: NotificationService) -> None:
    assert await notifier.post(Note(), ACTIONS)

    (shown,) = service.shown.values()
    assert shown[3] == "HUF is signed out"
    assert shown[5] == ["reconnect", "Reconnect", "later", "Later", "default", "Open Kunji"]
    assert shown[6]["urgency"] == ("y", 2)


async def test_the_text_is_no_markup(notifier: DesktopNotifier, service: NotificationService) -> None:
    await notifier.post(Note())

    (shown,) = service.shown.values()
    assert shown[4] == "Its positions &lt;cannot&gt; be seen &amp; closed"


@pytest.mark.parametrize("clicked", ["later", "reconnect", "default"])
async def test_a_click_calls_back(notifier: DesktopNotifier, service: NotificationService, clicked: str) -> None:
    chosen: list[str] = []
    await notifier.post(Note(), ACTIONS, chosen.append)

    await service.click(next(iter(service.shown)), clicked)

    await until(lambda: chosen == [clicked])


async def test_a_note_of_the_same_key_replaces_the_first(
    notifier: DesktopNotifier, service: NotificationService
) -> None:
    chosen: list[str] = []
    await notifier.post(Note(), ACTIONS, lambda key: chosen.append("first " + key))
    await notifier.post(Note(title="Still signed out"), ACTIONS, lambda key: chosen.append("second " + key))

    (number,) = service.shown
    await service.click(number, "reconnect")

    await until(lambda: chosen == ["second reconnect"])


async def test_notes_of_two_accounts_stand_beside_each_other(
    notifier: DesktopNotifier, service: NotificationService
) -> None:
    chosen: list[str] = []
    await notifier.post(Note("one"), ACTIONS, lambda _: chosen.append("one"))
    await notifier.post(Note("two"), ACTIONS, lambda _: chosen.append("two"))

    for number in service.shown:
        await service.click(number, "reconnect")

    await until(lambda: chosen == ["one", "two"])


async def test_a_withdrawn_note_is_gone(notifier: DesktopNotifier, service: NotificationService) -> None:
    await notifier.post(Note(), ACTIONS)

    await notifier.withdraw("expired-1")

    assert service.shown == {}


async def test_a_dismissed_note_does_not_call_back(notifier: DesktopNotifier, service: NotificationService) -> None:
    chosen: list[str] = []
    await notifier.post(Note(), ACTIONS, chosen.append)
    (number,) = service.shown
    await service.dismiss(number)
    await service.click(number, "reconnect")
    await notifier.post(Note("other"), ACTIONS, chosen.append)

    await service.click(next(iter(service.shown)), "later")

    await until(lambda: chosen == ["later"])


async def test_to_withdraw_what_the_daemon_has_forgotten_is_no_error(
    notifier: DesktopNotifier, service: NotificationService
) -> None:
    await notifier.post(Note(), ACTIONS)
    service.shown.clear()

    await notifier.withdraw("expired-1")

    assert notifier.available


async def test_a_listener_that_fails_does_not_stop_the_next_click(
    notifier: DesktopNotifier, service: NotificationService, caplog: pytest.LogCaptureFixture
) -> None:
    chosen: list[str] = []

    def broken(_: str) -> None:
        raise RuntimeError("on purpose")

    await notifier.post(Note("one"), ACTIONS, broken)
    await notifier.post(Note("two"), ACTIONS, chosen.append)
    for number in service.shown:
        await service.click(number, "later")

    await until(lambda: chosen == ["later"])
    assert "on purpose" in caplog.text


async def test_a_service_without_buttons_is_not_available(bus: PrivateBus) -> None:
    service = await NotificationService.start(abilities=["body"])
    notifier = DesktopNotifier()

    assert not await notifier.start()

    await notifier.post(Note(), ACTIONS)
    (shown,) = service.shown.values()
    assert shown[5] == []
    await notifier.close()
    await service.stop()


async def test_a_bus_without_the_service_is_not_available(bus: PrivateBus) -> None:
    notifier = DesktopNotifier()

    assert not await notifier.start()
    assert not await notifier.post(Note(), ACTIONS)
    await notifier.close()


@pytest.mark.parametrize("address", [None, "", "unix:path=/nowhere/bus", "nonsense"])
async def test_without_a_bus_every_call_is_harmless(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    notifier = DesktopNotifier()

    assert not await notifier.start()
    assert not await notifier.post(Note(), ACTIONS)
    await notifier.withdraw("expired-1")
    await notifier.close()


async def test_a_bus_that_dies_makes_it_unavailable(
    notifier: DesktopNotifier, service: NotificationService, bus: PrivateBus
) -> None:
    await notifier.post(Note(), ACTIONS)

    bus.stop()

    await until(lambda: not notifier.available)
    assert not await notifier.post(Note("other"), ACTIONS)


async def test_to_close_withdraws_what_is_shown_and_leaves_no_task(service: NotificationService) -> None:
    before = asyncio.all_tasks()
    notifier = DesktopNotifier()
    await notifier.start()
    await notifier.post(Note(), ACTIONS)

    await notifier.close()

    assert service.shown == {}
    assert asyncio.all_tasks() == before


_UNDER_QT = """
import asyncio, os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
import qasync
from PySide6.QtWidgets import QApplication
from app.system.notifications import DesktopNotifier
from tests.fakes.waiting import until
from tests.system.bus import NotificationService
from tests.system.test_notifications import ACTIONS, Note

async def main():
    service = await NotificationService.start()
    notifier = DesktopNotifier()
    clicked = asyncio.get_running_loop().create_future()
    print(await notifier.start(), await notifier.post(Note(), ACTIONS, clicked.set_result))
    await service.click(1, "reconnect")
    print(await asyncio.wait_for(clicked, 30))
    await notifier.close()
    await service.stop()
    print(len(asyncio.all_tasks()))

app = QApplication([])
qasync.run(main())
"""


def test_it_works_under_the_windows_loop(bus: PrivateBus) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _UNDER_QT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.split() == ["True", "True", "reconnect", "1"]
    assert done.stderr == ""
