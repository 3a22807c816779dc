"""Unattended renewal: when, once, stored before it is used, and what a lost answer means."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.brokers.base import Ability, BaseBroker
from app.domain import IST, DiskFull, InvalidRequest, NotReachable, RateLimited, SessionExpired, Unsupported, VaultError
from app.services.answers import Yes
from app.services.sessions import Coordinator
from app.services.views import AccountChanged, AccountState, AccountTraced, AccountView, Trace
from tests.fakes.clock import ManualClock, settle
from tests.fakes.waiting import until
from tests.services.fakes import SPEC, next_six
from tests.services.house import House

DAY = timedelta(days=1)
LIVES_A_DAY = replace(SPEC, abilities=SPEC.abilities | Ability.RENEW, token_dies=lambda since: since + DAY)
TO_CLOSE = (6 * 60 + 27) * 60  # seconds from 09:14 to 15:41, after the close of the market


def midnight(moment: datetime) -> datetime:
    return moment.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0) + DAY


@pytest.fixture
async def account(house: House) -> AccountView:
    """One whose tokens live 24 hours, connected at 09:14; the loops run."""
    house.world.spec = LIVES_A_DAY
    account = await house.connected()
    await house.services.start()
    await house.settled()
    return account


def one_of(house: House, account: AccountView) -> Coordinator:
    return house.services.accounts.find(account.user_id)


async def quiet(house: House) -> None:
    """Wait until no renewal is under way: it writes, which takes real time."""
    await settle()
    await until(lambda: not house.services.renewals._work.busy)


async def beat(house: House) -> None:
    house.services.renewals.beat()
    await quiet(house)


def traces(house: House) -> list[Trace]:
    return [event.kind for event in house.events if isinstance(event, AccountTraced)]


async def stored(house: House, account: AccountView) -> str:
    return (await house.services.vault.credentials(account.user_id)).access_token.reveal()


def alive(house: House) -> str:
    (token,) = house.world.tokens
    return token


def alive_since(view: AccountView) -> datetime:
    assert view.token_since is not None
    return view.token_since


# ------------------------------------------------------------------ ahead of the death


async def test_a_session_is_renewed_after_the_market_and_goes_on(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    clock.jump(TO_CLOSE - 120)
    await clock.advance(59)
    await quiet(house)
    assert house.world.asked["renew"] == 0

    await clock.advance(61)
    await quiet(house)

    view = house.view(account)
    assert view.state is AccountState.READY
    assert view.token_expires_at == alive_since(view) + DAY
    assert await stored(house, account) == alive(house)
    assert house.world.asked["renew"] == 1
    assert traces(house) == [Trace.CONNECTED, Trace.RENEWED]
    assert house.notices == []


async def test_nobody_sees_anything_but_the_new_end(house: House, account: AccountView, clock: ManualClock) -> None:
    seen = len(house.events)
    clock.jump(TO_CLOSE)

    await beat(house)

    states = {event.view.state for event in house.events[seen:] if isinstance(event, AccountChanged | AccountTraced)}
    assert states == {AccountState.READY}


@pytest.mark.parametrize("broker_can", [False, True])
async def test_what_cannot_be_renewed_is_left_alone(house: House, clock: ManualClock, broker_can: bool) -> None:  # noqa: FBT001 - a table
    house.world.spec = replace(LIVES_A_DAY if broker_can else SPEC, token_dies=next_six)  # six comes for every token
    await house.connected()

    clock.jump(TO_CLOSE)
    await beat(house)

    assert house.world.asked["renew"] == 0


async def test_a_kind_of_token_that_renews_nothing_is_tried_once(house: House, account: AccountView) -> None:
    house.world.faults["renew"] = Unsupported("made by a sign-in")
    house.clock.jump(TO_CLOSE)

    for _ in range(5):
        await beat(house)
        await house.clock.advance(700)

    assert house.world.asked["renew"] == 1
    assert house.view(account).state is AccountState.READY


async def test_never_while_a_sign_in_runs(house: House, account: AccountView, clock: ManualClock) -> None:
    running = house.services.sign_ins.start(account.user_id)
    await until(lambda: bool(house.pages))
    clock.jump(TO_CLOSE)

    await beat(house)
    assert house.world.asked["renew"] == 0

    running.cancel()
    await running.result()
    await beat(house)
    assert house.world.asked["renew"] == 1


@pytest.mark.parametrize("kill", ["dead", "offline"])
async def test_only_a_session_that_is_known_to_live(
    house: House, account: AccountView, clock: ManualClock, kill: str
) -> None:
    house.world.fault = SessionExpired() if kill == "dead" else NotReachable()
    await house.services.brokers.validate_broker(account.user_id)
    clock.jump(TO_CLOSE)

    await beat(house)

    assert house.world.asked["renew"] == 0


async def test_a_token_that_could_not_be_stored_is_not_asked_for(
    house: House, account: AccountView, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(_: str) -> None:
        raise VaultError

    monkeypatch.setattr(house.services.vault, "credentials", closed)
    clock.jump(TO_CLOSE)

    await beat(house)

    assert house.world.asked["renew"] == 0
    assert house.view(account).state is AccountState.READY


async def test_where_it_did_not_help_it_is_not_tried_again_for_a_month(house: House, clock: ManualClock) -> None:
    house.world.spec = replace(LIVES_A_DAY, token_dies=midnight, renew_ahead=timedelta(minutes=4))
    account = await house.connected()
    await until_ist(clock, "2026-11-18T23:57")
    await beat(house)
    assert house.world.asked["renew"] == 1
    await until_ist(clock, "2026-11-19T00:00:02")
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)

    for day, renewals in (("2026-11-19", 1), ("2026-12-15", 1), ("2026-12-20", 2)):
        await until_ist(clock, f"{day}T10:00")
        await revived(house, account)
        await until_ist(clock, f"{day}T23:57")
        await beat(house)
        assert house.world.asked["renew"] == renewals


async def until_ist(clock: ManualClock, moment: str) -> None:
    await clock.advance((datetime.fromisoformat(f"{moment}+05:30") - clock.now()).total_seconds())


async def revived(house: House, account: AccountView) -> None:
    running = house.services.sign_ins.start(account.user_id)
    await house.land()
    await running.result()
    house.pages.clear()


# ------------------------------------------------------------------ stored before it is used


def failing(monkeypatch: pytest.MonkeyPatch, house: House) -> Callable[[], None]:
    """The disk is full until the result is called."""

    async def full(*_: object, **__: object) -> None:
        raise DiskFull

    real = house.services.vault.update
    monkeypatch.setattr(house.services.vault, "update", full)
    return lambda: monkeypatch.setattr(house.services.vault, "update", real)


async def test_a_token_that_cannot_be_written_is_used_and_written_later(
    house: House, account: AccountView, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, mend = await stored(house, account), failing(monkeypatch, house)
    clock.jump(TO_CLOSE)
    await beat(house)
    await beat(house)

    assert house.view(account).state is AccountState.READY
    assert (await stored(house, account), house.world.asked["renew"]) == (before, 1)

    mend()
    await beat(house)

    assert await stored(house, account) == alive(house)
    assert one_of(house, account).account.token_since == house.view(account).token_since


async def test_what_could_not_be_written_is_written_at_the_end_at_the_latest(
    house: House, account: AccountView, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend = failing(monkeypatch, house)
    clock.jump(TO_CLOSE)
    await beat(house)
    mend()

    await house.restart()

    assert await stored(house, account) == alive(house)


async def test_a_broker_that_is_just_renewing_may_finish_when_kunji_is_closed(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    gate = house.world.gates["renew"] = asyncio.Event()
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)

    asyncio.get_running_loop().call_later(0.1, gate.set)
    await house.restart()

    assert await stored(house, account) == alive(house)


# ------------------------------------------------------------------ what comes of a failure


async def test_an_answer_that_is_lost_leaves_it_to_the_broker_which_token_lives(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.faults["renew"], house.world.lands = NotReachable(), True
    clock.jump(TO_CLOSE)

    await beat(house)

    assert house.view(account).state is AccountState.SIGNED_OUT
    assert house.world.asked["renew"] == 1
    assert [notice.user_id for notice in house.notices] == [account.user_id]
    assert traces(house) == [Trace.CONNECTED, Trace.DIED]


async def test_while_nobody_answers_the_token_is_not_confirmed_and_not_called_dead(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    gate, house.world.faults["renew"] = asyncio.Event(), NotReachable()
    house.world.gates["renew"] = gate
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)
    house.world.fault = NotReachable()

    gate.set()
    await quiet(house)

    session = one_of(house, account).session
    assert (house.view(account).state, session.confirmed) == (AccountState.NOT_CONFIRMED, False)
    house.world.fault = None
    await house.services.brokers.validate_broker(account.user_id)
    assert house.view(account).state is AccountState.READY
    assert traces(house) == [Trace.CONNECTED]


async def test_a_session_that_lives_on_is_tried_again_after_ten_minutes_and_three_times_at_most(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.faults["renew"] = NotReachable()
    clock.jump(TO_CLOSE)
    await beat(house)
    await clock.advance(540)
    await quiet(house)
    assert house.world.asked["renew"] == 1

    for _ in range(60):
        await clock.advance(60)
        await quiet(house)

    assert house.world.asked["renew"] == 3
    assert house.view(account).state is AccountState.READY


@pytest.mark.parametrize("refusal", [InvalidRequest("cannot be renewed"), SessionExpired("refresh token")])
async def test_a_refusal_is_not_repeated_and_ends_no_session_by_itself(
    house: House, account: AccountView, clock: ManualClock, refusal: Exception
) -> None:
    assert isinstance(refusal, InvalidRequest | SessionExpired)
    house.world.faults["renew"] = refusal
    clock.jump(TO_CLOSE)

    for _ in range(4):
        await beat(house)
        await clock.advance(700)
        await quiet(house)

    assert house.world.asked["renew"] == 1
    assert house.view(account).state is AccountState.READY
    assert house.notices == []


async def test_a_broker_that_asks_to_wait_is_asked_when_it_said(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.faults["renew"] = RateLimited(retry_after=1800)
    clock.jump(TO_CLOSE)
    await beat(house)

    for seconds, asked in ((1740, 1), (120, 2)):
        await clock.advance(seconds)
        await quiet(house)
        assert house.world.asked["renew"] == asked


# ------------------------------------------------------------------ with others at the same time


async def test_a_late_no_about_the_old_token_changes_nothing(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    """A question is under way while the broker ends the token that it was asked with."""
    house.world.gates["positions"], house.world.gates["validate"] = asyncio.Event(), asyncio.Event()
    late = [
        asyncio.create_task(house.services.portfolio.refresh(account.user_id)),
        asyncio.create_task(house.services.brokers.validate_broker(account.user_id)),
    ]
    await until(lambda: house.world.asked["positions"] + house.world.asked["validate"] >= 2)
    house.world.gates["renew"], house.world.lands = asyncio.Event(), True
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)

    house.world.gates["positions"].set()  # both are told that their token is dead
    house.world.gates["validate"].set()
    await settle()
    assert house.view(account).state is not AccountState.SIGNED_OUT
    house.world.gates["renew"].set()
    _, answer = await asyncio.gather(*late)
    await quiet(house)

    assert isinstance(answer, Yes)
    assert house.view(account).state is AccountState.READY
    assert Trace.DIED not in traces(house)
    assert house.notices == []


async def test_a_late_yes_about_the_old_token_confirms_nothing_after_an_answer_was_lost(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.gates["renew"], house.world.faults["renew"] = asyncio.Event(), NotReachable()
    arrived = asyncio.Event()

    async def answered_before(_: BaseBroker) -> None:
        await arrived.wait()

    clock.jump(TO_CLOSE)
    late = asyncio.create_task(one_of(house, account).call(answered_before))
    await settle()
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)
    house.world.fault = NotReachable()
    house.world.gates["renew"].set()
    await quiet(house)

    arrived.set()
    await late

    assert house.view(account).state is AccountState.NOT_CONFIRMED


async def test_who_asks_during_a_renewal_is_answered_with_the_new_token(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.gates["renew"], house.world.lands = asyncio.Event(), True
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)
    asking = asyncio.create_task(one_of(house, account).call(lambda broker: broker.get_quotes(())))
    await settle()
    assert house.world.asked["quotes"] == 0

    house.world.gates["renew"].set()

    await asking
    assert house.world.asked["quotes"] == 1


async def test_what_a_sign_in_brought_meanwhile_stays(house: House, account: AccountView, clock: ManualClock) -> None:
    house.world.gates["renew"] = asyncio.Event()
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)
    house.world.single_session = False
    await revived(house, account)
    signed_in = await stored(house, account)

    house.world.gates["renew"].set()
    await quiet(house)

    assert await stored(house, account) == signed_in
    assert house.view(account).state is AccountState.READY
    assert traces(house) == [Trace.CONNECTED, Trace.RECONNECTED]


async def test_a_sign_in_that_is_given_up_beside_a_renewal_leaves_the_renewed_session(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.gates["renew"] = asyncio.Event()
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)
    running = house.services.sign_ins.start(account.user_id)
    await until(lambda: bool(house.pages))

    house.world.gates["renew"].set()
    await quiet(house)
    running.cancel()
    await running.result()

    assert await stored(house, account) == alive(house)
    assert house.view(account).state is AccountState.READY


async def test_an_account_that_is_removed_meanwhile_stays_removed(
    house: House, account: AccountView, clock: ManualClock
) -> None:
    house.world.gates["renew"] = asyncio.Event()
    clock.jump(TO_CLOSE)
    house.services.renewals.beat()
    await until(lambda: house.world.asked["renew"] == 1)

    removing = asyncio.create_task(house.services.brokers.disconnect_broker(account.user_id))
    await settle()
    house.world.gates["renew"].set()
    await removing
    await quiet(house)

    assert await house.services.vault.accounts() == ()
    assert house.world.alive == 0
