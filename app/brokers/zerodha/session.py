"""The guarded session below kiteconnect: our sockets, our judgement of every answer.

kiteconnect means to call requests; here its calls go to urllib3, on which requests stands, and take half of the time.
What it does that requests and kiteconnect do not: the body is streamed and capped; the socket can be cut at any moment;
redirects are never followed (kiteconnect re-sends an order to another host on 307); cookies, proxy variables and .netrc
are unknown (an entry of .netrc would replace the Authorization header, section 14); certificates are always checked
(security promises 1.8). Imported on a worker thread only.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import requests
from requests.utils import check_header_validity
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from app.brokers.gauge import Gauge
from app.brokers.skew import Skew
from app.brokers.zerodha import answers
from app.brokers.zerodha.wire import Call, Wire, current
from app.domain import NotReachable, WireSurprise, redact

_OK: Final = 200
_CHUNK: Final = 64 * 1024
_FORM: Final = "application/x-www-form-urlencoded"


class CheckedResponse:
    """What kiteconnect is allowed to see: an answer that was already judged."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes, data: object) -> None:
        self.status_code = status
        self.headers = headers
        self.content = body
        self._data = data

    def json(self) -> Any:
        """The envelope, decoded once, numbers exact."""
        return self._data


class GuardedSession:
    """One thread's session. Ends in a judged answer or a `TradingError`, whatever the server does."""

    def __init__(self, wire: Wire, now: Callable[[], datetime], skew: Skew | None = None) -> None:
        """`wire` leads to the only place that can be reached; `skew` hears the dates of its answers."""
        self._wire = wire
        self._now = now
        self._skew = skew or Skew()

    def request(self, method: str, url: str, **given: Any) -> CheckedResponse:
        """Send once and judge the answer; raises a `TradingError`.

        Of what kiteconnect wants, only parameters, form and headers are taken; the rest is ours.
        """
        call, asked_at = current(), self._now()
        try:
            status, headers, body = self._exchange(call, method, url, given)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise NotReachable(_plain(error)) from None
        self._skew.hear(headers.get("Date", ""), asked_at, self._now())
        if "csv" in headers.get("Content-Type", ""):
            return CheckedResponse(status, headers, answers.table(call.asked, status, headers, body, self._now()), None)
        path = urlsplit(url).path if method == "GET" else ""
        data = answers.envelope(call.asked, status, headers, body, self._now(), path=path)
        return CheckedResponse(status, headers, body, data)

    def _exchange(
        self, call: Call, method: str, url: str, given: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, str], bytes]:
        if not url.startswith(f"{self._wire.root}/"):
            raise NotReachable("not a place of this broker's")
        target, form = _target(url), _encoded(given.get("data"))
        if query := _encoded(given.get("params")):
            target += f"?{query}"
        response = self._wire.urlopen(method, target, form, _headers(method, form, given), call.seconds)
        try:
            gauge = call.gauge if response.status == _OK else None
            return response.status, response.headers, _read(response, call.largest, gauge)
        finally:
            response.close()
            response.release_conn()


@lru_cache(maxsize=256)  # never with a query, which may hold a secret
def _target(url: str) -> str:
    """What stands in the first line of a request for `url`."""
    return parse_url(url).request_uri


def _encoded(fields: Mapping[str, Any] | None) -> str | None:
    """`fields` as a query or a form; a list stands for the same name several times."""
    given = {name: value for name, value in (fields or {}).items() if value is not None}
    return urlencode(given, doseq=True) or None


def _headers(method: str, form: str | None, given: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "keep-alive",
        **given.get("headers", {}),
    }
    for header in headers.items():
        check_header_validity(header)
    if form is not None:
        headers["Content-Type"] = _FORM
    elif method != "GET":
        headers["Content-Length"] = "0"
    return headers


def _read(response: BaseHTTPResponse, largest: int, gauge: Gauge | None) -> bytes:
    """The whole body, unpacked, at most `largest` bytes; raises `WireSurprise` beyond. `gauge` counts it packed."""
    parts: list[bytes] = []
    size = 0
    if gauge is not None:
        gauge.begin(response.headers.get("Content-Length", ""))
    while part := response.read(_CHUNK, decode_content=True):
        size += len(part)
        if size > largest:
            raise WireSurprise(f"an answer of more than {largest} bytes")
        parts.append(part)
        if gauge is not None:
            gauge.reach(response.tell())
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
