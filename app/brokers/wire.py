"""What every broker's answer has to stand before anybody reads it: strict JSON, exact numbers, no surprises.

Pure functions, bytes in, values out or `WireSurprise`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Final, NoReturn, cast

from app.domain import WireSurprise

LONGEST_WAIT: Final = 120.0
_BARE_WAIT: Final = 1.0  # no broker documents a wait for a bare 429; the shortest window of any limit is one second


def decode(body: bytes) -> object:
    """`body` as JSON with exact numbers.

    Raises `WireSurprise` for NaN, doubled keys, half characters, too deep a nesting, and for what is no JSON.
    """
    try:
        text = body.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text:  # an escaped half of a pair is no text: nobody could store or print it
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError, ArithmeticError) as error:  # bad UTF-8 and huge integers are ValueErrors too
        raise WireSurprise(f"no JSON: {type(error).__name__}") from None
    return cast("object", value)


def encode(value: object) -> bytes:
    """`value` as JSON; a Decimal goes out as the number that it prints as, never through a float."""
    return _text(value).encode()


def is_page(headers: Mapping[str, str]) -> bool:
    """Whether a web page came where the broker answers JSON."""
    return "html" in headers.get("content-type", "").lower()


def retry_after(text: str, now: datetime) -> float:
    """The wait in seconds that a Retry-After header asks for (seconds or a date): 1 without one, at most 120."""
    if text.strip().isdecimal():
        wait = float(text.strip()[:9])
    else:
        try:
            moment = parsedate_to_datetime(text)
            wait = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
        except ValueError:
            wait = _BARE_WAIT
    return min(max(wait, 0.0), LONGEST_WAIT)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key))}:{_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, float):
        raise TypeError("a float is no exact number")
    return json.dumps(value)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members


_DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique)
