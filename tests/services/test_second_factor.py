"""PIN and TOTP secret: off by default, kept where the user said so, erased for good when he changes his mind."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

import pytest

from app.domain import Credentials, KeychainLocked, Secret
from app.services.answers import No
from app.services.sign_ins import RunningSignIn
from app.services.views import AccountState, AccountView, Draft, Phase
from app.simulators.angel_one.people import AngelOneUser
from app.simulators.dhan.people import DhanUser
from tests.fakes.waiting import until
from tests.services.house import House
from tests.services.street import Street, yes

WITH_CODES = ["dhan", "angel_one"]


def user_of(street: Street, broker_type: str) -> DhanUser | AngelOneUser:
    user = street.users(broker_type)[0]
    assert isinstance(user, DhanUser | AngelOneUser)
    return user


def shown(street: Street, broker_type: str) -> str:
    """What the authenticator shows."""
    client_id = user_of(street, broker_type).client_id
    controls = street.dhan.controls if broker_type == "dhan" else street.angel.controls
    return controls.totp(client_id)


def pageless(street: Street, broker_type: str) -> Draft:
    """An account that signs in by PIN and code."""
    draft = street.draft(broker_type)
    if broker_type == "dhan":
        bare = replace(draft.credentials, api_key=Secret(), api_secret=Secret())
        return replace(draft, credentials=bare)
    return draft


async def connected(street: Street, broker_type: str) -> AccountView:
    """An account with a token from elsewhere; a sign-in of its own would use up the two minutes of Dhan."""
    draft = pageless(street, broker_type)
    token = street.simulators[broker_type].controls.replace_token(user_of(street, broker_type).client_id)
    given = replace(draft.credentials, access_token=Secret(token))
    return yes(await street.services.brokers.connect_broker(draft.name, broker_type, given))


async def kept(street: Street, account: AccountView, *names: str) -> AccountView:
    user = user_of(street, account.broker_type)
    given = {"pin": Secret(user.pin), "totp_secret": Secret(user.totp_seed)}
    chosen = {name: given[name] for name in names or given}
    return yes(await street.services.brokers.keep_second_factor(account.user_id, **chosen))


async def asked(running: RunningSignIn) -> str:
    """What a sign-in asks for next; empty when it ends without."""
    await until(lambda: running.done or running.view.phase is Phase.ASKING)
    return running.view.asked.name if running.view.asked is not None else ""


async def given_up(running: RunningSignIn) -> None:
    running.cancel()
    await running.result()


async def extras(street: Street, account: AccountView) -> Mapping[str, Secret]:
    return (await street.services.vault.credentials(account.user_id)).extras


# ------------------------------------------------------------------ keeping


@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_nothing_is_kept_by_default(street: Street, broker_type: str) -> None:
    account = await connected(street, broker_type)
    running = street.services.sign_ins.start(account.user_id)

    assert account.keeps == frozenset()
    assert await asked(running) == "pin"
    await given_up(running)


@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_with_the_pin_kept_the_code_alone_is_asked_for(street: Street, broker_type: str) -> None:
    account = await connected(street, broker_type)
    view = await kept(street, account, "pin")
    running = street.services.sign_ins.start(account.user_id)

    assert (view.keeps, view.state) == (frozenset({"pin"}), AccountState.READY)
    assert await asked(running) == "totp"
    running.answer(Secret(shown(street, broker_type)))
    assert yes(await running.result()).keeps == frozenset({"pin"})


@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_with_both_kept_one_click_is_enough(street: Street, broker_type: str) -> None:
    account = await connected(street, broker_type)
    await kept(street, account, "pin")
    view = await kept(street, account, "totp_secret")
    running = street.services.sign_ins.start(account.user_id)

    assert view.keeps == frozenset({"pin", "totp_secret"})
    assert yes(await running.result()).state is AccountState.READY
    assert street.pages == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"pin": "abcdef"}, "pin"),
        ({"pin": "12"}, "pin"),
        ({"totp_secret": "not a secret!"}, "totp_secret"),
        ({"totp_secret": "JBSW"}, "totp_secret"),
        ({}, "pin"),
    ],
)
@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_what_cannot_be_right_is_not_kept(
    street: Street, broker_type: str, given: dict[str, str], field: str
) -> None:
    account = await connected(street, broker_type)
    answer = await street.services.brokers.keep_second_factor(
        account.user_id, **{name: Secret(text) for name, text in given.items()}
    )

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.field) == ("invalid_request", field)
    assert not {"pin", "totp_secret"} & set(await extras(street, account))


async def test_a_form_with_a_pin_that_cannot_be_one_is_told_before_anything_is_asked(street: Street) -> None:
    answer = await street.services.sign_ins.start(street.draft("dhan", pin="12")).result()

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.field) == ("invalid_request", "pin")
    assert street.dhan.log == ()


async def test_a_broker_with_a_page_alone_keeps_nothing(street: Street) -> None:
    account = await street.connected(street.draft("fyers"))
    brokers = street.services.brokers
    answers = [
        await brokers.keep_second_factor(account.user_id, Secret("246810")),
        await brokers.forget_second_factor(account.user_id),
    ]

    assert [answer.error.kind for answer in answers if isinstance(answer, No)] == ["unsupported", "unsupported"]
    assert account.keeps == frozenset()


async def test_an_account_that_is_not_there_is_said_so(house: House) -> None:
    answer = await house.services.brokers.forget_second_factor("usr_0")
    assert isinstance(answer, No)
    assert answer.error.kind == "not_found"


# ------------------------------------------------------------------ erasing


@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_what_is_erased_is_asked_for_again_and_the_session_goes_on(street: Street, broker_type: str) -> None:
    account = await connected(street, broker_type)
    await kept(street, account)
    view = yes(await street.services.brokers.forget_second_factor(account.user_id))
    running = street.services.sign_ins.start(account.user_id)

    assert (view.keeps, view.state) == (frozenset(), AccountState.READY)
    assert not {"pin", "totp_secret"} & set(await extras(street, account))
    assert await asked(running) == "pin"
    await given_up(running)


async def test_erasing_changes_the_key_and_leaves_the_other_accounts_alone(street: Street) -> None:
    """V7 in whole: tests/vault/test_erase.py."""
    angel, dhan = await connected(street, "angel_one"), await connected(street, "dhan")
    await kept(street, angel)
    await kept(street, dhan)
    keys = set(street.keychain.items)
    await street.services.brokers.forget_second_factor(angel.user_id)

    assert len(street.keychain.items) == 1
    assert keys.isdisjoint(street.keychain.items)
    assert set(await extras(street, dhan)) >= {"pin", "totp_secret"}
    assert street.services.brokers.view(dhan.user_id).keeps == frozenset({"pin", "totp_secret"})


async def test_a_keychain_that_says_no_leaves_it_kept_and_says_so(street: Street) -> None:
    account = await connected(street, "angel_one")
    await kept(street, account)
    street.keychain.trouble = KeychainLocked()
    answer = await street.services.brokers.forget_second_factor(account.user_id)
    street.keychain.trouble = None

    assert isinstance(answer, No)
    assert answer.error.kind == "keychain_locked"
    assert street.services.brokers.view(account.user_id).keeps == frozenset({"pin", "totp_secret"})
    assert yes(await street.services.brokers.forget_second_factor(account.user_id)).keeps == frozenset()


async def test_a_sign_in_under_way_does_not_bring_back_what_was_erased(street: Street) -> None:
    account = await connected(street, "angel_one")
    await kept(street, account, "pin")
    running = street.services.sign_ins.start(account.user_id)
    assert await asked(running) == "totp"

    await street.services.brokers.forget_second_factor(account.user_id)
    running.answer(Secret(shown(street, "angel_one")))

    assert yes(await running.result()).keeps == frozenset()
    assert "pin" not in await extras(street, account)


async def test_a_sign_in_under_way_does_not_lose_what_was_kept_meanwhile(street: Street) -> None:
    account = await connected(street, "angel_one")
    running = street.services.sign_ins.start(account.user_id)
    assert await asked(running) == "pin"

    await kept(street, account, "pin")
    running.answer(Secret(user_of(street, "angel_one").pin))
    await until(lambda: running.view.asked is not None and running.view.asked.name == "totp")
    running.answer(Secret(shown(street, "angel_one")))

    assert yes(await running.result()).keeps == frozenset({"pin"})
    assert "pin" in await extras(street, account)


async def test_keeping_and_erasing_at_once_end_in_what_is_said(street: Street) -> None:
    account = await connected(street, "dhan")
    for _ in range(5):
        await asyncio.gather(kept(street, account), street.services.brokers.forget_second_factor(account.user_id))
        stored = {"pin", "totp_secret"} & set(await extras(street, account))
        assert street.services.brokers.view(account.user_id).keeps == frozenset(stored)


# ------------------------------------------------------------------ what is known of it, and where it is not


async def test_after_a_restart_it_is_known_without_asking_the_broker(street: Street) -> None:
    account = await connected(street, "angel_one")
    await kept(street, account)
    street.angel.controls.expire(account.client_id)
    await street.services.brokers.validate_broker(account.user_id)
    asked_before = len(street.angel.log)
    await street.restart()

    view = street.services.brokers.view(account.user_id)
    assert (view.state, view.keeps) == (AccountState.SIGNED_OUT, frozenset({"pin", "totp_secret"}))
    assert len(street.angel.log) == asked_before


async def test_while_the_keychain_is_locked_nobody_knows(street: Street) -> None:
    account = await connected(street, "angel_one")
    await kept(street, account)
    street.keychain.trouble = KeychainLocked()
    await street.restart()
    locked = street.services.brokers.view(account.user_id)
    street.keychain.trouble = None
    await street.services.brokers.unlock()

    assert locked.keeps is None
    assert street.services.brokers.view(account.user_id).keeps == frozenset({"pin", "totp_secret"})


@pytest.mark.parametrize("broker_type", WITH_CODES)
async def test_the_adapter_goes_on_without_it(street: Street, broker_type: str) -> None:
    account = await connected(street, broker_type)
    await kept(street, account)
    yes(await street.services.sign_ins.start(account.user_id).result())
    await street.services.brokers.validate_broker(account.user_id)

    adapter = street.services.accounts.find(account.user_id)._broker
    held: Credentials = adapter._credentials  # type: ignore[union-attr]  # every adapter of the registry has them
    assert held.access_token
    assert not {"pin", "totp_secret"} & set(held.extras)


async def test_neither_comes_out_in_a_log_an_event_or_a_file(street: Street, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[object] = []
    street.services.events.subscribe(heard.append)
    user = user_of(street, "dhan")
    with caplog.at_level(logging.DEBUG):
        account = await connected(street, "dhan")
        heard.append(await kept(street, account))
        heard.append(await street.services.sign_ins.start(account.user_id).result())
        heard.append(await street.services.brokers.forget_second_factor(account.user_id))
        heard.append(await street.services.brokers.keep_second_factor(account.user_id, Secret(f"{user.pin}x")))
    stored = b"".join(file.read_bytes() for file in street.folder.rglob("*") if file.is_file())

    for secret in (user.pin, user.totp_seed):
        assert secret not in repr(heard) + caplog.text
        assert secret.encode() not in stored
