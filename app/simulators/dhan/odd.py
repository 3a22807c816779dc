"""Answers that are not the broker's good one: gateways, portals, and the named odd answers in Dhan's envelopes."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import cycle
from typing import Final

from app.simulators.answers import CSV, HTML, Answer, encode
from app.simulators.dhan.api import refused
from app.simulators.dhan.errors import Refusals, coded
from app.simulators.faults import Fault

_PORTAL: Final = b"""<!DOCTYPE html><html><head><title>Guest network</title></head>
<body><h1>Welcome</h1><p>Please accept the terms to use this network.</p></body></html>"""
_BAD_GATEWAY: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_MESSAGE: Final = "Something went wrong."
_DEEP: Final = 10_000

_BODIES: Final[dict[str, bytes]] = {
    "list": b'[{"data":[],"status":"success"}]',
    "null": b"null",
    "string": b'"success"',
    "number": b"42",
    "no-data": b'{"status":"success"}',
    "null-data": b'{"data":null,"status":"success"}',
    "error-without-type": encode({"errorCode": "DH-900", "errorMessage": _MESSAGE}),
    "error-type-null": encode({"errorType": None, "errorCode": None, "errorMessage": _MESSAGE}),
    "error-type-number": encode({"errorType": 7, "errorCode": 7, "errorMessage": _MESSAGE}),
    "error-type-dunder": encode({"errorType": "__doc__", "errorCode": "__doc__", "errorMessage": _MESSAGE}),
    "error-without-message": encode({"errorType": "Other", "errorCode": "DH-900"}),
    "200-empty": b"",
    "word-false": b"false",
    "deep": b'{"data":' + b"[" * _DEEP + b"]" * _DEEP + b',"status":"success"}',
}


def stand_in(fault: Fault, good: Answer, *, now: datetime, elsewhere: str) -> Answer:
    """What is answered in place of `good`; `good` itself for faults that break the connection instead."""
    if fault.name in _BODIES:
        return Answer(_BODIES[fault.name])
    if fault.name == "500-success-body":
        return replace(good, status=500)
    changed = _CHANGES.get(fault.name)
    if changed is not None:
        return replace(good, status=200, body=changed(good), headers={})
    return _gateway(fault, now, elsewhere).get(fault.name, good)


def _gateway(fault: Fault, now: datetime, elsewhere: str) -> dict[str, Answer]:
    later = format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)
    busy = refused(Refusals.too_many())
    return {
        "portal": Answer(_PORTAL, 200, HTML),
        "redirect-get": Answer(b"", 302, None, {"Location": elsewhere}),
        "redirect-post": Answer(b"", 307, None, {"Location": elsewhere}),
        "429-seconds": replace(busy, headers={"Retry-After": str(fault.retry_after)}),
        "429-date": replace(busy, headers={"Retry-After": later}),
        "429-bare": Answer(b"", 429, None),
        "500": refused(coded(500, "Server_Error", "DH-908", _MESSAGE)),
        "502-html": Answer(_BAD_GATEWAY, 502, HTML),
        "503-bare": Answer(b"", 503, None),
        "504": refused(coded(504, "Network_Error", "DH-909", _MESSAGE)),
        "204-empty": Answer(b"", 204, None),
    }


_MARK: Final = "\ue000number\ue000"


def _nan(good: Answer) -> bytes:
    """Every number becomes NaN, Infinity or -Infinity in turn; where there is none, the first text does."""
    if good.content_type == CSV:
        return good.body.replace(b".0,", b".NaN,")
    words = cycle(("NaN", "Infinity", "-Infinity"))
    marked, count = _marked(_loaded(good), texts=False)
    if count == 0:
        marked, count = _marked(_loaded(good), texts=True)
    text = json.dumps(marked, separators=(",", ":"))
    for _ in range(count):
        text = text.replace(json.dumps(_MARK), next(words), 1)
    return text.encode()


def _marked(whole: object, *, texts: bool) -> tuple[object, int]:
    """The answer with a mark in place of each number (or of each text), and how many."""
    count = 0

    def visit(value: object) -> object:
        nonlocal count
        if isinstance(value, dict):
            return {key: visit(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [visit(inner) for inner in value]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number or (texts and not isinstance(value, int | float)):
            count += 1
            return _MARK
        return value

    marked = visit(whole)
    return (marked, count) if count or not texts else (_MARK, 1)


def _wrong_types(good: Answer) -> bytes:
    """Text for numbers, numbers for text, a list for nothing."""
    if good.content_type == CSV:
        return good.body.replace(b".0,", b".zero,").replace(b"\nNSE,", b"\n7,")

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {key: swap(inner) for key, inner in value.items()} or 7
        if isinstance(value, list):
            return [swap(inner) for inner in value] or 7
        if isinstance(value, str):
            return 7
        return [] if value is None or isinstance(value, bool) else str(value)

    return encode(swap(_loaded(good)))


def _duplicate_keys(good: Answer) -> bytes:
    """The first key of the first object twice, contradicting itself; an empty list becomes such an object."""
    if good.content_type == CSV:
        head, _, rows = good.body.partition(b"\n")
        return head + b"," + head.split(b",")[2] + b"\n" + rows
    text = json.dumps(_loaded(good), separators=(",", ":"))
    place = text.find('{"')
    if place < 0:
        return b'{"status":null,"status":"success"}'
    key = text[place + 1 : text.index(":", place)]
    return f"{text[: place + 1]}{key}:null,{text[place + 1 :]}".encode()


def _loaded(good: Answer) -> object:
    """The JSON of an answer; nothing where it has none (a redirect, a page)."""
    try:
        value: object = json.loads(good.body)
    except ValueError:
        return None
    return value


_CHANGES: Final[dict[str, Callable[[Answer], bytes]]] = {
    "nan": _nan,
    "wrong-types": _wrong_types,
    "duplicate-keys": _duplicate_keys,
}
