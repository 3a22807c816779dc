"""The readiness notice: once a trading day, at the user's time, about accounts that need something of him."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain import IST, Exchange, NotReachable
from app.services import notice_words
from app.services.notice_words import READINESS
from app.services.quiet import DEFAULT
from app.services.views import AccountState, AccountView, Action, Notice
from tests.fakes.clock import ManualClock
from tests.services.fakes import position
from tests.services.house import House

EVENING = datetime(2026, 11, 17, 18, 0, tzinfo=IST)
_AWAKE = 1800.0
PEOPLE = (("HUF", "AB1234", "key"), ("Self", "CD5678", "key2"), ("Meera", "EF9012", "key2"), ("Asha", "GH3456", "key2"))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The evening before a trading day; what dies at six is found out then."""
    house = House(tmp_path / "profile", ManualClock(EVENING))
    house.quiet, house.readiness = DEFAULT, True
    await house.open()
    await house.services.start()
    house.world.mortal = True
    yield house
    await house.close()


async def people(house: House, number: int) -> list[AccountView]:
    return [await house.connected(*person) for person in PEOPLE[:number]]


async def renew(house: House, account: AccountView) -> None:
    await house.services.brokers.update_broker_token(account.user_id, house.world.issue(account.client_id))


async def go_to(house: House, moment: datetime) -> None:
    """Time passes up to `moment`; the computer is asleep for all but the last half hour of a long time."""
    seconds = (moment - house.clock.now()).total_seconds()
    if seconds > _AWAKE:
        house.clock.jump(seconds - _AWAKE)
    await house.clock.advance(min(seconds, _AWAKE))


def at(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=IST)


def told(house: House) -> list[Notice]:
    return [notice for notice in house.notices if notice.key == READINESS]


# ------------------------------------------------------------------ when


async def test_it_is_told_at_a_quarter_to_nine(house: House) -> None:
    await people(house, 2)

    await go_to(house, at(8, 44))
    before = told(house)
    await go_to(house, at(8, 46))
    await go_to(house, at(18))

    assert before == []
    assert len(told(house)) == 1


async def test_the_user_says_when(house: House) -> None:
    await people(house, 1)
    await house.services.preferences.put_text("readiness", "08:20")

    await go_to(house, at(8, 21))

    assert len(told(house)) == 1


async def test_switched_off_it_is_not_told(house: House) -> None:
    await people(house, 1)
    await house.services.preferences.put_text("readiness", "off")

    await go_to(house, at(18))

    assert told(house) == []


@pytest.mark.parametrize("day", [21, 22, 24])  # Saturday, Sunday, Guru Nanak Jayanti
async def test_it_is_not_told_on_days_without_trading(house: House, day: int) -> None:
    await people(house, 1)
    house.clock.jump((at(7, day=day) - house.clock.now()).total_seconds())
    await house.clock.advance(60)

    await go_to(house, at(18, day=day))

    assert told(house) == []


async def test_on_a_holiday_it_is_told_to_who_trades_commodities_in_the_evening(house: House) -> None:
    (account,) = await people(house, 1)
    house.world.positions["AB1234"] = [position(exchange=Exchange.MCX)]
    await house.services.portfolio.refresh(account.user_id)
    house.clock.jump((at(8, 30, day=24) - house.clock.now()).total_seconds())

    await house.clock.advance(20 * 60)

    assert [notice.text for notice in told(house)] == ["One needs a sign-in before 17:00, about one minute."]


@pytest.mark.parametrize(("opened_at", "number"), [(at(8, 50), 1), (at(9, 14), 1), (at(9, 30), 0), (at(20), 0)])
async def test_a_computer_that_is_opened_late_is_told_until_one_can_trade(
    house: House, opened_at: datetime, number: int
) -> None:
    await people(house, 1)

    house.clock.jump((opened_at - house.clock.now()).total_seconds())
    await house.clock.advance(45)

    assert len(told(house)) == number


async def test_it_is_not_told_again_after_a_restart(house: House) -> None:
    await people(house, 1)
    await go_to(house, at(8, 46))

    await house.restart()
    await house.services.start()
    await house.clock.advance(120)

    assert len(told(house)) == 1


async def test_a_clock_that_is_set_back_a_day_does_not_tell_it_twice(house: House) -> None:
    await people(house, 1)
    await go_to(house, at(8, 46))

    house.clock.jump(timedelta(days=1).total_seconds())
    await house.clock.advance(60)
    house.clock.jump(-timedelta(days=1).total_seconds())
    await house.clock.advance(60)

    assert len(told(house)) == 2  # one a day, whatever day it is said to be


# ------------------------------------------------------------------ what


async def test_it_counts_the_ready_and_says_what_the_others_need(house: House) -> None:
    accounts = await people(house, 4)
    await go_to(house, at(7))
    await renew(house, accounts[0])

    await go_to(house, at(8, 46))

    (notice,) = told(house)
    assert (notice.title, notice.text) == (
        "1 of 4 accounts is ready",
        "Three need a sign-in before 09:15, about one minute.",
    )
    assert notice.action is Action.RECONNECT_ALL
    assert notice.accounts == tuple(account.user_id for account in accounts[1:])


async def test_the_one_that_is_not_ready_is_reconnected_by_itself(house: House) -> None:
    first, second = await people(house, 2)
    await go_to(house, at(7))
    await renew(house, first)

    await go_to(house, at(8, 46))

    (notice,) = told(house)
    assert notice.text == "One needs a sign-in before 09:15, about one minute."
    assert (notice.action, notice.user_id) == (Action.RECONNECT, second.user_id)


async def test_when_all_are_ready_there_is_nothing_to_tell(house: House) -> None:
    accounts = await people(house, 2)
    await go_to(house, at(7))
    for account in accounts:
        await renew(house, account)

    await go_to(house, at(18))

    assert house.notices == []


async def test_a_death_after_it_is_told_by_itself(house: House) -> None:
    (account,) = await people(house, 1)
    await go_to(house, at(7))
    await renew(house, account)
    await go_to(house, at(8, 50))

    house.world.kill("AB1234")
    await go_to(house, at(9, 14))

    assert [notice.key for notice in house.notices] == [f"account:{account.user_id}"]


async def test_it_is_taken_back_when_the_last_of_them_is_ready(house: House) -> None:
    house.services.watch.set_visible(True)
    accounts = await people(house, 2)
    await go_to(house, at(8, 46))

    await renew(house, accounts[0])
    after_the_first = [notice.key for notice in house.services.notices.open]
    await renew(house, accounts[1])

    assert after_the_first == [READINESS]
    assert house.services.notices.open == ()


async def test_it_takes_the_place_of_what_was_told_of_these_deaths(house: House) -> None:
    await people(house, 2)

    await go_to(house, at(8, 30))
    before = [notice.key for notice in house.services.notices.open]
    await go_to(house, at(8, 46))

    assert before == ["accounts"]
    assert [notice.key for notice in house.services.notices.open] == [READINESS]


async def test_opened_at_ten_to_nine_the_deaths_are_told_once_and_then_who_is_ready(house: House) -> None:
    await people(house, 3)

    house.clock.jump((at(8, 50) - house.clock.now()).total_seconds())
    await house.clock.advance(40)

    assert [notice.key for notice in house.notices] == ["accounts", READINESS]
    assert [notice.key for notice in house.services.notices.open] == [READINESS]


# ------------------------------------------------------------------ never for the network


async def test_a_network_that_is_gone_in_the_morning_is_no_reason_for_it(house: House) -> None:
    await people(house, 2)
    house.world.fault = NotReachable()

    await go_to(house, at(18))

    assert house.notices == []


async def test_it_waits_a_moment_for_the_network_of_a_computer_that_was_opened(house: House) -> None:
    accounts = await people(house, 2)
    await go_to(house, at(7))
    for account in accounts:
        await renew(house, account)
    house.world.fault = NotReachable()
    await go_to(house, at(8, 45) + timedelta(seconds=40))

    house.world.fault = None
    await go_to(house, at(9, 14))

    assert told(house) == []


async def test_after_a_minute_it_is_told_of_those_that_surely_need_a_sign_in(house: House) -> None:
    first, _ = await people(house, 2)
    await go_to(house, at(7))
    await renew(house, first)
    await go_to(house, at(8, 30))
    house.world.fault = NotReachable()

    await go_to(house, at(8, 45) + timedelta(seconds=50))
    before = told(house)
    await go_to(house, at(8, 47))

    assert before == []
    assert [notice.text for notice in told(house)] == [
        "One needs a sign-in before 09:15, about one minute. One has not answered yet."
    ]


# ------------------------------------------------------------------ its words


def views(view: AccountView, *states: AccountState) -> list[AccountView]:
    return [replace(view, user_id=f"usr_{number}", state=state) for number, state in enumerate(states)]


OUT, READY, WATCH = AccountState.SIGNED_OUT, AccountState.READY, AccountState.WATCH_ONLY
LOCKED, REFUSED, OFFLINE = AccountState.LOCKED, AccountState.REFUSED, AccountState.OFFLINE


@pytest.mark.parametrize(
    ("states", "title", "text"),
    [
        ([OUT], "0 of 1 account is ready", "One needs a sign-in before 09:15, about one minute."),
        ([OUT] * 12, "0 of 12 accounts are ready", "12 need a sign-in before 09:15, about four minutes."),
        ([WATCH, READY], "1 of 2 accounts is ready", "One can only be watched: orders are refused."),
        ([LOCKED, LOCKED], "0 of 2 accounts are ready", "Two are locked: unlock the keychain."),
        (
            [REFUSED, REFUSED, OUT, OFFLINE, OFFLINE],
            "0 of 5 accounts are ready",
            "One needs a sign-in before 09:15, about one minute. "  # noqa: ISC004 - one text
            "Two are refused by their brokers. Two have not answered yet.",
        ),
    ],
)
async def test_every_kind_of_not_ready_has_its_sentence(
    house: House, states: list[AccountState], title: str, text: str
) -> None:
    account = await house.connected()

    notice = notice_words.readiness(views(account, *states), at(8, 45), at(9, 15))

    assert notice is not None
    assert (notice.title, notice.text) == (title, text)


@pytest.mark.parametrize("states", [[READY, READY], [READY, OFFLINE], [OFFLINE, AccountState.NOT_CONFIRMED]])
async def test_nothing_is_said_where_nothing_is_asked_of_the_user(house: House, states: list[AccountState]) -> None:
    account = await house.connected()

    assert notice_words.readiness(views(account, *states), at(8, 45), at(9, 15)) is None
