"""The guarded session below kiteconnect: our sockets, our judgement of every answer.

What it does that requests and kiteconnect do not: the body is streamed and capped; the socket can be cut at any moment;
redirects are never followed (kiteconnect re-sends an order to another host on 307); proxy variables and .netrc are
ignored; certificates are always checked (security promises 1.8). Imported on a worker thread only.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from app.brokers.gauge import Gauge
from app.brokers.zerodha import answers
from app.brokers.zerodha.wire import Call, Wire, current
from app.domain import NotReachable, WireSurprise, redact

_OK: Final = 200
_CHUNK: Final = 64 * 1024


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

    def __init__(self, wire: Wire, root: str, now: Callable[[], datetime]) -> None:
        """`root` is the only place that can be reached: scheme, host and port."""
        super().__init__()
        self._now = now
        self.trust_env = False  # a .netrc entry would replace the Authorization header (section 14)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for adapter in self.adapters.values():
            adapter.close()
        self.adapters.clear()
        self.mount(f"{root}/", wire)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Nowhere. requests would read a redirect's body without a limit even when it may not follow."""
        del resp
        return None

    def request(self, method: str | bytes, url: str | bytes, *_: Any, **given: Any) -> CheckedResponse:
        """Send once and judge the answer; raises a `TradingError`.

        Of what kiteconnect wants, only parameters, form and headers are taken; the rest is ours.
        """
        call = current()
        try:
            status, headers, body = self._exchange(call, method, url, given)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise NotReachable(_plain(error)) from None
        if "csv" in headers.get("Content-Type", ""):
            return CheckedResponse(status, headers, answers.table(call.asked, status, headers, body, self._now()), None)
        path = urlsplit(url).path if isinstance(url, str) and method == "GET" else ""
        data = answers.envelope(call.asked, status, headers, body, self._now(), path=path)
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
            gauge = call.gauge if response.status_code == _OK else None
            return response.status_code, response.headers, _read(response, call.largest, gauge)
        finally:
            response.close()


def _read(response: requests.Response, largest: int, gauge: Gauge | None) -> bytes:
    """The whole body, unpacked, at most `largest` bytes; raises `WireSurprise` beyond. `gauge` counts it packed."""
    parts: list[bytes] = []
    size = 0
    if gauge is not None:
        gauge.begin(response.headers.get("Content-Length", ""))
    while part := response.raw.read(_CHUNK, decode_content=True):
        size += len(part)
        if size > largest:
            raise WireSurprise(f"an answer of more than {largest} bytes")
        parts.append(part)
        if gauge is not None:
            gauge.reach(response.raw.tell())
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
