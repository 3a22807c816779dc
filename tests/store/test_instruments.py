"""Instrument masters on disk: whole or not at all, and nobody waits long."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import Busy, Instrument, Instruments, Kind, MemoryInstruments, WireSurprise
from app.store import AppStore
from tests.vault.fakes import allowed_gap, longest_gap, slowness

Open = Callable[[], Awaitable[AppStore]]
DAY = date(2026, 11, 18)
WHOLE_MASTER = 117_000

RELIANCE = Instrument(
    "NSE", "RELIANCE", "738561", "RELIANCE", Kind.CASH, None, None, Decimal("0.10"), 1, "INE002A01018"
)
DASHED = Instrument("NSE", "BAJAJ-AUTO", "4267265", "BAJAJ-AUTO", Kind.CASH, None, None, Decimal("0.5"), 1)
CALL = Instrument(
    "NFO", "NIFTY25D0226050CE", "1", "NIFTY", Kind.CALL, date(2025, 12, 2), Decimal("26050.00"), Decimal("0.05"), 75
)
FUTURE = Instrument("NFO", "NIFTY25DECFUT", "2", "NIFTY", Kind.FUTURE, date(2025, 12, 30), None, Decimal("0.1"), 75)
ROWS = (RELIANCE, DASHED, CALL, FUTURE)


def cash(number: int, name: str = "S") -> Instrument:
    return Instrument(
        "NSE", f"{name}{number}", str(number), f"{name}{number}", Kind.CASH, None, None, Decimal("0.05"), 1
    )


async def same_answers(instruments: Instruments) -> list[object]:
    """What a store of instruments says to the same questions."""
    await instruments.replace("zerodha", iter(ROWS), day=DAY)
    keys = [(row.exchange, row.broker_symbol) for row in ROWS] + [("BSE", "RELIANCE"), ("NSE", "")]
    return [
        await instruments.by_broker_symbol("zerodha", keys),
        await instruments.by_broker_symbol("zerodha", []),
        await instruments.by_broker_symbol("dhan", keys),
        *[await instruments.by_symbol("zerodha", row.exchange, row.symbol) for row in ROWS],
        await instruments.by_symbol("zerodha", "NSE", "NIFTY 30DEC25 FUT"),
        await instruments.by_symbol("dhan", "NSE", "RELIANCE"),
        await instruments.loaded_on("zerodha"),
        await instruments.loaded_on("dhan"),
    ]


async def test_the_disk_answers_as_the_memory_does(store: AppStore) -> None:
    assert await same_answers(store.instruments) == await same_answers(MemoryInstruments())


async def test_a_master_survives_a_restart(open_store: Open) -> None:
    assert await (await open_store()).instruments.replace("zerodha", ROWS, day=DAY) == 4
    instruments = (await open_store()).instruments
    assert await instruments.by_symbol("zerodha", "NFO", "NIFTY 02DEC25 26050 CE") == CALL
    assert await instruments.loaded_on("zerodha") == DAY


async def test_a_new_master_takes_the_place_of_the_whole_old_one(store: AppStore) -> None:
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    await store.instruments.replace("zerodha", [RELIANCE], day=date(2026, 11, 19))
    assert await store.instruments.by_symbol("zerodha", "NSE", "BAJAJ-AUTO") is None
    assert await store.instruments.by_symbol("zerodha", "NSE", "RELIANCE") == RELIANCE
    assert await store.instruments.loaded_on("zerodha") == date(2026, 11, 19)


async def test_brokers_do_not_mix(store: AppStore) -> None:
    await store.instruments.replace("zerodha", [cash(1)], day=DAY)
    await store.instruments.replace("zerodha_2", [cash(2)], day=DAY)
    await store.instruments.replace("zerodha", [cash(3)], day=DAY)
    assert await store.instruments.by_symbol("zerodha_2", "NSE", "S2") == cash(2)
    assert await store.instruments.by_symbol("zerodha", "NSE", "S2") is None


def broken_after(count: int, error: Exception) -> Iterator[Instrument]:
    for number in range(count):
        yield cash(number, "NEW")
    raise error


@pytest.mark.parametrize("count", [0, 1, 1999, 2000, 2001, 9000])
@pytest.mark.parametrize("error", [WireSurprise("a row cannot be read"), OSError("gone"), ValueError("odd")])
async def test_a_load_that_breaks_keeps_the_last_good_master(store: AppStore, count: int, error: Exception) -> None:
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    with pytest.raises(type(error)) as caught:
        await store.instruments.replace("zerodha", broken_after(count, error), day=date(2026, 11, 19))
    assert caught.value is error
    assert await store.instruments.by_symbol("zerodha", "NSE", "NEW0") is None
    assert await store.instruments.by_symbol("zerodha", "NSE", "RELIANCE") == RELIANCE
    assert await store.instruments.loaded_on("zerodha") == DAY


async def test_what_a_broken_load_left_behind_goes_with_the_next(store: AppStore, tmp_path: Path) -> None:
    for _ in range(3):
        with pytest.raises(ValueError, match="odd"):
            await store.instruments.replace("zerodha", broken_after(5000, ValueError("odd")), day=DAY)
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    assert len(files_of(tmp_path)) == 1


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("instruments/*"))


async def test_of_a_row_that_comes_twice_the_later_counts(store: AppStore) -> None:
    later = Instrument("NSE", "RELIANCE", "9", "RELIANCE", Kind.CASH, None, None, Decimal(1), 1)
    assert await store.instruments.replace("zerodha", [RELIANCE, DASHED, later], day=DAY) == 2
    assert await store.instruments.by_symbol("zerodha", "NSE", "RELIANCE") == later


async def test_many_keys_are_found_at_once(store: AppStore) -> None:
    await store.instruments.replace("zerodha", (cash(number) for number in range(3000)), day=DAY)
    keys = [("NSE", f"S{number}") for number in range(0, 4000, 2)]
    found = await store.instruments.by_broker_symbol("zerodha", keys)
    assert len(found) == 1500
    assert all(found[key].broker_symbol == key[1] for key in found)


@pytest.mark.parametrize("name", ["", "Zerodha", "a b", "x; DROP TABLE settings", "x" * 33])
async def test_only_a_plain_word_is_a_brokers_name(store: AppStore, name: str) -> None:
    with pytest.raises(ValueError, match="broker's name"):
        await store.instruments.replace(name, ROWS, day=DAY)


@pytest.mark.alone
async def test_a_whole_master_loads_beside_lookups_and_a_running_loop(store: AppStore) -> None:
    """117,000 rows: the loop is never stopped for 50 ms, and no lookup waits for the load."""
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    allowed, rows = await allowed_gap(), (cash(number) for number in range(WHOLE_MASTER))
    loading = asyncio.create_task(store.instruments.replace("zerodha", rows, day=DAY))
    waits: list[float] = []
    gap = await longest_gap(asyncio.gather(loading, _look_up(store, waits, loading)))
    assert loading.result() == WHOLE_MASTER
    assert gap <= allowed
    assert sorted(waits)[len(waits) // 2] < 0.2 * slowness()
    assert await store.instruments.by_symbol("zerodha", "NSE", "S116999") == cash(116_999)


async def _look_up(store: AppStore, waits: list[float], loading: asyncio.Task[int]) -> None:
    while not loading.done():
        began = time.perf_counter()
        assert await store.instruments.by_symbol("zerodha", "NSE", "RELIANCE") in (RELIANCE, None)
        waits.append(time.perf_counter() - began)


async def test_a_load_that_nobody_waits_for_any_more_leaves_nothing_behind(store: AppStore, tmp_path: Path) -> None:
    await store.instruments.replace("zerodha", ROWS, day=DAY)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless() -> Iterator[Instrument]:
        number = 0
        while True:
            loop.call_soon_threadsafe(begun.set)
            yield cash(number := number + 1)

    loading = asyncio.create_task(store.instruments.replace("zerodha", endless(), day=date(2026, 11, 19)))
    await asyncio.wait_for(begun.wait(), 30)
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading
    await asyncio.wait_for(store.instruments.replace("dhan", [RELIANCE], day=DAY), 30)
    assert files_of(tmp_path) == ["dhan-1.db", "zerodha-1.db"]
    assert await store.instruments.loaded_on("zerodha") == DAY


async def test_closing_the_store_ends_a_load_in_flight(open_store: Open, tmp_path: Path) -> None:
    store, begun, loop = await open_store(), asyncio.Event(), asyncio.get_running_loop()

    def endless() -> Iterator[Instrument]:
        number = 0
        while True:
            loop.call_soon_threadsafe(begun.set)
            yield cash(number := number + 1)

    loading = asyncio.create_task(store.instruments.replace("zerodha", endless(), day=DAY))
    await asyncio.wait_for(begun.wait(), 30)
    await asyncio.wait_for(store.close(), 30)
    (outcome,) = await asyncio.gather(loading, return_exceptions=True)
    assert isinstance(outcome, Busy)
    assert files_of(tmp_path) == []
