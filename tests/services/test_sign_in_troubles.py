"""What can go wrong around the moment in which a broker issues a token, at all four brokers and over real sockets."""

import asyncio
import json
import random
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp
import pytest

from app.domain import Credentials, Secret
from app.services.answers import No, Unknown, Yes
from app.services.sign_ins import RunningSignIn
from app.services.views import AccountState, AccountView, Draft, Phase
from app.simulators.angel_one.people import AngelOneUser
from app.simulators.answers import Answer, encode
from app.simulators.dhan.people import DhanUser
from tests.fakes.waiting import until
from tests.services.street import Street, yes

BROKERS = ["zerodha", "dhan", "fyers", "angel_one"]
WITH_A_PAGE = ["zerodha", "dhan", "fyers"]
SEED = 20261123
STRANGERS = {  # the client id in the answer to the exchange, or to the question that follows it
    "zerodha": ("session", ("data", "user_id")),
    "dhan": ("session", ("dhanClientId",)),
    "angel_one": ("profile", ("data", "clientcode")),
}


async def stored(street: Street, account: AccountView) -> Credentials:
    return await street.services.vault.credentials(account.user_id)


async def brought(street: Street, broker_type: str) -> AccountView:
    """An account with a living token that another program got."""
    draft, client_id = street.draft(broker_type), street.users(broker_type)[0].client_id
    token = street.simulators[broker_type].controls.replace_token(client_id)
    given = Credentials(
        draft.credentials.api_key, draft.credentials.api_secret, Secret(token), client_id, draft.credentials.extras
    )
    return yes(await street.services.brokers.connect_broker(draft.name, broker_type, given))


async def go_through(street: Street, running: RunningSignIn, broker_type: str) -> None:
    """Everything that the person does, up to where the broker is asked for the token."""
    user = street.users(broker_type)[0]
    if isinstance(user, AngelOneUser):
        await street.typed(running, "pin", user.pin)
        await street.typed(running, "totp", street.angel.controls.totp(user.client_id))
    else:
        await street.land(await street.press(user.client_id))


# ------------------------------------------------------------------ the network goes


@pytest.mark.parametrize("broker_type", BROKERS)
@pytest.mark.usefixtures("no_pause_before_a_retry")
async def test_a_token_just_issued_outlives_the_network_and_a_restart(street: Street, broker_type: str) -> None:
    """The old one is dead: the new one is stored at once, unconfirmed, and confirmed when the broker answers again."""
    account = await brought(street, broker_type)
    old, controls = await stored(street, account), street.simulators[broker_type].controls
    controls.fault("profile", "reset-before")
    running = street.services.sign_ins.start(account.user_id)
    await go_through(street, running, broker_type)

    assert isinstance(await running.result(), Unknown)
    assert street.services.brokers.view(account.user_id).state is AccountState.NOT_CONFIRMED
    assert (await stored(street, account)).access_token != old.access_token
    await street.restart()
    controls.clear()
    assert isinstance(await street.services.brokers.validate_broker(account.user_id), Yes)
    assert street.services.brokers.view(account.user_id).state is AccountState.READY
    assert controls.is_live(account.client_id)


@pytest.mark.parametrize("broker_type", BROKERS)
async def test_a_lost_answer_to_the_exchange_leaves_the_question_open(street: Street, broker_type: str) -> None:
    """Nothing is stored that nobody has; whether the old token lives, the broker says when it is asked."""
    account = await brought(street, broker_type)
    old, controls = await stored(street, account), street.simulators[broker_type].controls
    controls.fault("session", "reset-in-body", times=1, lands=True)
    running = street.services.sign_ins.start(account.user_id)
    await go_through(street, running, broker_type)
    answer = await running.result()

    assert isinstance(answer, Unknown)
    assert answer.error.kind == "not_reachable"
    assert (await stored(street, account)).access_token == old.access_token
    assert street.asked(street.simulators[broker_type], "session") == 1
    assert isinstance(await street.services.brokers.validate_broker(account.user_id), No)  # it was issued: ours is dead


@pytest.mark.parametrize("broker_type", BROKERS)
async def test_an_exchange_that_never_arrived_changes_nothing(street: Street, broker_type: str) -> None:
    account = await brought(street, broker_type)
    old, controls = await stored(street, account), street.simulators[broker_type].controls
    controls.fault("session", "reset-before", times=1)
    running = street.services.sign_ins.start(account.user_id)
    await go_through(street, running, broker_type)

    assert isinstance(await running.result(), Unknown)
    assert await stored(street, account) == old
    assert street.services.brokers.view(account.user_id).state is AccountState.READY


# ------------------------------------------------------------------ another client


@pytest.mark.parametrize("broker_type", STRANGERS)
async def test_another_clients_session_is_refused_and_the_account_is_as_before(
    street: Street, broker_type: str
) -> None:
    account = await brought(street, broker_type)
    old = await stored(street, account)
    running = street.services.sign_ins.start(account.user_id)
    await pretend(street, broker_type, "ZZ9999")
    await go_through(street, running, broker_type)
    answer = await running.result()

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.title) == (
        "wrong_account",
        f"You signed in as ZZ9999; this account is {account.client_id}",
    )
    assert await stored(street, account) == old
    assert street.services.brokers.view(account.user_id).state is AccountState.READY


async def pretend(street: Street, broker_type: str, client_id: str) -> None:
    """Let the broker say that whoever signs in is `client_id`: put into its own good answer of this moment."""
    operation, where = STRANGERS[broker_type]
    simulator = street.simulators[broker_type]
    good = GOOD[broker_type] if operation == "session" else PROFILE
    answer = json.loads(json.dumps(good))
    inner = answer
    for name in where[:-1]:
        inner = inner[name]
    inner[where[-1]] = client_id
    simulator.controls.say(operation, Answer(encode(answer)))


GOOD = {
    "zerodha": {"status": "success", "data": {"user_id": "", "access_token": "canary-of-a-stranger-1234567890"}},
    "dhan": {"dhanClientId": "", "accessToken": "canary-of-a-stranger-1234567890"},
}
PROFILE = {"status": True, "message": "SUCCESS", "errorcode": "", "data": {"clientcode": "", "name": "", "email": ""}}


async def test_another_clients_session_at_fyers_is_refused_and_nothing_is_stored(street: Street) -> None:
    draft = street.draft("fyers")
    keys = draft.credentials
    mine = Draft("Mine", "fyers", Credentials(keys.api_key, keys.api_secret, Secret(), "XA99999", keys.extras))
    running = street.services.sign_ins.start(mine)
    await street.land(await street.press(keys.client_id))
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.kind == "wrong_account"
    assert street.services.brokers.accounts() == ()


# ------------------------------------------------------------------ a redirect forged by another program


def forged(address: str, chance: random.Random) -> str:
    """What a local program that knows port and path may send, made of the true redirect `address`."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query)
    which = chance.randrange(5)
    if which == 0:
        pairs = [(name, value[::-1]) for name, value in pairs]
    elif which == 1:
        pairs = [pair for pair in pairs if pair[0] not in ("state", "tokenId")]
    elif which == 2:
        pairs = [*pairs, *pairs]
    elif which == 3:
        pairs = [(name, "" if name in ("state", "tokenId") else value) for name, value in pairs]
    else:
        pairs = [("status", "cancelled"), ("s", "error")]
    return urlunsplit(parts._replace(query=urlencode(pairs)))


@pytest.mark.parametrize("broker_type", WITH_A_PAGE)
async def test_forged_redirects_are_refused_and_the_true_one_still_signs_in(street: Street, broker_type: str) -> None:
    """Dhan echoes nothing: there only the secret path tells, and one that knows it costs a refused token id."""
    chance, draft = random.Random(SEED), street.draft(broker_type)
    running = street.services.sign_ins.start(draft)
    true = await street.press(draft.credentials.client_id)
    path = urlsplit(true).path
    async with aiohttp.ClientSession() as program:
        for _ in range(20):
            address = forged(true, chance)
            if broker_type == "dhan":  # without the path; with it: test_sign_in_at_brokers.py
                address = address.replace(path, "/dhan/" + "".join(chance.choices("0123456789abcdef", k=32)))
            async with program.get(address) as answer:
                assert answer.status == 404
    assert running.view.phase is Phase.WAITING
    assert street.asked(street.simulators[broker_type], "session") == 0
    await street.land(true)

    assert yes(await running.result()).state is AccountState.READY


# ------------------------------------------------------------------ a token that is pasted


@pytest.mark.parametrize("broker_type", BROKERS)
async def test_a_pasted_token_replaces_the_stored_one_only_after_the_broker_said_yes(
    street: Street, broker_type: str
) -> None:
    account = await brought(street, broker_type)
    old, controls = await stored(street, account), street.simulators[broker_type].controls
    refused = await street.services.brokers.update_broker_token(account.user_id, "canary-of-nobody-1234567890")
    controls.fault("profile", "null")  # no read is tried again after it, which would take seconds
    unknown = await street.services.brokers.update_broker_token(account.user_id, "canary-of-nobody-1234567890")
    controls.clear()
    assert isinstance(refused, No)
    assert isinstance(unknown, Unknown)
    assert await stored(street, account) == old
    assert street.services.brokers.view(account.user_id).state is AccountState.READY

    fresh = controls.replace_token(account.client_id)
    assert isinstance(await street.services.brokers.update_broker_token(account.user_id, fresh), Yes)
    assert (await stored(street, account)).access_token.reveal() == fresh


# ------------------------------------------------------------------ two at once


async def test_sign_ins_at_four_brokers_at_once_do_not_disturb_each_other(street: Street) -> None:
    running = {key: street.services.sign_ins.start(street.draft(key)) for key in BROKERS}
    await until(lambda: len(street.pages) == len(WITH_A_PAGE))
    for page in tuple(street.pages):
        street.pages[:] = [page]
        key = next(key for key in WITH_A_PAGE if page.startswith(street.simulators[key].base_url))
        await street.land(await street.press(street.users(key)[0].client_id))
    await go_through(street, running["angel_one"], "angel_one")

    ready = [yes(await one.result()).state for one in running.values()]
    assert ready == [AccountState.READY] * 4


# ------------------------------------------------------------------ attempts


async def kept(street: Street, broker_type: str) -> AccountView:
    """An account whose sign-in asks for nothing."""
    account, user = await brought(street, broker_type), street.users(broker_type)[0]
    assert isinstance(user, AngelOneUser | DhanUser)
    brokers = street.services.brokers
    return yes(await brokers.keep_second_factor(account.user_id, Secret(user.pin), Secret(user.totp_seed)))


async def test_the_two_minutes_of_dhan_outlive_a_restart(street: Street) -> None:
    account = await kept(street, "dhan")
    yes(await street.services.sign_ins.start(account.user_id).result())
    await street.restart()
    answer = await street.services.sign_ins.start(account.user_id).result()

    assert isinstance(answer, No)
    assert (answer.error.kind, street.asked(street.dhan, "token")) == ("login_throttled", 1)
    assert answer.error.next_step.endswith("Nothing was sent, no attempt was used.")
    assert street.services.brokers.view(account.user_id).state is not AccountState.SIGNED_OUT


async def test_a_wrong_clock_is_named_in_the_answer(street: Street) -> None:
    """Design section 10, text 10."""
    user = street.angel_users[0]
    street.angel.controls.shift_clock(300)
    running = street.services.sign_ins.start(street.draft("angel_one", pin=user.pin))
    await street.typed(running, "totp", "000000")
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == "Angel One refused this code"
    assert answer.error.next_step == (
        "Your clock is 5 min behind theirs; set it, then use the next code. One attempt was used."
    )


async def test_cancel_while_it_waits_for_the_next_code_sends_nothing(street: Street) -> None:
    if street.seconds_of_this_code() < 8:  # the second sign-in must fall into the half minute of the first
        await asyncio.sleep(street.seconds_of_this_code())
    account = await kept(street, "angel_one")
    yes(await street.services.sign_ins.start(account.user_id).result())
    again = street.services.sign_ins.start(account.user_id)
    await until(lambda: again.view.problem is not None)
    told = again.view.problem
    again.cancel()
    answer = await again.result()

    assert told is not None
    assert "The next one is sent in" in told.next_step
    assert isinstance(answer, No)
    assert (answer.error.kind, street.asked(street.angel, "session")) == ("login_cancelled", 1)
    assert street.services.brokers.view(account.user_id).state is AccountState.READY
