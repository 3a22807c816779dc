"""The connections of a simulator: accepted, given to the web server, or met by the fault that is due for them."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final
from weakref import WeakSet

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from app.simulators.faults import ON_TLS, FaultPlan
from app.simulators.listener import Listener
from app.simulators.tls import Certificates, Tls

Handler = Callable[[BaseRequest], Awaitable[web.StreamResponse]]
_STOP_SECONDS: Final = 0.3
_HANDSHAKE_SECONDS: Final = 5.0
_LONGEST_LINE: Final = 64 * 1024  # a thousand symbols stand in one address
_PLAIN: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Connections:
    """Owns the port, every accepted socket, the certificates. One start and one stop."""

    def __init__(self, faults: FaultPlan, saw: Callable[[str, str], None]) -> None:
        """Take the plan of faults and whom to tell of a played one: (operation it was set for, name)."""
        self._faults = faults
        self._saw = saw
        self._host = "127.0.0.1"
        self._tls: Tls | None = None
        self._web: web.Server | None = None
        self._listener: Listener | None = None
        self._certificates: Certificates | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._unread: set[socket.socket] = set()
        self._busy: set[RequestHandler] = set()
        self._open: WeakSet[asyncio.Transport] = WeakSet()

    def start(self, handler: Handler, host: str, port: int, tls: Tls | None) -> None:
        """Listen and give requests to `handler`. Raises OSError when the port is taken."""
        self._host, self._tls = host, tls
        self._listener = Listener(host, port, self._accept)
        self._certificates = Certificates() if tls else None
        self._web = web.Server(
            self._watched(handler), handler_cancellation=True, access_log=None, max_line_size=_LONGEST_LINE
        )

    async def stop(self) -> None:
        """End every connection and let go of the port, promptly."""
        if self._listener is not None:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._drop_unread()
        if self._web is not None:
            self._end_idle()
            await self._web.shutdown(_STOP_SECONDS)
        await self._abort()
        if self._certificates is not None:
            self._certificates.close()

    def url(self, host: str | None = None) -> str:
        """Scheme, host (or another name for it) and port. Raises RuntimeError before the start."""
        if self._listener is None:
            raise RuntimeError("the simulator is not started")
        shown = f"[{self._host}]" if ":" in self._host else self._host
        return f"{'https' if self._tls else 'http'}://{host or shown}:{self._listener.port}"

    @property
    def ca_file(self) -> str:
        """The authority of the certificates. Raises RuntimeError without TLS."""
        if self._certificates is None:
            raise RuntimeError("the simulator was started without TLS")
        return self._certificates.ca_file

    def faults_changed(self) -> None:
        """Let the faults of connections take effect at once, also for clients that keep one open.

        Raises ValueError for a TLS fault on a plain port.
        """
        if self._listener is None:
            return
        name, operation = self._faults.connection
        if name in ON_TLS and not self._tls:
            self._faults.clear()
            raise ValueError(f"{name} needs a simulator that was started with TLS")
        self._drop_unread()
        if name == "refused":
            self._listener.refuse()
        else:
            self._listener.listen()
        if name:
            self._end_idle()
        if name in {"refused", "dns"}:
            self._saw(operation, name)

    def _accept(self, sock: socket.socket) -> None:
        name, operation = self._faults.connection
        if name:
            self._saw(operation, name)
            self._faults.connected()
        if name == "accept-stall":
            self._unread.add(sock)
        elif name == "plain-on-tls-port":
            self._spawn(sock, self._serve(sock, _PlainAnswer, None))
        elif self._web is not None:
            self._spawn(sock, self._serve(sock, self._web, self._context(name)))

    def _context(self, fault: str) -> ssl.SSLContext | None:
        if self._certificates is None or self._tls is None:
            return None
        return self._certificates.context(fault.removeprefix("tls-") if fault else self._tls)

    def _spawn(self, sock: socket.socket, work: Coroutine[None, None, None]) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if task.cancelled():  # perhaps before its first step: nobody else knows the socket then
                sock.close()

        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(ended)

    def _watched(self, handler: Handler) -> Handler:
        """`handler`, with the connections known that have a request in flight."""

        async def handle(request: BaseRequest) -> web.StreamResponse:
            self._busy.add(request.protocol)
            try:
                return await handler(request)
            finally:
                self._busy.discard(request.protocol)

        return handle

    def _end_idle(self) -> None:
        """Close the connections that clients keep open; one with a request in flight ends after its answer."""
        for connection in self._web.connections if self._web else ():
            if connection in self._busy:
                connection.close()
            else:
                connection.force_close()

    def _drop_unread(self) -> None:
        while self._unread:
            self._unread.pop().close()

    async def _serve(
        self, sock: socket.socket, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None
    ) -> None:
        loop = asyncio.get_running_loop()
        seconds = _HANDSHAKE_SECONDS if context else None
        try:
            transport, _ = await loop.connect_accepted_socket(
                protocol, sock, ssl=context, ssl_handshake_timeout=seconds
            )
            self._open.add(transport)
        except OSError:
            # a client that does not like our certificate, or that has gone: its right, and often the test's wish
            sock.close()

    async def _abort(self) -> None:
        """End what still says goodbye: asyncio waits half a minute for a TLS client that has gone in the middle."""
        for transport in tuple(self._open):
            transport.abort()
        await asyncio.sleep(0)  # the loop closes the sockets of aborted transports in its next turn


class _PlainAnswer(asyncio.Protocol):
    """Somebody who speaks plain HTTP on a port where TLS is expected."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:  # noqa: ARG002 - whatever it is, the answer is the same
        """Answer whatever came."""
        assert isinstance(self._transport, asyncio.Transport)  # noqa: S101 - sockets have no other
        self._transport.write(_PLAIN)
        self._transport.close()
