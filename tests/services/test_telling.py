"""Notices: who is told what, once; warned before, together after the quiet hours, taken back when no longer so."""

from collections.abc import AsyncIterator
from datetime import datetime, time
from pathlib import Path

import pytest

from app.domain import IST
from app.services.deaths import GATHER
from app.services.quiet import DEFAULT, QuietHours
from app.services.views import AccountRemoved, AccountView, Action, NoticeWithdrawn
from tests.fakes.clock import ManualClock, settle
from tests.services.fakes import position
from tests.services.house import House

NIGHT = datetime(2026, 11, 18, 5, 30, tzinfo=IST)


@pytest.fixture
async def watched(house: House) -> House:
    await house.services.start()
    await settle()
    return house


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[House]:
    house = await House.build(tmp_path / "night", ManualClock(NIGHT), DEFAULT)
    await house.services.start()
    yield house
    await house.close()


async def die(house: House, account: AccountView) -> None:
    house.world.kill(account.client_id)
    await house.services.brokers.validate_broker(account.user_id)


async def renew(house: House, account: AccountView) -> None:
    await house.services.brokers.update_broker_token(account.user_id, house.world.issue(account.client_id))


def withdrawn(house: House) -> list[str]:
    return [event.key for event in house.events if isinstance(event, NoticeWithdrawn)]


async def holding(house: House, *quantities: int) -> AccountView:
    account = await house.connected()
    house.world.positions["AB1234"] = [position(f"S{n}", quantity) for n, quantity in enumerate(quantities)]
    await house.services.portfolio.refresh(account.user_id)
    return account


async def three(house: House) -> list[AccountView]:
    people = [("HUF", "AB1234", "key"), ("Self", "CD5678", "key2"), ("Meera", "EF9012", "key2")]
    return [await house.connected(*person) for person in people]


# ------------------------------------------------------------------ deaths


@pytest.mark.parametrize(
    ("quantities", "text"),
    [
        ((1, 2, 3, 4), "4 open positions cannot be seen or closed from here. They stay open at Zerodha."),
        ((1, 0), "1 open position cannot be seen or closed from here. It stays open at Zerodha."),
    ],
)
async def test_a_death_says_what_it_means_for_what_is_held(
    house: House, quantities: tuple[int, ...], text: str
) -> None:
    account = await holding(house, *quantities)

    await die(house, account)

    assert [(notice.title, notice.text) for notice in house.notices] == [("HUF · Zerodha is signed out", text)]
    assert (house.notices[0].action, house.notices[0].user_id) == (Action.RECONNECT, account.user_id)


async def test_a_death_is_told_once_however_often_it_is_heard(house: House) -> None:
    account = await house.connected()

    for _ in range(5):
        await die(house, account)

    assert len(house.notices) == 1


async def test_the_next_tokens_death_is_told_again(house: House) -> None:
    account = await house.connected()
    house.services.watch.set_visible(True)
    for _ in range(3):
        await die(house, account)
        await house.clock.advance(10)
        await renew(house, account)

    assert len(house.notices) == 3


async def test_a_cancelled_sign_in_does_not_tell_the_death_again(house: House) -> None:
    account = await house.connected()
    await die(house, account)

    running = house.services.sign_ins.start(account.user_id)
    await settle()
    running.cancel()
    await running.result()

    assert len(house.notices) == 1


async def test_a_notice_is_taken_back_when_a_sign_in_begins(house: House) -> None:
    account = await house.connected()
    await die(house, account)

    running = house.services.sign_ins.start(account.user_id)
    await settle()

    assert withdrawn(house) == [f"account:{account.user_id}"]
    assert house.services.notices.open == ()
    running.cancel()
    await running.result()


async def test_a_removed_account_takes_its_notice_along(house: House) -> None:
    account = await house.connected()
    await die(house, account)

    await house.services.brokers.disconnect_broker(account.user_id)

    assert house.services.notices.open == ()
    assert AccountRemoved(account.user_id) in house.events


async def test_an_answered_notice_is_no_longer_open(house: House) -> None:
    account = await house.connected()
    await die(house, account)

    house.services.notices.answered(f"account:{account.user_id}")

    assert house.services.notices.open == ()


async def test_a_death_that_a_single_command_finds_is_told_by_the_next_window(house: House) -> None:
    account = await house.connected()
    house.seen = False
    await house.restart()
    await die(house, account)
    unseen = list(house.notices)
    house.seen = True

    await house.restart()

    assert unseen == []
    assert [notice.title for notice in house.notices] == ["HUF · Zerodha is signed out"]


# ------------------------------------------------------------------ back again


async def test_being_back_is_told_when_the_window_is_hidden(house: House) -> None:
    account = await house.connected()
    await die(house, account)

    await renew(house, account)

    assert (house.notices[-1].title, house.notices[-1].text) == ("HUF · Zerodha is ready", "Until 06:00 tomorrow.")


async def test_being_back_is_not_told_when_somebody_looks(house: House) -> None:
    account = await house.connected()
    house.services.watch.set_visible(True)
    await die(house, account)

    await renew(house, account)

    assert len(house.notices) == 1
    assert house.services.notices.open == ()


async def test_a_first_connection_is_no_news(house: House) -> None:
    await house.connected()

    assert house.notices == []


# ------------------------------------------------------------------ the quiet hours


async def test_several_deaths_of_the_night_are_told_together(night: House) -> None:
    night.world.mortal = True
    await night.connected("HUF", "AB1234")
    await night.connected("Self", "CD5678", "key2")

    await night.clock.advance(3 * 3600)

    assert [(notice.title, notice.user_id) for notice in night.notices] == [
        ("2 accounts are signed out since 06:00", None)
    ]
    assert night.notices[0].text == "HUF · Zerodha, Self · Zerodha. Market opens in 1 h 15 min."


async def test_one_death_of_the_night_is_told_by_name(night: House) -> None:
    night.world.mortal = True
    account = await night.connected()

    await night.clock.advance(3 * 3600)

    assert [(notice.title, notice.user_id) for notice in night.notices] == [
        ("HUF · Zerodha is signed out", account.user_id)
    ]


async def test_the_notice_about_several_goes_when_the_last_of_them_is_back(night: House) -> None:
    night.world.mortal = True
    night.services.watch.set_visible(True)
    first = await night.connected("HUF", "AB1234")
    second = await night.connected("Self", "CD5678", "key2")
    await night.clock.advance(3 * 3600)

    await renew(night, first)
    open_after_first = [notice.key for notice in night.services.notices.open]
    await renew(night, second)

    assert open_after_first == ["accounts"]
    assert night.services.notices.open == ()


async def test_what_was_due_when_kunji_was_closed_is_told_after_the_next_start(night: House) -> None:
    account = await night.connected()
    await die(night, account)
    assert night.notices == []
    await night.close()
    night.clock.jump(4 * 3600)

    await night.open()

    assert [notice.title for notice in night.services.notices.open] == ["HUF · Zerodha is signed out"]


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [
        (DEFAULT, (*range(8), 22, 23)),
        (QuietHours(time(13), time(14)), (13,)),
    ],
)
def test_quiet_hours_may_go_over_midnight(hours: QuietHours, quiet: tuple[int, ...]) -> None:
    covered = [hour for hour in range(24) if hours.cover(datetime(2026, 11, 18, hour, 30, tzinfo=IST))]

    assert covered == list(quiet)


# ------------------------------------------------------------------ several of one moment


async def test_deaths_of_one_moment_are_told_as_one(watched: House) -> None:
    watched.world.mortal = True
    accounts = await three(watched)

    for account in accounts[:2]:
        await die(watched, account)
    at_once = list(watched.notices)
    await watched.clock.advance(GATHER)

    assert at_once == []
    assert [notice.title for notice in watched.notices] == ["2 accounts are signed out since 09:14"]
    assert watched.notices[0].action is Action.RECONNECT_ALL
    assert watched.notices[0].accounts == tuple(account.user_id for account in accounts[:2])


async def test_the_last_death_of_all_needs_no_waiting_for_others(watched: House) -> None:
    for account in await three(watched):
        await die(watched, account)

    assert [notice.title for notice in watched.notices] == ["3 accounts are signed out since 09:14"]


async def test_a_death_is_told_within_five_seconds_though_others_may_follow(watched: House) -> None:
    account, *_ = await three(watched)

    await die(watched, account)
    await watched.clock.advance(5)

    assert [notice.user_id for notice in watched.notices] == [account.user_id]


# ------------------------------------------------------------------ put off


async def test_a_notice_that_was_put_off_is_told_once_more_if_it_is_still_so(watched: House) -> None:
    account = await watched.connected()
    await die(watched, account)
    key = f"account:{account.user_id}"

    watched.services.notices.snooze(key)
    gone = watched.services.notices.open
    await watched.clock.advance(9 * 60 + 59)
    early = len(watched.notices)
    await watched.clock.advance(2)
    await watched.clock.advance(3600)

    assert (gone, early) == ((), 1)
    assert [notice.key for notice in watched.notices] == [key, key]


async def test_a_notice_that_was_put_away_does_not_come_again(watched: House) -> None:
    account = await watched.connected()
    await die(watched, account)

    watched.services.notices.answered(f"account:{account.user_id}")
    await watched.clock.advance(3600)

    assert len(watched.notices) == 1


async def test_what_is_no_longer_so_after_a_snooze_is_not_told(watched: House) -> None:
    account = await watched.connected()
    watched.services.watch.set_visible(True)
    await die(watched, account)

    watched.services.notices.snooze(f"account:{account.user_id}")
    await renew(watched, account)
    await watched.clock.advance(3600)

    assert len(watched.notices) == 1


async def test_of_several_that_were_put_off_those_come_again_of_which_it_is_still_so(watched: House) -> None:
    first, *others = await three(watched)
    watched.services.watch.set_visible(True)
    for account in (first, *others):
        await die(watched, account)

    watched.services.notices.snooze("accounts")
    await renew(watched, first)
    await watched.clock.advance(601)

    assert [notice.title for notice in watched.notices] == [
        "3 accounts are signed out since 09:14",
        "2 accounts are signed out since 09:14",
    ]


@pytest.mark.parametrize("how", ["asleep", "clock set back"])
async def test_a_snooze_ends_whatever_the_clocks_do(watched: House, how: str) -> None:
    account = await watched.connected()
    await die(watched, account)
    watched.services.notices.snooze(f"account:{account.user_id}")

    watched.clock.jump(900 if how == "asleep" else -86400)
    await watched.clock.advance(31 if how == "asleep" else 601)

    assert len(watched.notices) == 2


async def test_how_long_a_snooze_is_the_user_says(watched: House) -> None:
    account = await watched.connected()
    await die(watched, account)
    await watched.services.preferences.put_text("snooze", "30")

    watched.services.notices.snooze(f"account:{account.user_id}")
    await watched.clock.advance(29 * 60)
    before = len(watched.notices)
    await watched.clock.advance(61)

    assert (before, len(watched.notices)) == (1, 2)
