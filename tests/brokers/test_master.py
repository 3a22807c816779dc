"""M3: the instrument master is read whole or not at all, and each instrument gets its one name."""

import random
from decimal import Decimal

import pytest

from app.brokers.zerodha import instruments
from app.domain import Exchange, Instrument, WireSurprise
from app.simulators import ZerodhaSimulator
from tests.fakes.clock import ManualClock

SEED = 20261118


def master() -> bytes:
    return ZerodhaSimulator(clock=ManualClock(), seed=1)._broker.master.csv()


def identity(rows: list[Instrument]) -> set[tuple[str, str]]:
    return {(row.exchange, row.broker_symbol) for row in rows}


def test_the_whole_master_is_read_with_its_odd_names() -> None:
    rows = list(instruments.parse(master()))
    names = {row.symbol for row in rows if row.exchange == Exchange.NSE}
    assert len(identity(rows)) == len(rows) == master().count(b"\n") - 1
    assert names >= {"RELIANCE", "BAJAJ-AUTO", "M&M", "NIFTY 50"}
    assert all(row.tick_size >= 0 and row.lot_size >= 0 for row in rows)


def test_a_thousand_mutants_of_the_master_are_read_whole_or_refused() -> None:
    good, dice, refused = master()[:6000].rpartition(b"\n")[0] + b"\n", random.Random(SEED), 0
    for _ in range(1000):
        place = dice.randrange(len(good))
        body = good[:place] + bytes([dice.randrange(256)]) * dice.randint(0, 3) + good[place + dice.randint(1, 40) :]
        try:
            rows = list(instruments.parse(body))
        except WireSurprise:
            refused += 1
        else:
            assert all(row.name for row in rows)
    assert refused > 200, f"seed {SEED}: the mutants were too kind"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        master().splitlines()[0],
        master().replace(b"tick_size", b"tick", 1),
        master().replace(b"instrument_token,exchange_token", b"exchange_token,instrument_token", 1),
        master() + b"1,2,3\n",
        master() + b'5,6,X,"unclosed\n',
        master() + b"\xff\xfe\n",
    ],
    ids=["nothing", "blank", "header only", "renamed", "reordered", "short row", "open quote", "no utf-8"],
)
def test_a_master_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(WireSurprise):
        list(instruments.parse(body))


def row(**other: str) -> bytes:
    """One row after the header, a call by default."""
    values = {
        "instrument_token": "11", "exchange_token": "12", "tradingsymbol": "NIFTY25D0226050CE", "name": '"NIFTY"',
        "last_price": "0", "expiry": "2025-12-02", "strike": "26050", "tick_size": "0.05", "lot_size": "75",
        "instrument_type": "CE", "segment": "NFO-OPT", "exchange": "NFO",
    }  # fmt: skip
    return master().splitlines()[0] + b"\n" + ",".join((values | other).values()).encode() + b"\n"


def test_a_contract_is_named_by_its_identity() -> None:
    (contract,) = instruments.parse(row())
    assert contract.symbol == "NIFTY 02DEC25 26050 CE"
    assert (contract.tick_size, contract.lot_size, contract.token) == (Decimal("0.05"), 75, "11")


@pytest.mark.parametrize(
    "wrong",
    [
        {"expiry": ""},
        {"expiry": "2025-13-02"},
        {"name": '""'},
        {"strike": "NaN"},
        {"strike": "-1"},
        {"tick_size": "five"},
        {"lot_size": "1.5"},
        {"lot_size": "-75"},
        {"instrument_token": ""},
        {"instrument_type": "XX"},
        {"exchange": "NYSE"},
        {"tradingsymbol": ""},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_right_refuses_the_master(wrong: dict[str, str]) -> None:
    with pytest.raises(WireSurprise):
        list(instruments.parse(row(**wrong)))
