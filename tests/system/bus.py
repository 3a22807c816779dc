"""A private session bus with a notification service on it that a test steers. Real messages over a real bus."""

import asyncio
import subprocess
from contextlib import suppress
from typing import Any, Self

from jeepney import (  # type: ignore[import-untyped]  # it ships no types
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]  # as above
from jeepney.io.asyncio import DBusRouter, Proxy, open_dbus_connection  # type: ignore[import-untyped]  # as above

NAME = "org.freedesktop.Notifications"
_EMITTER = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


class PrivateBus:
    """`dbus-daemon` as a child."""

    def __init__(self) -> None:
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


class NotificationService:
    """Remembers what it is asked to show; `click` and `dismiss` do what a person would."""

    def __init__(self, connection: Any, abilities: list[str]) -> None:
        self._connection = connection
        self._abilities = abilities
        self.shown: dict[int, tuple[Any, ...]] = {}
        self.closed: list[int] = []
        self.calls: list[str] = []
        self._next = 0
        self._task = asyncio.get_running_loop().create_task(self._serve())

    @classmethod
    async def start(cls, abilities: list[str] | None = None) -> Self:
        connection = await open_dbus_connection()
        async with DBusRouter(connection) as router:
            await Proxy(message_bus, router).RequestName(NAME)
        return cls(connection, ["actions", "body"] if abilities is None else abilities)

    async def click(self, number: int, key: str) -> None:
        await self._connection.send(new_signal(_EMITTER, "ActionInvoked", "us", (number, key)))

    async def dismiss(self, number: int, reason: int = 2) -> None:
        self.shown.pop(number)
        await self._connection.send(new_signal(_EMITTER, "NotificationClosed", "uu", (number, reason)))

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, EOFError, OSError):
            await self._task
        with suppress(OSError):
            await self._connection.close()

    async def _serve(self) -> None:
        while True:
            message = await self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                await self._connection.send(self._answer(message))

    def _answer(self, message: Message) -> Message:
        method = message.header.fields[HeaderFields.member]
        self.calls.append(method)
        if method == "GetServerInformation":
            return new_method_return(message, "ssss", ("played", "tests", "1.0", "1.2"))
        if method == "GetCapabilities":
            return new_method_return(message, "as", (self._abilities,))
        if method == "Notify":
            self._next += 1
            number = message.body[1] or self._next
            self.shown[number] = message.body
            return new_method_return(message, "u", (number,))
        if method == "CloseNotification":
            return self._close(message)
        return new_error(message, "org.freedesktop.DBus.Error.UnknownMethod")

    def _close(self, message: Message) -> Message:
        if self.shown.pop(message.body[0], None) is None:
            return new_error(message, "org.freedesktop.DBus.Error.Failed", "s", ("gone",))
        self.closed.append(message.body[0])
        return new_method_return(message)
