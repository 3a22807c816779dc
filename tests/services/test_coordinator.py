"""The coordinator: what each answer does to the state, and that old news never touches a new token (A1, A2, A3, A6)."""

import asyncio
import random
from datetime import timedelta

import pytest

from app.domain import (
    ERRORS,
    AccountError,
    BrokerDown,
    IpNotRegistered,
    LoginError,
    NotReachable,
    SessionExpired,
    TradingError,
    UserBlocked,
    VaultError,
)
from app.domain.sessions import SessionState
from app.services.answers import No
from app.services.sessions import Coordinator
from app.services.views import AccountChanged, AccountState
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import FakeBroker, credentials, next_six
from tests.services.house import House

DEAD = {"session_expired", "bad_credentials", "wrong_account"}
ASKED = [error for error in ERRORS.values() if not issubclass(error, VaultError | LoginError)]


async def coordinator(house: House) -> Coordinator:
    account = await house.connected()
    return house.services.accounts.find(account.user_id)


# ------------------------------------------------------------------ what each answer means


@pytest.mark.parametrize("error", ASKED, ids=lambda error: error.kind)
async def test_only_the_death_of_the_token_leads_to_expired(house: House, error: type[TradingError]) -> None:
    one = await coordinator(house)
    house.world.faults["validate"] = error()

    await one.check()

    assert (one.session.state is SessionState.EXPIRED) == (error.kind in DEAD)
    assert one.account.is_valid == (error.kind not in DEAD)


@pytest.mark.parametrize("error", [e for e in ASKED if issubclass(e, AccountError)], ids=lambda error: error.kind)
async def test_every_no_of_the_broker_about_the_account_is_shown(house: House, error: type[AccountError]) -> None:
    one = await coordinator(house)
    house.world.faults["validate"] = error()

    await one.check()

    by_kind = dict.fromkeys(DEAD, AccountState.SIGNED_OUT) | {"ip_not_registered": AccountState.WATCH_ONLY}
    assert one.view().state is by_kind.get(error.kind, AccountState.REFUSED)
    assert one.view().error is house.world.faults["validate"]


@pytest.mark.parametrize("kind", ["rate_limited", "wire_surprise", "daily_cap", "not_found", "permission_denied"])
async def test_trouble_with_one_call_says_nothing_about_the_session(house: House, kind: str) -> None:
    one = await coordinator(house)
    house.world.faults["positions"] = ERRORS[kind]()

    with pytest.raises(ERRORS[kind]):
        await one.call(lambda broker: broker.get_positions())

    assert one.view().state is AccountState.READY


async def test_any_good_answer_ends_what_was_wrong(house: House) -> None:
    one = await coordinator(house)
    house.world.fault = BrokerDown()
    await one.check()
    house.world.fault = None

    await one.call(lambda broker: broker.get_positions())

    assert one.view().state is AccountState.READY
    assert one.view().error is None


async def test_no_answer_waits_until_the_vault_has_written_down_what_it_means(house: House) -> None:
    one = await coordinator(house)
    house.world.faults["positions"] = SessionExpired()

    async with one.writing, asyncio.timeout(5):  # the key is being changed: the keychain does not answer
        with pytest.raises(SessionExpired):
            await one.call(lambda broker: broker.get_positions())
        before = one.account.is_valid
    await until(lambda: not one.account.is_valid)

    assert before


async def test_an_order_refused_for_the_address_leaves_the_account_watch_only(house: House) -> None:
    one = await coordinator(house)
    house.world.faults["funds"] = IpNotRegistered()

    with pytest.raises(IpNotRegistered):
        await one.call(lambda broker: broker.get_funds())
    shown = one.view().state
    one.orders_taken()

    assert (shown, one.view().state) == (AccountState.WATCH_ONLY, AccountState.READY)


async def test_a_call_on_a_dead_session_is_not_sent(house: House) -> None:
    one = await coordinator(house)
    house.world.kill("AB1234")
    await one.check()

    with pytest.raises(SessionExpired):
        await one.call(lambda broker: broker.get_positions())

    assert house.world.asked["positions"] == 0


async def test_network_trouble_after_the_brokers_no_does_not_undo_it(house: House) -> None:
    one = await coordinator(house)
    house.world.kill("AB1234")
    await one.check()
    house.world.fault = NotReachable()

    await one.check()

    assert one.view().state is AccountState.SIGNED_OUT
    assert isinstance(one.view().error, SessionExpired)


async def test_a_yes_after_a_no_is_believed(house: House) -> None:
    one = await coordinator(house)
    house.world.faults["validate"] = SessionExpired()
    await one.check()
    house.world.faults.clear()

    await one.check()

    assert one.view().state is AccountState.READY
    assert one.account.is_valid


def states(house: House) -> list[AccountState]:
    """Those that everyone was told since the list of events was emptied."""
    return [event.view.state for event in house.events if isinstance(event, AccountChanged)]


async def test_a_yes_that_was_asked_for_before_the_no_does_not_undo_it(house: House) -> None:
    one = await coordinator(house)
    gate = house.world.gates["positions"] = asyncio.Event()
    reading = asyncio.create_task(one.call(lambda broker: broker.get_positions()))
    await settle()
    house.events.clear()
    house.world.faults["validate"] = SessionExpired()
    await one.check()

    gate.set()  # the broker had looked at the session before it died
    await reading

    assert states(house) == [AccountState.SIGNED_OUT]
    assert isinstance(one.view().error, SessionExpired)
    assert not one.account.is_valid


async def test_a_yes_that_was_asked_for_before_the_account_was_blocked_does_not_unblock_it(house: House) -> None:
    one = await coordinator(house)
    gate = house.world.gates["positions"] = asyncio.Event()
    reading = asyncio.create_task(one.call(lambda broker: broker.get_positions()))
    await settle()
    house.world.faults["validate"] = UserBlocked()
    await one.check()

    gate.set()
    await reading

    assert one.view().state is AccountState.REFUSED


@pytest.mark.parametrize(("dead", "shown"), [(True, AccountState.SIGNED_OUT), (False, AccountState.READY)])
async def test_a_check_that_was_contradicted_while_it_was_in_flight_is_asked_anew(
    house: House,
    dead: bool,  # noqa: FBT001 - two cases
    shown: AccountState,
) -> None:
    one = await coordinator(house)
    gate = house.world.gates["validate"] = asyncio.Event()
    checking = asyncio.create_task(one.check())
    await settle()
    house.world.faults["positions"] = SessionExpired()
    with pytest.raises(SessionExpired):
        await one.call(lambda broker: broker.get_positions())
    if dead:
        house.world.faults["validate"] = SessionExpired()  # the question in flight has its good answer already

    gate.set()
    outcome = await checking

    assert (outcome is not None, one.view().state) == (dead, shown)
    assert house.world.asked["validate"] == 2


async def test_an_account_is_told_only_when_it_stands_differently(house: House) -> None:
    one = await coordinator(house)
    house.events.clear()

    one.changed()
    one.changed()

    assert not [event for event in house.events if isinstance(event, AccountChanged)]


async def test_since_is_the_moment_the_state_changed(house: House) -> None:
    one = await coordinator(house)
    await house.clock.advance(100)
    house.world.kill("AB1234")
    await one.check()
    died = house.clock.now()

    await house.clock.advance(500)
    await one.check()

    assert one.view().since == died


# ------------------------------------------------------------------ A6: an old check cannot overwrite a new token


async def adopt(house: House, one: Coordinator) -> None:
    """A new token takes over, as a sign-in does it: stored, not asked about yet."""
    token = house.world.issue("AB1234")
    fresh = credentials(token, client_id="AB1234")
    now = house.clock.now()
    account = await house.services.vault.update(
        one.user_id, fresh, token_since=now, token_expires_at=next_six(now), confirmed=False
    )
    one.adopt(FakeBroker(house.world), account, fresh)


async def test_a_no_about_the_old_token_does_not_touch_the_new_one(house: House) -> None:
    one = await coordinator(house)
    gate = house.world.gates["validate"] = asyncio.Event()
    checking = asyncio.create_task(one.check())
    await settle()
    await adopt(house, one)

    gate.set()
    outcome = await checking

    assert outcome is None
    assert one.view().state is AccountState.READY
    assert (await house.services.vault.accounts())[0].is_valid


async def test_a_yes_about_the_old_token_does_not_confirm_the_new_one(house: House) -> None:
    one = await coordinator(house)
    gate = house.world.gates["positions"] = asyncio.Event()
    reading = asyncio.create_task(one.call(lambda broker: broker.get_positions()))
    await settle()
    old = dict(house.world.tokens)
    await adopt(house, one)
    house.world.tokens |= old

    gate.set()
    await reading

    assert one.view().state is AccountState.NOT_CONFIRMED
    assert not one.account.confirmed


class Gate:
    """One question in flight about a generation; the test lets it answer when it likes."""

    def __init__(self, error: TradingError | None) -> None:
        self.error = error
        self.open = asyncio.Event()

    async def answer(self) -> None:
        await self.open.wait()
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("times", [500, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_in_many_interleavings_no_old_answer_ever_lands_on_a_newer_token(house: House, times: int) -> None:
    """A6."""
    chance = random.Random(20261122)
    one = await coordinator(house)
    broker = FakeBroker(house.world)
    account = one.account

    for _ in range(times):
        old = [Gate(chance.choice([SessionExpired(), NotReachable(), None])) for _ in range(chance.randint(1, 3))]
        asking = [asyncio.create_task(one.call(lambda _, gate=gate: gate.answer())) for gate in old]  # type: ignore[misc]  # the loop's own gate, bound now
        await asyncio.sleep(0)
        early = chance.randint(0, len(old)) if chance.random() < 0.2 else 0
        for gate in old[:early]:
            gate.open.set()
        one.adopt(broker, account)
        for gate in chance.sample(old, len(old)):
            gate.open.set()
            if chance.random() < 0.5:
                await asyncio.sleep(0)
        await asyncio.gather(*asking, return_exceptions=True)
        assert one.session.state is SessionState.CONNECTED
        assert one.error is None
    assert one.account.is_valid


async def test_a_mark_waits_for_a_token_that_is_being_written_and_then_is_not_made(house: House) -> None:
    one = await coordinator(house)
    house.world.faults["validate"] = SessionExpired()
    async with one.writing:
        checking = asyncio.create_task(one.check())
        await settle()
        await adopt(house, one)
    await checking

    assert (await house.services.vault.accounts())[0].is_valid


async def test_a_read_with_the_old_token_does_not_make_the_new_rows_stale(house: House) -> None:
    one = await coordinator(house)
    portfolio = house.services.portfolio
    gate = house.world.gates["positions"] = asyncio.Event()
    old = asyncio.create_task(portfolio.refresh(one.user_id))
    await settle()
    house.world.gates.clear()
    await house.services.brokers.update_broker_token(one.user_id, house.world.issue("AB1234"))

    await portfolio.refresh(one.user_id)
    gate.set()
    await old

    assert portfolio.view(one.user_id).current
    assert portfolio.view(one.user_id).error is None


async def test_who_asks_while_the_account_is_removed_gets_an_answer(house: House) -> None:
    one = await coordinator(house)
    house.world.gates["validate"] = asyncio.Event()
    asking = asyncio.create_task(house.services.brokers.validate_broker(one.user_id))
    await settle()

    await house.services.brokers.disconnect_broker(one.user_id)
    answer = await asking

    assert isinstance(answer, No)
    assert answer.error.title == "The account was removed"


# ------------------------------------------------------------------ the forecast


async def test_a_forecast_death_without_an_answer_is_not_confirmed_until_the_broker_says_no(house: House) -> None:
    one = await coordinator(house)
    house.world.fault = NotReachable()
    end = one.account.token_expires_at
    assert end is not None

    house.clock.jump((end - house.clock.now() + timedelta(seconds=1)).total_seconds())
    unasked = one.view().state
    await one.check()
    unanswered = one.view().state
    house.world.fault = None
    house.world.kill("AB1234")
    await one.check()

    assert (unasked, unanswered) == (AccountState.NOT_CONFIRMED, AccountState.NOT_CONFIRMED)
    assert one.view().state is AccountState.SIGNED_OUT


async def test_a_session_that_outlives_its_forecast_is_ready(house: House) -> None:
    one = await coordinator(house)
    end = one.account.token_expires_at
    assert end is not None
    house.clock.jump((end - house.clock.now() + timedelta(minutes=1)).total_seconds())

    await one.check()

    assert one.view().state is AccountState.READY
