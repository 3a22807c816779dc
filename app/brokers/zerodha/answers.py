"""One answer of Kite, judged before anybody reads it: status first, then content type, then strict JSON.

Pure functions, bytes in, data out. kiteconnect does none of this: it takes a 500 with a success envelope for an answer
and dies untyped of most odd bodies (section 14).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.brokers.wire import decode, is_page, retry_after
from app.brokers.zerodha import quick
from app.brokers.zerodha.errors import Asked, Refusal, error_for
from app.domain import NotReachable, WireSurprise

_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_REFUSALS: Final = range(400, 600)
_CLIENT: Final = range(400, 500)
_TOO_MANY: Final = 429


def envelope(
    asked: Asked, status: int, headers: Mapping[str, str], body: bytes, now: datetime, *, path: str = ""
) -> dict[str, Any]:
    """The success envelope, its `data` present; raises what the broker's refusal means, or `WireSurprise`.

    The answer to some of Kite's paths is large: of it only the fields that are read come out.
    """
    check_status(asked, status, headers, body, now)
    _check_type(headers, "json")
    quickly = quick.read(path, body)
    if quickly is not None:
        return quickly
    answer = decode(body)
    if not isinstance(answer, dict) or answer.get("status") != "success" or answer.get("error_type"):
        raise WireSurprise("not a success envelope")
    if "data" not in answer:
        raise WireSurprise("an envelope without data")
    return answer


def table(asked: Asked, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> bytes:
    """The CSV body; raises like `envelope`."""
    check_status(asked, status, headers, body, now)
    _check_type(headers, "csv")
    return body


def check_status(asked: Asked, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raise what `status` means unless it is 200."""
    if status == _OK:
        return
    if status in _REDIRECTS:
        raise WireSurprise(f"{status}: a redirect, not followed")
    if status not in _REFUSALS:
        raise WireSurprise(f"status {status}")
    if "csv" in headers.get("Content-Type", "").lower():
        raise WireSurprise(f"a table under status {status}")
    refusal = _refusal(status, body)
    if status in _CLIENT and not refusal.error_type and is_page(headers) and status != _TOO_MANY:
        raise NotReachable(f"{status} with a web page: something between us and the broker answered")
    if asked is Asked.ORDER and refusal.order_id:
        raise WireSurprise(f"{status} {refusal.error_type}: a refusal that names the order {refusal.order_id}")
    wait = retry_after(headers.get("Retry-After", ""), now) if status == _TOO_MANY else None
    raise error_for(asked, refusal, retry_after=wait)


def _refusal(status: int, body: bytes) -> Refusal:
    """The error envelope, as far as there is one: 428 has no error type, a gateway's 502 has no JSON.

    Raises `WireSurprise` for a success envelope under an error status.
    """
    try:
        answer = decode(body)
    except WireSurprise:
        answer = None
    if isinstance(answer, dict) and answer.get("status") == "success":
        raise WireSurprise(f"a success envelope under status {status}")
    if not isinstance(answer, dict) or answer.get("status") != "error":
        return Refusal(status, "", "")
    kind, message, data = answer.get("error_type"), answer.get("message"), answer.get("data")
    order_id = data.get("order_id") if isinstance(data, dict) else None
    words = (said if isinstance(said, str) else "" for said in (kind, message, order_id))
    return Refusal(status, *words)


def _check_type(headers: Mapping[str, str], wanted: str) -> None:
    if wanted in headers.get("Content-Type", "").lower():
        return
    if is_page(headers):  # the log-in page of a hotel's or a company's proxy
        raise NotReachable("a web page came instead: something between us and the broker answered")
    raise WireSurprise("a content type that is not the broker's")
