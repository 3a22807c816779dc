"""Answers that are not the broker's good one: gateways, portals, and the named odd answers in this broker's shapes."""

import json
import re
from dataclasses import replace
from typing import Final

from app.simulators import garbled
from app.simulators.angel_one.answers import success
from app.simulators.angel_one.errors import TOO_MANY, standard
from app.simulators.answers import JSON, Answer, encode
from app.simulators.gateways import DEEP, Oddities, doubled

_MESSAGE: Final = "No such answer"
_ENVELOPE: Final = frozenset({"status", "success", "message", "errorcode", "errorCode"})
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


def _swapped(leaf: object) -> object:
    """Nothing that a converter takes: words for amounts too, which come as numbers and as texts here."""
    printed = isinstance(leaf, str) and _AMOUNT.fullmatch(leaf)
    swapped = garbled.swapped(leaf)
    return f"about {leaf}" if printed or isinstance(swapped, str) else swapped


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
        "nan": lambda good: garbled.no_numbers(_loaded(good), _ENVELOPE),
        "wrong-types": lambda good: garbled.wrong_types(_loaded(good), _ENVELOPE, change=_swapped),
        "duplicate-keys": lambda good: _duplicate_keys(_loaded(good)),
    },
    busy=replace(TOO_MANY, status=429),
    down=standard("AB2001", "Internal Error, Please Try After Sometime", 500).answer,
    slow=standard("AB1004", "Something Went Wrong, Please Try After Sometime", 504).answer,
    unmoved=success(None),
)
