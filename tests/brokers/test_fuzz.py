"""N1, M2, M3: whatever a broker answers, a value or a typed error comes out, and nothing is quietly made to fit.

A seeded sample; the full numbers are run by `python -m tests.brokers.fuzz`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from app.brokers import http
from app.brokers.dhan import jwt as dhan_jwt
from app.brokers.fyers import jwt as fyers_jwt
from app.brokers.zerodha import desk
from app.domain import Secret
from app.simulators.answers import Answer
from app.simulators.fuzz import fuzzed
from tests.brokers.bench import BENCHES, Bench, equip, started
from tests.brokers.fault_scene import kind_of
from tests.brokers.fuzz import MOST_MEMORY, fuzz_answers, fuzz_files
from tests.brokers.operations import OPERATIONS, At

ANSWERS: Final = 400
FILES: Final = 30


@pytest.fixture(autouse=True)
def _no_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (http, desk):
        monkeypatch.setattr(module, "_BACK_OFF", (0.0, 0.0, 0.0))


@pytest.mark.parametrize("key", BENCHES)
async def test_random_answers_give_sound_values_or_typed_errors(key: str) -> None:
    found = await fuzz_answers(key, ANSWERS)
    assert found.wrong == []
    assert found.answers == ANSWERS
    assert found.values > ANSWERS // 20, "the answers were too odd"
    assert found.typed.total() > ANSWERS // 2, "the answers were too kind"
    assert found.megabytes < MOST_MEMORY


@pytest.mark.parametrize("key", BENCHES)
async def test_random_instrument_files_are_taken_whole_or_not_at_all(key: str) -> None:
    found = await fuzz_files(key, FILES)
    assert found.wrong == []
    assert found.answers == FILES
    assert found.typed.total() > FILES // 3, "the files were too kind"


# ------------------------------------------------------------------ M2: numbers that are none

NUMBERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {  # by hand: on which fields of an answer money depends
    "zerodha": {
        "positions": ("quantity", "average_price", "pnl", "realised", "unrealised", "multiplier"),
        "holdings": ("quantity", "average_price", "t1_quantity"),
        "orders": ("quantity", "filled_quantity", "price"),
        "trades": ("quantity", "average_price"),
        "ltp": ("last_price",),
    },
    "dhan": {
        "positions": ("netQty", "costPrice", "realizedProfit", "unrealizedProfit"),
        "holdings": ("totalQty", "avgCostPrice"),
        "orders": ("quantity",),
        "trades": ("tradedQuantity", "tradedPrice"),
        "ltp": ("last_price",),
        "funds": ("availabelBalance", "utilizedAmount"),
    },
    "fyers": {
        "positions": ("netQty", "netAvg", "pl", "realized_profit", "unrealized_profit"),
        "holdings": ("quantity", "costPrice", "remainingQuantity"),
        "orders": ("qty", "filledQty"),
        "trades": ("tradedQty", "tradePrice"),
        "ltp": ("lp",),
        "funds": ("equityAmount",),
    },
    "angel_one": {
        "positions": ("netqty", "pnl", "realised", "unrealised"),
        "holdings": ("quantity", "averageprice"),
        "orders": ("quantity", "filledshares"),
        "trades": ("fillsize", "fillprice"),
        "ltp": ("ltp",),
        "funds": ("net",),
    },
    "lotus": {
        "positions": ("qty", "avg", "booked"),
        "holdings": ("free", "avg"),
        "orders": ("qty", "filled"),
        "trades": ("qty", "price"),
        "funds": ("free", "used"),
    },
}
NO_NUMBERS: Final = ("true", "[]", "{}", "1e40", "NaN", "-Infinity", "1e-400", '"1e3"', '"0x10"', '"twelve"')


def saying(bench: Bench, operation: str, field: str, odd: str) -> Callable[[Any], Answer]:
    """What answers for the simulator, with `odd` as every value of `field` in the answer to `operation`."""
    own = bench.sim._answer
    value = re.compile(rf'("{field}":)("[^"]*"|[^,}}\]]+)'.encode())

    def answer(call: Any) -> Answer:
        good: Answer = own(call)
        if call.operation != bench.on_wire[operation]:
            return good
        body, count = value.subn(rb"\g<1>" + odd.encode(), good.body)
        assert count, f"{field} is no field of this answer"
        return replace(good, body=body)

    return answer


CASES: Final = [(key, operation) for key, fields in NUMBERS.items() for operation in fields]


def test_the_numbers_of_every_broker_are_tried() -> None:
    assert set(NUMBERS) == set(BENCHES)


@pytest.mark.parametrize(("key", "operation"), CASES)
async def test_a_number_that_is_none_is_never_made_to_fit(
    key: str, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(key) as bench:
        broker = bench.broker()
        assert await broker.connect(bench.live())
        await equip(bench, broker)
        await broker.place_order(bench.order())
        await bench.clock.advance(60)
        taken = {}
        for field in NUMBERS[key][operation]:
            for odd in NO_NUMBERS:
                with monkeypatch.context() as patch:
                    patch.setattr(bench.sim, "_answer", saying(bench, operation, field, odd))
                    taken[field, odd] = await kind_of(OPERATIONS[operation].call(At(bench, broker)))
                await bench.clock.advance(2)
        await broker.close()
        assert taken == dict.fromkeys(taken, "wire_surprise")


# ------------------------------------------------------------------ what a token says of itself


@pytest.mark.parametrize("key", ["dhan", "fyers"])
async def test_random_tokens_are_read_without_an_error(key: str) -> None:
    async with started(key) as bench:
        token = bench.live().access_token.reveal().encode()
    torn = [Secret(fuzzed(Answer(token, content_type=None), f"{turn}").body.decode("latin-1")) for turn in range(500)]
    said = {dhan_jwt.Claims(one).client_id if key == "dhan" else fyers_jwt.client_id(one) for one in torn}
    assert {"", bench.users[0].client_id} <= said
