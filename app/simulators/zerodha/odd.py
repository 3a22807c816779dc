"""Answers that are not the broker's good one: what gateways, portals and broken back ends say."""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Final

from app.simulators.answers import CSV, Answer, encode
from app.simulators.gateways import DEEP, Oddities, doubled
from app.simulators.zerodha.answers import refused, success
from app.simulators.zerodha.errors import Refusal, Refusals

_MESSAGE: Final = "Something went wrong."

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


def _nan(good: Answer) -> bytes:
    """Every number becomes NaN, Infinity or -Infinity in turn; where there is none, the first text does."""
    words = cycle(("NaN", "Infinity", "-Infinity"))
    if good.content_type == CSV:
        return b"\n".join(_csv_nan(good.body))
    marked, count = _marked(json.loads(good.body), texts=False)
    if count == 0:
        marked, count = _marked(json.loads(good.body), texts=True)
    text = json.dumps(marked, separators=(",", ":"))
    for _ in range(count):
        text = text.replace(_quoted_mark(), next(words), 1)
    return text.encode()


_MARK: Final = "\ue000number\ue000"


def _quoted_mark() -> str:
    return json.dumps(_MARK)


def _csv_nan(body: bytes) -> Iterator[bytes]:
    head, *rows = body.split(b"\n")
    yield head
    for row in rows:
        cells = row.split(b",")
        yield b",".join((b"NaN" if cell == b"0" else cell) for cell in cells)


def _marked(envelope: dict[str, object], *, texts: bool) -> tuple[object, int]:
    """The envelope with a mark in place of each number of its data (or of each text), and how many."""
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

    data = visit(envelope.get("data"))
    if count == 0 and texts:
        data, count = _MARK, 1
    return {**envelope, "data": data}, count


def _wrong_types(good: Answer) -> bytes:
    """Text for numbers, numbers for text, a list for nothing."""
    if good.content_type == CSV:
        return good.body.replace(b",NSE\n", b",7\n").replace(b",0,,", b",zero,someday,")

    def swap(value: object) -> object:
        if isinstance(value, dict):
            return {key: swap(inner) for key, inner in value.items()} or 7
        if isinstance(value, list):
            return [swap(inner) for inner in value] or 7
        if isinstance(value, str):
            return 7
        return [] if value is None or isinstance(value, bool) else str(value)

    envelope = json.loads(good.body)
    return encode({**envelope, "data": swap(envelope.get("data"))})


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
