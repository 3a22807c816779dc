"""A scripted HTTP server over real loopback sockets: a test types each answer and reads back each request.

It knows nothing about any broker. What nobody scripted is answered with 599 and remembered, so that a test that did not
expect the request fails.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

JSON: Final = "application/json"
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came off the wire; header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The form fields of the body; a field that comes twice is a mistake of the sender."""
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), "a form field came twice"
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is written back, byte for byte."""

    status: int
    headers: Headers
    body: bytes

    def on_the_wire(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} X", *(f"{name}: {value}" for name, value in self.headers)]
        if self.status not in (204, 304):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


_UNSCRIPTED: Final = Answer(599, (("Content-Type", "text/plain"),), b"nobody scripted this")


class ScriptedServer:
    """Answers what was typed for a method and a path, every time it is asked."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.unscripted: list[str] = []
        self._answers: dict[tuple[str, str], Answer] = {}
        self._writers: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def on(
        self,
        method: str,
        path: str,
        body: str | bytes,
        *,
        status: int = 200,
        content_type: str | None = JSON,
        headers: Headers = (),
    ) -> None:
        """From now on answer `method` `path` so; an earlier answer for it is forgotten."""
        typed = (("Content-Type", content_type),) if content_type else ()
        raw = body.encode() if isinstance(body, str) else body
        self._answers[method, path] = Answer(status, (*typed, *headers), raw)

    def sent(self, method: str, path: str) -> list[Received]:
        """The requests that arrived for `method` and `path`, oldest first."""
        return [request for request in self.requests if (request.method, request.path) == (method, path)]

    def only(self, method: str, path: str) -> Received:
        """The one request for `method` and `path`."""
        [request] = self.sent(method, path)
        return request

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._served, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._served.add(task)
        self._writers.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                writer.write(self._answer(request).on_the_wire())
                await writer.drain()
        except ConnectionError:  # the client went away in the middle: it may
            pass
        finally:
            writer.close()

    def _answer(self, request: Received) -> Answer:
        self.requests.append(request)
        answer = self._answers.get((request.method, request.path))
        if answer is None:
            self.unscripted.append(f"{request.method} {request.path}")
        return answer or _UNSCRIPTED


async def _read(reader: asyncio.StreamReader) -> Received | None:
    """The next request of the connection, or None when the client has closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except asyncio.IncompleteReadError:
        return None
    method, target, _ = first.split(" ")
    return Received(method, target, headers, body)
