"""What an account's history says of its sessions, and what a forecast learns from it."""

from datetime import datetime, timedelta

import pytest

from app.domain import IST, IpNotRegistered, SessionExpired, UserBlocked
from app.domain.forecast import Certainty
from app.services.views import AccountState, AccountView, AccountWarned
from tests.fakes.clock import ManualClock
from tests.services.fakes import next_six
from tests.services.house import House


async def lines(house: House, account: AccountView) -> list[tuple[str, str]]:
    """What the history says, after everything is written."""
    await house.services.diary.close()
    return [(trace.kind, trace.text) for trace in await house.services.store.history.of_account(account.user_id)]


async def kinds(house: House, account: AccountView) -> list[str]:
    return [kind for kind, _ in await lines(house, account)]


async def die(house: House, account: AccountView) -> None:
    house.world.kill(account.client_id)
    await house.services.brokers.validate_broker(account.user_id)


async def reconnect(house: House, account: AccountView) -> None:
    running = house.services.sign_ins.start(account.user_id)
    await house.land()
    await running.result()
    house.pages.clear()


async def at_ist(clock: ManualClock, moment: str) -> None:
    await clock.advance((datetime.fromisoformat(f"2026-11-{moment}+05:30") - clock.now()).total_seconds())


async def test_a_day_of_a_session(house: House, clock: ManualClock) -> None:
    account = await house.connected()
    house.services.events.publish(AccountWarned(account.user_id, 15))
    await at_ist(clock, "19T06:20")
    await die(house, account)
    await reconnect(house, account)

    assert await lines(house, account) == [
        ("connected", "Connected. Ends Thu 19 Nov 06:00, by Zerodha's rule"),
        ("warned", "Told you that it ends in 15 minutes"),
        ("died", "Ended, noticed 20 minutes later"),
        ("reconnected", "Reconnected. Ends Fri 20 Nov 06:00, by Zerodha's rule"),
    ]


async def test_an_early_death_says_so(house: House, clock: ManualClock) -> None:
    account = await house.connected()
    await at_ist(clock, "19T04:00")
    await die(house, account)

    assert (await lines(house, account))[-1] == ("died", "Ended, 2 h 0 min before its time")


async def test_a_restart_a_check_and_a_sign_in_that_is_given_up_are_no_history(house: House) -> None:
    account = await house.connected()
    await house.restart()
    await house.services.brokers.validate_broker(account.user_id)
    running = house.services.sign_ins.start(account.user_id)
    running.cancel()
    await running.result()

    assert await kinds(house, account) == ["connected"]


@pytest.mark.parametrize("trouble", [IpNotRegistered(), UserBlocked()])
async def test_a_refusal_that_is_not_the_end_of_the_session_is_no_history(
    house: House, trouble: IpNotRegistered | UserBlocked
) -> None:
    account = await house.connected()
    house.world.faults["validate"] = trouble
    await house.services.brokers.validate_broker(account.user_id)

    assert await kinds(house, account) == ["connected"]


async def test_the_end_of_the_old_session_under_a_sign_in_is_written_down_once(house: House) -> None:
    account = await house.connected()
    running = house.services.sign_ins.start(account.user_id)
    await die(house, account)
    await house.land()
    await running.result()

    assert await kinds(house, account) == ["connected", "died", "reconnected"]


async def test_a_session_that_the_broker_takes_back_after_a_false_no_is_there_again(house: House) -> None:
    account = await house.connected()
    for says in (SessionExpired(), None):
        house.world.faults = {"validate": says} if says is not None else {}
        await house.services.brokers.validate_broker(account.user_id)

    assert await kinds(house, account) == ["connected", "died", "reconnected"]


async def test_a_new_token_that_is_refused_at_once_teaches_nothing_about_the_hour(house: House) -> None:
    account = await house.connected()
    house.world.faults["connect"] = SessionExpired()
    await reconnect(house, account)

    (death,) = house.services.accounts.find(account.user_id).deaths
    assert (death.alive_at, death.teaches) == (None, False)


async def test_a_removed_account_leaves_one_line_without_its_name(house: House) -> None:
    account = await house.connected()
    await die(house, account)
    await house.services.brokers.disconnect_broker(account.user_id)

    assert await lines(house, account) == [("disconnected", "Removed from this computer")]


# ------------------------------------------------------------------ learning


async def dies_early(house: House, account: AccountView, clock: ManualClock, day: int, time: str) -> None:
    """The session is seen alive ten minutes before it ends, by day and Indian time, and replaced five hours later."""
    await at_ist(clock, f"{day}T{time}")
    await clock.advance(-600)
    await house.services.brokers.validate_broker(account.user_id)
    await clock.advance(600)
    await die(house, account)
    await clock.advance(5 * 3600)
    await reconnect(house, account)


async def test_two_early_deaths_at_the_same_time_move_the_forecast_also_after_a_restart(
    house: House, clock: ManualClock
) -> None:
    account = await house.connected()
    assert house.view(account).certainty is Certainty.RULE
    await dies_early(house, account, clock, 19, "03:00")
    assert house.view(account).certainty is Certainty.RULE
    await dies_early(house, account, clock, 20, "03:05")
    learnt = datetime(2026, 11, 21, 3, 0, tzinfo=IST)

    for _ in range(2):
        view = house.view(account)
        assert (view.certainty, view.token_expires_at) == (Certainty.LEARNT, learnt)
        await house.restart()


async def test_a_session_that_outlives_what_was_learnt_is_asked_about_and_goes_on(
    house: House, clock: ManualClock
) -> None:
    account = await house.connected()
    for day in (19, 20):
        await dies_early(house, account, clock, day, "03:00")
    await at_ist(clock, "21T03:00:05")
    assert house.view(account).state is AccountState.NOT_CONFIRMED

    await house.services.brokers.validate_broker(account.user_id)

    view = house.view(account)
    assert (view.state, view.certainty) == (AccountState.READY, Certainty.RULE)
    assert view.token_expires_at == next_six(clock.now())


async def test_a_session_that_dies_as_it_was_learnt_still_teaches(house: House, clock: ManualClock) -> None:
    account = await house.connected()
    for day in (19, 20, 21):
        await dies_early(house, account, clock, day, "03:00")

    assert [death.teaches for death in house.services.accounts.find(account.user_id).deaths] == [True] * 3
    assert house.view(account).token_expires_at == datetime(2026, 11, 22, 3, 0, tzinfo=IST)


async def test_what_was_learnt_is_forgotten_when_sessions_live_to_their_end_again(
    house: House, clock: ManualClock
) -> None:
    account = await house.connected()
    for day in (19, 20):
        await dies_early(house, account, clock, day, "03:00")
    for day in (21, 22, 23, 24):
        await at_ist(clock, f"{day}T05:59:59")
        await house.services.brokers.validate_broker(account.user_id)
        await clock.advance(timedelta(seconds=2).total_seconds())
        await die(house, account)
        await reconnect(house, account)

    assert house.view(account).certainty is Certainty.RULE
