"""The token watch over days of a clock that sleeps, jumps and lives in any zone (promises A2, A4, N8)."""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain import IST, NotReachable, RateLimited, SessionExpired
from app.services.quiet import DEFAULT
from app.services.views import AccountState, AccountView, Action, Notice
from tests.fakes.clock import ManualClock, settle
from tests.services.house import House, until

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SEED = 20261122
ZONES = (
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tokyo", "Asia/Dubai", "Asia/Tehran", "Australia/Sydney",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Marquesas", "Pacific/Pago_Pago",
    "America/New_York", "America/Los_Angeles", "America/St_Johns", "America/Sao_Paulo", "America/Caracas",
    "Europe/London", "Europe/Berlin", "Europe/Lisbon", "Africa/Casablanca", "Africa/Cairo",
)  # fmt: skip


@pytest.fixture
async def watched(house: House) -> House:
    await house.services.start()
    await settle()
    return house


@pytest.fixture
def _any_zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


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
    watched.services.portfolio.set_visible(True)
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
    watched.services.portfolio.set_visible(True)
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


# ------------------------------------------------------------------ A4: exactly one death notice, at most a minute late


async def renew(house: House, account: AccountView) -> None:
    """What the trader does in the morning: a new token."""
    await house.services.brokers.update_broker_token(account.user_id, house.world.issue("AB1234"))


async def a_night(house: House, chance: random.Random) -> tuple[datetime, timedelta]:
    """From some evening to some morning, one way or another; the moment of death as machine time, and how late."""
    died_before = len(deaths(house))
    way = chance.choice(["awake", "asleep over six", "asleep until six", "set forward", "set back"])
    if way == "set forward":
        shift(house, DAY)
    if way == "set back":
        shift(house, -DAY)
    house.clock.jump(at(house, 6) - chance.uniform(90, 300))
    await house.clock.advance(60)
    if way == "asleep over six":
        house.clock.jump(chance.uniform(400, 3 * HOUR))
    woken = house.clock.now()
    death = max(woken, due(house))
    for _ in range(40):
        await house.clock.advance(10)
        if len(deaths(house)) > died_before:
            break
    await house.settled()
    late = house.clock.now() - death
    if way.startswith("set"):
        shift(house, -house.world.ahead.total_seconds())
    return death, late


def shift(house: House, seconds: float) -> None:
    """Somebody sets the machine's clock; the true time goes on."""
    house.clock.jump(seconds)
    house.world.ahead += timedelta(seconds=seconds)


def due(house: House) -> datetime:
    """When the broker ends the present token, by the machine's clock."""
    return max(house.world.deaths.values()) + house.world.ahead


@pytest.mark.usefixtures("_any_zone")
@pytest.mark.parametrize("zone", ZONES)
async def test_each_death_is_told_exactly_once_within_a_minute_whatever_the_clock_does(
    watched: House, zone: str
) -> None:
    os.environ["TZ"] = zone
    time.tzset()
    chance = random.Random(f"{SEED} {zone}")
    watched.world.mortal = True
    account = await watched.connected()

    for night in range(1, 11):
        _, late = await a_night(watched, chance)
        assert len(deaths(watched)) == night
        assert timedelta(0) <= late <= timedelta(minutes=1)
        await asleep_until(watched, 9, chance.randint(0, 59))
        assert len(deaths(watched)) == night
        await renew(watched, account)
        await watched.settled()
        watched.clock.jump(chance.uniform(0, 5 * HOUR))
        await watched.clock.advance(MINUTE)
        assert watched.view(account).state is AccountState.READY


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
