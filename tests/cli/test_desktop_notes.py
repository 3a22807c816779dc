"""Notices on the desktop of an owner without a window, over a bus and a notification service of their own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.cli.desktop_notes import DesktopNotes
from app.services.events import Events
from app.services.views import Action, Notice, NoticePosted, NoticeWithdrawn
from tests.fakes.waiting import until
from tests.system.bus import NotificationService, PrivateBus

DEAD = Notice("expired-1", "HUF is signed out", "Its positions cannot be seen.", "u1", Action.RECONNECT, urgent=True)
BACK = Notice("back-1", "HUF is ready", "Until 06:00 tomorrow.", "u1")


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


async def test_a_notice_is_shown_without_buttons_and_says_what_to_do(service: NotificationService) -> None:
    events = Events()
    async with DesktopNotes(events):
        events.publish(NoticePosted(DEAD))
        await until(lambda: bool(service.shown))
        (shown,) = service.shown.values()

    assert shown[3] == "HUF is signed out"
    assert shown[4].endswith("Open Kunji, or say kunji reconnect in a terminal.")
    assert shown[5] == []


async def test_what_asks_for_nothing_names_no_command(service: NotificationService) -> None:
    events = Events()
    async with DesktopNotes(events):
        events.publish(NoticePosted(BACK))
        await until(lambda: bool(service.shown))
        (shown,) = service.shown.values()

    assert shown[4] == "Until 06:00 tomorrow."


async def test_it_is_taken_away_when_it_is_no_longer_so_and_at_the_end(service: NotificationService) -> None:
    events = Events()
    async with DesktopNotes(events):
        events.publish(NoticePosted(DEAD))
        events.publish(NoticeWithdrawn(DEAD.key))
        events.publish(NoticePosted(BACK))
        await until(lambda: [shown[3] for shown in service.shown.values()] == ["HUF is ready"])

    assert service.shown == {}


async def test_without_a_desktop_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    events = Events()

    async with DesktopNotes(events) as notes:
        events.publish(NoticePosted(DEAD))
        await until(notes._news.empty)

    assert not notes._desktop.available
