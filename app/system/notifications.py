"""Desktop notifications with buttons, over D-Bus (org.freedesktop.Notifications), on Linux.

Qt cannot do it: its tray message is sent without actions, and its D-Bus types do not fit the call. Where there is no
such service, `available` is False and the window shows its own banner.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from app.system.dbus import Bus

_log: Final = logging.getLogger(__name__)
_ADDRESS: Final = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications")
_WAIT: Final = 3.0  # seconds for one call; a daemon answers within 40 ms
_NORMAL, _CRITICAL = 1, 2
OPEN: Final = "default"  # the specification's key of a click on the note itself
_NO_ACTIONS: Final[Mapping[str, str]] = MappingProxyType({})
OnAction = Callable[[str], None]


class Note(Protocol):
    """What can be shown: `services.views.Notice` is one."""

    @property
    def key(self) -> str:
        """A later note of the same key replaces this one."""

    @property
    def title(self) -> str:
        """One line."""

    @property
    def text(self) -> str:
        """A sentence or two."""

    @property
    def urgent(self) -> bool:
        """Whether it stays until it is answered."""


class DesktopNotifier:
    """The notifications of this program. `start` it, `close` it; every other call is harmless before and after."""

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._buttons = False
        self._shown: dict[str, int] = {}  # our key -> the daemon's number
        self._callbacks: dict[int, OnAction] = {}

    @property
    def available(self) -> bool:
        """Whether there is a service that shows notifications with buttons."""
        return self._bus is not None and self._bus.alive and self._buttons

    async def start(self) -> bool:
        """Find the service; True when it can show buttons. Never raises for an absent one."""
        if sys.platform != "linux":
            return False
        from app.system.dbus import Bus  # only where there is a bus

        try:
            bus = await Bus.open(self._on_signal)
        except OSError as error:
            _log.info("no notification service reason=%s", error)
            return False
        try:
            (abilities,) = await bus.call(_ADDRESS, "GetCapabilities", "", (), _WAIT)
            await bus.listen(_ADDRESS, _WAIT)  # before the first Notify, so that no click is missed
        except OSError as error:
            _log.info("no notification service reason=%s", error)
            await bus.close()
            return False
        self._bus, self._buttons = bus, "actions" in abilities
        return self.available

    async def post(
        self, note: Note, actions: Mapping[str, str] = _NO_ACTIONS, on_action: OnAction | None = None
    ) -> bool:
        """Show `note` with the buttons `actions` (key -> label); `on_action(key)` for the one that is clicked.

        A click on the note itself calls it with `OPEN`. False when it could not be shown.
        """
        if self._bus is None or not self._bus.alive:
            return False
        body = self._body(note, actions)
        try:
            (number,) = await self._bus.call(_ADDRESS, "Notify", "susssasa{sv}i", body, _WAIT)
        except OSError as error:
            _log.warning("notification not shown reason=%s", error)
            return False
        self._forget(self._shown.get(note.key))
        self._shown[note.key] = number
        if on_action is not None and actions:
            self._callbacks[number] = on_action
        return True

    def _body(self, note: Note, actions: Mapping[str, str]) -> tuple[Any, ...]:
        """The arguments of Notify."""
        flat = _flat(actions) if self._buttons else []
        hints: dict[str, tuple[str, Any]] = {
            "urgency": ("y", _CRITICAL if note.urgent else _NORMAL),
            "desktop-entry": ("s", "kunji"),
        }
        timeout = 0 if note.urgent else -1  # 0: until answered; -1: as the desktop likes
        return ("Kunji", self._shown.get(note.key, 0), "", note.title, _escaped(note.text), flat, hints, timeout)

    async def withdraw(self, key: str) -> None:
        """Take the note of `key` away, if it is still there."""
        number = self._shown.pop(key, None)
        self._forget(number)
        if number is None or self._bus is None or not self._bus.alive:
            return
        try:
            await self._bus.call(_ADDRESS, "CloseNotification", "u", (number,), _WAIT)
        except OSError as error:  # the daemon says so when it was closed before
            _log.debug("notification was gone reason=%s", error)

    async def close(self) -> None:
        """Withdraw everything (its buttons would do nothing any more) and leave the bus."""
        for key in list(self._shown):
            await self.withdraw(key)
        if self._bus is not None:
            await self._bus.close()
            self._bus = None

    def _on_signal(self, name: str, body: tuple[Any, ...]) -> None:
        if name == "ActionInvoked" and len(body) == 2:  # noqa: PLR2004 - number and key
            callback = self._callbacks.get(body[0])
            if callback is not None:
                callback(str(body[1]))
        elif name == "NotificationClosed" and body:
            self._forget(body[0])
            self._shown = {key: number for key, number in self._shown.items() if number != body[0]}

    def _forget(self, number: int | None) -> None:
        if number is not None:
            self._callbacks.pop(number, None)


def _flat(actions: Mapping[str, str]) -> list[str]:
    """key, label, key, label ...; the last is a click on the note itself, which some desktops draw as a button too."""
    if not actions:
        return []
    return [word for pair in (*actions.items(), (OPEN, "Open Kunji")) for word in pair]


def _escaped(text: str) -> str:
    """The body may be read as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
