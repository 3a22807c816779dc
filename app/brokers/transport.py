"""aiohttp below httpx: a third of the time of httpx's own transport on a small answer, and errors that tell what left.

A ready-made bridge exists; it reports a connection that was reset after the request had been sent as a connect
time-out, and from that an order would be called "not sent" that is in the market. Hence ours: an exception of the
connect family is raised only when certainly nothing left this computer.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache, partial
from typing import Any, Final, cast

import aiohttp
import certifi
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http import HttpProcessingError, RawResponseMessage
from yarl import URL

from app.domain import Worker

_HEAD_ENDS: Final = b"\r\n\r\n"
_WELL: Final = re.compile(rb"HTTP/1\.1 200 [^\x00]*?\r\ncontent-length: ?(\d{1,9})\r\n", re.IGNORECASE)
_CHUNK: Final = 64 * 1024
_PER_HOST: Final = 32
_KEEP_ALIVE: Final = 50.0  # seconds an idle connection is kept
_SCHEMES: Final = ("http", "https")
_GET: Final = "GET"
_INTERIM: Final = (*range(100, 101), *range(102, 200))  # "continue" and the like; the answer itself follows
_EXTENSIONS: Final = {"http_version": b"HTTP/1.1"}


def trust(ca_file: str | None = None) -> ssl.SSLContext:
    """The one TLS context: certificates and host names always checked. Takes 15 ms: make it once and share it."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


class _Resolver(AbstractResolver):
    """Name look-ups on daemon threads: in the default executor a hung one would hold up the exit."""

    def __init__(self, family: socket.AddressFamily) -> None:
        self._family = family

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        worker, family = Worker("dns"), self._family or family
        try:
            rows = await worker.run(lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM))
        finally:
            worker.stop()
        return [_resolved(host, row) for row in rows]

    async def close(self) -> None:
        """Nothing is kept."""


class _Handler(ResponseHandler):
    """Reads an answer in two steps, head and rest, and ends a body that turned out broken.

    What comes after the announced length is an error to the parser, and read in one step the good answer before it
    would be lost with it. Only what is certainly one answer and nothing else is read in one step. A broken chunk closes
    the connection; whoever reads the body would not be told and would wait for the rest until his deadline.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        reader: Any = getattr(transport, "_ssl_protocol", transport)  # of a TLS connection; of a plain one itself
        if hasattr(reader, "max_size"):  # bytes asked for at once; room for 256 KB, asyncio's figure, takes 25 us
            reader.max_size = _CHUNK

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: FBT001, FBT002 - aiohttp's signature
        if self._reading_paused:  # it is called after every piece of a body
            super().resume_reading(resume_parser)

    def data_received(self, data: bytes) -> None:
        within = self._payload is not None and not self._payload.is_eof()  # a body: no head to look for
        end = -1 if within else data.find(_HEAD_ENDS) + len(_HEAD_ENDS)
        if len(_HEAD_ENDS) <= end < len(data) and not _is_one_answer(data, end):
            super().data_received(data[:end])
            data = data[end:]
        body = self._payload
        super().data_received(data)
        broken = self.exception()
        if broken is not None and body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError("a broken body"), broken)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """The connections to all hosts of one broker.

    Connections, TLS and the reading of answers are aiohttp's; its session is not used. What it does above them takes
    50 us a call, and nearly all of it must not happen here: redirects, cookies, proxies, decompression, and sending a
    PUT or DELETE again on a connection that died.
    """

    def __init__(self, context: ssl.SSLContext, family: socket.AddressFamily = socket.AF_UNSPEC) -> None:
        self._family = family
        self._context = context
        self._connector: aiohttp.TCPConnector | None = None
        self._doors: dict[tuple[str, str, int | None], aiohttp.ClientRequest] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send once; only the time-out of connecting is heeded, the caller watches over the rest.

        Raises `httpx.LocalProtocolError`, `httpx.UnsupportedProtocol`, `httpx.ConnectError`, `httpx.ConnectTimeout`
        when nothing left, another transport error when something may have.
        """
        sent = _written(request)
        connection = await self._connected(request)
        try:
            message, content = await _answer(connection, sent)
            body = _body(connection, content)
        except (aiohttp.ClientError, HttpProcessingError, OSError, ValueError) as error:
            connection.close()
            raise httpx.ReadError(type(error).__name__) from error
        except BaseException:  # cancelled too: what is left of this answer must not be taken for the next one
            connection.close()
            raise
        return httpx.Response(message.code, headers=message.raw_headers, stream=body, extensions=_EXTENSIONS)

    async def aclose(self) -> None:
        """Close every connection."""
        if self._connector is not None:
            await self._connector.close()

    async def _connected(self, request: httpx.Request) -> Connection:
        """A connection to the host of `request`, a kept one if there is one."""
        within = _within(request.extensions.get("timeout", {}).get("connect"))
        try:
            return await self._ready().connect(self._door(request.url), traces=[], timeout=within)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise _translated(error) from error

    def _door(self, url: httpx.URL) -> aiohttp.ClientRequest:
        """What aiohttp wants to know of a host."""
        origin = url.scheme, url.host, url.port
        if origin not in self._doors:
            if url.scheme not in _SCHEMES or not url.host:
                raise httpx.UnsupportedProtocol("an address that is not of the web")
            address = URL.build(scheme=url.scheme, host=url.host, port=url.port)
            self._doors[origin] = aiohttp.ClientRequest("GET", address, loop=asyncio.get_running_loop())
        return self._doors[origin]

    def _ready(self) -> aiohttp.TCPConnector:
        if self._connector is None:
            self._connector = aiohttp.TCPConnector(
                ssl=self._context,
                limit_per_host=_PER_HOST,
                keepalive_timeout=_KEEP_ALIVE,
                resolver=_Resolver(self._family),
            )
            handler: type[ResponseHandler] = _Handler
            loop = asyncio.get_running_loop()
            self._connector._factory = partial(handler, loop)  # noqa: SLF001 - no public way; a test guards it
        return self._connector


def plain_connector(context: ssl.SSLContext, family: socket.AddressFamily) -> aiohttp.TCPConnector:
    """A connector that waits for names as all others of ours; whoever is handed it closes it."""
    return aiohttp.TCPConnector(ssl=context, resolver=_Resolver(family))


def _written(request: httpx.Request) -> bytes:
    """`request` as it goes over the wire."""
    body = b"".join(cast("Iterable[bytes]", request.stream))
    lines = [b"%b %b HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines.append(b"Host: " + request.url.netloc)
    lines += [name + b": " + value for name, value in request.headers.raw]
    if body or request.method != _GET:
        lines.append(b"Content-Length: %d" % len(body))
    head = b"\r\n".join(lines)
    if not head.count(b"\r") == head.count(b"\n") == len(lines) - 1 or b"\0" in head:
        raise httpx.LocalProtocolError("a line end in a header")
    return b"%b\r\n\r\n%b" % (head, body)


async def _answer(connection: Connection, sent: bytes) -> tuple[RawResponseMessage, aiohttp.StreamReader]:
    """Send, and wait for the head of the answer."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or transport.is_closing():
        raise httpx.ConnectError("closed before anything was sent")
    if protocol.should_close:  # it would be taken for the answer to this request
        raise httpx.ConnectError("something came that nobody had asked for")
    protocol.set_response_params(read_until_eof=True, auto_decompress=False)
    transport.write(sent)
    while True:
        message, content = await protocol.read()
        if message.code not in _INTERIM:
            return message, content


def _body(connection: Connection, content: aiohttp.StreamReader) -> httpx.AsyncByteStream:
    """The body, at once if it has come whole with the head, as that of a small answer has."""
    if not content.is_eof() or content.exception() is not None:
        return _Body(connection, content)
    return _Whole(connection, content.read_nowait())


class _Whole(httpx.AsyncByteStream):
    """A body that has come. Its connection is used again once somebody could read it to its end.

    Whoever sends junk for a packed answer is about to close: the next order must not be sent into that.
    """

    def __init__(self, connection: Connection, body: bytes) -> None:
        self._connection = connection
        self._body = body
        self._was_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._body:
            yield self._body
        self._was_read = True

    async def aclose(self) -> None:
        if self._was_read:
            self._connection.release()
        else:
            self._connection.close()


class _Body(httpx.AsyncByteStream):
    """A body that is still coming."""

    def __init__(self, connection: Connection, content: aiohttp.StreamReader) -> None:
        self._connection = connection
        self._content = content
        self._was_read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._content.iter_chunked(_CHUNK):
                yield chunk
            self._was_read = True
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise httpx.ReadError(type(error).__name__) from error

    async def aclose(self) -> None:
        if self._was_read and self._content.at_eof():
            self._connection.release()
        else:  # what is left of it must not be taken for the next answer
            self._connection.close()


def _is_one_answer(data: bytes, end: int) -> bool:
    """Whether `data` is a head up to `end`, and then the body of exactly the length that it announces."""
    found = _WELL.match(data, 0, end)
    return found is not None and int(found[1]) == len(data) - end


@lru_cache(maxsize=64)
def _within(connect: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect)


def _translated(error: Exception) -> httpx.TransportError:
    """`error` of connecting in httpx's words; the text names the kind of trouble only, an address may hold a secret."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return httpx.ConnectError(_plain(error))
    if isinstance(error, TimeoutError):
        return httpx.ConnectTimeout("no connection in time")
    return httpx.ConnectError(type(error).__name__)


def _plain(error: BaseException) -> str:
    inner: Any = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"certificate: {inner.verify_message}"
    if isinstance(inner, socket.gaierror):
        return "the broker's name is not found: is this computer online?"
    if isinstance(inner, ConnectionRefusedError):
        return "connection refused"
    return type(inner).__name__


def _resolved(host: str, row: tuple[Any, ...]) -> ResolveResult:
    family, _, protocol, _, address = row
    return ResolveResult(
        hostname=host,
        host=str(address[0]),
        port=int(address[1]),
        family=family,
        proto=protocol,
        flags=socket.AI_NUMERICHOST,
    )
