"""The instrument masters: once a day a broker, in the background, and yesterday's until 08:30."""

import asyncio
from dataclasses import replace
from datetime import date, datetime

import pytest

from app.domain import IST, InvalidRequest, MemoryInstruments, NotReachable, Progress, VaultDamaged
from app.services.masters import Masters, needed
from app.services.views import AccountState, MasterChanged, MasterView
from tests.fakes.waiting import until
from tests.services.house import House


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 11, 18, 8, 29, tzinfo=IST), date(2026, 11, 17)),
        (datetime(2026, 11, 18, 8, 30, tzinfo=IST), date(2026, 11, 18)),
        (datetime(2026, 11, 18, 0, 0, tzinfo=IST), date(2026, 11, 17)),
    ],
)
def test_until_half_past_eight_yesterdays_master_is_good_enough(now: datetime, day: date) -> None:
    assert needed(now) == day


async def test_it_is_loaded_after_the_first_account_is_connected_and_positions_are_read_anew(house: House) -> None:
    await house.services.start()
    await house.connected()

    await until(lambda: house.world.asked["instruments"] == 1)
    await until(lambda: house.world.asked["positions"] == 2)

    assert await house.services.store.instruments.loaded_on("zerodha") == date(2026, 11, 18)


async def test_it_is_loaded_once_a_day_whatever_the_number_of_accounts(house: House) -> None:
    await house.connected()
    await house.connected("Self", "CD5678", "key2")

    for _ in range(3):
        await house.services.masters.look()
        await house.clock.advance(1000)
    same_day = house.world.asked["instruments"]
    house.clock.jump(86400)
    await house.services.masters.look()

    assert (same_day, house.world.asked["instruments"]) == (1, 2)


async def test_nothing_is_loaded_without_a_connected_account(house: House) -> None:
    await house.services.masters.look()

    assert house.world.asked["instruments"] == 0


async def test_a_failure_is_tried_again_later_and_says_nothing_about_the_session(house: House) -> None:
    account = await house.connected()
    house.world.faults["instruments"] = NotReachable()
    await house.services.masters.look()
    await house.services.masters.look()
    failed = house.world.asked["instruments"]
    house.world.faults.clear()

    await house.clock.advance(901)
    await house.services.masters.look()

    assert (failed, house.world.asked["instruments"]) == (1, 2)
    assert house.view(account).state is AccountState.READY


async def test_a_newer_list_is_fetched_the_minute_it_is_needed(house: House) -> None:
    """Orders wait for it: a quarter of an hour later would be after the opening of some markets."""
    await house.connected()
    await house.services.masters.look()
    house.clock.jump((datetime(2026, 11, 19, 8, 20, tzinfo=IST) - house.clock.now()).total_seconds())
    running = asyncio.create_task(house.services.masters.run())
    await house.clock.advance(1)
    before = house.world.asked["instruments"]

    await house.clock.advance(601)
    await until(lambda: house.world.asked["instruments"] == before + 1)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class _Unreadable(MemoryInstruments):
    """A disk that does not say what lies on it."""

    async def loaded_on(self, broker: str) -> date | None:
        raise VaultDamaged(broker)


async def test_a_disk_that_cannot_be_read_does_not_end_the_looking(house: House) -> None:
    await house.connected()
    masters = house.services.masters
    blind = Masters(masters._desk, masters._accounts, _Unreadable(), masters._after)

    await blind.look()

    assert (blind.views, house.world.asked["instruments"]) == ((), 0)


async def test_a_refresh_fetches_now_though_nobody_is_connected(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")
    await house.services.portfolio.refresh(account.user_id)
    asked = house.world.asked["positions"]

    await house.services.masters.refresh("zerodha")

    assert await house.services.store.instruments.loaded_on("zerodha") == date(2026, 11, 18)
    assert house.world.asked["positions"] == asked
    assert house.world.alive == 1


async def test_a_refresh_says_why_it_failed(house: House) -> None:
    house.world.faults["instruments"] = NotReachable("timed out")

    with pytest.raises(NotReachable, match="timed out"):
        await house.services.masters.refresh("zerodha")

    assert await house.services.store.instruments.loaded_on("zerodha") is None


async def test_who_needs_a_master_waits_for_the_one_under_way(house: House) -> None:
    await house.connected()
    house.world.gates["instruments"] = asyncio.Event()
    looking = asyncio.ensure_future(house.services.masters.look())
    await until(lambda: house.world.asked["instruments"] == 1)
    needing = asyncio.ensure_future(house.services.masters.need("zerodha"))

    house.world.gates["instruments"].set()
    await asyncio.gather(looking, needing)

    assert house.world.asked["instruments"] == 1


async def test_who_needs_a_master_takes_an_old_one(house: House) -> None:
    await house.services.masters.refresh("zerodha")
    house.clock.jump(86400 * 3)

    await house.services.masters.need("zerodha")

    assert house.world.asked["instruments"] == 1


async def test_a_broker_that_is_not_supported_has_no_master(house: House) -> None:
    with pytest.raises(InvalidRequest):
        await house.services.masters.refresh("nosuch")


# ------------------------------------------------------------------ what is told of it


def told(house: House) -> list[MasterView]:
    """How the master stood, one after another."""
    return [event.view for event in house.events if isinstance(event, MasterChanged)]


async def test_a_master_is_told_while_it_comes_and_when_it_is_there(house: House) -> None:
    house.world.progress = [Progress(10, 30), Progress(30, 30, rows=5)]
    await house.connected()

    await house.services.masters.look()

    fetching = [Progress(), *house.world.progress]
    unknown = MasterView("zerodha", None)
    assert told(house) == [
        unknown,
        *(replace(unknown, fetching=progress) for progress in fetching),
        MasterView("zerodha", date(2026, 11, 18), rows=0),
    ]
    assert house.services.masters.views == (told(house)[-1],)


async def test_a_master_that_could_not_be_fetched_is_told_with_the_day_of_the_last_good_one(house: House) -> None:
    await house.services.masters.refresh("zerodha")
    error = NotReachable()
    house.world.faults["instruments"] = error

    with pytest.raises(NotReachable):
        await house.services.masters.refresh("zerodha")

    assert told(house)[-1] == MasterView("zerodha", date(2026, 11, 18), rows=0, error=error)


async def test_a_good_master_ends_the_trouble_of_the_last_attempt(house: House) -> None:
    house.world.faults["instruments"] = NotReachable()
    with pytest.raises(NotReachable):
        await house.services.masters.refresh("zerodha")
    house.world.faults.clear()

    await house.services.masters.refresh("zerodha")

    assert told(house)[-1].error is None


async def test_a_fetch_that_nobody_waits_for_any_more_is_not_under_way(house: House) -> None:
    house.world.gates["instruments"] = asyncio.Event()
    work = asyncio.ensure_future(house.services.masters.refresh("zerodha"))
    await until(lambda: house.world.asked["instruments"] == 1)
    under_way = told(house)[-1]

    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert (under_way.fetching, told(house)[-1]) == (Progress(), MasterView("zerodha", None))


async def test_the_day_of_a_master_is_told_though_nobody_is_connected(house: House) -> None:
    await house.connected()
    await house.services.masters.look()
    house.world.kill("AB1234")
    house.events.clear()
    await house.restart()

    await house.services.masters.look()

    assert told(house) == [MasterView("zerodha", date(2026, 11, 18))]
