"""N1 for Fyers: whatever comes, a value or a typed error comes out (a seeded sample)."""

import random
from collections.abc import Callable
from typing import Final

import pytest

from app.brokers.fyers import instruments, jwt, mapping
from app.brokers.fyers.errors import Asked, judge
from app.brokers.http import Reply
from app.brokers.packed import Packed
from app.domain import Secret, TradingError
from tests.brokers import fyers_support as fyers
from tests.brokers.test_fuzz import mutant
from tests.brokers.test_fyers_instruments import FILES

SEED: Final = 20261118
GOOD: Final[dict[str, tuple[Callable[[object], object], str]]] = {
    "profile": (mapping.profile, fyers.profile()),
    "positions": (mapping.positions, fyers.ok(netPositions=[fyers.position()], overall=fyers.overall(1))),
    "holdings": (mapping.holdings, fyers.ok(holdings=[fyers.holding()], overall=fyers.overall(1))),
    "orders": (mapping.orders, fyers.ok(orderBook=[fyers.order()])),
    "trades": (mapping.trades, fyers.ok(tradeBook=[fyers.trade()])),
    "quotes": (mapping.quotes, fyers.ok(d=[fyers.quote("NSE:SBIN-EQ", 820)])),
    "accepted": (mapping.accepted, fyers.ok(1101, id="26111800000012")),
    "refused": (mapping.accepted, fyers.error(-99, "RED:Margin Shortfall", id="26111800000012")),
}


def read(what: str, status: int, body: bytes) -> object:
    reply = Reply(status, {"content-type": "application/json"}, body)
    for asked in Asked:
        judge(asked, reply)
    return GOOD[what][0](reply.json())


@pytest.mark.parametrize("what", GOOD)
def test_mutants_of_an_answer_give_a_value_or_a_typed_error(what: str) -> None:
    dice, typed = random.Random(f"{SEED}/{what}"), 0
    for turn in range(900):
        try:
            read(what, (200, 400, 500)[turn % 3], mutant(GOOD[what][1].encode(), dice))
        except TradingError:
            typed += 1
    assert typed > 400, f"seed {SEED}: the mutants were too kind"


def test_mutants_of_a_master_are_taken_whole_or_refused_typed() -> None:
    dice, refused = random.Random(SEED), 0
    for turn in range(1000):
        name = list(FILES)[turn % len(FILES)]
        packed = Packed()
        packed.write(mutant("".join(f"{line}\n" for line in FILES[name]).encode(), dice))
        packed.finish()
        try:
            list(instruments.parse([(name, packed)]))
        except TradingError:
            refused += 1
    assert 500 < refused < 1000, f"seed {SEED}"


def test_mutants_of_a_token_are_read_without_an_error() -> None:
    dice, read_anyway = random.Random(SEED), 0
    for _ in range(1000):
        token = Secret(mutant(fyers.TOKEN.encode(), dice).decode("latin-1"))
        read_anyway += (jwt.client_id(token), jwt.expires_at(token)) != ("", None)
    assert 0 < read_anyway < 1000, f"seed {SEED}"
