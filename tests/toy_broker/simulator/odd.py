"""Answers that are not Lotus' good one, by the names of the list of faults (app/simulators/faults.py)."""

import json
from typing import Final

from app.simulators import garbled
from app.simulators.answers import CSV, Answer, encode
from app.simulators.gateways import DEEP, Oddities

_ENVELOPE: Final = frozenset({"ok"})
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
    "deep": b'{"ok":true,"data":' + b"[" * DEEP + b"]" * DEEP + b"}",
}


def refused(word: str, status: int = 400, text: str = "") -> Answer:
    """Lotus' own refusal."""
    return Answer(encode({"ok": False, "error": word, "text": text or word}), status)


def _nan(good: Answer) -> bytes:
    """No number is one any more."""
    if good.content_type == CSV:
        return _cells(good.body, 7, "NaN")
    return garbled.no_numbers(json.loads(good.body), _ENVELOPE)


def _wrong_types(good: Answer) -> bytes:
    """Numbers for text, text for everything else."""
    if good.content_type == CSV:
        return _cells(good.body, 8, "many")
    return garbled.wrong_types(json.loads(good.body), _ENVELOPE)


def _duplicate_keys(good: Answer) -> bytes:
    """`data` twice; one column more in the file."""
    if good.content_type == CSV:
        return good.body.replace(b"\n", b",again\n")
    return good.body.replace(b'"data":', b'"data":null,"data":', 1)


def _cells(body: bytes, place: int, text: str) -> bytes:
    head, *rows = body.decode().splitlines()
    changed = [[*row[:place], text, *row[place + 1 :]] for row in (line.split(",") for line in rows)]
    return "\n".join([head, *(",".join(row) for row in changed), ""]).encode()


ODDITIES: Final = Oddities(
    bodies=_BODIES,
    changes={"nan": _nan, "wrong-types": _wrong_types, "duplicate-keys": _duplicate_keys},
    busy=refused("too_many", 429),
    down=refused("down", 500),
    slow=refused("down", 504),
    unmoved=Answer(encode({"ok": True, "data": {}})),
)
