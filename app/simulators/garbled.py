"""Good answers whose payload is garbled: numbers that are none, values of another type. What is `kept` stays whole."""

import json
from collections.abc import Callable, Collection
from itertools import cycle
from typing import Final

from app.simulators.answers import encode

Change = Callable[[object], object]
"""What becomes of one value; an empty list or object is one."""
_MARK: Final = "\ue000number\ue000"


def no_numbers(answer: object, kept: Collection[str] = ()) -> bytes:
    """Every number becomes NaN, Infinity or -Infinity in turn; without numbers every value does."""
    marked = _payload(answer, kept, lambda leaf: _MARK if _is_number(leaf) else leaf)
    if _MARK not in _text(marked):
        marked = _payload(answer, kept, lambda _: _MARK)
    if _MARK not in _text(marked) and isinstance(marked, dict):
        marked |= {"nan": _MARK}
    words, pieces = cycle(("NaN", "Infinity", "-Infinity")), _text(marked).split(f'"{_MARK}"')
    return "".join(piece + (next(words) if last < len(pieces) else "") for last, piece in enumerate(pieces, 1)).encode()


def wrong_types(answer: object, kept: Collection[str] = (), *, change: Change | None = None) -> bytes:
    """Text for numbers, numbers for text, a list for nothing; or what `change` makes of each value."""
    return encode(_payload(answer, kept, change or swapped))


def swapped(leaf: object) -> object:
    """`leaf` as something of another type."""
    if isinstance(leaf, str | list | dict):
        return 7
    return str(leaf) if _is_number(leaf) else []


def _payload(answer: object, kept: Collection[str], change: Change) -> object:
    if not isinstance(answer, dict) or not answer:
        return _each(answer, change)
    return {key: value if key in kept else _each(value, change) for key, value in answer.items()}


def _each(value: object, change: Change) -> object:
    if isinstance(value, dict) and value:
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list) and value:
        return [_each(inner, change) for inner in value]
    return change(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
