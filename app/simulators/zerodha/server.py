"""The demo broker on a port of this machine: connections in, answers or faults out, a line of log for each."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.bystander import Bystander
from app.simulators.demo import DemoUser, demo_users
from app.simulators.faults import ON_TLS, Fault, play, script
from app.simulators.listener import Listener
from app.simulators.seen import Seen
from app.simulators.tls import Certificates, Tls
from app.simulators.zerodha.answers import Answer, refused, success
from app.simulators.zerodha.api import Api
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import UNKNOWN, Call, operation_of
from app.simulators.zerodha.controls import Controls
from app.simulators.zerodha.odd import fuzzed, stand_in

_STOP_SECONDS: Final = 0.3
_HANDSHAKE_SECONDS: Final = 5.0
_WORTH_PACKING: Final = 256
_PLAIN: Final = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class ZerodhaSimulator:
    """A broker that speaks Zerodha's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument master to a size.
    """

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        self._clock = clock
        self._broker = DemoBroker(clock, seed, demo_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._log: list[Seen] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[socket.socket] = set()
        self._busy: set[RequestHandler] = set()
        self._listener: Listener | None = None
        self._certificates: Certificates | None = None
        self.controls: Final = Controls(self._broker, self._clock, self._faults_changed)

    # ------------------------------------------------------------------ what others see

    @property
    def log(self) -> tuple[Seen, ...]:
        """What arrived and what was played, oldest first."""
        return tuple(self._log)

    @property
    def elsewhere(self) -> tuple[Seen, ...]:
        """What arrived at the port that the redirect faults point to: a client must never come there."""
        return self._bystander.seen

    @property
    def base_url(self) -> str:
        """Scheme, host and port to use as the broker's root; under the fault `dns` a name that never resolves."""
        name, _ = self.controls.faults.connection
        return self.unresolvable_url if name == "dns" else self._url(self._host)

    @property
    def unresolvable_url(self) -> str:
        """The same port at a name that is reserved to be unknown."""
        return self._url("kunji.invalid")

    @property
    def ca_file(self) -> str:
        """The authority behind the good, the expired and the wrong host's certificate; only after a start with TLS."""
        if self._certificates is None:
            raise RuntimeError("the simulator was started without TLS")
        return self._certificates.ca_file

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> None:
        """Listen; `port` 0 takes a free one. Raises OSError when the port is taken."""
        self._host, self._tls = host, tls
        self._stopped = asyncio.Event()
        self._bystander = Bystander(self._clock, host)
        self._web = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._certificates = Certificates() if tls else None
        try:
            await self._bystander.start()
            self._listener = Listener(host, port, self._accept)
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End every connection and let go of the port; returns promptly, whatever stalls."""
        self._stopped.set()
        if self._listener is not None:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._let_go()
        self._web.pre_shutdown()
        await self._web.shutdown(_STOP_SECONDS)
        await self._bystander.stop()
        if self._certificates is not None:
            self._certificates.close()
            self._certificates = None

    # ------------------------------------------------------------------ connections

    def _url(self, host: str) -> str:
        if self._listener is None:
            raise RuntimeError("the simulator is not started")
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{shown}:{self._listener.port}"

    def _faults_changed(self) -> None:
        """Faults of connections take effect at once, also for clients that keep one open."""
        if self._listener is None:
            return
        name, operation = self.controls.faults.connection
        if name in ON_TLS and not self._tls:
            self.controls.faults.clear()
            raise ValueError(f"{name} needs a simulator that was started with TLS")
        self._let_go()
        if name == "refused":
            self._listener.refuse()
        else:
            self._listener.listen()
        if name:
            self._end_idle()
        if name in {"refused", "dns"}:
            self._saw_connection(operation, name)

    def _accept(self, sock: socket.socket) -> None:
        name, operation = self.controls.faults.connection
        if name:
            self._saw_connection(operation, name)
            self.controls.faults.connected()
        if name == "accept-stall":
            self._held.add(sock)
        elif name == "plain-on-tls-port":
            self._spawn(self._serve(sock, _PlainAnswer, None))
        else:
            self._spawn(self._serve(sock, self._web, self._context(name)))

    def _context(self, fault: str) -> ssl.SSLContext | None:
        if self._certificates is None or self._tls is None:
            return None
        return self._certificates.context(fault.removeprefix("tls-") if fault else self._tls)

    async def _serve(
        self, sock: socket.socket, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext | None
    ) -> None:
        loop = asyncio.get_running_loop()
        seconds = _HANDSHAKE_SECONDS if context else None
        try:
            await loop.connect_accepted_socket(protocol, sock, ssl=context, ssl_handshake_timeout=seconds)
        except OSError:
            # a client that does not like our certificate, or that has gone: its right, and often the test's wish
            sock.close()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _end_idle(self) -> None:
        """Close the connections that clients keep open; one with a request in flight ends after its answer."""
        for connection in self._web.connections:
            if connection in self._busy:
                connection.close()
            else:
                connection.force_close()

    def _let_go(self) -> None:
        """Close what was accepted and never read."""
        while self._held:
            self._held.pop().close()

    # ------------------------------------------------------------------ requests

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        self._busy.add(request.protocol)
        try:
            return await self._answer(request)
        finally:
            self._busy.discard(request.protocol)

    async def _answer(self, request: BaseRequest) -> web.StreamResponse:
        call = await _read(request)
        client = self._api.client_of(call)
        fault = self.controls.faults.take(call.operation)
        good = self._act(call, fault)
        await self._delay(call.operation)
        if fault is None:
            self._saw(call, client, good.status)
            return _response(good, request)
        return await self._play(fault, good, call, client, request)

    def _act(self, call: Call, fault: Fault | None) -> Answer:
        """The broker's own answer; a harmless one where the request never reached it."""
        if fault is not None and not fault.acts:
            return success(None)
        answer = self.controls.said(call.operation)
        if answer is not None:
            if answer.lands:
                self._api.answer(call)
            return refused(answer.refusal)
        good = self._api.answer(call)
        seed = self.controls.fuzz_seed(call.operation)
        return good if seed is None else fuzzed(good, seed)

    async def _play(
        self, fault: Fault, good: Answer, call: Call, client: str, request: BaseRequest
    ) -> web.StreamResponse:
        now = self._clock.now()
        played = stand_in(fault, good, now=now, elsewhere=self._bystander.url + call.path)
        steps = script(fault.name, _head(played), played.body)
        whole = steps is None or fault.name in {"long-body", "gzip-junk", "no-content-type"}
        self._saw(call, client, played.status if whole else 0, fault.name)
        if steps is None:
            return _response(played, request)
        transport = request.transport
        if transport is not None:
            pause = self.controls.drip_seconds if fault.name == "drip" else self.controls.break_seconds
            await play(steps, transport, pause=pause, stopped=self._stopped)
        return _Nothing()

    async def _delay(self, operation: str) -> None:
        seconds = self.controls.delay_of(operation)
        if seconds:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return

    def _saw(self, call: Call, client: str, status: int, fault: str = "") -> None:
        """Log a request; the path of an unknown address stays out: anything may stand in it."""
        path = UNKNOWN if call.operation == UNKNOWN else call.path
        self._log.append(Seen(self._clock.now(), call.operation, call.method, path, client, status, fault))

    def _saw_connection(self, operation: str, fault: str) -> None:
        self._log.append(Seen(self._clock.now(), operation, UNKNOWN, UNKNOWN, "", 0, fault))


class _Nothing(web.StreamResponse):
    """A response that is not sent: the bytes went out already, or must not go."""

    async def prepare(self, request: BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Send nothing."""

    @property
    def keep_alive(self) -> bool:
        """The connection is over."""
        return False


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


async def _read(request: BaseRequest) -> Call:
    operation, where = operation_of(request.method, request.path)
    form = await request.post() if request.method in {"POST", "PUT"} else {}
    query = request.rel_url.query
    return Call(
        operation=operation,
        method=request.method,
        path=request.path,
        where=where,
        query=dict(query),
        names=tuple(query.getall("i", [])),
        remote=request.remote or "",
        authorization=request.headers.get("Authorization"),
        form={name: value for name, value in form.items() if isinstance(value, str)},
    )


def _response(answer: Answer, request: BaseRequest) -> web.Response:
    """Packed when the client takes it (sheet section 3)."""
    body, headers = answer.body, {"Server": "Kunji demo broker", **answer.headers}
    if answer.content_type is not None:
        headers["Content-Type"] = answer.content_type
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > _WORTH_PACKING:
        body, headers["Content-Encoding"] = gzip.compress(body, compresslevel=5, mtime=0), "gzip"
    return web.Response(body=body or None, status=answer.status, headers=headers)


def _head(answer: Answer) -> bytes:
    kind = f"Content-Type: {answer.content_type}\r\n" if answer.content_type else ""
    return f"HTTP/1.1 {answer.status} OK\r\n{kind}Content-Length: {len(answer.body)}\r\n\r\n".encode()
