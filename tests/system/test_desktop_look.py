"""What the desktop offers, asked over a real bus."""

from collections.abc import Iterator

import pytest

from app.system import desktop_look
from app.system.desktop_look import DesktopLooked
from tests.system.bus import NotificationService, PrivateBus


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    bus = PrivateBus()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    yield bus
    bus.stop()


async def test_a_notification_service_says_its_name_and_abilities(bus: PrivateBus) -> None:
    service = await NotificationService.start(["actions", "body"])

    found = await desktop_look.look()

    await service.stop()
    assert found == DesktopLooked("played 1.0", ("actions", "body"), tray=False)
    assert service.calls == ["GetServerInformation", "GetCapabilities"]


async def test_a_bus_with_nobody_on_it_offers_nothing(bus: PrivateBus) -> None:
    assert await desktop_look.look() == DesktopLooked()


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/bus", "nonsense"])
async def test_without_a_bus_nothing_is_known(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    assert await desktop_look.look() is None
