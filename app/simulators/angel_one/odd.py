"""Answers that are not the broker's good one: gateways, portals, and the named odd answers in this broker's shapes."""

import json
import re
from dataclasses import replace
from itertools import cycle
from typing import Final

from app.simulators.angel_one.answers import success
from app.simulators.angel_one.errors import TOO_MANY, standard
from app.simulators.answers import JSON, Answer, encode
from app.simulators.gateways import DEEP, Oddities, doubled

_MESSAGE: Final = "No such answer"
_ENVELOPE: Final = frozenset({"status", "success", "message", "errorcode", "errorCode"})
_MARK: Final = "\ue000number\ue000"
_AMOUNT: Final = re.compile(r"-? ?\d+(\.\d+)?")

_BODIES: Final[dict[str, bytes]] = {
    "list": b'[{"status":true,"message":"SUCCESS","errorcode":""}]',
    "null": b"null",
    "string": b'"SUCCESS"',
    "number": b"42",
    "no-data": b'{"status":true,"message":"SUCCESS","errorcode":""}',
    "null-data": b'{"status":true,"message":"SUCCESS","errorcode":"","data":null}',
    "error-without-type": encode({"status": False, "message": _MESSAGE, "data": None}),
    "error-type-null": encode({"status": False, "message": _MESSAGE, "errorcode": None, "data": None}),
    "error-type-number": encode({"status": False, "message": _MESSAGE, "errorcode": 7, "data": None}),
    "error-type-dunder": encode({"status": False, "message": _MESSAGE, "errorcode": "__doc__", "data": None}),
    "error-without-message": encode({"status": False, "errorcode": "AB0000", "data": None}),
    "200-empty": b"",
    "word-false": b"false",
    "deep": b'{"status":true,"message":"SUCCESS","errorcode":"","data":' + b"[" * DEEP + b"]" * DEEP + b"}",
}


def _nan(good: object) -> bytes:
    """Every number of the payload becomes NaN, Infinity or -Infinity in turn; without numbers every text does."""
    words = cycle(("NaN", "Infinity", "-Infinity"))
    marked = _marked(good, texts=False)
    if _MARK not in json.dumps(marked, ensure_ascii=False):
        marked = _marked(good, texts=True)
    pieces = json.dumps(marked, separators=(",", ":"), ensure_ascii=False).split(f'"{_MARK}"')
    return "".join(piece + (next(words) if last < len(pieces) else "") for last, piece in enumerate(pieces, 1)).encode()


def _marked(good: object, *, texts: bool) -> object:
    """The answer with a mark in place of each number of its payload, or of everything in it that is no list."""

    def visit(value: object) -> object:
        if isinstance(value, dict):
            return {key: inner if key in _ENVELOPE else visit(inner) for key, inner in value.items()}
        if isinstance(value, list) and value:
            return [visit(inner) for inner in value]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return _MARK if number or texts else value

    return visit(good)


def _wrong_types(good: object) -> bytes:
    """What no converter takes: words for amounts (which come as numbers and as texts here), numbers for words."""

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {key: inner if key in _ENVELOPE else swap(inner) for key, inner in value.items()} or 7
        if isinstance(value, list):
            return [swap(inner) for inner in value] or 7
        if isinstance(value, str) and not _AMOUNT.fullmatch(value):
            return 7
        return [] if value is None or isinstance(value, bool) else f"about {value}"

    return encode(swap(good))


def _duplicate_keys(good: object) -> bytes:
    """The first object has its first key twice, and the second time says something else."""
    text = json.dumps(good, separators=(",", ":"), ensure_ascii=False)
    return (doubled(text) or '{"status":null,"status":true}').encode()


def _loaded(good: Answer) -> object:
    """The JSON of an answer; nothing where it has none (a page, an empty body)."""
    return json.loads(good.body) if good.body and good.content_type == JSON else None


ODDITIES: Final = Oddities(
    bodies=_BODIES,
    changes={
        "nan": lambda good: _nan(_loaded(good)),
        "wrong-types": lambda good: _wrong_types(_loaded(good)),
        "duplicate-keys": lambda good: _duplicate_keys(_loaded(good)),
    },
    busy=replace(TOO_MANY, status=429),
    down=standard("AB2001", "Internal Error, Please Try After Sometime", 500).answer,
    slow=standard("AB1004", "Something Went Wrong, Please Try After Sometime", 504).answer,
    unmoved=success(None),
)
