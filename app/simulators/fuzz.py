"""Random changes of a good answer, the same ones for the same seed."""

import json
import random
from dataclasses import replace
from typing import Final

from app.simulators.answers import JSON, Answer, encode

_ODDITIES: Final[tuple[object, ...]] = (
    None, True, False, 0, -1, 2**63, 1e308, -0.0, "", " ", "0", "null", "\u0000", "\u202e", "9" * 400, [], {}, [[]],
    {"": None},
)  # fmt: skip


def fuzzed(good: Answer, seed: str) -> Answer:
    """`good` with a few random changes, the same ones for the same seed."""
    dice = random.Random(seed)  # noqa: S311 - no secret depends on it
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
    return dice.choice(_ODDITIES)


def _torn(body: bytes, dice: random.Random) -> bytes:
    """A cut, or a byte changed."""
    place = dice.randrange(len(body)) if body else 0
    if dice.random() < 0.5:  # noqa: PLR2004 - either way
        return body[:place]
    return body[:place] + bytes((dice.randrange(256),)) + body[place + 1 :]
