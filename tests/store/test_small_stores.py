"""Settings, counts of calls and history: small things that survive a restart."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import IST, CallCounts, Secret
from app.store import AppStore
from app.store.settings import Settings

Open = Callable[[], Awaitable[AppStore]]
TODAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=IST)


@pytest.mark.parametrize("value", ["text ₹", 3, 0.5, True, ["a", "b"], {"a": "b"}])
async def test_a_setting_survives_a_restart(open_store: Open, value: str | float | list[str] | dict[str, str]) -> None:
    store = await open_store()
    await store.settings.set("name", value)
    assert read(store.settings, value) == value
    assert read((await open_store()).settings, value) == value


def read(settings: Settings, like: object) -> object:
    return settings.get("name", type(like)())


async def test_a_setting_that_was_never_set_or_is_of_another_type_is_the_default(store: AppStore) -> None:
    await store.settings.set("size", 3)
    assert store.settings.get("never", "default") == "default"
    assert store.settings.get("size", "default") == "default"
    assert store.settings.get("size", default=True) is True


async def test_a_removed_setting_is_gone(open_store: Open) -> None:
    store = await open_store()
    await store.settings.set("name", "x")
    await store.settings.remove("name")
    assert store.settings.get("name", "") == ""
    assert (await open_store()).settings.get("name", "") == ""


async def test_a_setting_does_not_change_with_the_callers_list(store: AppStore) -> None:
    mine = ["a"]
    await store.settings.set("name", mine)
    mine.append("b")
    assert store.settings.get("name", [""]) == ["a"]


async def test_counts_of_calls_survive_a_restart(open_store: Open) -> None:
    calls: CallCounts = (await open_store()).calls
    for _ in range(3):
        calls.add("AB1234", "orders", TODAY)
    calls.add("AB1234", "reads", TODAY)
    calls.add("CD5678", "orders", TODAY)
    assert calls.count("AB1234", "orders", TODAY) == 3
    calls = (await open_store()).calls
    assert [calls.count(c, f, TODAY) for c, f in (("AB1234", "orders"), ("AB1234", "reads"), ("CD5678", "orders"))] == [
        3,
        1,
        1,
    ]


async def test_a_new_day_counts_from_zero_and_old_days_are_dropped(open_store: Open) -> None:
    calls = (await open_store()).calls
    calls.add("AB1234", "orders", TODAY - timedelta(days=8))
    await calls.flush()
    calls.add("AB1234", "orders", TODAY)
    await calls.flush()
    assert calls.count("AB1234", "orders", TODAY + timedelta(days=1)) == 0
    assert (await open_store()).calls.count("AB1234", "orders", TODAY - timedelta(days=8)) == 0


async def test_counts_are_written_without_being_asked(store: AppStore, open_store: Open) -> None:
    store.calls.add("AB1234", "orders", TODAY)
    async with asyncio.timeout(30):
        while not await store._database.read(written):  # noqa: ASYNC110 - written on another thread
            await asyncio.sleep(0.005)


def written(connection: sqlite3.Connection) -> list[int]:
    return [count for (count,) in connection.execute("SELECT count FROM call_counts")]


async def test_counting_from_many_threads_loses_none(open_store: Open) -> None:
    calls = (await open_store()).calls
    await asyncio.gather(*(asyncio.to_thread(count_to_100, calls) for _ in range(4)))
    assert calls.count("AB1234", "orders", TODAY) == 400
    assert (await open_store()).calls.count("AB1234", "orders", TODAY) == 400


def count_to_100(calls: CallCounts) -> None:
    for _ in range(100):
        calls.add("AB1234", "orders", TODAY)


async def test_counts_that_cannot_be_written_now_are_written_later(open_store: Open) -> None:
    store = await open_store()
    with closing(sqlite3.connect(store._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.calls.add("AB1234", "orders", TODAY)
        await store.calls.flush()
        other.execute("ROLLBACK")
    assert store.calls.count("AB1234", "orders", TODAY) == 1
    assert (await open_store()).calls.count("AB1234", "orders", TODAY) == 1


async def test_the_history_of_an_indian_day_is_told_in_order(open_store: Open) -> None:
    history = (await open_store()).history
    start = datetime(2026, 11, 18, 0, 0, tzinfo=IST)
    for minutes, text in ((600, "noon"), (0, "first"), (1439, "last"), (-1, "the day before"), (1440, "the day after")):
        await history.add(start + timedelta(minutes=minutes), "usr_1", "expired", text)
    assert [entry.text for entry in await history.of_day(TODAY)] == ["first", "noon", "last"]
    assert [entry.text for entry in await (await open_store()).history.of_day(TODAY)] == ["first", "noon", "last"]


async def test_the_history_of_one_user_is_told_apart_and_can_be_forgotten(store: AppStore) -> None:
    await store.history.add(NOON, "usr_1", "expired", "one")
    await store.history.add(NOON, "usr_2", "expired", "two")
    assert [entry.text for entry in await store.history.of_day(TODAY, user_id="usr_2")] == ["two"]
    await store.history.forget("usr_2")
    assert [entry.user_id for entry in await store.history.of_day(TODAY)] == ["usr_1"]


async def test_an_event_is_what_was_added(store: AppStore) -> None:
    await store.history.add(NOON.astimezone(UTC), "usr_1", "connected", "Connected at 12:00")
    (entry,) = await store.history.of_day(TODAY)
    assert (entry.at, entry.user_id, entry.kind, entry.text) == (NOON, "usr_1", "connected", "Connected at 12:00")


async def test_history_older_than_30_days_is_forgotten(store: AppStore) -> None:
    await store.history.add(NOON - timedelta(days=31), "usr_1", "x", "old")
    await store.history.add(NOON - timedelta(days=29), "usr_1", "x", "young")
    await store.history.add(NOON, "usr_1", "x", "now")
    assert await store.history.of_day(TODAY - timedelta(days=31)) == ()
    assert len(await store.history.of_day(TODAY - timedelta(days=29))) == 1


async def test_no_secret_enters_the_history(store: AppStore) -> None:
    Secret("cnry-in-a-sentence")
    await store.history.add(NOON, "usr_1", "x", "refused: cnry-in-a-sentence")
    (entry,) = await store.history.of_day(TODAY)
    assert "cnry" not in entry.text


async def test_a_store_closes_twice_without_harm(store: AppStore) -> None:
    await store.close()
    await store.close()
