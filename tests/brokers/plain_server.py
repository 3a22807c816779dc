"""A server of bytes: it reads one request at a time and then does to the connection whatever a fault is made of."""

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Final, Self

BODY: Final = b'{"status":"success","data":{"money":12.50}}'
Play = Callable[[asyncio.StreamWriter, "RawServer"], Awaitable[None]]


class RawServer:
    """Plays `play` at every request; counts what arrived, and the connections."""

    def __init__(self, play: Play, *, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[bytes] = []
        self.connections = 0
        self.arrived = asyncio.Event()  # a request did
        self.closing = asyncio.Event()
        self._play = play
        self._tls = tls
        self._clients: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def methods(self) -> list[str]:
        return [head.split(b" ")[0].decode() for head in self.heads]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self.closing.set()
        self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._clients.add(me)
        self.connections += 1
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(_length(head))
                self.heads.append(head)
                self.arrived.set()
                await self._play(writer, self)
        except (OSError, asyncio.IncompleteReadError):  # the client went away: it may
            pass
        finally:
            writer.close()


def _length(head: bytes) -> int:
    found = [line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return int(found[0]) if found else 0


def answer(
    status: int = 200,
    body: bytes = BODY,
    *headers: str,
    kind: str = "application/json",
    length: int | None = None,
) -> bytes:
    """One whole answer; `length` is what Content-Length says, the true one unless given."""
    lines = [
        f"HTTP/1.1 {status} X",
        *((f"Content-Type: {kind}",) if kind else ()),
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def say(data: bytes, *, end: bool = False) -> Play:
    """Write `data`, and close the connection at the `end`."""

    async def play(writer: asyncio.StreamWriter, _: RawServer) -> None:
        writer.write(data)
        await writer.drain()
        if end:
            writer.close()

    return play


def stall(data: bytes = b"") -> Play:
    """Write `data` and nothing more."""

    async def play(writer: asyncio.StreamWriter, server: RawServer) -> None:
        writer.write(data)
        await writer.drain()
        await server.closing.wait()

    return play


def drip(data: bytes, seconds: float = 0.1) -> Play:
    """Write one byte at a time."""

    async def play(writer: asyncio.StreamWriter, _: RawServer) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(seconds)

    return play


def reset(data: bytes = b"") -> Play:
    """Write `data`, then reset the connection instead of closing it."""

    async def play(writer: asyncio.StreamWriter, _: RawServer) -> None:
        if data:
            writer.write(data)
            await writer.drain()
            await asyncio.sleep(0.05)  # let it leave: a reset overtakes what is still in the buffer
        raw: socket.socket = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return play


def zipped(body: bytes) -> bytes:
    """A gzip answer."""
    return answer(200, gzip.compress(body), "Content-Encoding: gzip")


PORTAL: Final = answer(200, b"<html><body>Please sign in to the hotel</body></html>", kind="text/html")
FAULTS: Final[dict[str, Play]] = {
    "accept-stall": stall(),
    "reset-before": reset(),
    "reset-in-headers": reset(answer()[:30]),
    "reset-in-body": reset(answer()[:-10]),
    "stall-before-headers": stall(),
    "stall-in-body": stall(answer()[:-10]),
    "drip": drip(answer()),
    "half-headers": say(answer()[:30], end=True),
    "short-body": say(answer(length=len(BODY) + 40), end=True),
    "bad-chunk": say(
        b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n"
    ),
    "gzip-junk": say(answer(200, b"this is no gzip at all", "Content-Encoding: gzip")),
    "portal": say(PORTAL),
    "redirect-get": say(answer(302, b"", "Location: http://127.0.0.1:9/elsewhere")),
    "redirect-post": say(answer(307, b"", "Location: http://127.0.0.1:9/elsewhere")),
    "429-seconds": say(answer(429, b"", "Retry-After: 60")),
    "429-date": say(answer(429, b"", "Retry-After: Wed, 18 Nov 2026 05:01:00 GMT")),
    "429-bare": say(answer(429, b"")),
    "500": say(answer(500, b"")),
    "502-html": say(answer(502, b"<html>Bad Gateway</html>", kind="text/html")),
    "503-bare": say(answer(503, b"", kind="")),
    "504": say(answer(504, b"")),
}
"""Those of faults.md that a listening plain server can play, by name."""
