"""Answers that are not Lotus' good one, by the names of the list of faults (app/simulators/faults.py)."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Final

from app.simulators.answers import CSV, HTML, Answer, encode
from app.simulators.faults import Fault

_DEEP: Final = 10_000
_BODIES: Final[dict[str, bytes]] = {
    "list": b'[{"ok":true,"data":null}]',
    "null": b"null",
    "string": b'"ok"',
    "number": b"42",
    "no-data": b'{"ok":true}',
    "null-data": b'{"ok":true,"data":null}',
    "error-without-type": b'{"ok":false,"text":"No"}',
    "error-type-null": b'{"ok":false,"error":null,"text":"No"}',
    "error-type-number": b'{"ok":false,"error":7,"text":"No"}',
    "error-type-dunder": b'{"ok":false,"error":"__doc__","text":"No"}',
    "error-without-message": b'{"ok":false,"error":"strange"}',
    "200-empty": b"",
    "word-false": b"false",
    "deep": b'{"ok":true,"data":' + b"[" * _DEEP + b"]" * _DEEP + b"}",
}


def refused(word: str, status: int = 400, text: str = "") -> Answer:
    """Lotus' own refusal."""
    return Answer(encode({"ok": False, "error": word, "text": text or word}), status)


def stand_in(fault: Fault, good: Answer, *, now: datetime, elsewhere: str) -> Answer:
    """What is answered in place of `good`; `good` itself for faults that break the connection instead."""
    if fault.name in _BODIES:
        return Answer(_BODIES[fault.name])
    if fault.name == "500-success-body":
        return replace(good, status=500)
    if fault.name in _CHANGES:
        return replace(good, body=_CHANGES[fault.name](good))
    later = format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)
    answers = {
        "portal": Answer(b"<html><body>Please accept the terms.</body></html>", 200, HTML),
        "redirect-get": Answer(b"", 302, None, {"Location": elsewhere}),
        "redirect-post": Answer(b"", 307, None, {"Location": elsewhere}),
        "429-seconds": replace(refused("too_many", 429), headers={"Retry-After": str(fault.retry_after)}),
        "429-date": replace(refused("too_many", 429), headers={"Retry-After": later}),
        "429-bare": Answer(b"", 429, None),
        "500": refused("down", 500),
        "502-html": Answer(b"<html><body>502 Bad Gateway</body></html>", 502, HTML),
        "503-bare": Answer(b"", 503, None),
        "504": refused("down", 504),
        "204-empty": Answer(b"", 204, None),
    }
    return answers.get(fault.name, good)


def _each(value: object, change: Callable[[object], object]) -> object:
    """`value` with every leaf changed; an empty list is one."""
    if isinstance(value, dict):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list) and value:
        return [_each(inner, change) for inner in value]
    return change(value)


def _nan(good: Answer) -> bytes:
    """No number is one any more."""
    if good.content_type == CSV:
        return _cells(good.body, 7, "NaN")
    return json.dumps({"ok": True, "data": _each(json.loads(good.body).get("data"), lambda _: math.nan)}).encode()


def _wrong_types(good: Answer) -> bytes:
    """Numbers for text, text for everything else."""
    if good.content_type == CSV:
        return _cells(good.body, 8, "many")
    swapped = _each(json.loads(good.body).get("data"), lambda leaf: 7 if isinstance(leaf, str) else f"about {leaf}")
    return encode({"ok": True, "data": swapped})


def _duplicate_keys(good: Answer) -> bytes:
    """`data` twice; one column more in the file."""
    if good.content_type == CSV:
        return good.body.replace(b"\n", b",again\n")
    return good.body.replace(b'"data":', b'"data":null,"data":', 1)


def _cells(body: bytes, place: int, text: str) -> bytes:
    head, *rows = body.decode().splitlines()
    changed = [[*row[:place], text, *row[place + 1 :]] for row in (line.split(",") for line in rows)]
    return "\n".join([head, *(",".join(row) for row in changed), ""]).encode()


_CHANGES: Final[dict[str, Callable[[Answer], bytes]]] = {
    "nan": _nan,
    "wrong-types": _wrong_types,
    "duplicate-keys": _duplicate_keys,
}
