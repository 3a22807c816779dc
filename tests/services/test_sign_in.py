"""The sign-in: from the click to green, and every way out of it (promises A5, C1, C4)."""

import asyncio
import socket
import time

import pytest

from app.domain import (
    BrokerDown,
    Credentials,
    DiskFull,
    KeychainLocked,
    NotReachable,
    Secret,
    TradingError,
    UserBlocked,
)
from app.services.answers import Answer, No, Unknown, Yes
from app.services.sign_ins import RunningSignIn
from app.services.views import AccountState, AccountView, Draft, Phase, SignInChanged
from tests.fakes.clock import ManualClock, settle
from tests.fakes.waiting import until
from tests.services.fakes import credentials, next_six, position
from tests.services.house import House


async def signed_out(house: House) -> AccountView:
    """An account whose session has died, which is known."""
    account = await house.connected()
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)
    return house.view(account)


async def waiting(house: House, account: AccountView) -> RunningSignIn:
    """A sign-in whose page is open."""
    running = house.services.sign_ins.start(account.user_id)
    await until(lambda: running.view.phase is Phase.WAITING)
    return running


def token_of(stored: Credentials) -> str:
    return stored.access_token.reveal()


# ------------------------------------------------------------------ the way to green


async def test_one_click_brings_an_expired_account_back_to_ready(house: House) -> None:
    account = await signed_out(house)
    house.world.positions["AB1234"] = [position()]

    running = await waiting(house, account)
    page = await house.land()
    answer = await running.result()

    assert isinstance(answer, Yes)
    assert answer.value.state is AccountState.READY
    assert b"You can close this tab" in page
    assert house.services.portfolio.view(account.user_id).rows == (position(),)


async def test_the_phases_are_told_in_order(house: House) -> None:
    account = await signed_out(house)

    running = await waiting(house, account)
    await house.land()
    await running.result()

    views = [event.view for event in house.events if isinstance(event, SignInChanged)]
    assert list(dict.fromkeys(view.phase for view in views)) == [
        Phase.OPENING,
        Phase.WAITING,
        Phase.EXCHANGING,
        Phase.CHECKING,
        Phase.DONE,
    ]
    assert views[-1].problem is views[-1].error is None


async def test_the_page_is_answered_before_the_exchange(house: House) -> None:
    account = await signed_out(house)
    house.world.gates["exchange"] = asyncio.Event()

    running = await waiting(house, account)
    page = await house.land()
    assert running.view.phase in (Phase.WAITING, Phase.EXCHANGING)
    house.world.gates["exchange"].set()

    assert b"You can close this tab" in page
    assert isinstance(await running.result(), Yes)


async def test_a_new_account_is_stored_when_its_token_was_issued(house: House) -> None:
    draft = Draft("HUF", "zerodha", credentials(port=house.world.port))

    running = house.services.sign_ins.start(draft)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, Yes)
    assert (answer.value.name, answer.value.client_id, answer.value.state) == ("HUF", "AB1234", AccountState.READY)
    assert running.view.user_id == answer.value.user_id
    stored = await house.services.vault.credentials(answer.value.user_id)
    assert token_of(stored) in house.world.tokens


async def test_the_new_token_survives_a_restart(house: House) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)
    await house.land()
    await running.result()

    await house.restart()

    assert isinstance(await house.services.brokers.validate_broker(account.user_id), Yes)


# ------------------------------------------------------------------ out before the exchange: as it was before


@pytest.mark.parametrize("before", [AccountState.READY, AccountState.SIGNED_OUT, AccountState.OFFLINE])
@pytest.mark.parametrize("way", ["cancel", "page says no", "time"])
async def test_a_way_out_before_the_exchange_leads_back_to_the_state_before(
    house: House, before: AccountState, way: str
) -> None:
    account = await house.connected()
    if before is AccountState.SIGNED_OUT:
        house.world.kill("AB1234")
    house.world.fault = NotReachable() if before is AccountState.OFFLINE else None
    await house.services.brokers.validate_broker(account.user_id)
    stored = await house.services.vault.credentials(account.user_id)
    running = await waiting(house, account)
    assert house.view(account).state is AccountState.SIGNING_IN

    if way == "cancel":
        running.cancel()
    elif way == "page says no":
        await house.land(status="cancelled")
    else:
        await house.clock.advance(300)
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == ("login_timed_out" if way == "time" else "login_cancelled")
    assert house.view(account).state is before
    assert await house.services.vault.credentials(account.user_id) == stored


async def test_a_wrong_secret_shows_at_the_exchange_and_changes_nothing(house: House) -> None:
    account = await house.connected()
    stored = await house.services.vault.credentials(account.user_id)
    house.world.secrets["key"] = "another"

    running = await waiting(house, account)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "bad_credentials"
    assert await house.services.vault.credentials(account.user_id) == stored
    assert house.view(account).state is AccountState.READY


async def test_an_exchange_without_an_answer_is_unknown_and_changes_nothing_here(house: House) -> None:
    account = await signed_out(house)
    house.world.faults["exchange"] = NotReachable()

    running = await waiting(house, account)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, Unknown)
    assert house.view(account).state is AccountState.SIGNED_OUT


async def test_a_mistake_of_ours_ends_the_sign_in_with_words_and_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(running._goal, "keep", broken)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, Unknown)
    assert running.view.phase is Phase.FAILED
    assert "ZeroDivisionError" in caplog.text


async def test_another_client_is_refused_and_nothing_is_changed(house: House) -> None:
    account = await house.connected()
    stored = await house.services.vault.credentials(account.user_id)
    house.world.signs_in_as = "CD5678"

    running = await waiting(house, account)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == "You signed in as CD5678; this account is AB1234"
    assert (running.view.phase, running.view.failed_in) == (Phase.FAILED, Phase.EXCHANGING)
    assert await house.services.vault.credentials(account.user_id) == stored
    assert house.view(account).state is AccountState.READY


async def test_the_same_form_can_still_succeed_after_a_failure(house: House) -> None:
    account = await signed_out(house)
    house.world.signs_in_as = "CD5678"
    running = await waiting(house, account)
    await house.land()
    await running.result()

    house.world.signs_in_as = "AB1234"
    house.pages.clear()
    again = await waiting(house, account)
    await house.land()

    assert isinstance(await again.result(), Yes)
    assert house.world.alive == 1


# ------------------------------------------------------------------ after the exchange: kept, unconfirmed


async def test_a_token_that_nobody_confirms_is_kept_as_not_confirmed(house: House) -> None:
    account = await signed_out(house)
    house.world.faults["connect"] = BrokerDown()

    running = await waiting(house, account)
    await house.land()
    answer = await running.result()

    stored = (await house.services.vault.accounts())[0]
    assert isinstance(answer, Unknown)
    assert house.view(account).state is AccountState.NOT_CONFIRMED
    assert (stored.is_valid, stored.confirmed) == (True, False)
    assert token_of(await house.services.vault.credentials(account.user_id)) in house.world.tokens


async def test_a_kept_token_is_confirmed_by_the_next_answer(house: House) -> None:
    account = await signed_out(house)
    house.world.faults["connect"] = BrokerDown()
    running = await waiting(house, account)
    await house.land()
    await running.result()

    house.world.faults.clear()
    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, Yes)
    assert (await house.services.vault.accounts())[0].confirmed
    assert house.view(account).state is AccountState.READY


async def test_only_a_definite_no_discards_a_new_token(house: House) -> None:
    account = await signed_out(house)
    house.world.gates["connect"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land()
    await until(lambda: running.view.phase is Phase.CHECKING)

    house.world.kill("AB1234")
    house.world.gates["connect"].set()
    answer = await running.result()

    assert isinstance(answer, No)
    assert house.view(account).state is AccountState.SIGNED_OUT
    assert not (await house.services.vault.accounts())[0].is_valid


async def test_cancelling_while_the_token_is_checked_keeps_it_unconfirmed(house: House) -> None:
    account = await signed_out(house)
    house.world.gates["connect"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land()
    await until(lambda: running.view.phase is Phase.CHECKING)

    running.cancel()
    answer = await running.result()

    assert isinstance(answer, Unknown)
    assert house.view(account).state is AccountState.NOT_CONFIRMED
    house.world.gates["connect"].set()
    await until(lambda: house.view(account).state is AccountState.READY)


async def test_cancelling_during_the_exchange_is_too_late_and_loses_nothing(house: House) -> None:
    account = await signed_out(house)
    house.world.gates["exchange"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land()
    await until(lambda: running.view.phase is Phase.EXCHANGING)

    running.cancel()
    house.world.gates["exchange"].set()

    assert isinstance(await running.result(), Yes)


async def test_a_token_that_cannot_be_written_down_is_used_until_kunji_is_closed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await signed_out(house)

    async def full(*_: object, **__: object) -> None:
        raise DiskFull

    monkeypatch.setattr(house.services.vault, "update", full)
    running = await waiting(house, account)
    await house.land()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "disk_full"
    assert house.view(account).state is AccountState.READY


# ------------------------------------------------------------------ pasting, port, browser


async def test_the_pasted_address_of_the_page_does_as_well(house: House) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)
    state = house.pages[-1].partition("state=")[2]

    running.paste(f"  http://127.0.0.1:5021/kunji?request_token=good&status=success&state={state}\n")

    assert isinstance(await running.result(), Yes)


async def test_the_bare_token_of_the_page_does_as_well(house: House) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)

    running.paste(" good ")

    assert isinstance(await running.result(), Yes)


@pytest.mark.parametrize(
    "text", ["", "http://127.0.0.1/kunji", "http://127.0.0.1/kunji?request_token=good&status=success&state=forged"]
)
async def test_a_paste_that_does_not_belong_here_is_told_and_the_wait_goes_on(house: House, text: str) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)

    running.paste(text)
    await until(lambda: running.view.problem is not None)
    await house.land()

    assert isinstance(await running.result(), Yes)


async def test_a_taken_port_is_a_problem_that_pasting_gets_around(house: House) -> None:
    account = await signed_out(house)
    with socket.socket() as other:
        other.bind(("127.0.0.1", house.world.port))
        other.listen()
        running = await waiting(house, account)
        problem = running.view.problem
        running.paste("good")
        answer = await running.result()

    assert problem is not None
    assert (problem.kind, str(house.world.port) in problem.title) == ("port_taken", True)
    assert isinstance(answer, Yes)


async def test_a_missing_browser_is_a_problem_that_the_link_gets_around(house: House) -> None:
    account = await signed_out(house)
    house.browser_missing = True
    running = await waiting(house, account)

    assert running.view.problem is not None
    assert running.view.problem.kind == "browser_missing"
    house.pages.append(running.view.url)
    await house.land()
    assert isinstance(await running.result(), Yes)


async def test_the_page_can_be_opened_again(house: House) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)

    running.open_again()
    await until(lambda: len(house.pages) == 2)

    assert house.pages[0] == house.pages[1] == running.view.url
    running.cancel()
    await running.result()


@pytest.mark.parametrize("way", ["cancel", "time", "success"])
async def test_the_port_is_open_only_while_the_sign_in_runs(house: House, way: str) -> None:
    account = await signed_out(house)
    assert not await is_open(house)
    running = await waiting(house, account)
    assert await is_open(house)

    if way == "success":
        await house.land()
    elif way == "cancel":
        running.cancel()
    else:
        await house.clock.advance(299)
        assert await is_open(house)
        await house.clock.advance(1)
    await running.result()

    assert not await is_open(house)


@pytest.mark.alone
async def test_the_port_is_closed_within_a_second_of_the_answer_however_slow_the_broker_is(house: House) -> None:
    account = await signed_out(house)
    house.world.gates["exchange"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land()
    landed = time.monotonic()

    while await is_open(house):
        assert time.monotonic() - landed < 1
    await until(lambda: running.view.phase is Phase.EXCHANGING)
    house.world.gates["exchange"].set()
    assert isinstance(await running.result(), Yes)


async def test_where_what_came_back_may_be_forged_the_port_stays_open_for_five_minutes_at_most(house: House) -> None:
    """Also while the broker is asked about what came back: the limit of a person's wait would not end that."""
    account = await signed_out(house)
    house.world.refuses = 3
    house.world.gates["refuse"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land("bad")
    await until(lambda: running.view.phase is Phase.EXCHANGING)

    await house.clock.advance(299)
    assert await is_open(house)
    await house.clock.advance(1)
    async with asyncio.timeout(5):
        while await is_open(house):
            continue
    house.world.gates["refuse"].set()
    assert isinstance(await running.result(), No)


async def is_open(house: House) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", house.world.port)
    except ConnectionError:  # refused, or cut while it was being closed
        return False
    writer.close()
    return True


# ------------------------------------------------------------------ one at a time, and what keeps it from beginning


async def test_a_second_click_shows_the_same_sign_in(house: House) -> None:
    account = await signed_out(house)

    first = house.services.sign_ins.start(account.user_id)

    assert house.services.sign_ins.start(account.user_id) is first
    first.cancel()
    await first.result()
    assert house.services.sign_ins.running(account.user_id) is None
    assert house.services.sign_ins.start(account.user_id) is not first


async def test_two_accounts_with_one_redirect_address_can_sign_in_at_once(house: House) -> None:
    huf = await house.connected("HUF")
    own = await house.connected("Self", "CD5678", "key2")
    first = await waiting(house, huf)
    page_of_first = house.pages[-1]
    second = await waiting(house, own)

    house.world.signs_in_as = "CD5678"
    await house.land()
    assert isinstance(await second.result(), Yes)
    house.world.signs_in_as = "AB1234"
    house.pages.append(page_of_first)
    await house.land()

    assert isinstance(await first.result(), Yes)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft("", "zerodha", credentials()), "name"),
        (Draft("HUF", "zerodha", credentials()), "name"),
        (Draft("New", "robinhood", credentials()), "broker_type"),
        (Draft("New", "zerodha", credentials(client_id="AB1234")), "client_id"),
        (Draft("New", "zerodha", Credentials(Secret(), Secret("secret"), Secret())), "api_key"),
    ],
)
async def test_a_draft_that_cannot_be_is_refused_before_any_page_opens(house: House, draft: Draft, field: str) -> None:
    await house.connected("HUF")

    answer: Answer[AccountView] = await house.services.sign_ins.start(draft).result()

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.field) == ("invalid_request", field)
    assert not house.pages
    assert house.world.alive == 1


async def test_a_draft_of_a_client_that_turns_out_to_be_connected_stores_nothing(house: House) -> None:
    await house.connected("HUF")
    running = house.services.sign_ins.start(Draft("New", "zerodha", credentials(port=house.world.port)))

    await house.land()
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == "AB1234 at Zerodha is already connected as HUF"
    assert len(await house.services.vault.accounts()) == 1


async def test_a_locked_keychain_is_told_before_any_page_opens(house: House) -> None:
    account = await house.connected()
    await house.close()
    house.keychain.trouble = KeychainLocked()
    await house.open()

    renewed = await house.services.sign_ins.start(account.user_id).result()
    new = await house.services.sign_ins.start(Draft("New", "zerodha", credentials(key="key2"))).result()

    assert isinstance(renewed, No)
    assert isinstance(new, No)
    assert renewed.error.kind == new.error.kind == "keychain_locked"
    assert not house.pages


async def test_a_sign_in_to_nobody_is_not_found(house: House) -> None:
    answer = await house.services.sign_ins.start("nobody").result()

    assert isinstance(answer, No)
    assert answer.error.kind == "not_found"


async def test_disconnecting_ends_a_sign_in_first(house: House) -> None:
    account = await signed_out(house)
    running = await waiting(house, account)

    await house.services.brokers.disconnect_broker(account.user_id)

    assert isinstance(await running.result(), No)
    assert house.services.brokers.accounts() == ()


async def test_the_old_tokens_death_during_the_exchange_is_not_shown(house: House) -> None:
    account = await house.connected()
    house.world.gates["exchange"] = asyncio.Event()
    running = await waiting(house, account)
    await house.land()
    await until(lambda: running.view.phase is Phase.EXCHANGING)

    await house.services.brokers.validate_broker(account.user_id)
    await settle()

    assert house.view(account).state is AccountState.SIGNING_IN
    house.world.gates["exchange"].set()
    assert isinstance(await running.result(), Yes)
    assert house.view(account).state is AccountState.READY
    assert not house.notices


async def test_a_failure_of_every_kind_is_an_answer(house: House) -> None:
    account = await signed_out(house)
    errors: list[TradingError] = [NotReachable(), BrokerDown()]

    for error in errors:
        house.world.faults["exchange"] = error
        house.pages.clear()
        running = await waiting(house, account)
        await house.land()
        assert await running.result() == Unknown(error)


# ------------------------------------------------------------------ what a new session would end


async def test_a_session_that_lives_is_known_until_its_forecast_end(house: House, clock: ManualClock) -> None:
    account = await house.connected()

    assert house.services.sign_ins.living(account.user_id) == next_six(clock.now())


async def test_a_sign_in_under_way_or_a_silent_network_ends_no_session(house: House, clock: ManualClock) -> None:
    account = await house.connected()
    house.world.fault = NotReachable()
    await house.services.brokers.validate_broker(account.user_id)
    await waiting(house, account)

    assert house.services.sign_ins.living(account.user_id) == next_six(clock.now())


async def test_a_session_that_has_outlived_its_forecast_is_known_until_the_last_yes(
    house: House, clock: ManualClock
) -> None:
    account = await house.connected()
    clock.jump(24 * 3600)
    await house.services.brokers.validate_broker(account.user_id)

    assert house.services.sign_ins.living(account.user_id) == clock.now()


@pytest.mark.parametrize("fate", ["died", "past its end", "refused"])
async def test_a_session_that_is_not_believed_in_is_replaced_without_a_question(
    house: House, clock: ManualClock, fate: str
) -> None:
    account = await house.connected()
    if fate == "died":
        house.world.kill("AB1234")
    elif fate == "refused":
        house.world.fault = UserBlocked()
    else:
        clock.jump(24 * 3600)
        house.world.fault = NotReachable()
    await house.services.brokers.validate_broker(account.user_id)

    assert house.services.sign_ins.living(account.user_id) is None


async def test_nobody_has_no_session(house: House) -> None:
    assert house.services.sign_ins.living("usr_nobody") is None
