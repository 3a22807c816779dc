"""The history of an account: 90 days, by account, with what a death teaches."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain import IST, Secret, Worker
from app.domain.forecast import Death
from app.store import AccountEvent, AccountTrace, AppStore, app_db
from app.store.database import Database, Layout
from tests.fakes.clock import ManualClock

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=IST)
DAY = timedelta(days=1)
CONNECTED = AccountTrace(NOW, "usr_1", "connected", "Connected")
DIED = AccountTrace(NOW, "usr_1", "died", "Ended", NOW - timedelta(minutes=3), NOW + DAY)


@pytest.fixture
async def open_at(tmp_path: Path) -> Callable[[datetime], Awaitable[AppStore]]:
    """Opens the file at a moment."""

    async def open_one(moment: datetime) -> AppStore:
        return await AppStore.open(tmp_path / "app.db", ManualClock(moment))

    return open_one


Open = Callable[[datetime], Awaitable[AppStore]]


async def test_a_trace_survives_a_restart_as_it_was(open_at: Open) -> None:
    store = await open_at(NOW)
    await store.history.put([CONNECTED, DIED])
    await store.close()

    store = await open_at(NOW)

    assert await store.history.of_account("usr_1") == (CONNECTED, DIED)
    await store.close()


async def test_the_history_is_of_one_account_and_of_as_many_days_as_asked(open_at: Open) -> None:
    store = await open_at(NOW)
    other = replace(CONNECTED, user_id="usr_2")
    ages = [replace(CONNECTED, at=NOW - age * DAY, text=f"{age}") for age in (80, 20, 1)]
    await store.history.put([*ages, other])

    assert [trace.text for trace in await store.history.of_account("usr_1")] == ["80", "20", "1"]
    assert [trace.text for trace in await store.history.of_account("usr_1", days=30)] == ["20", "1"]
    assert await store.history.of_account("usr_2") == (other,)
    await store.close()


async def test_what_is_older_than_90_days_is_neither_told_nor_kept(open_at: Open) -> None:
    store = await open_at(NOW)
    await store.history.keep(CONNECTED)
    await store.close()

    store = await open_at(NOW + 91 * DAY)
    told = await store.history.of_account("usr_1")
    await store.history.keep(replace(CONNECTED, user_id="usr_2", at=NOW + 91 * DAY))
    await store.close()
    store = await open_at(NOW)

    assert (told, await store.history.of_account("usr_1")) == ((), ())
    await store.close()


async def test_moments_are_the_same_in_every_zone_and_a_naive_one_is_refused(open_at: Open) -> None:
    store = await open_at(NOW)
    await store.history.keep(replace(CONNECTED, at=NOW.astimezone(UTC)))

    (trace,) = await store.history.of_account("usr_1")
    assert trace.at == NOW
    with pytest.raises(ValueError, match="time zone"):
        await store.history.keep(replace(CONNECTED, at=NOW.replace(tzinfo=None)))
    await store.close()


async def test_deaths_are_told_by_account_in_the_order_of_time(open_at: Open) -> None:
    store = await open_at(NOW)
    later = replace(DIED, at=NOW + DAY, alive_at=None, due_at=None)
    await store.history.put([later, CONNECTED, DIED, replace(DIED, user_id="usr_2")])

    deaths = await store.history.deaths()

    first = Death(DIED.at, DIED.alive_at, DIED.due_at)
    assert deaths == {"usr_1": (first, Death(later.at, None, None)), "usr_2": (first,)}
    await store.close()


async def test_a_forgotten_account_keeps_only_what_comes_after(open_at: Open) -> None:
    store = await open_at(NOW)
    event = AccountEvent(NOW, "usr_1", "ready", "Ready")
    removed = AccountTrace(NOW, "usr_1", "disconnected", "Removed")

    await store.history.put([event, CONNECTED, "usr_1", removed])

    assert await store.history.of_account("usr_1") == (removed,)
    assert await store.history.of_day(date(2026, 11, 18)) == ()
    await store.close()


async def test_no_secret_enters_it(open_at: Open) -> None:
    Secret("cnry-in-a-trace")
    store = await open_at(NOW)
    await store.history.keep(replace(CONNECTED, text="refused: cnry-in-a-trace"))

    (trace,) = await store.history.of_account("usr_1")

    assert "cnry" not in trace.text
    await store.close()


async def test_a_file_of_the_version_before_keeps_its_events(open_at: Open, tmp_path: Path) -> None:
    now = app_db.layout()
    before = Layout(now.application_id, now.migrations[:2], frozenset(), now.pragmas)
    old = Database(tmp_path / "app.db", before, Worker("old"))
    await old.open()
    await old.write(
        lambda connection: connection.execute(
            "INSERT INTO account_events (at, user_id, kind, text)"
            " VALUES ('2026-11-18T04:30:00.000000+00:00', 'usr_1', 'ready', 'Ready')"
        )
    )
    await old.close()

    store = await open_at(NOW)

    assert [event.kind for event in await store.history.of_day(date(2026, 11, 18))] == ["ready"]
    await store.history.keep(CONNECTED)
    assert await store.history.of_account("usr_1") == (CONNECTED,)
    await store.close()
