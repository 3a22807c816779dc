"""The guarded session below kiteconnect: our adapter, our sockets, our judgement of every answer.

What it does that requests and kiteconnect do not: the body is streamed and capped; whoever waits can cut the socket at
any moment (`Call.abort`), also while a server drips; redirects are never followed (kiteconnect re-sends an order to
another host on 307); proxy variables and .netrc are ignored; certificates are always checked (security promises 1.8).
Imported on a worker thread only: requests takes too long for the event loop.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.brokers.zerodha import answers
from app.brokers.zerodha.errors import Asked
from app.domain import NotReachable, WireSurprise, redact

_CHUNK: Final = 64 * 1024
_CONNECTIONS: Final = 4  # three reads and one order at a time
_CALL: ContextVar["Call"] = ContextVar("call")


class Call:
    """One request: what was asked, whether it left this computer, and the lever that cuts it off from outside."""

    def __init__(self, asked: Asked, seconds: float, largest: int) -> None:
        """`seconds` bounds each single wait on the socket; the total is the business of who holds the lever."""
        self.asked = asked
        self.seconds = seconds
        self.largest = largest
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
        _CALL.get().hold(sock)
        return sock

    def send(self, data: Any) -> None:
        _before_sending(self)
        super().send(data)


class _Secure(HTTPSConnection):
    response_class = _WholeHeaders

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        _CALL.get().hold(sock)
        return sock

    def send(self, data: Any) -> None:
        _before_sending(self)
        super().send(data)


def _before_sending(connection: HTTPConnection) -> None:
    call = _CALL.get()
    if connection.sock is None:
        connection.connect()
    elif not call.sent:  # a connection kept from an earlier call
        call.hold(connection.sock)
    call.leaves()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Wire(HTTPAdapter):
    """The connections of one account, shared by its threads: urllib3's pools are made for that."""

    def __init__(self, *, secure: bool, ca_file: str | None) -> None:
        self._context = _trust(ca_file) if secure else None
        super().__init__(pool_connections=2, pool_maxsize=_CONNECTIONS, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of our connections, all with one TLS context."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Certificates are always checked, against the one context; nothing can switch that off."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"


def _trust(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


class CheckedResponse(requests.Response):
    """What kiteconnect is allowed to see: an answer that was already judged."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, data: object) -> None:
        super().__init__()
        self.status_code = status
        self.headers.update(headers)
        self._content = body
        self._data = data

    def json(self, **_: Any) -> Any:
        """The envelope, decoded once, numbers exact."""
        return self._data


class GuardedSession(requests.Session):
    """One thread's session. Ends in a judged answer or a `TradingError`, whatever the server does."""

    def __init__(self, wire: Wire, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        self.trust_env = False  # a .netrc entry would replace the Authorization header (section 14)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for adapter in self.adapters.values():
            adapter.close()
        self.adapters.clear()
        self.mount("https://", wire)
        self.mount("http://", wire)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere. requests would read a redirect's body without a limit even when it may not follow."""
        del resp
        return None

    def request(self, method: str | bytes, url: str | bytes, *_: Any, **given: Any) -> CheckedResponse:
        """Send once and judge the answer; raises a `TradingError`.

        Of what kiteconnect wants, only parameters, form and headers are taken; the rest is ours.
        """
        call = _CALL.get()
        try:
            status, headers, body = self._exchange(call, method, url, given)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise NotReachable(_plain(error)) from None
        if "csv" in headers.get("Content-Type", ""):
            return CheckedResponse(status, headers, answers.table(call.asked, status, headers, body, self._now()), None)
        data = answers.envelope(call.asked, status, headers, body, self._now())
        return CheckedResponse(status, headers, body, data)

    def _exchange(
        self, call: Call, method: str | bytes, url: str | bytes, given: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, str], bytes]:
        response = super().request(
            method,
            url,
            params=given.get("params"),
            data=given.get("data"),
            headers=given.get("headers"),
            timeout=call.seconds,
            allow_redirects=False,
            stream=True,
        )
        try:
            return response.status_code, response.headers, _read(response, call.largest)
        finally:
            response.close()


def _read(response: requests.Response, largest: int) -> bytes:
    """The whole body, unpacked, at most `largest` bytes; raises `WireSurprise` beyond."""
    parts: list[bytes] = []
    size = 0
    while part := response.raw.read(_CHUNK, decode_content=True):
        size += len(part)
        if size > largest:
            raise WireSurprise(f"an answer of more than {largest} bytes")
        parts.append(part)
    return b"".join(parts)


def _plain(error: BaseException) -> str:
    """What went wrong in a few words; never the library's text, which holds addresses with their parameters."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return f"certificate: {seen.verify_message}"
        if isinstance(seen, ssl.SSLError):
            return f"TLS: {seen.reason}"
        if isinstance(seen, ConnectionRefusedError):
            return "connection refused"
        if isinstance(seen, socket.gaierror):
            return "the broker's name is not found: is this computer online?"
        reason = getattr(seen, "reason", None)
        inner = next((arg for arg in (reason, *seen.args) if isinstance(arg, BaseException)), None)
        seen = inner or seen.__cause__ or seen.__context__
    return type(error).__name__


class _Redacting(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        return True


def hush() -> None:
    """Hide secrets in what the libraries log: urllib3 prints addresses, the logout's holds the token (section 14)."""
    for name in ("urllib3.connectionpool", "urllib3.connection", "kiteconnect.connect"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, _Redacting) for each in logger.filters):
            logger.addFilter(_Redacting())
