"""Answers that are not the broker's good one: what gateways, portals and broken back ends say."""

import json
from typing import Final

from app.simulators import garbled
from app.simulators.answers import CSV, Answer, encode
from app.simulators.fyers.answers import refused, success
from app.simulators.fyers.errors import Refusal, Refusals
from app.simulators.gateways import DEEP, Oddities

_MESSAGE: Final = "No such answer"
_ENVELOPE: Final = frozenset({"s", "code", "message"})

_BODIES: Final[dict[str, bytes]] = {
    "list": b'[{"s":"ok","code":200,"message":""}]',
    "null": b"null",
    "string": b'"ok"',
    "number": b"42",
    "no-data": b'{"s":"ok","code":200,"message":""}',
    "error-without-type": encode({"s": "error", "message": _MESSAGE}),
    "error-type-null": encode({"s": "error", "code": None, "message": _MESSAGE}),
    "error-type-number": encode({"s": 7, "code": 7, "message": _MESSAGE}),
    "error-type-dunder": encode({"s": "error", "code": "__doc__", "message": _MESSAGE}),
    "error-without-message": encode({"s": "error", "code": -1}),
    "200-empty": b"",
    "word-false": b"false",
    "deep": b'{"s":"ok","code":200,"data":' + b"[" * DEEP + b"]" * DEEP + b"}",
}


def _null_data(good: Answer) -> bytes:
    """Every payload is null."""
    if good.content_type == CSV:
        return b"null"
    envelope = json.loads(good.body)
    return encode({key: value if key in _ENVELOPE else None for key, value in envelope.items()} | _null_if_bare(good))


def _null_if_bare(good: Answer) -> dict[str, object]:
    """An answer without a payload says that there is none."""
    return {"data": None} if _ENVELOPE.issuperset(json.loads(good.body)) else {}


def _nan(good: Answer) -> bytes:
    if good.content_type == CSV:
        return _cells(good.body, {3: "NaN", 4: "Infinity", 8: "NaN"})
    return garbled.no_numbers(json.loads(good.body), _ENVELOPE)


def _wrong_types(good: Answer) -> bytes:
    if good.content_type == CSV:
        return _cells(good.body, {2: "share", 3: "many", 4: "small", 10: "NSE", 15: "high"})
    return garbled.wrong_types(json.loads(good.body), _ENVELOPE)


def _duplicate_keys(good: Answer) -> bytes:
    """The envelope's keys twice, the second time contradicting the first; one column more in a file."""
    if good.content_type == CSV:
        return good.body.replace(b"\n", b",again\n")
    body = good.body.strip()
    first = json.dumps(next((key for key in json.loads(body) if key not in _ENVELOPE), "data"))
    return b'{"s":"error",' + first.encode() + b":null," + body[1:]


def _cells(body: bytes, changes: dict[int, str]) -> bytes:
    """Each line of a file with other cells."""
    lines = []
    for line in body.decode().splitlines():
        cells = line.split(",")
        lines.append(",".join(changes.get(place, cell) for place, cell in enumerate(cells)))
    return "".join(f"{line}\n" for line in lines).encode()


ODDITIES: Final = Oddities(
    bodies=_BODIES,
    changes={
        "null-data": _null_data,
        "nan": _nan,
        "wrong-types": _wrong_types,
        "duplicate-keys": _duplicate_keys,
    },
    busy=refused(Refusals.too_many(data=False, order=False)),
    down=refused(Refusals.down()),
    slow=refused(Refusal(504, -96, "Connection error")),
    unmoved=success(),
)
