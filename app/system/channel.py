"""JSON objects, one a line, over a stream: capped in size, with deadlines, closed by its owner."""

import asyncio
import json
from contextlib import suppress
from typing import Final

from app.system.talk import Message

LINE_LIMIT: Final = 4 * 1024 * 1024  # bytes; some thousand positions
_SEND_WAIT: Final = 5.0


class ChannelClosed(ConnectionError):
    """The other end is gone, or did not speak our language."""


class Channel:
    """One end of a conversation."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, message: Message) -> None:
        """Send one object. Raises `ChannelClosed`, also when the other end takes nothing for 5 s."""
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        try:
            self._writer.write(line)
            async with asyncio.timeout(_SEND_WAIT):
                await self._writer.drain()
        except (OSError, RuntimeError, TimeoutError) as error:
            raise ChannelClosed("nobody takes what is sent") from error

    async def receive(self, seconds: float | None) -> Message:
        """The next object. Raises `TimeoutError` after `seconds`, `ChannelClosed` for the end or for no JSON object."""
        async with asyncio.timeout(seconds):
            try:
                line = await self._reader.readline()
            except (OSError, ValueError) as error:  # ValueError: the line is longer than the reader's limit
                raise ChannelClosed("the line broke") from error
        if not line.endswith(b"\n"):
            raise ChannelClosed("the other end is gone")
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ChannelClosed("no JSON") from error
        if not isinstance(message, dict):
            raise ChannelClosed("no JSON object")
        return message

    async def close(self) -> None:
        """Close this end; what was sent is still delivered."""
        self._writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_SEND_WAIT):
                await self._writer.wait_closed()

    def abort(self) -> None:
        """Hang up at once."""
        self._writer.transport.abort()
