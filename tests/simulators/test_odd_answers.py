"""Odd answers fit every shape of answer that the broker gives, and a strict reader finds each of them odd."""

import json
from datetime import UTC, datetime
from typing import Any, NoReturn

import pytest

from app.simulators import ODD_ANSWERS
from app.simulators.answers import CSV, Answer
from app.simulators.faults import Fault
from app.simulators.fuzz import fuzzed
from app.simulators.gateways import substitute
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.odd import ODDITIES

NOW = datetime(2026, 11, 18, 4, 30, tzinfo=UTC)
GOOD = {
    "profile": success({"user_id": "DEMO01", "exchanges": ["NSE"], "avatar_url": None, "meta": {"demat_consent": ""}}),
    "positions": success({"net": [{"tradingsymbol": "INFY", "quantity": -5, "pnl": 1.5}], "day": []}),
    "order": success({"order_id": "1795370440184000001"}),
    "empty book": success([]),
    "logout": success(True),
    "instruments": Answer(
        b'instrument_token,tradingsymbol,name,last_price,expiry,strike,exchange\n408065,INFY,"INFOSYS",0,,0,NSE\n',
        content_type=CSV,
    ),
}
BROKEN_BY_THE_LINE = {"no-content-type"}


def played(name: str, good: Answer) -> Answer:
    return substitute(ODDITIES, Fault(name), good, now=NOW, elsewhere="http://127.0.0.1:1")


def refuse(word: str) -> NoReturn:
    raise ValueError(word)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def strictly(answer: Answer) -> Any:
    """What a strict reader takes from an answer; None for whatever is not a good one."""
    try:
        value = json.loads(answer.body, parse_constant=refuse, object_pairs_hook=once)
    except (ValueError, RecursionError):
        return None
    if answer.status != 200 or not isinstance(value, dict) or value.get("status") != "success":
        return None
    return value.get("data")


def types_of(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types_of(inner) for key, inner in value.items()}
    return [types_of(inner) for inner in value] if isinstance(value, list) else type(value)


@pytest.mark.parametrize("shape", [shape for shape in GOOD if shape != "instruments"])
@pytest.mark.parametrize("name", [name for name in ODD_ANSWERS if name not in BROKEN_BY_THE_LINE])
def test_strict_reader_finds_it_odd(name: str, shape: str) -> None:
    good = GOOD[shape]
    assert strictly(good) is not None
    assert types_of(strictly(played(name, good))) != types_of(strictly(good))


@pytest.mark.parametrize("name", [name for name in ODD_ANSWERS if name not in BROKEN_BY_THE_LINE])
def test_instrument_file_is_changed_too(name: str) -> None:
    good = GOOD["instruments"]
    answer = played(name, good)
    assert (answer.body, answer.status) != (good.body, good.status)


def test_numbers_become_nan_and_infinity_in_turn() -> None:
    assert played("nan", GOOD["positions"]).body.count(b"NaN") == 1
    assert b'"pnl":Infinity' in played("nan", GOOD["positions"]).body
    assert played("nan", GOOD["order"]).body == b'{"status": "success", "data": {"order_id": NaN}}'.replace(b" ", b"")


@pytest.mark.parametrize("shape", GOOD)
def test_random_changes_are_repeatable_and_leave_bytes(shape: str) -> None:
    answers = [fuzzed(GOOD[shape], f"{seed}") for seed in range(300)]
    assert [answer.body for answer in answers] == [fuzzed(GOOD[shape], f"{seed}").body for seed in range(300)]
    changed = sum(answer.body != GOOD[shape].body for answer in answers)
    assert changed > 250
