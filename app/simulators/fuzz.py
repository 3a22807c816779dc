"""Random changes of a good answer, the same ones for the same seed."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.simulators.answers import HTML, JSON, Answer, encode

_ODDITIES: Final[tuple[object, ...]] = (
    None, True, False, 0, -1, 2**63, 1e308, -0.0, "", " ", "0", "null", "\u0000", "\u202e", "9" * 400, [], {}, [[]],
    {"": None},
)  # fmt: skip
_NUMBERS: Final = (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1E-400", b"1e3", b"-0", b"9" * 5000, b"0x10", b"01")
_BODIES: Final = (
    b"", b"null", b"true", b"false", b"0", b'""', b"[]", b"{}", b"[[]]", b"[null]", b"\xef\xbb\xbf{}", b'"\xff\xfe"',
    b"{}{}", b"[" * 10_000 + b"]" * 10_000, b'{"data":' * 5000, b'{"a":1,"a":2}', b" " * 300_000, b'"\\ud800"',
)  # fmt: skip
_PAGE: Final = b"<!doctype html><html><body>Please sign in to this network</body></html>"
_TYPES: Final = (None, "text/plain", HTML, "application/xml", "application/json; charset=utf-16", "nonsense")
_STATUSES: Final = (201, 202, 203, 206, 400, 401, 402, 403, 404, 405, 409, 412, 418, 422, 429, 500, 501, 502, 503, 504)
_WHOLLY: Final = 0.3
"""How many answers are changed as a whole instead of somewhere inside."""


def fuzzed(good: Answer, seed: str) -> Answer:
    """`good` with a few random changes, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret depends on it
    if dice.random() < _WHOLLY:
        return dice.choice(_WHOLE)(good, dice)
    if good.content_type != JSON:
        return replace(good, body=_torn(good.body, dice))
    value = json.loads(good.body)
    for _ in range(dice.randint(1, 3)):
        value = _mutated(value, dice)
    body = encode(value)
    return replace(good, body=_torn(body, dice) if dice.random() < 0.2 else body)  # noqa: PLR2004 - one in five


def _mutated(value: object, dice: random.Random) -> object:
    """One random change somewhere inside `value`."""
    if isinstance(value, dict) and value and dice.random() < 0.9:  # noqa: PLR2004 - mostly go deeper
        key = dice.choice(list(value))
        if dice.random() < 0.1:  # noqa: PLR2004 - now and then a key is missing
            return {name: inner for name, inner in value.items() if name != key}
        return {**value, key: _mutated(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.9:  # noqa: PLR2004 - the same
        place = dice.randrange(len(value))
        return [*value[:place], _mutated(value[place], dice), *value[place + 1 :]]
    return dice.choice(_ODDITIES) if dice.random() < 0.6 else _plausible(value, dice)  # noqa: PLR2004 - mostly odd


def _plausible(value: object, dice: random.Random) -> object:
    """Another value of the same kind, which nobody can see to be wrong."""
    if isinstance(value, bool) or value is None:
        return dice.choice((True, False, None))
    if isinstance(value, int | float):
        return dice.choice((0, value + 1, -value, value / 4, value * 1000))
    if isinstance(value, str):
        return dice.choice(
            (value.lower(), f" {value} ", value[:-1], value + "\u0939", "0.05", "-1", "BUY", "2026-11-18")
        )
    return value


def _torn(body: bytes, dice: random.Random) -> bytes:
    """A cut, a byte changed, a part twice or left out."""
    start = dice.randrange(len(body)) if body else 0
    end = start + dice.randrange(200)
    middle = dice.choice(
        (bytes((dice.randrange(256),)) + body[start + 1 :], body[start:end] + body[start:], body[end:])
    )
    return body[:start] + dice.choice((b"", middle, middle))


def _other_number(good: Answer, dice: random.Random) -> Answer:
    """Something else in place of what stands behind some colon or comma."""
    places = [place for place, byte in enumerate(good.body) if byte in b":,"]
    start = dice.choice(places) + 1 if places else 0
    end = min((place for mark in (b",", b"}", b"\n") if (place := good.body.find(mark, start)) > 0), default=start)
    return replace(good, body=good.body[:start] + dice.choice(_NUMBERS) + good.body[end:])


def _doubled_key(good: Answer, dice: random.Random) -> Answer:
    """Some object says one thing twice; a file gets a column more in its first line."""
    places = [place for place, byte in enumerate(good.body) if byte in b"{"]
    if not places:
        return replace(good, body=b"again," + good.body)
    start = dice.choice(places) + 1
    key = good.body[start : good.body.find(b":", start)]
    return replace(good, body=good.body[:start] + key + b":null," + good.body[start:])


_WHOLE: Final[tuple[Callable[[Answer, random.Random], Answer], ...]] = (
    _other_number,
    _doubled_key,
    lambda good, dice: replace(good, body=dice.choice(_BODIES)),
    lambda good, dice: Answer(_PAGE, dice.choice((200, 403, 502)), HTML) if good.body else good,
    lambda good, dice: replace(good, content_type=dice.choice(_TYPES)),
    lambda good, dice: replace(good, status=dice.choice(_STATUSES)),
    lambda good, dice: replace(good, status=dice.choice(_STATUSES), body=dice.choice(_BODIES)),
)
