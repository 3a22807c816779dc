"""aiohttp below httpx: half the time of httpx's own transport on a small answer, and errors that tell what had left.

A ready-made bridge exists; it reports a connection that was reset after the request had been sent as a connect
time-out, and from that an order would be called "not sent" that is in the market. Hence ours: an exception of the
connect family is raised only when certainly nothing left this computer.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from functools import lru_cache, partial
from typing import Any, Final

import aiohttp
import certifi
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from app.domain import Worker

_HEAD_ENDS: Final = b"\r\n\r\n"
_CHUNK: Final = 64 * 1024
_PER_HOST: Final = 32
_KEEP_ALIVE: Final = 50.0  # seconds an idle connection is kept


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
    would be lost with it. A broken chunk closes the connection; whoever reads the body would not be told and would wait
    for the rest until his deadline.
    """

    def data_received(self, data: bytes) -> None:
        within = self._payload is not None and not self._payload.is_eof()  # a body: no head to look for
        end = -1 if within else data.find(_HEAD_ENDS)
        if 0 <= end < len(data) - len(_HEAD_ENDS):
            super().data_received(data[: end + len(_HEAD_ENDS)])
            data = data[end + len(_HEAD_ENDS) :]
        body = self._payload
        super().data_received(data)
        broken = self.exception()
        if broken is not None and body is not None and not body.is_eof() and body.exception() is None:
            body.set_exception(aiohttp.ClientPayloadError("a broken body"), broken)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """The connections to all hosts of one broker."""

    def __init__(self, context: ssl.SSLContext, family: socket.AddressFamily = socket.AF_UNSPEC) -> None:
        self._family = family
        self._context = context
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send once; raises `httpx.ConnectError`, `httpx.ConnectTimeout` (nothing left), or another transport error."""
        timeout = request.extensions.get("timeout", {})
        try:
            response = await self._ready().request(
                request.method,
                _address(request.url),
                headers={name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.raw},
                data=request.content or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=None, connect=timeout.get("connect"), sock_read=timeout.get("read")
                ),
            )
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise _translated(error) from error
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Body(response),
            request=request,
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _ready(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=self._context,
                limit_per_host=_PER_HOST,
                keepalive_timeout=_KEEP_ALIVE,
                resolver=_Resolver(self._family),
            )
            handler: type[ResponseHandler] = _Handler
            loop = asyncio.get_running_loop()
            connector._factory = partial(handler, loop)  # noqa: SLF001 - no public way; a test guards it
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
            # aiohttp sends a PUT or DELETE a second time when a kept connection turns out dead: an order call never.
            self._session._retry_connection = False  # noqa: SLF001 - no public switch; a test guards it
        return self._session


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_chunked(_CHUNK):
                yield chunk
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise httpx.ReadError(type(error).__name__) from error

    async def aclose(self) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:  # what is left of it must not be taken for the next answer
            self._response.close()


def _address(url: httpx.URL) -> URL:
    """`url` as it was built: requoting would change what was meant."""
    return URL(str(url), encoded=True) if url.query else _known(str(url))


@lru_cache(maxsize=256)  # never with a query, which may hold a secret
def _known(url: str) -> URL:
    return URL(url, encoded=True)


def _translated(error: Exception) -> httpx.TransportError:
    """`error` in httpx's words; the text names the kind of trouble only, an address may hold a secret."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return httpx.ConnectError(_plain(error))
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout("no connection in time")
    if isinstance(error, aiohttp.ServerTimeoutError | TimeoutError):
        return httpx.ReadTimeout("no answer in time")
    if isinstance(error, aiohttp.InvalidURL | aiohttp.NonHttpUrlClientError):
        return httpx.UnsupportedProtocol(type(error).__name__)
    return httpx.ReadError(type(error).__name__)


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
