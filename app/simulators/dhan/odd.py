"""Answers that are not the broker's good one: gateways, portals, and the named odd answers in Dhan's envelopes."""

import json
from typing import Final

from app.simulators import garbled
from app.simulators.answers import CSV, Answer, encode
from app.simulators.dhan.api import refused
from app.simulators.dhan.errors import Refusals, coded
from app.simulators.gateways import DEEP, Oddities, doubled

_MESSAGE: Final = "Something went wrong."

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
    "deep": b'{"data":' + b"[" * DEEP + b"]" * DEEP + b',"status":"success"}',
}


def _nan(good: Answer) -> bytes:
    if good.content_type == CSV:
        return good.body.replace(b".0,", b".NaN,")
    return garbled.no_numbers(_loaded(good))


def _wrong_types(good: Answer) -> bytes:
    if good.content_type == CSV:
        return good.body.replace(b".0,", b".zero,").replace(b"\nNSE,", b"\n7,")
    return garbled.wrong_types(_loaded(good))


def _duplicate_keys(good: Answer) -> bytes:
    """The first key of the first object twice, contradicting itself; an empty list becomes such an object."""
    if good.content_type == CSV:
        head, _, rows = good.body.partition(b"\n")
        return head + b"," + head.split(b",")[2] + b"\n" + rows
    text = json.dumps(_loaded(good), separators=(",", ":"))
    return (doubled(text) or '{"status":null,"status":"success"}').encode()


def _loaded(good: Answer) -> object:
    """The JSON of an answer; nothing where it has none (a redirect, a page)."""
    try:
        value: object = json.loads(good.body)
    except ValueError:
        return None
    return value


ODDITIES: Final = Oddities(
    bodies=_BODIES,
    changes={
        "nan": _nan,
        "wrong-types": _wrong_types,
        "duplicate-keys": _duplicate_keys,
    },
    busy=refused(Refusals.too_many()),
    down=refused(coded(500, "Server_Error", "DH-908", _MESSAGE)),
    slow=refused(coded(504, "Network_Error", "DH-909", _MESSAGE)),
    unmoved=Answer(encode({"data": {}, "status": "success"})),
)
