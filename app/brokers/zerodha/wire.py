"""The sockets of one account: connections that can be cut off from outside, and one TLS trust for all of them.

requests has a time limit for each single wait only, so that a server which drips a byte a second holds a call for
hours. Here every call has a lever: a second handle of its socket, which whoever waits may pull at any moment.
Imported on a worker thread only: urllib3 takes too long for the event loop.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from http.client import HTTPResponse
from typing import Any, Final

import certifi
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url, parse_url

from app.brokers.gauge import Gauge
from app.brokers.zerodha.errors import Asked

_CONNECTIONS: Final = 5  # three reads, an order and a cancel at a time
_ANY_IPV4: Final = ("0.0.0.0", 0)  # noqa: S104 - nobody listens there: where a connection comes from
_CALL: ContextVar["Call"] = ContextVar("call")


class Call:
    """One request: what was asked, whether it left this computer, and the lever that cuts it off from outside."""

    def __init__(self, asked: Asked, seconds: float, largest: int, gauge: Gauge | None = None) -> None:
        """`seconds` bounds each single wait on the socket; the total is the business of who holds the lever.

        `gauge` counts what comes of a good answer.
        """
        self.asked = asked
        self.seconds = seconds
        self.largest = largest
        self.gauge = gauge
        self.sent = False
        self._aborted = False
        self._lock = threading.Lock()
        self._lever: socket.socket | None = None

    def hold(self, sock: socket.socket) -> None:
        """Keep a second handle of `sock`: good while TLS wraps the first one and after http.client dropped it."""
        lever = socket.fromfd(sock.fileno(), sock.family, sock.type, sock.proto)
        with self._lock:
            self._let_go()
            self._lever = lever
            if self._aborted:
                self._pull()

    def leaves(self) -> None:
        """The first byte is about to be sent; raises when the call was given up before."""
        with self._lock:
            if self._aborted:
                raise ConnectionAbortedError("given up before it was sent")
            self.sent = True

    def abort(self) -> None:
        """End the call now, from any thread: its socket is shut down, nothing that has not left will leave."""
        with self._lock:
            self._aborted = True
            self._pull()

    def end(self) -> None:
        """The call is over: close the handle."""
        with self._lock:
            self._let_go()

    def _pull(self) -> None:
        if self._lever is not None:
            try:
                self._lever.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was quicker
                return

    def _let_go(self) -> None:
        if self._lever is not None:
            self._lever.close()
            self._lever = None


def run(call: Call, work: Callable[[], Any]) -> Any:
    """Run `work` on this thread with `call` as the one request that it may send."""
    token = _CALL.set(call)
    try:
        return work()
    finally:
        _CALL.reset(token)
        call.end()


def current() -> Call:
    """The call that this thread is in."""
    return _CALL.get()


class _Lines:
    """A file that remembers the last line it gave."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.last = b""

    def readline(self, limit: int = -1) -> bytes:
        self.last = self.inner.readline(limit)
        return self.last

    def close(self) -> None:
        self.inner.close()


class _WholeHeaders(HTTPResponse):
    """http.client takes a connection that closes within the headers for their end; here that is no answer."""

    def begin(self) -> None:
        lines = _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]  # only its readline is used while the headers are read
        try:
            super().begin()
        finally:
            if self.fp is not None:  # http.client drops it when it sees no HTTP at all
                self.fp = lines.inner
        if lines.last not in (b"\r\n", b"\n"):
            raise ConnectionResetError("closed within the headers")


class _Plain(HTTPConnection):
    response_class = _WholeHeaders

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        current().hold(sock)
        return sock

    def send(self, data: Any) -> None:
        _before_sending(self)
        super().send(data)


class _Secure(HTTPSConnection):
    response_class = _WholeHeaders

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        current().hold(sock)
        return sock

    def send(self, data: Any) -> None:
        _before_sending(self)
        super().send(data)


def _before_sending(connection: HTTPConnection) -> None:
    call = current()
    if connection.sock is None:
        connection.connect()
    elif not call.sent:  # a connection kept from an earlier call
        call.hold(connection.sock)
    call.leaves()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Wire:
    """The connections of one account to one place, shared by its threads: urllib3's pools are made for that."""

    def __init__(self, root: str, *, ca_file: str | None, ipv4_only: Callable[[], bool] = bool) -> None:
        """`root` is scheme, host and port. `ipv4_only` is asked at each call; other connections are not used then."""
        self.root = root
        self._ipv4_only = ipv4_only
        self._pools = {only: _pool(parse_url(root), ca_file, ipv4_only=only) for only in (False, True)}

    def urlopen(
        self, method: str, target: str, body: str | None, headers: Mapping[str, str], seconds: float
    ) -> BaseHTTPResponse:
        """Send once; the answer's body is still to be read. `seconds` bounds each single wait."""
        return self._pools[self._ipv4_only()].urlopen(
            method,
            target,
            body,
            headers,
            retries=False,
            redirect=False,
            timeout=seconds,
            preload_content=False,
            decode_content=False,
        )

    def close(self) -> None:
        """Close idle connections."""
        for pool in self._pools.values():
            pool.close()


def _pool(place: Url, ca_file: str | None, *, ipv4_only: bool) -> HTTPConnectionPool:
    """A socket that comes from an IPv4 address cannot go to one of IPv6: urllib3 takes the next address then."""
    host, port = place.host or "", place.port
    given: dict[str, Any] = {"maxsize": _CONNECTIONS, "source_address": _ANY_IPV4 if ipv4_only else None}
    if place.scheme != "https":
        return _PlainPool(host, port, **given)
    context = _trust(ca_file)  # certificates are always checked; nothing can switch that off
    return _SecurePool(host, port, cert_reqs="CERT_REQUIRED", ssl_context=context, **given)


@cache  # reading the authorities takes some 20 ms
def _trust(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context
