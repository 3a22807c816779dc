"""A socket server that answers whatever a test says, byte by byte, and remembers what arrived."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Arrived:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Play = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class RawServer:
    """Plays `script` one entry a request, the last one for ever."""

    script: list[Play]
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    base_url: str = ""
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def has_received(self, requests: int) -> None:
        """Return when that many have arrived."""
        async with asyncio.timeout(30), self.news:
            await self.news.wait_for(lambda: len(self.arrived) >= requests)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (request := await _read(reader)) is not None:
                async with self.news:
                    self.arrived.append(request)
                    self.news.notify_all()
                play = self.script[min(len(self.arrived), len(self.script)) - 1]
                await play(writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Arrived | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Arrived(method, target, headers, body)


@asynccontextmanager
async def raw_server(*script: Play) -> AsyncIterator[RawServer]:
    served = RawServer(list(script))
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(served.serve(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    served.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield served
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()


def answer(body: bytes, *, status: str = "200 OK", kind: str | None = "application/json", extra: str = "") -> Play:
    """A well-formed answer; `kind` None leaves the content type out."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}"
    head += f"Content-Type: {kind}\r\n" if kind else ""
    return raw(head.encode() + b"\r\n" + body)


def raw(data: bytes, *, close: bool = False) -> Play:
    """Exactly these bytes."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        if close:
            await writer.drain()
            writer.close()

    return play


def drip(data: bytes, *, every: float = 0.05) -> Play:
    """One byte after another."""

    async def play(writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every)

    return play


def stall(data: bytes = b"") -> Play:
    """These bytes and then nothing, the connection held open."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        await asyncio.Event().wait()

    return play
