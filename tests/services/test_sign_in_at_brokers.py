"""Signing in at Dhan, Fyers and Angel One: services, real adapters and the demo brokers, over real sockets."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain import Credentials, Secret
from app.services.answers import No
from app.services.views import AccountState, Draft, Phase
from app.simulators.angel_one.people import AngelOneUser
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.people import DhanUser
from app.simulators.dhan.server import DhanSimulator
from tests.fakes.waiting import until
from tests.services.street import Street, yes

# ------------------------------------------------------------------ on a page


@pytest.mark.parametrize("broker_type", ["dhan", "fyers"])
async def test_a_page_leads_to_a_connected_account(street: Street, broker_type: str) -> None:
    account = await street.connected(street.draft(broker_type))

    assert account.state is AccountState.READY
    assert account.client_id == street.users(broker_type)[0].client_id
    assert account.open_positions is not None


@pytest.mark.parametrize("broker_type", ["dhan", "fyers"])
async def test_a_session_that_ended_comes_back_in_the_same_account(street: Street, broker_type: str) -> None:
    account = await street.connected(street.draft(broker_type))
    street.simulators[broker_type].controls.expire(account.client_id)
    await street.services.brokers.validate_broker(account.user_id)
    assert street.services.brokers.view(account.user_id).state is AccountState.SIGNED_OUT

    running = street.services.sign_ins.start(account.user_id)
    await street.land(await street.press(account.client_id))

    assert yes(await running.result()).user_id == account.user_id


async def test_the_secret_path_of_dhan_is_stored_with_the_account_for_good(street: Street) -> None:
    account = await street.connected(street.draft("dhan"))

    stored = await street.services.vault.credentials(account.user_id)

    assert stored.extras["redirect_url"].reveal() == street.back


async def test_a_default_of_the_form_is_stored_even_when_nobody_typed_it(street: Street) -> None:
    (default,) = [
        field.default
        for spec in street.services.brokers.specs()
        if spec.key == "dhan"
        for field in spec.fields
        if field.name == "redirect_url"
    ]
    street.dhan.controls.register(street.dhan_users[0].client_id, default)
    draft = street.draft("dhan", redirect_url="")

    account = await street.connected(draft)

    stored = await street.services.vault.credentials(account.user_id)
    assert stored.extras["redirect_url"].reveal() == default


@pytest.mark.parametrize("path", ["/", ""])
async def test_false_token_ids_on_the_secret_path_never_end_the_wait(street: Street, path: str) -> None:
    draft = street.draft("dhan")
    running = street.services.sign_ins.start(draft)
    true_one = await street.press(draft.credentials.client_id)

    for number in range(4):
        assert await street.land(f"{street.back}{path}?tokenId=false{number}") == 200
        await until(lambda number=number: street.asked(street.dhan, "session") > number)  # type: ignore[misc]  # a lambda
        await until(lambda: running.view.phase is Phase.WAITING)
    await street.land(true_one)

    assert yes(await running.result()).state is AccountState.READY
    assert street.pages == []


async def test_a_token_id_on_another_path_is_not_even_looked_at(street: Street) -> None:
    draft = street.draft("dhan")
    running = street.services.sign_ins.start(draft)
    true_one = await street.press(draft.credentials.client_id)

    for path in ("/dhan", "/dhan/", "/", f"/dhan/{'5b' * 16}/"):
        assert await street.land(f"http://127.0.0.1:{street.port}{path}?tokenId=false") == 404
    await street.land(true_one)

    yes(await running.result())
    assert street.asked(street.dhan, "session") == 1


async def test_two_accounts_at_one_address_of_dhan_sign_in_one_after_the_other(street: Street) -> None:
    first = street.services.sign_ins.start(street.draft("dhan"))
    await until(lambda: first.view.phase is Phase.WAITING)

    second = await street.services.sign_ins.start(street.draft("dhan", 1)).result()

    assert isinstance(second, No)
    assert second.error.title == "Another sign-in waits at the same redirect address"
    await street.land(await street.press(street.dhan_users[0].client_id))
    assert yes(await first.result()).client_id == street.dhan_users[0].client_id


async def test_a_forged_state_is_ignored_at_fyers_and_the_true_one_still_taken(street: Street) -> None:
    draft = street.draft("fyers")
    running = street.services.sign_ins.start(draft)
    true_one = await street.press(draft.credentials.client_id)
    back = draft.credentials.extras["redirect_url"].reveal()

    assert await street.land(f"{back}?s=ok&code=200&auth_code=a.b.c&state=forged") == 404
    assert await street.land(true_one) == 200

    yes(await running.result())


def without_keys(street: Street, token: str = "") -> Credentials:
    client_id = street.dhan_users[0].client_id
    return Credentials(Secret(), Secret(), Secret(token), client_id, {"redirect_url": Secret(street.back)})


async def test_a_token_made_at_dhan_is_followed_by_another_that_is_typed_in(street: Street) -> None:
    made = [street.dhan.controls.replace_token(street.dhan_users[0].client_id, "SELF")]
    account = yes(await street.services.brokers.connect_broker("Self", "dhan", without_keys(street, made[0])))
    made.append(street.dhan.controls.replace_token(street.dhan_users[0].client_id, "SELF"))
    running = street.services.sign_ins.start(account.user_id)

    await street.typed(running, "access_token", made[1])

    assert yes(await running.result()).state is AccountState.READY
    assert street.pages == ["https://web.dhan.co"]


# ------------------------------------------------------------------ with a code


async def test_without_app_keys_dhan_asks_for_pin_and_code(street: Street) -> None:
    user = street.dhan_users[0]
    running = street.services.sign_ins.start(Draft("Self", "dhan", without_keys(street)))

    await street.typed(running, "pin", user.pin)
    await street.typed(running, "totp", street.dhan.controls.totp(user.client_id))

    account = yes(await running.result())
    assert (account.state, account.keeps) == (AccountState.READY, frozenset())
    assert street.pages == []


async def test_angel_one_asks_for_pin_and_code_and_opens_no_page(street: Street) -> None:
    user = street.angel_users[0]
    running = street.services.sign_ins.start(street.draft("angel_one"))

    await street.typed(running, "pin", user.pin)
    await street.typed(running, "totp", street.angel.controls.totp(user.client_id))

    assert yes(await running.result()).state is AccountState.READY
    assert street.pages == []


async def test_a_pin_that_is_kept_is_not_asked_for(street: Street) -> None:
    user = street.angel_users[0]
    running = street.services.sign_ins.start(street.draft("angel_one", pin=user.pin))

    await street.typed(running, "totp", street.angel.controls.totp(user.client_id))

    account = yes(await running.result())
    stored = await street.services.vault.credentials(account.user_id)
    assert stored.extras["pin"] == Secret(user.pin)
    assert stored.extras["refresh_token"]


async def test_dhan_with_a_pin_asks_for_the_code_alone(street: Street) -> None:
    user = street.dhan_users[0]
    running = street.services.sign_ins.start(street.draft("dhan", pin=user.pin))

    await street.typed(running, "totp", street.dhan.controls.totp(user.client_id))

    assert yes(await running.result()).state is AccountState.READY
    assert street.pages == []


@pytest.mark.parametrize("broker_type", ["dhan", "angel_one"])
async def test_a_refused_code_is_told_and_costs_one_attempt(street: Street, broker_type: str) -> None:
    user = street.users(broker_type)[0]
    assert isinstance(user, DhanUser | AngelOneUser)
    simulator = street.simulators[broker_type]
    assert isinstance(simulator, DhanSimulator | AngelOneSimulator)
    right = simulator.controls.totp(user.client_id)
    running = street.services.sign_ins.start(street.draft(broker_type, pin=user.pin))

    await street.typed(running, "totp", f"{(int(right) + 500_000) % 1_000_000:06d}")
    answer = await running.result()

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.field) == ("bad_credentials", "totp")
    assert street.asked(simulator, {"dhan": "token", "angel_one": "session"}[broker_type]) == 1
    assert street.services.brokers.accounts() == ()


async def test_the_client_id_goes_into_the_sign_in_where_the_broker_needs_it(street: Street) -> None:
    draft = street.draft("angel_one")
    keys = Credentials(draft.credentials.api_key, Secret(), Secret(), "", {})

    answer = await street.services.sign_ins.start(Draft("HUF", "angel_one", keys)).result()

    assert isinstance(answer, No)
    assert (answer.error.kind, answer.error.field) == ("invalid_request", "client_id")


async def test_another_clients_sign_in_is_refused_in_the_words_of_every_broker(street: Street) -> None:
    draft = street.draft("fyers")
    someone_else = replace(draft, credentials=replace(draft.credentials, client_id="XA99999"))
    running = street.services.sign_ins.start(someone_else)

    await street.land(await street.press(draft.credentials.client_id))
    answer = await running.result()

    assert isinstance(answer, No)
    assert answer.error.title == f"You signed in as {draft.credentials.client_id}; this account is XA99999"
    assert answer.error.next_step == "Nothing was changed. Sign out on Fyers's page and try again."
    assert street.services.brokers.accounts() == ()


# ------------------------------------------------------------------ a token that the user brought


@pytest.mark.parametrize("broker_type", ["dhan", "fyers"])
async def test_a_token_that_says_when_it_ends_is_believed_over_the_rule(street: Street, broker_type: str) -> None:
    """The rule is about a token issued now; one that is pasted may be hours old."""
    draft, client_id = street.draft(broker_type), street.users(broker_type)[0].client_id
    token = street.simulators[broker_type].controls.replace_token(client_id)
    said = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))["exp"]

    answer = await street.services.brokers.connect_broker(
        draft.name, broker_type, replace(draft.credentials, access_token=Secret(token))
    )

    assert yes(answer).token_expires_at == datetime.fromtimestamp(said, UTC)
