"""Answers that are not the broker's good one: what gateways, portals and broken back ends say."""

import json
from collections.abc import Iterator
from typing import Final

from app.simulators import garbled
from app.simulators.answers import CSV, Answer, encode
from app.simulators.gateways import DEEP, Oddities, doubled
from app.simulators.zerodha.answers import refused, success
from app.simulators.zerodha.errors import Refusal, Refusals

_MESSAGE: Final = "Something went wrong."
_ENVELOPE: Final = frozenset({"status", "message", "error_type"})

_BODIES: Final[dict[str, bytes]] = {
    "list": b'[{"status":"success","data":null}]',
    "null": b"null",
    "string": b'"success"',
    "number": b"42",
    "no-data": b'{"status":"success"}',
    "null-data": b'{"status":"success","data":null}',
    "error-without-type": encode({"status": "error", "message": _MESSAGE, "data": None}),
    "error-type-null": encode({"status": "error", "message": _MESSAGE, "data": None, "error_type": None}),
    "error-type-number": encode({"status": "error", "message": _MESSAGE, "data": None, "error_type": 7}),
    "error-type-dunder": encode({"status": "error", "message": _MESSAGE, "data": None, "error_type": "__doc__"}),
    "error-without-message": encode({"status": "error", "data": None, "error_type": "GeneralException"}),
    "200-empty": b"",
    "word-false": b"false",
    "deep": b'{"status":"success","data":' + b"[" * DEEP + b"]" * DEEP + b"}",
}


def _csv_nan(body: bytes) -> Iterator[bytes]:
    head, *rows = body.split(b"\n")
    yield head
    for row in rows:
        cells = row.split(b",")
        yield b",".join((b"NaN" if cell == b"0" else cell) for cell in cells)


def _nan(good: Answer) -> bytes:
    if good.content_type == CSV:
        return b"\n".join(_csv_nan(good.body))
    return garbled.no_numbers(json.loads(good.body), _ENVELOPE)


def _wrong_types(good: Answer) -> bytes:
    if good.content_type == CSV:
        return good.body.replace(b",NSE\n", b",7\n").replace(b",0,,", b",zero,someday,")
    return garbled.wrong_types(json.loads(good.body), _ENVELOPE)


def _duplicate_keys(good: Answer) -> bytes:
    """`data` twice, contradicting itself, and the first key of its first object twice."""
    if good.content_type == CSV:
        head, _, rows = good.body.partition(b"\n")
        return head + b",tradingsymbol\n" + rows
    envelope = json.loads(good.body)
    inner = json.dumps(envelope.get("data"), separators=(",", ":"))
    return f'{{"status":"success","data":null,"data":{doubled(inner) or inner}}}'.encode()


ODDITIES: Final = Oddities(
    bodies=_BODIES,
    changes={
        "nan": _nan,
        "wrong-types": _wrong_types,
        "duplicate-keys": _duplicate_keys,
    },
    busy=refused(Refusals.too_many()),
    down=refused(Refusal(500, "GeneralException", _MESSAGE)),
    slow=refused(Refusal(504, "NetworkException", "Request failed (gateway timed out).")),
    unmoved=success(None),
)
