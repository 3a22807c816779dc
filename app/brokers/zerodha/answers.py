"""One answer of Kite, judged before anybody reads it: status first, then content type, then strict JSON.

Pure functions, bytes in, data out. kiteconnect does none of this: it takes a 500 with a success envelope for an answer
and dies untyped of most odd bodies (section 14).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final, NoReturn

from app.brokers.zerodha.errors import Asked, Refusal, error_for
from app.domain import NotReachable, WireSurprise

_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_REFUSALS: Final = range(400, 600)
_CLIENT: Final = range(400, 500)
_TOO_MANY: Final = 429
_BARE_WAIT: Final = 1.0  # no Retry-After is documented; the shortest window of any limit is one second (section 7)
_LONGEST_WAIT: Final = 120.0


def envelope(asked: Asked, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> dict[str, Any]:
    """The success envelope, its `data` present; raises what the broker's refusal means, or `WireSurprise`."""
    check_status(asked, status, headers, body, now)
    _check_type(headers, "json")
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
    if status in _CLIENT and not refusal.error_type and _is_page(headers) and status != _TOO_MANY:
        raise NotReachable(f"{status} with a web page: something between us and the broker answered")
    wait = _retry_after(headers.get("Retry-After", ""), now) if status == _TOO_MANY else None
    raise error_for(asked, refusal, retry_after=wait)


def decode(body: bytes) -> object:
    """`body` as JSON with exact numbers; raises `WireSurprise` for NaN, doubled keys, too deep a nesting, no JSON."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except (ValueError, RecursionError, ArithmeticError) as error:  # bad UTF-8 and huge integers are ValueErrors too
        raise WireSurprise(f"no JSON: {type(error).__name__}") from None


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
    kind, message = answer.get("error_type"), answer.get("message")
    return Refusal(status, kind if isinstance(kind, str) else "", message if isinstance(message, str) else "")


def _check_type(headers: Mapping[str, str], wanted: str) -> None:
    if wanted in headers.get("Content-Type", "").lower():
        return
    if _is_page(headers):  # the log-in page of a hotel's or a company's proxy
        raise NotReachable("a web page came instead: something between us and the broker answered")
    raise WireSurprise("a content type that is not the broker's")


def _is_page(headers: Mapping[str, str]) -> bool:
    return "html" in headers.get("Content-Type", "").lower()


def _retry_after(text: str, now: datetime) -> float:
    """The wait in seconds that the header asks for (seconds or a date), at most 120."""
    if text.strip().isdecimal():
        wait = float(text.strip()[:9])
    else:
        try:
            wait = (_aware(parsedate_to_datetime(text)) - now).total_seconds()
        except ValueError:
            wait = _BARE_WAIT
    return min(max(wait, 0.0), _LONGEST_WAIT)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members
