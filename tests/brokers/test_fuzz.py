"""N1, M2: whatever the broker answers, a value or a typed error comes out, and nothing is quietly made to fit."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.brokers.zerodha import answers, mapping
from app.brokers.zerodha.errors import Asked
from app.domain import Funds, Order, Position, Profile, TradingError, WireSurprise
from tests.brokers.bench import ZerodhaBench
from tests.brokers.fault_scene import GOOD as GOOD_VALUE
from tests.brokers.fault_scene import kind_of

SEED = 20261118
NOW = datetime(2026, 11, 18, tzinfo=UTC)
PROFILE = (
    b'{"status":"success","data":{"user_id":"AB1234","user_name":"Asha Rao","email":"a@b.c",'
    b'"exchanges":["NSE","BSE"],"products":["CNC"],"meta":{"demat_consent":""}}}'
)
POSITIONS = (
    b'{"status":"success","data":{"net":[{"tradingsymbol":"INFY","exchange":"NSE","product":"CNC","quantity":-5,'
    b'"average_price":1450.1,"last_price":1460,"close_price":1444.4,"multiplier":1,"pnl":-49.5,"realised":0,'
    b'"unrealised":-49.5}],"day":[]}}'
)
ORDER = (
    b'{"status":"success","data":[{"order_id":"2411180001","status":"OPEN","tradingsymbol":"INFY",'
    b'"exchange":"NSE","product":"CNC","transaction_type":"BUY","order_type":"LIMIT","quantity":5,'
    b'"filled_quantity":2,"price":1450.05,"trigger_price":0,"average_price":1450,"status_message":null,'
    b'"order_timestamp":"2026-11-18 09:20:00","tag":"KJ1"}]}'
)
GOOD: dict[str, tuple[Callable[[object], object], bytes]] = {
    "profile": (
        mapping.profile,
        PROFILE,
    ),
    "funds": (
        mapping.funds,
        b'{"status":"success","data":{'
        + b",".join(
            b'"%b":{"enabled":true,"net":99725.05000000002,"available":{"cash":245431.6,"collateral":0,'
            b'"opening_balance":245431.6},"utilised":{"debits":145706.55,"span":101989}}' % segment
            for segment in (b"equity", b"commodity")
        )
        + b"}}",
    ),
    "positions": (
        mapping.positions,
        POSITIONS,
    ),
    "order": (
        mapping.order,
        ORDER,
    ),
    "prices": (
        mapping.last_prices,
        b'{"status":"success","data":{"NSE:INFY":{"instrument_token":408065,"last_price":1460.05}}}',
    ),
}
ODDITIES = (
    b"null", b"true", b"-1", b"1e3", b"1e999", b"1E-400", b"9" * 400, b"9" * 5000, b"NaN", b'"12"', b'""', b"[]",
    b"{}", b'"\\u0000"', b"-0.0", b"18446744073709551616", b'{"a":1,"a":2}', b"[" * 2000,
)  # fmt: skip


def mutant(good: bytes, dice: random.Random) -> bytes:
    """`good` with one to three tears, flips, doublings or odd values."""
    body = bytearray(good)
    for _ in range(dice.randint(1, 3)):
        start = dice.randrange(len(body) + 1)
        end = min(len(body), start + dice.randint(0, 12))
        part = dice.choice((b"", bytes([dice.randrange(256)]), bytes(body[start:end]) * 2, dice.choice(ODDITIES)))
        body[start:end] = part
    if dice.random() < 0.3:
        colon = body.find(b":", dice.randrange(len(body) + 1))
        comma = body.find(b",", colon)
        if 0 <= colon < comma:
            body[colon + 1 : comma] = dice.choice(ODDITIES)
    return bytes(body)


def read(what: str, body: bytes) -> object:
    headers = {"Content-Type": "application/json"}
    data = answers.envelope(Asked.READ, 200, headers, body, NOW)["data"]
    return GOOD[what][0](data)


@pytest.mark.parametrize("what", GOOD)
def test_the_good_answer_is_read(what: str) -> None:
    assert read(what, GOOD[what][1])


@pytest.mark.parametrize("what", GOOD)
def test_two_thousand_mutants_give_a_value_or_a_typed_error(what: str) -> None:
    dice = random.Random(f"{SEED}/{what}")
    typed = 0
    for _ in range(2000):
        try:
            value = read(what, mutant(GOOD[what][1], dice))
        except TradingError:
            typed += 1
        else:
            assert isinstance(value, Profile | Funds | Order | list | dict)
    assert typed > 1000, f"seed {SEED}: the mutants were too kind"


FIELDS = {
    "positions": ("quantity", "average_price", "pnl", "realised", "unrealised", "multiplier"),
    "order": ("quantity", "filled_quantity", "price"),
    "prices": ("last_price",),
}


@pytest.mark.parametrize("odd", [b"true", b'"12"', b"[]", b"{}", b"1e40", b"NaN", b"-Infinity", b"1e-400"])
@pytest.mark.parametrize(("what", "field"), [(what, field) for what, names in FIELDS.items() for field in names])
def test_a_number_that_is_none_is_never_made_to_fit(what: str, field: str, odd: bytes) -> None:
    body = GOOD[what][1]
    start = body.index(b'"%b":' % field.encode()) + len(field) + 3
    end = min(place for place in (body.find(b",", start), body.find(b"}", start)) if place > 0)
    with pytest.raises(WireSurprise):
        read(what, body[:start] + odd + body[end:])


def test_noise_of_floats_is_kept_as_printed() -> None:
    body = GOOD["positions"][1].replace(b"1450.1", b"1450.1000000000001")
    positions = read("positions", body)
    assert isinstance(positions, list)
    assert positions[0].average_price == Decimal("1450.1000000000001")


async def test_random_answers_over_the_wire_are_typed_too() -> None:
    bench = ZerodhaBench()
    await bench.start()
    broker = bench.broker()
    assert await broker.connect(bench.live())
    bench.fuzz(SEED)
    for turn in range(60):
        for call in (broker.get_profile, broker.get_funds, broker.get_positions):
            assert await kind_of(call()) in {GOOD_VALUE, "wire_surprise", "not_reachable"}, f"{turn}, seed {SEED}"
        await bench.clock.advance(1)
    await broker.close()
    await bench.stop()


def test_values_of_the_domain_are_what_comes_out() -> None:
    positions = read("positions", GOOD["positions"][1])
    assert isinstance(positions, list)
    assert [type(position) for position in positions] == [Position]
