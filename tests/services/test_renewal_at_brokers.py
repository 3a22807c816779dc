"""Renewing at Dhan and Angel One: services, real adapters and the demo brokers, over real sockets."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain import IST, Secret, SessionExpired
from app.domain.forecast import Certainty
from app.services.views import AccountState, AccountView
from app.simulators.totp import code
from tests.fakes.waiting import until
from tests.services.street import Simulator, Street, yes

AFTER_CLOSE = "15:41"
BEFORE_MIDNIGHT = "23:57"


def move(street: Street, time: str) -> None:
    """It is `time` of the same day now."""
    now = street.clock.now().astimezone(IST)
    hours, minutes = map(int, time.split(":"))
    street.clock.shift += now.replace(hour=hours, minute=minutes, second=0, microsecond=0) - now


async def beat(street: Street) -> None:
    street.services.renewals.beat()
    await until(lambda: not street.services.renewals._work.busy, 20)


async def at_dhan(street: Street, consumer: str = "SELF") -> AccountView:
    """Connected with a token that was made on Dhan's page, or by a sign-in of another program."""
    assert consumer in ("SELF", "APP")
    draft = street.draft("dhan")
    token = street.dhan.controls.replace_token(draft.credentials.client_id, "SELF" if consumer == "SELF" else "APP")
    keys = replace(draft.credentials, access_token=Secret(token))
    account = yes(await street.services.brokers.connect_broker(draft.name, "dhan", keys))
    await until(lambda: street.asked(street.dhan, "ip") == 1)  # which would find out about the token, too
    return account


async def at_angel_one(street: Street) -> AccountView:
    """Signed in with PIN and code."""
    user = street.angel_users[0]
    running = street.services.sign_ins.start(street.draft("angel_one", pin=user.pin))
    await street.typed(running, "totp", code(user.totp_seed, street.clock.now()))
    return yes(await running.result())


async def stored(street: Street, account: AccountView) -> str:
    return (await street.services.vault.credentials(account.user_id)).access_token.reveal()


async def history(street: Street, account: AccountView) -> list[str]:
    await street.services.diary.close()
    return [trace.kind for trace in await street.services.store.history.of_account(account.user_id)]


def state(street: Street, account: AccountView) -> AccountState:
    return street.services.brokers.view(account.user_id).state


def live_at_dhan(street: Street) -> str:
    return street.dhan._broker.desk.logins[street.dhan_users[0].client_id].token


# ------------------------------------------------------------------ Dhan


async def test_a_web_token_of_dhan_lives_another_day_and_is_on_the_disk(street: Street) -> None:
    account = await at_dhan(street)
    old = await stored(street, account)
    move(street, AFTER_CLOSE)

    await beat(street)

    view = street.services.brokers.view(account.user_id)
    assert view.state is AccountState.READY
    assert view.certainty is Certainty.STATED
    assert view.token_expires_at is not None
    assert timedelta(hours=23, minutes=59) < view.token_expires_at - street.clock.now() <= timedelta(days=1)
    assert old != live_at_dhan(street) == await stored(street, account)
    assert street.asked(street.dhan, "renew") == 1
    assert await history(street, account) == ["connected", "renewed"]


async def test_after_a_restart_the_renewed_token_is_the_session(street: Street) -> None:
    account = await at_dhan(street)
    move(street, AFTER_CLOSE)
    await beat(street)

    await street.restart()
    await street.services.brokers.validate_broker(account.user_id)

    assert state(street, account) is AccountState.READY


async def test_a_token_of_a_sign_in_is_not_renewed_at_dhan(street: Street) -> None:
    account = await at_dhan(street, "APP")
    move(street, AFTER_CLOSE)

    await beat(street)

    assert street.asked(street.dhan, "renew") == 0
    assert state(street, account) is AccountState.READY


@pytest.mark.parametrize(
    ("fault", "lands", "after"),
    [
        ("reset-before", False, AccountState.READY),
        ("reset-before", True, AccountState.SIGNED_OUT),
        ("reset-in-body", True, AccountState.SIGNED_OUT),
        ("short-body", True, AccountState.SIGNED_OUT),
        ("502-html", False, AccountState.READY),
        ("429-seconds", False, AccountState.READY),
        ("null", False, AccountState.READY),
    ],
)
async def test_a_renewal_that_goes_wrong_is_asked_once_and_the_broker_says_what_lives(
    street: Street,
    fault: str,
    lands: bool,  # noqa: FBT001 - a table's column
    after: AccountState,
) -> None:
    account = await at_dhan(street)
    old = await stored(street, account)
    street.dhan.controls.fault("renew", fault, lands=lands)
    move(street, AFTER_CLOSE)

    await beat(street)
    await beat(street)

    assert street.asked(street.dhan, "renew") == 1
    assert state(street, account) is after
    assert await stored(street, account) == old
    ends = ["died"] if after is AccountState.SIGNED_OUT else []
    assert await history(street, account) == ["connected", *ends]


async def test_a_renewal_that_finds_the_token_replaced_by_another_program_tells_its_end(street: Street) -> None:
    account = await at_dhan(street)
    one = street.services.accounts.find(account.user_id)
    broker = await one.ready()
    street.dhan.controls.replace_token(street.dhan_users[0].client_id)

    with pytest.raises(SessionExpired):
        await broker.renew()
    await street.services.renewals._failed(one, one.generation, SessionExpired())

    assert state(street, account) is AccountState.SIGNED_OUT


# ------------------------------------------------------------------ Angel One


def refreshes(street: Street) -> int:
    return street.asked(street.angel, "renew")


async def test_angel_one_is_refreshed_after_the_last_market_with_all_three_tokens(street: Street) -> None:
    account = await at_angel_one(street)
    before = await street.services.vault.credentials(account.user_id)
    move(street, "23:50")
    await beat(street)
    assert refreshes(street) == 0

    move(street, BEFORE_MIDNIGHT)
    await beat(street)
    await beat(street)  # the new one ends at midnight as well: that is no reason to renew it

    after = await street.services.vault.credentials(account.user_id)
    assert refreshes(street) == 1
    assert state(street, account) is not AccountState.SIGNED_OUT
    assert after.access_token != before.access_token
    assert all(after.extras[name] != before.extras[name] for name in ("refresh_token", "feed_token"))
    assert (after.api_key, after.extras["pin"]) == (before.api_key, before.extras["pin"])


async def test_midnight_ends_the_refreshed_session_too_and_it_is_not_tried_again_the_next_night(
    street: Street,
) -> None:
    account = await at_angel_one(street)
    move(street, BEFORE_MIDNIGHT)
    await beat(street)
    street.clock.shift += timedelta(minutes=3, seconds=10)
    await street.services.brokers.validate_broker(account.user_id)
    assert await history(street, account) == ["connected", "renewed", "died"]

    move(street, "10:00")
    running = street.services.sign_ins.start(account.user_id)
    await street.typed(running, "totp", code(street.angel_users[0].totp_seed, street.clock.now()))
    yes(await running.result())
    move(street, BEFORE_MIDNIGHT)
    await beat(street)

    assert refreshes(street) == 1


async def test_a_refreshed_session_that_outlives_midnight_goes_on(street: Street) -> None:
    account = await at_angel_one(street)
    move(street, BEFORE_MIDNIGHT)
    await beat(street)
    for tokens in street.angel._broker.desk.logins[account.client_id].sessions:
        tokens.dies_at += timedelta(days=1)
    street.clock.shift += timedelta(minutes=3, seconds=10)

    await street.services.brokers.validate_broker(account.user_id)

    assert state(street, account) is AccountState.READY
    street.clock.shift += timedelta(hours=23, minutes=57)
    street.services.renewals._rests.clear()
    await beat(street)
    assert refreshes(street) == 2


async def test_a_refresh_token_that_is_refused_ends_no_session(street: Street) -> None:
    account = await at_angel_one(street)
    street.angel.controls.answer("renew", 200, "AB8051", "Refresh Token Expired")
    move(street, BEFORE_MIDNIGHT)

    await beat(street)
    await beat(street)

    assert refreshes(street) == 1
    assert await history(street, account) == ["connected"]


async def test_a_token_without_a_refresh_token_is_left_alone(street: Street) -> None:
    draft = street.draft("angel_one")
    token = street.angel.controls.replace_token(draft.credentials.client_id)
    keys = replace(draft.credentials, access_token=Secret(token))
    account = yes(await street.services.brokers.connect_broker(draft.name, "angel_one", keys))
    move(street, BEFORE_MIDNIGHT)

    await beat(street)

    assert refreshes(street) == 0
    assert state(street, account) is not AccountState.SIGNED_OUT


@pytest.mark.parametrize("broker_type", ["fyers"])
async def test_who_renews_nothing_is_asked_nothing(street: Street, broker_type: str) -> None:
    account = await street.connected(street.draft(broker_type))
    simulator: Simulator = street.simulators[broker_type]
    asked = len(simulator.log)
    for time in (AFTER_CLOSE, BEFORE_MIDNIGHT):
        move(street, time)
        await beat(street)

    assert len(simulator.log) == asked
    assert street.services.brokers.view(account.user_id).token_expires_at == next_six(street)


def next_six(street: Street) -> datetime:
    return street.clock.now().astimezone(IST).replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=1)
