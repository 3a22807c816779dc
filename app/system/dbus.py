"""A connection to a bus of D-Bus: one call at a time that awaits its reply, and one reader task that is never lost.

jeepney makes and reads the messages; the connection is ours because its router keeps the exception of a dead bus to
itself until somebody closes it, and leaves a socket open when signing on fails.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Self

from jeepney import (  # type: ignore[import-untyped]  # it ships no types
    DBusAddress,
    HeaderFields,
    MatchRule,
    MessageType,
    Parser,
    new_method_call,
)
from jeepney.auth import BEGIN, Authenticator  # type: ignore[import-untyped]  # as above
from jeepney.bus import get_bus  # type: ignore[import-untyped]  # as above
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]  # as above

_log: Final = logging.getLogger(__name__)
_SIGN_ON_WAIT: Final = 3.0
Address = tuple[str, str, str]
"""Bus name, object path, interface."""
OnSignal = Callable[[str, tuple[Any, ...]], None]


class BusError(ConnectionError):
    """No bus, no such service, or it said no."""


class Bus:
    """Made by `open`, ended by `close` or by the bus."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, on_signal: OnSignal) -> None:
        self._reader = reader
        self._writer = writer
        self._on_signal = on_signal
        self._interfaces: set[str] = set()
        self._serial = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._task = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def open(cls, on_signal: OnSignal, which: str = "SESSION") -> Self:
        """Sign on to the user's bus, or to the machine's ("SYSTEM"). Raises `BusError`."""
        if sys.platform == "win32":
            raise BusError("no session bus")
        try:
            async with asyncio.timeout(_SIGN_ON_WAIT):
                reader, writer = await asyncio.open_unix_connection(get_bus(which))
                await _sign_on(reader, writer)
        except (OSError, KeyError, RuntimeError, ValueError, EOFError) as error:
            raise BusError(str(error) or "no session bus") from error
        bus = cls(reader, writer, on_signal)
        try:
            await bus._ask(message_bus.Hello(), _SIGN_ON_WAIT)
        except BaseException:  # whatever ended it, the connection is closed; it is raised on
            await bus.close()
            raise
        return bus

    @property
    def alive(self) -> bool:
        """Whether the bus still speaks to us."""
        return not self._task.done()

    async def call(
        self, to: Address, method: str, signature: str, body: tuple[Any, ...], seconds: float
    ) -> tuple[Any, ...]:
        """The values of the reply. Raises `BusError` for an error reply, a dead bus or no reply in time."""
        name, path, interface = to
        target = DBusAddress(path, bus_name=name, interface=interface)
        return await self._ask(new_method_call(target, method, signature or None, body), seconds)

    async def listen(self, to: Address, seconds: float) -> None:
        """Pass the signals of that interface on to `on_signal` from now on."""
        _, path, interface = to
        await self._ask(message_bus.AddMatch(MatchRule(type="signal", path=path, interface=interface)), seconds)
        self._interfaces.add(interface)

    async def closed(self) -> None:
        """Return when the bus speaks to us no more."""
        await asyncio.wait({self._task})

    async def close(self) -> None:
        """Leave the bus; the reader is gone when this returns."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def _ask(self, message: Any, seconds: float) -> tuple[Any, ...]:
        if not self.alive:
            raise BusError("the bus is gone")
        self._serial += 1
        serial = self._serial
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[serial] = future
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(message.serialise(serial))
                await self._writer.drain()
                reply = await future
        except (OSError, TimeoutError) as error:
            raise BusError(str(error) or "no reply in time") from error
        finally:
            del self._waiting[serial]
        if reply.header.message_type is MessageType.error:
            raise BusError(" ".join(str(part) for part in reply.body) or "refused")
        return tuple(reply.body)

    async def _read(self) -> None:
        parser = Parser()
        try:
            while data := await self._reader.read(65536):
                parser.add_data(data)
                while (message := parser.get_next_message()) is not None:
                    self._take(message)
        except OSError as error:
            _log.info("the session bus broke reason=%s", error)
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(BusError("the bus is gone"))

    def _take(self, message: Any) -> None:
        fields = message.header.fields
        future = self._waiting.get(fields.get(HeaderFields.reply_serial, -1))
        if future is not None and not future.done():
            future.set_result(message)
        elif (
            message.header.message_type is MessageType.signal and fields.get(HeaderFields.interface) in self._interfaces
        ):
            self._tell(str(fields.get(HeaderFields.member)), tuple(message.body))

    def _tell(self, name: str, body: tuple[Any, ...]) -> None:
        try:
            self._on_signal(name, body)
        except Exception:  # noqa: BLE001 - a listener's error must not end the reader; it is logged whole
            _log.exception("a bus signal's listener failed signal=%s", name)


async def _sign_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:

    try:
        steps = Authenticator()
        for request in steps:
            writer.write(request)
            steps.feed(await reader.read(1024))
        writer.write(BEGIN)
    except BaseException:  # as above
        writer.close()
        raise
