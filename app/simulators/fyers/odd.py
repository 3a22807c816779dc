"""Answers that are not the broker's good one: what gateways, portals and broken back ends say."""

import json
from itertools import cycle
from typing import Final

from app.simulators.answers import CSV, Answer, encode
from app.simulators.fyers.answers import refused, success
from app.simulators.fyers.errors import Refusal, Refusals
from app.simulators.gateways import DEEP, Oddities

_MESSAGE: Final = "No such answer"
_ENVELOPE: Final = frozenset({"s", "code", "message"})
_MARK: Final = "\ue000number\ue000"

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
    """Every number of the payload becomes NaN, Infinity or -Infinity in turn; without numbers every text does."""
    if good.content_type == CSV:
        return _cells(good.body, {3: "NaN", 4: "Infinity", 8: "NaN"})
    words = cycle(("NaN", "Infinity", "-Infinity"))
    envelope = json.loads(good.body)
    marked = _marked(envelope, texts=False)
    if _MARK not in json.dumps(marked, ensure_ascii=False):
        marked = {**_marked(envelope, texts=True), "nan": _MARK}
    pieces = json.dumps(marked, separators=(",", ":"), ensure_ascii=False).split(f'"{_MARK}"')
    return "".join(piece + (next(words) if last < len(pieces) else "") for last, piece in enumerate(pieces, 1)).encode()


def _marked(envelope: dict[str, object], *, texts: bool) -> dict[str, object]:
    """The envelope with a mark in place of each number of its payload, or of each text."""

    def visit(value: object) -> object:
        if isinstance(value, dict):
            return {key: visit(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [visit(inner) for inner in value]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return _MARK if number or (texts and isinstance(value, str)) else value

    return {key: value if key in _ENVELOPE else visit(value) for key, value in envelope.items()}


def _wrong_types(good: Answer) -> bytes:
    """Text for numbers, numbers for text, a list for nothing."""
    if good.content_type == CSV:
        return _cells(good.body, {2: "share", 3: "many", 4: "small", 10: "NSE", 15: "high"})

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {key: swap(inner) for key, inner in value.items()} or 7
        if isinstance(value, list):
            return [swap(inner) for inner in value] or 7
        if isinstance(value, str):
            return 7
        return [] if value is None or isinstance(value, bool) else f"about {value}"

    envelope = json.loads(good.body)
    return encode({key: value if key in _ENVELOPE else swap(value) for key, value in envelope.items()})


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
