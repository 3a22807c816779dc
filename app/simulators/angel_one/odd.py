"""Answers that are not the broker's good one: gateways, portals, and the named odd answers in this broker's shapes."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import cycle
from typing import Final

from app.simulators.angel_one.errors import TOO_MANY, standard
from app.simulators.answers import HTML, JSON, Answer, encode
from app.simulators.faults import Fault

_DEEP: Final = 10_000
_PORTAL: Final = b"""<!DOCTYPE html><html><head><title>Guest network</title></head>
<body><h1>Welcome</h1><p>Please accept the terms to use this network.</p></body></html>"""
_BAD_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
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
    "deep": b'{"status":true,"message":"SUCCESS","errorcode":"","data":' + b"[" * _DEEP + b"]" * _DEEP + b"}",
}


def stand_in(fault: Fault, good: Answer, *, now: datetime, elsewhere: str) -> Answer:
    """What is answered in place of `good`; `good` itself for faults that break the connection instead."""
    if fault.name in _BODIES:
        return Answer(_BODIES[fault.name])
    if fault.name == "500-success-body":
        return replace(good, status=500)
    changed = _CHANGES.get(fault.name)
    if changed is not None:
        return Answer(changed(_loaded(good)))
    return _gateway(fault, now, elsewhere).get(fault.name, good)


def _gateway(fault: Fault, now: datetime, elsewhere: str) -> dict[str, Answer]:
    """429 and 5xx are not documented for this broker (section 6.2); 429 has the words of the 403."""
    later = format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)
    busy = replace(TOO_MANY, status=429)
    return {
        "portal": Answer(_PORTAL, 200, HTML),
        "redirect-get": Answer(b"", 302, None, {"Location": elsewhere}),
        "redirect-post": Answer(b"", 307, None, {"Location": elsewhere}),
        "429-seconds": replace(busy, headers={"Retry-After": str(fault.retry_after)}),
        "429-date": replace(busy, headers={"Retry-After": later}),
        "429-bare": Answer(b"", 429, None),
        "500": standard("AB2001", "Internal Error, Please Try After Sometime", 500).answer,
        "502-html": Answer(_BAD_GATEWAY, 502, HTML),
        "503-bare": Answer(b"", 503, None),
        "504": standard("AB1004", "Something Went Wrong, Please Try After Sometime", 504).answer,
        "204-empty": Answer(b"", 204, None),
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
    place = text.find('{"')
    if place < 0:
        return b'{"status":null,"status":true}'
    key = text[place + 1 : text.index(":", place)]
    return f"{text[: place + 1]}{key}:null,{text[place + 1 :]}".encode()


def _loaded(good: Answer) -> object:
    """The JSON of an answer; nothing where it has none (a page, an empty body)."""
    return json.loads(good.body) if good.body and good.content_type == JSON else None


_CHANGES: Final[dict[str, Callable[[object], bytes]]] = {
    "nan": _nan,
    "wrong-types": _wrong_types,
    "duplicate-keys": _duplicate_keys,
}
