"""The odd answers of faults.md a to t, made from a good answer of one operation (sheet section 14, odd bodies)."""

from dataclasses import dataclass
from typing import Any

from tests.brokers.zerodha import wire
from tests.brokers.zerodha.server import JSON


@dataclass(frozen=True, slots=True)
class Odd:
    """One odd answer."""

    body: str
    status: int = 200
    content_type: str | None = JSON


def odd_answers(data: Any, wrong_types: Any) -> dict[str, Odd]:
    """Every odd answer by its name; `data` is a good payload and `wrong_types` the same with its types swapped."""
    good = wire.success(data)
    payload = wire.text(data)
    return {
        "list": Odd(f"[{good}]"),
        "null": Odd("null"),
        "string": Odd('"success"'),
        "number": Odd("42"),
        "no-data": Odd('{"status":"success"}'),
        "null-data": Odd('{"status":"success","data":null}'),
        "error-without-type": Odd('{"status":"error","message":"No","data":null}'),
        "error-type-null": Odd('{"status":"error","message":"No","error_type":null}'),
        "error-type-number": Odd('{"status":"error","message":"No","error_type":403}'),
        "error-type-dunder": Odd('{"status":"error","message":"No","error_type":"__doc__"}'),
        "error-without-message": Odd('{"status":"error","error_type":"InputException"}'),
        "no-content-type": Odd(good, content_type=None),
        "204-empty": Odd("", status=204),
        "200-empty": Odd(""),
        "word-false": Odd("false"),
        "nan": Odd('{"status":"success","data":{"a":NaN,"order_id":Infinity,"net":[NaN]}}'),
        "wrong-types": Odd(wire.success(wrong_types)),
        "duplicate-keys": Odd(f'{{"status":"success","data":{payload},"data":{payload}}}'),
        "deep": Odd('{"status":"success","data":' + "[" * 10_000 + "]" * 10_000 + "}"),
        "500-success-body": Odd(good, status=500),
    }


NAMES = tuple(odd_answers({}, {}))
