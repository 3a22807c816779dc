"""The token watch over days of a clock that sleeps, jumps and lives in any zone (promises A2, A4, N8)."""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain import IST, NotReachable, RateLimited, SessionExpired
from app.services.book_views import Book
from app.services.quiet import DEFAULT
from app.services.views import AccountState, AccountView, Action, Notice
from tests.fakes.clock import ManualClock, settle
from tests.fakes.waiting import until
from tests.services.house import House

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@pytest.fixture
async def watched(house: House) -> House:
    await house.services.start()
    await settle()
    return house


async def renew(house: House, account: AccountView) -> None:
    """What the trader does in the morning: a new token."""
    await house.services.brokers.update_broker_token(account.user_id, house.world.issue("AB1234"))


def at(house: House, hour: int, minute: int = 0) -> float:
    """Seconds from now to the next such Indian time."""
    here = house.clock.now().astimezone(IST)
    moment = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return ((moment if moment > here else moment + timedelta(days=1)) - here).total_seconds()


async def asleep_until(house: House, hour: int, minute: int = 0) -> None:
    """The machine sleeps until then, and the watch has seen that it woke up."""
    house.clock.jump(at(house, hour, minute))
    await house.clock.advance(30)


def deaths(house: House) -> list[Notice]:
    return [notice for notice in house.notices if notice.action is Action.RECONNECT]


# ------------------------------------------------------------------ when it asks


async def test_it_asks_at_start(house: House) -> None:
    account = await house.connected()
    await house.restart()

    await house.services.start()

    await until(lambda: house.view(account).state is AccountState.READY)


async def test_a_token_found_dead_at_start_is_told_at_once(house: House) -> None:
    account = await house.connected()
    await house.restart()
    house.world.kill("AB1234")

    await house.services.start()

    await until(lambda: bool(deaths(house)))
    assert house.view(account).state is AccountState.SIGNED_OUT


async def test_it_asks_every_fifteen_minutes_while_somebody_looks(watched: House) -> None:
    await asleep_until(watched, 18)
    await watched.connected()
    watched.services.watch.set_visible(True)
    await until(lambda: watched.world.asked["positions"] >= 2)  # the first read, and the one after the master

    await watched.clock.advance(HOUR + 2 * MINUTE)

    assert watched.world.asked["validate"] == 4


async def test_hidden_it_does_not_ask_but_once_a_day(watched: House) -> None:
    await asleep_until(watched, 6, 30)
    await watched.connected()

    await watched.clock.advance(at(watched, 8, 29))
    before = watched.world.asked["validate"]
    await watched.clock.advance(2 * MINUTE)

    assert (before, watched.world.asked["validate"]) == (0, 1)


async def test_it_asks_at_the_first_wake_after_the_daily_hour(watched: House) -> None:
    await asleep_until(watched, 6, 30)
    await watched.connected()

    watched.clock.jump(5 * HOUR)
    await watched.clock.advance(31)

    assert watched.world.asked["validate"] == 1


async def test_it_asks_at_the_forecast_death(watched: House) -> None:
    await watched.connected()

    await watched.clock.advance(at(watched, 6) - 1)
    before = watched.world.asked["validate"]
    await watched.clock.advance(4)

    assert (before, watched.world.asked["validate"]) == (0, 1)


async def test_a_session_that_outlives_its_forecast_is_asked_about_until_the_brokers_no(watched: House) -> None:
    account = await watched.connected()
    await watched.clock.advance(at(watched, 6) + 5 * MINUTE)
    alive = watched.view(account).state

    watched.world.kill("AB1234")
    await watched.clock.advance(61)

    assert alive is AccountState.READY
    assert watched.view(account).state is AccountState.SIGNED_OUT
    assert len(deaths(watched)) == 1


async def test_a_dead_session_is_not_asked_about_again(watched: House) -> None:
    account = await watched.connected()
    watched.world.kill("AB1234")
    await watched.services.brokers.validate_broker(account.user_id)
    asked = watched.world.asked.copy()

    await watched.clock.advance(DAY)

    assert watched.world.asked == asked


# ------------------------------------------------------------------ nobody answers (N8)


async def test_while_a_broker_is_down_it_is_asked_at_most_every_30_seconds(watched: House) -> None:
    account = await watched.connected()
    watched.services.watch.set_visible(True)
    watched.services.portfolio.look(frozenset({Book.POSITIONS}))
    await watched.clock.advance(10)
    watched.world.fault = NotReachable()
    before = watched.world.asked.total()

    await watched.clock.advance(HOUR)

    assert 100 <= watched.world.asked.total() - before <= 122  # the read that finds it out, then the probes
    assert watched.view(account).state is AccountState.OFFLINE
    assert not watched.notices


@pytest.mark.parametrize("seed", range(5))
async def test_a_broker_that_is_back_is_noticed_within_30_seconds(watched: House, seed: int) -> None:
    account = await watched.connected()
    watched.services.portfolio.look(frozenset({Book.POSITIONS}))
    watched.world.fault = NotReachable()
    await watched.services.brokers.validate_broker(account.user_id)
    await watched.clock.advance(random.Random(seed).uniform(1, 200))

    watched.world.fault = None
    await watched.clock.advance(30)

    assert watched.view(account).state is AccountState.READY
    assert watched.services.portfolio.view(account.user_id).current


async def test_the_row_can_say_when_it_is_tried_again(watched: House) -> None:
    account = await watched.connected()
    watched.world.fault = NotReachable()
    await watched.services.brokers.validate_broker(account.user_id)

    retry_at = watched.view(account).retry_at

    assert retry_at == watched.clock.now() + timedelta(seconds=30)


async def test_a_broker_that_asks_to_wait_is_left_alone_that_long(watched: House) -> None:
    account = await watched.connected()
    watched.world.fault = RateLimited(retry_after=90)
    await watched.services.brokers.validate_broker(account.user_id)
    asked = watched.world.asked["validate"]

    await watched.clock.advance(89)
    before = watched.world.asked["validate"]
    await watched.clock.advance(2)

    assert (before, watched.world.asked["validate"]) == (asked, asked + 1)


# ------------------------------------------------------------------ clocks that are set (see test_thousand_days)


async def test_after_the_clock_was_set_back_a_session_is_asked_about_at_every_beat(watched: House) -> None:
    account = await watched.connected()
    await watched.clock.advance(MINUTE)
    before = watched.world.asked["validate"]

    watched.clock.jump(-5 * HOUR)
    await watched.clock.advance(10 * MINUTE)
    doubted = watched.world.asked["validate"] - before
    await renew(watched, account)
    await watched.settled()
    before = watched.world.asked["validate"]
    await watched.clock.advance(10 * MINUTE)

    assert 19 <= doubted <= 21
    assert watched.world.asked["validate"] == before


async def test_after_the_clock_was_set_forward_a_session_is_asked_about_once_and_at_its_forecast(
    watched: House,
) -> None:
    await watched.connected()
    await asleep_until(watched, 18)
    before = watched.world.asked["validate"]

    watched.clock.jump(HOUR)
    await watched.clock.advance(10 * MINUTE)
    after_the_jump = watched.world.asked["validate"] - before
    await watched.clock.advance(at(watched, 6) + 10 * MINUTE)

    assert after_the_jump == 1
    assert 19 <= watched.world.asked["validate"] - before - after_the_jump <= 21


async def test_a_wake_up_that_the_machine_tells_is_asked_about_at_once_and_once(watched: House) -> None:
    await watched.connected()
    await asleep_until(watched, 18)
    await watched.clock.advance(MINUTE)
    before = watched.world.asked["validate"]

    watched.clock.jump(3 * HOUR)
    watched.services.watch.slept()
    await until(lambda: watched.world.asked["validate"] > before)  # no time has passed
    await watched.clock.advance(5)
    watched.services.watch.slept()
    await watched.clock.advance(MINUTE)

    assert watched.world.asked["validate"] - before == 1


async def test_a_token_of_the_future_is_not_trusted_to_live_until_its_forecast(watched: House) -> None:
    await watched.connected()
    await watched.close()
    watched.clock.jump(-12 * HOUR)
    await watched.open()
    await watched.services.start()
    await watched.clock.advance(MINUTE)
    before = watched.world.asked["validate"]

    await watched.clock.advance(10 * MINUTE)

    assert 19 <= watched.world.asked["validate"] - before <= 21


# ------------------------------------------------------------------ the quiet hours


async def test_a_death_in_the_quiet_hours_is_told_once_at_their_end(tmp_path: Path, clock: ManualClock) -> None:
    house = await House.build(tmp_path / "quiet", clock, DEFAULT)
    try:
        await house.services.start()
        house.world.mortal = True
        await house.connected("HUF", "AB1234")
        await house.connected("Self", "CD5678", "key2")

        await house.clock.advance(at(house, 7, 59))
        before = list(house.notices)
        await house.clock.advance(2 * MINUTE)

        assert before == []
        assert [notice.title for notice in house.notices] == ["2 accounts are signed out since 06:00"]
        assert "Market opens in" in house.notices[0].text
    finally:
        await house.close()


async def test_an_account_that_came_back_in_the_quiet_hours_is_not_told_of(tmp_path: Path) -> None:
    house = await House.build(tmp_path / "quiet", ManualClock(datetime(2026, 11, 18, 5, tzinfo=IST)), DEFAULT)
    try:
        await house.services.start()
        house.world.mortal = True
        account = await house.connected()
        await house.clock.advance(at(house, 6, 30))
        assert house.view(account).state is AccountState.SIGNED_OUT
        await renew(house, account)

        await house.clock.advance(at(house, 9))

        assert house.notices == []
    finally:
        await house.close()


# ------------------------------------------------------------------ A2: told at once


@pytest.mark.parametrize("operation", ["get_positions", "get_funds", "get_profile", "validate"])
async def test_a_death_is_told_by_the_first_answer_that_says_so(watched: House, operation: str) -> None:
    account = await watched.connected()
    broker = await watched.services.brokers.get_broker_for_user(account.user_id)
    watched.world.kill("AB1234")

    answers = await asyncio.gather(getattr(broker, operation)(), return_exceptions=True)

    assert answers[0] is False or isinstance(answers[0], SessionExpired)
    assert [notice.title for notice in watched.notices] == ["HUF · Zerodha is signed out"]


async def test_a_restart_does_not_tell_a_death_again(watched: House) -> None:
    account = await watched.connected()
    watched.world.kill("AB1234")
    await watched.services.brokers.validate_broker(account.user_id)
    assert len(deaths(watched)) == 1

    await watched.restart()
    await watched.services.start()
    await watched.clock.advance(HOUR)

    assert watched.view(account).state is AccountState.SIGNED_OUT
    assert len(deaths(watched)) == 1
