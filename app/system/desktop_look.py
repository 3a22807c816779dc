"""What the desktop offers over the session bus (Linux): notifications and their abilities, a place for tray icons."""

import sys
from typing import TYPE_CHECKING, Final

from app.domain.records import dataclass

if TYPE_CHECKING:
    from app.system.dbus import Bus

_WAIT: Final = 3.0  # seconds for one call
_NOTES: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
_BUS: Final = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
_TRAY: Final = "org.kde.StatusNotifierWatcher"


@dataclass(frozen=True, slots=True)
class DesktopLooked:
    """`notifier` is the name and version of the service, empty for none; `can` what it says that it can."""

    notifier: str = ""
    can: tuple[str, ...] = ()
    tray: bool = False  # over the bus; the older way of X11 is not seen from here


async def look() -> DesktopLooked | None:
    """What is there; None where there is no session bus to ask."""
    if sys.platform != "linux":
        return None
    from app.system.dbus import Bus, BusError  # only where there is a bus

    try:
        bus = await Bus.open(lambda _name, _body: None)
    except BusError:
        return None
    try:
        (tray,) = await bus.call(_BUS, "NameHasOwner", "s", (_TRAY,), _WAIT)
        name, can = await _notifier(bus)
        return DesktopLooked(name, can, bool(tray))
    except BusError:  # it went away meanwhile
        return None
    finally:
        await bus.close()


async def _notifier(bus: "Bus") -> tuple[str, tuple[str, ...]]:
    from app.system.dbus import BusError  # as above

    try:
        name, _, version, _ = await bus.call(_NOTES, "GetServerInformation", "", (), _WAIT)
        (can,) = await bus.call(_NOTES, "GetCapabilities", "", (), _WAIT)
    except BusError:
        return "", ()
    return f"{name} {version}".strip(), tuple(str(one) for one in can)
