"""When calls were sent, over restarts and crashes: `domain.CallTimes` on the disk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain import AHEAD, IST, Worker
from app.store import AppStore, app_db
from app.store.database import Database, Layout
from tests.fakes.hurry import HurryingClock

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=IST)
TODAY = NOON.date()
Open = Callable[[], Awaitable[AppStore]]


@pytest.fixture
def clock() -> HurryingClock:
    return HurryingClock(NOON)


@pytest.fixture
async def begin(tmp_path: Path, clock: HurryingClock) -> AsyncIterator[Open]:
    """Opens the same file again and again, and leaves the one before as a killed process would."""
    opened: list[AppStore] = []

    async def one() -> AppStore:
        opened.append(await AppStore.open(tmp_path / "app.db", clock))
        return opened[-1]

    yield one
    for store in opened:
        await store.close()


async def noted(store: AppStore, name: str, *moments: datetime) -> None:
    for moment in moments:
        store.calls.note(name, moment)
    await store.calls.flush()


async def test_times_of_calls_survive_a_restart_by_name(begin: Open, clock: HurryingClock) -> None:
    store = await begin()
    await noted(store, "a", NOON, NOON, NOON + timedelta(seconds=2))
    await noted(store, "b", NOON)
    clock.skip(10)
    again = (await begin()).calls
    assert list(again.earlier("a")) == [(NOON, 2), (NOON + timedelta(seconds=2), 1)]
    assert list(again.earlier("b")) == [(NOON, 1)]
    assert list(again.earlier("c")) == []


async def test_a_moment_is_rounded_to_the_later_second(begin: Open, clock: HurryingClock) -> None:
    await noted(await begin(), "a", NOON + timedelta(microseconds=1))
    clock.skip(10)
    assert list((await begin()).calls.earlier("a")) == [(NOON + timedelta(seconds=1), 1)]


async def test_a_call_that_is_taken_back_is_not_there(begin: Open, clock: HurryingClock) -> None:
    store = await begin()
    await noted(store, "a", NOON)
    store.calls.note("a", NOON, -1)
    await store.calls.flush()
    clock.skip(10)
    assert sum(count for _, count in (await begin()).calls.earlier("a")) == 0


async def test_what_seems_to_come_from_the_future_is_of_now(begin: Open, clock: HurryingClock) -> None:
    await noted(await begin(), "a", NOON, NOON + timedelta(seconds=5))
    clock.wrong_by = timedelta(days=-3)
    set_back = (await begin()).calls
    clock.skip(60)
    later = (await begin()).calls
    assert list(set_back.earlier("a")) == [(NOON - timedelta(days=3), 2)]
    assert list(later.earlier("a")) == [(NOON - timedelta(days=3), 2)]


async def test_calls_of_hours_ago_are_told_by_the_minute_and_those_of_yesterday_not_at_all(
    begin: Open, clock: HurryingClock
) -> None:
    await noted(await begin(), "a", *(NOON + timedelta(seconds=second) for second in range(1, 61)))
    clock.skip(2 * 3600)
    (hours, count), *more = (await begin()).calls.earlier("a")
    clock.skip(24 * 3600)
    assert NOON <= hours <= NOON + timedelta(seconds=60)
    assert count + sum(others for _, others in more) == 60
    assert len(more) <= 1
    assert list((await begin()).calls.earlier("a")) == []


async def test_a_first_run_knows_of_none_before(begin: Open) -> None:
    calls = (await begin()).calls
    assert (calls.stopped, list(calls.crashes)) == (None, [])


async def test_a_run_that_ended_in_order_is_no_crash(begin: Open, clock: HurryingClock) -> None:
    store = await begin()
    await noted(store, "a", NOON)
    await store.close()
    clock.skip(60)
    calls = (await begin()).calls
    assert (calls.stopped, list(calls.crashes)) == (NOON, [])


async def test_every_crash_is_told_until_it_matters_no_more(begin: Open, clock: HurryingClock) -> None:
    await begin()
    clock.skip(60)
    await begin()
    clock.skip(60)
    calls = (await begin()).calls
    clock.skip(3 * 24 * 3600)
    assert list(calls.crashes) == [NOON + timedelta(seconds=60), NOON + timedelta(seconds=120)]
    assert calls.stopped == NOON + timedelta(seconds=120)
    assert len((await begin()).calls.crashes) == 1


async def test_after_a_crash_the_day_counts_what_may_be_missing(begin: Open) -> None:
    (await begin()).calls.add("AB1234", "orders", TODAY)
    await (await begin()).close()
    calls = (await begin()).calls
    assert calls.count("CD5678", "orders", TODAY) == AHEAD
    assert calls.count("CD5678", "orders", TODAY - timedelta(days=1)) == 0


async def test_many_calls_are_written_without_being_asked(begin: Open) -> None:
    calls = (await begin()).calls
    for _ in range(AHEAD):
        calls.note("a", NOON)
    assert calls.unwritten("a") == AHEAD
    await calls.flush()
    assert calls.unwritten("a") == 0


async def test_a_file_of_the_version_before_keeps_its_counts(begin: Open, tmp_path: Path) -> None:
    now = app_db.layout()
    before = Layout(now.application_id, now.migrations[:1], frozenset(), now.pragmas)
    worker = Worker("old")
    old = Database(tmp_path / "app.db", before, worker)
    await old.open()
    await old.write(
        lambda connection: connection.execute("INSERT INTO call_counts VALUES ('AB1234', 'orders', '2026-11-18', 7)")
    )
    await old.close()
    calls = (await begin()).calls
    assert calls.count("AB1234", "orders", TODAY) == 7
    assert calls.stopped is None
