"""Warnings before a session ends while one trades: 60, 15 and 5 minutes, each once, and no others."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain import IST, Exchange, IpNotRegistered, NotReachable
from app.services.quiet import DEFAULT
from app.services.views import AccountView, AccountWarned, Action
from tests.fakes.clock import ManualClock, settle
from tests.services.fakes import position
from tests.services.house import House

MORNING = datetime(2026, 11, 18, 9, 30, tzinfo=IST)


@pytest.fixture
async def watched(house: House) -> House:
    await house.services.start()
    await settle()
    return house


async def ending_at(house: House, account: AccountView, end: datetime) -> None:
    """Let the account's token end then, by what its broker said of it."""
    stored = await house.services.vault.credentials(account.user_id)
    since = house.clock.now()
    house.services.accounts.find(account.user_id).rewrite(
        await house.services.vault.update(
            account.user_id, stored, token_since=since, token_expires_at=end, confirmed=True
        )
    )


async def go_to(house: House, moment: datetime) -> None:
    """Time passes up to `moment` exactly."""
    await house.clock.advance((moment - house.clock.now()).total_seconds())


def at(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=IST)


def warned(house: House) -> list[int]:
    return [event.minutes for event in house.events if isinstance(event, AccountWarned)]


def titles(house: House) -> list[str]:
    return [notice.title for notice in house.notices]


# ------------------------------------------------------------------ when


async def test_an_end_in_market_hours_is_warned_of_60_15_and_5_minutes_before(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    seen: list[tuple[str, int]] = []

    for moment in (at(10, 59), at(11, 1), at(11, 44), at(11, 46), at(11, 54), at(11, 56), at(11, 59)):
        await go_to(watched, moment)
        seen.append((f"{moment:%H:%M}", len(watched.notices)))

    assert [number for _, number in seen] == [0, 1, 1, 2, 2, 3, 3], seen
    assert warned(watched) == [60, 15, 5]


async def test_a_warning_says_until_when_and_what_would_be_out_of_reach(watched: House) -> None:
    account = await watched.connected()
    watched.world.positions["AB1234"] = [position(f"S{n}") for n in range(4)]
    await ending_at(watched, account, at(12))

    await go_to(watched, at(11, 0) + timedelta(seconds=30))

    assert titles(watched) == ["HUF · Zerodha ends at 12:00"]
    assert watched.notices[0].text == (
        "In 60 minutes, while the market is open. 4 positions stay open; you could not change them from Kunji."
    )
    assert (watched.notices[0].action, watched.notices[0].user_id) == (Action.RECONNECT, account.user_id)


@pytest.mark.parametrize(("asleep_until", "step"), [(at(11, 20), 60), (at(11, 50), 15), (at(11, 57), 5)])
async def test_a_computer_that_wakes_late_is_warned_once_by_what_is_left(
    watched: House, asleep_until: datetime, step: int
) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))

    watched.clock.jump((asleep_until - watched.clock.now()).total_seconds())
    await watched.clock.advance(60)

    assert warned(watched) == [step]


async def test_a_warning_is_not_given_again_after_a_restart(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    await go_to(watched, at(11, 1))

    await watched.restart()
    await watched.services.start()
    await go_to(watched, at(11, 30))

    assert warned(watched) == [60]


async def test_the_next_token_is_warned_of_anew(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    await go_to(watched, at(11, 1))

    await watched.services.brokers.update_broker_token(account.user_id, watched.world.issue("AB1234"))
    taken_back = watched.services.notices.open
    await ending_at(watched, account, at(13))
    await go_to(watched, at(12, 1))

    assert taken_back == ()
    assert warned(watched) == [60, 60]


# ------------------------------------------------------------------ which ends


@pytest.mark.parametrize(("end", "steps"), [(at(6, day=19), []), (at(0, day=19), []), (at(8, 59, day=19), [])])
async def test_an_end_outside_the_hours_of_trading_is_not_warned_of(
    watched: House, end: datetime, steps: list[int]
) -> None:
    account = await watched.connected()
    await ending_at(watched, account, end)

    await go_to(watched, end - timedelta(seconds=1))

    assert warned(watched) == steps
    assert [title for title in titles(watched) if "ends" in title] == []


@pytest.mark.parametrize(
    ("exchange", "steps"), [(None, [60, 15, 5]), (Exchange.MCX, [60, 15, 5]), (Exchange.NFO, []), (Exchange.NSE, [])]
)
async def test_an_evening_end_is_warned_of_where_the_account_trades_commodities_or_may(
    watched: House, exchange: Exchange | None, steps: list[int]
) -> None:
    account = await watched.connected()
    if exchange is not None:
        watched.world.positions["AB1234"] = [position(exchange=exchange)]
        await watched.services.portfolio.refresh(account.user_id)
    await ending_at(watched, account, at(20))

    await go_to(watched, at(19, 59))

    assert warned(watched) == steps
    assert all("while commodities trade" in notice.text for notice in watched.notices)


async def test_what_an_account_trades_is_remembered(watched: House) -> None:
    account = await watched.connected()
    watched.world.positions["AB1234"] = [position(exchange=Exchange.NFO)]
    await watched.services.portfolio.refresh(account.user_id)
    watched.world.positions.clear()

    await watched.restart()
    await watched.services.start()
    await ending_at(watched, account, at(20))
    await go_to(watched, at(19, 59))

    assert warned(watched) == []


async def test_an_account_that_cannot_be_reached_is_not_warned_of(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    await go_to(watched, at(10, 30))
    watched.world.fault = NotReachable()
    await watched.services.brokers.validate_broker(account.user_id)

    await go_to(watched, at(11, 30))

    assert watched.notices == []


async def test_an_account_that_can_only_be_watched_is_warned_of_like_any_other(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    watched.services.accounts.find(account.user_id).take(IpNotRegistered(), asked=False)

    await go_to(watched, at(11, 1))

    assert warned(watched) == [60]


# ------------------------------------------------------------------ together, and quiet


async def test_ends_within_two_minutes_are_warned_of_together(watched: House) -> None:
    first, second = await watched.connected(), await watched.connected("Self", "CD5678", "key2")
    await ending_at(watched, first, at(12))
    await ending_at(watched, second, at(12, 1))

    await go_to(watched, at(11, 59))

    assert titles(watched) == ["2 accounts end by 12:01"] * 3
    assert watched.notices[0].text == (
        "HUF · Zerodha at 12:00, Self · Zerodha at 12:01, while the market is open. "
        "Positions stay open; you could not change them from Kunji."
    )
    assert watched.notices[0].action is Action.RECONNECT_ALL
    assert watched.notices[0].accounts == (first.user_id, second.user_id)


async def test_a_death_takes_the_place_of_its_warning(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    await go_to(watched, at(11, 56))

    watched.world.kill("AB1234")
    await go_to(watched, at(12, 1))

    assert [notice.title for notice in watched.services.notices.open] == ["HUF · Zerodha is signed out"]


async def test_quiet_hours_hold_no_warning_back_while_one_can_trade(tmp_path: Path) -> None:
    house = await House.build(tmp_path / "quiet", ManualClock(at(21, 30)), DEFAULT)
    try:
        await house.services.start()
        account = await house.connected()
        await ending_at(house, account, at(23, 30))

        await go_to(house, at(23, 29))

        assert warned(house) == [60, 15, 5]
    finally:
        await house.close()


async def test_quiet_hours_hold_a_warning_back_before_one_can_trade(tmp_path: Path) -> None:
    house = await House.build(tmp_path / "quiet", ManualClock(at(7)), DEFAULT)
    try:
        await house.services.preferences.put_text("quiet", "22:00-10:00")
        await house.services.start()
        account = await house.connected()
        await ending_at(house, account, at(9, 10))

        await go_to(house, at(8, 59))
        before = warned(house)
        await go_to(house, at(9, 1))

        assert (before, warned(house)) == ([], [15])
    finally:
        await house.close()


async def test_a_snoozed_warning_comes_again_with_what_is_left_then(watched: House) -> None:
    account = await watched.connected()
    await ending_at(watched, account, at(12))
    await go_to(watched, at(11, 1))

    watched.services.notices.snooze(f"account:{account.user_id}")
    await go_to(watched, at(11, 12))

    assert [notice.text[:14] for notice in watched.notices] == ["In 60 minutes,", "In 49 minutes,"]
