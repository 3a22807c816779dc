"""The contract of instrument masters: whole or not at all, and one contract under one name at every broker."""

import asyncio
from collections.abc import Iterator
from datetime import date
from itertools import islice, permutations
from pathlib import Path
from typing import Final

import pytest

from app.brokers import BaseBroker
from app.domain import Instrument, Kind, MemoryInstruments, NoAnswer, TradingError
from app.domain.instruments import share_names
from app.simulators.answers import Answer
from app.store import AppStore
from tests.brokers.bench import BENCHES, Bench, started

DAY: Final = date(2026, 11, 18)


async def test_the_master_is_taken_whole_with_its_day(bench: Bench, connected: BaseBroker) -> None:
    count = await connected.load_instruments()
    assert count == len(bench.instruments._rows[bench.spec.key]) > 300
    assert await bench.instruments.loaded_on(bench.spec.key) == DAY


async def test_the_master_needs_no_session(bench: Bench, broker: BaseBroker) -> None:
    assert await broker.load_instruments() > 300


@pytest.mark.parametrize("fault", ["short-body", "wrong-types", "duplicate-keys", "500", "200-empty"])
async def test_a_broken_master_leaves_the_last_good_one(bench: Bench, equipped: BaseBroker, fault: str) -> None:
    before = dict(bench.instruments._rows[bench.spec.key])
    bench.controls.fault(bench.on_wire["instruments"], fault)
    with pytest.raises(NoAnswer):
        await equipped.load_instruments()
    assert bench.instruments._rows[bench.spec.key] == before


@pytest.mark.parametrize("status", [401, 403])
async def test_a_file_that_is_not_given_out_ends_no_session(bench: Bench, equipped: BaseBroker, status: int) -> None:
    denied = Answer(b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", status, "application/xml")
    bench.controls.say(bench.on_wire["instruments"], denied)
    with pytest.raises(NoAnswer):
        await equipped.load_instruments()
    assert await equipped.validate()


async def test_a_row_of_an_unknown_contract_is_shown_under_the_brokers_own_symbol(
    bench: Bench, equipped: BaseBroker
) -> None:
    whole = await equipped.get_positions()
    await bench.clock.advance(2)
    kept = [row for row in bench.instruments._rows[bench.spec.key].values() if row.expiry is None]
    await bench.instruments.replace(bench.spec.key, kept, day=DAY)
    shown = await equipped.get_positions()
    assert len(shown) == len(whole)
    for one, other in zip(whole, shown, strict=True):
        assert other.symbol == (one.symbol if one.exchange in {"NSE", "BSE"} else other.broker_symbol)


# ------------------------------------------------------------------ the same everywhere


@pytest.fixture(scope="module")
def masters() -> MemoryInstruments:
    """The masters of all brokers in one place, as the application keeps them."""
    return asyncio.run(_all_masters())


async def _all_masters() -> MemoryInstruments:
    everything = MemoryInstruments()
    for key in BENCHES:
        async with started(key) as bench:
            broker = bench.broker(instruments=everything)
            assert await broker.load_instruments()
            await broker.close()
    return everything


def rows_of(masters: MemoryInstruments, broker: str) -> Iterator[Instrument]:
    return iter(masters._rows[broker].values())


PAIRS: Final = [*permutations(BENCHES, 2)]
ONLY_AT_DHAN: Final = {"ABB", "CHOLAFIN", "CHOLAFIN-D1"}  # its demo lists what its protocol sheet says of these
SORTS: Final = {  # name: (exchange, kind, underlying); each is listed by every demo broker
    "index future": ("NFO", Kind.FUTURE, "NIFTY"),
    "share future": ("NFO", Kind.FUTURE, "RELIANCE"),
    "index option": ("NFO", Kind.CALL, "NIFTY"),
    "put": ("NFO", Kind.PUT, "BANKNIFTY"),
    "option at BSE": ("BFO", Kind.CALL, "SENSEX"),
    "commodity": ("MCX", Kind.FUTURE, "CRUDEOIL"),
    "currency": ("CDS", Kind.FUTURE, "USDINR"),
}


@pytest.mark.parametrize("sort", SORTS)
async def test_a_contract_has_one_name_at_every_broker(masters: MemoryInstruments, sort: str) -> None:
    exchange, kind, name = SORTS[sort]
    names = {
        broker: {
            row.symbol
            for row in rows_of(masters, broker)
            if (row.exchange, row.kind, row.name) == (exchange, kind, name)
        }
        for broker in BENCHES
    }
    assert names["zerodha"]
    assert names == dict.fromkeys(BENCHES, names["zerodha"])


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_every_contract_of_one_broker_is_the_same_at_the_other(
    masters: MemoryInstruments, one: str, other: str
) -> None:
    exchanges = {row.exchange for row in rows_of(masters, other)}
    contracts = [row for row in rows_of(masters, one) if row.kind is not Kind.CASH and row.exchange in exchanges]
    found = [await masters.same_contract(other, row) for row in contracts]
    assert len(contracts) > 250
    assert [None if twin is None else twin.contract for twin in found] == [row.contract for row in contracts]
    assert [twin.symbol for twin in found if twin is not None and twin.expiry] == [
        row.symbol for row in contracts if row.expiry
    ]


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_every_share_of_one_broker_is_the_same_at_the_other(
    masters: MemoryInstruments, one: str, other: str
) -> None:
    """By its ISIN; where one of two masters has none, by its name, which may carry the series of a rare share."""
    lost = set()
    for row in (row for row in rows_of(masters, one) if row.kind is Kind.CASH):
        twin = await masters.same_contract(other, row)
        if twin is None:
            lost.add(row.name)
        else:
            assert twin.isin in ("", row.isin) or not row.isin
            assert row.isin or twin.name in share_names(row.name)
    assert lost <= ONLY_AT_DHAN


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_lots_and_ticks_of_a_contract_are_the_same_everywhere(
    masters: MemoryInstruments, one: str, other: str
) -> None:
    differing = []
    for row in rows_of(masters, one):
        twin = await masters.same_contract(other, row) if row.exchange in {"NFO", "BFO"} else None
        if twin is not None and (twin.lot_size, twin.tick_size) != (row.lot_size, row.tick_size):
            differing.append((row.symbol, row.lot_size, twin.lot_size, row.tick_size, twin.tick_size))
    assert differing == []


async def test_weekly_and_monthly_options_are_told_apart_by_their_day(masters: MemoryInstruments) -> None:
    for broker in BENCHES:
        days = {row.expiry for row in rows_of(masters, broker) if (row.exchange, row.name) == ("NFO", "NIFTY")}
        assert len([day for day in days if day is not None and day.month == 12]) > 2, broker
        calls = [row for row in rows_of(masters, broker) if row.kind is Kind.CALL and row.name == "NIFTY"]
        assert len({row.symbol for row in calls}) == len(calls), broker


@pytest.mark.parametrize("name", ["M&M", "BAJAJ-AUTO", "RELIANCE"])
async def test_signs_in_the_names_of_shares_are_kept_and_the_usual_series_is_not(
    masters: MemoryInstruments, name: str
) -> None:
    for broker in BENCHES:
        known = await masters.by_symbol(broker, "NSE", name)
        assert known is not None, broker
        assert known.name == name


async def test_an_index_is_the_same_whatever_a_broker_calls_it(masters: MemoryInstruments) -> None:
    for one, other in PAIRS:
        nifty = next(row for row in rows_of(masters, one) if row.kind is Kind.INDEX and row.contract.name == "NIFTY")
        twin = await masters.same_contract(other, nifty)
        assert twin is not None
        assert twin.kind is Kind.INDEX
        assert twin.contract == nifty.contract


async def test_the_masters_on_disk_say_the_same_as_those_in_memory(masters: MemoryInstruments, tmp_path: Path) -> None:
    store = await AppStore.open(tmp_path / "app.db")
    for broker in BENCHES:
        await store.instruments.replace(broker, rows_of(masters, broker), day=DAY)
    for one, other in PAIRS:
        for row in islice(rows_of(masters, one), 0, None, 40):
            assert await store.instruments.by_symbol(one, row.exchange, row.symbol) is not None
            on_disk = await store.instruments.same_contract(other, row)
            in_memory = await masters.same_contract(other, row)
            assert (on_disk and on_disk.broker_symbol) == (in_memory and in_memory.broker_symbol)
    await store.close()


async def test_nothing_that_is_no_master_replaces_one(bench: Bench, equipped: BaseBroker) -> None:
    before = await bench.instruments.loaded_on(bench.spec.key)
    await bench.clock.advance(86_400)
    bench.controls.fault(bench.on_wire["instruments"], "portal")
    with pytest.raises(TradingError):
        await equipped.load_instruments()
    assert await bench.instruments.loaded_on(bench.spec.key) == before
