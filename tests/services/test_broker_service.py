"""The named operations: nothing is stored without the broker's yes, and a failed attempt changes nothing."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.brokers.base import Ability, BaseBroker
from app.domain import (
    BrokerDown,
    Busy,
    Credentials,
    DailyCap,
    DiskFull,
    Maintenance,
    NotFound,
    NotReachable,
    NotSubscribed,
    RateLimited,
    ReadOnly,
    Secret,
    SessionExpired,
    TradingError,
    UserBlocked,
    VaultError,
    WireSurprise,
)
from app.services.answers import Answer, No, Unknown, Yes
from app.services.views import AccountState
from app.services.watched import WatchedBroker
from tests.fakes.clock import settle
from tests.services.fakes import credentials, position
from tests.services.house import House

SILENCE = [NotReachable(), BrokerDown(), Maintenance(), RateLimited(retry_after=3.0), DailyCap(), WireSurprise()]


def refusal(answer: Answer[object]) -> TradingError:
    """The error of a definite no."""
    assert isinstance(answer, No), answer
    return answer.error


# ------------------------------------------------------------------ connect


async def test_connecting_with_a_live_token_stores_the_account(house: House) -> None:
    account = await house.connected("HUF")

    stored = await house.services.vault.accounts()

    assert (account.state, account.title) == (AccountState.READY, "HUF · Zerodha")
    assert [(one.name, one.client_id, one.confirmed, one.is_valid) for one in stored] == [("HUF", "AB1234", True, True)]


async def test_connecting_learns_the_client_id_from_the_broker(house: House) -> None:
    token = house.world.issue("AB1234")

    answer = await house.services.brokers.connect_broker("HUF", "zerodha", credentials(token))

    assert isinstance(answer, Yes)
    assert answer.value.client_id == "AB1234"


async def test_blanks_and_line_ends_around_pasted_values_do_not_matter(house: House) -> None:
    token = house.world.issue("AB1234")
    offered = Credentials(Secret(" key\n"), Secret("\tsecret "), Secret(f"  {token}\r\n"), client_id=" AB1234 \n")

    answer = await house.services.brokers.connect_broker("  HUF \n", "zerodha", offered)

    assert isinstance(answer, Yes)
    assert answer.value.name == "HUF"


async def test_a_token_that_the_broker_refuses_stores_nothing(house: House) -> None:
    answer = await house.services.brokers.connect_broker("HUF", "zerodha", credentials("dead"))

    assert refusal(answer).kind == "session_expired"
    assert await house.services.vault.accounts() == ()
    assert house.world.alive == 0


@pytest.mark.parametrize("error", SILENCE, ids=lambda error: error.kind)
async def test_no_answer_is_unknown_and_stores_nothing(house: House, error: TradingError) -> None:
    token = house.world.issue("AB1234")
    house.world.fault = error

    answer = await house.services.brokers.connect_broker("HUF", "zerodha", credentials(token))

    assert isinstance(answer, Unknown)
    assert answer.error is error
    assert house.services.brokers.accounts() == ()


@pytest.mark.parametrize(
    ("name", "offered", "field"),
    [
        ("  ", credentials("x"), "name"),
        ("HUF", Credentials(Secret(" "), Secret("secret"), Secret("x")), "api_key"),
        ("HUF", Credentials(Secret("key"), Secret(""), Secret("x")), "api_secret"),
        ("HUF", credentials(" "), "access_token"),
    ],
)
async def test_an_empty_field_is_named_and_nothing_is_asked(
    house: House, name: str, offered: Credentials, field: str
) -> None:
    answer = await house.services.brokers.connect_broker(name, "zerodha", offered)

    assert (refusal(answer).kind, refusal(answer).field) == ("invalid_request", field)
    assert not house.world.asked


@pytest.mark.parametrize("field", ["api_key", "api_secret", "access_token"])
@pytest.mark.parametrize("odd", ["two words", "line\r\nX-Evil: 1", "t\xf6ken", "zero\x00", "\u0930\u0941"])
async def test_a_key_that_cannot_be_one_is_named_and_nothing_is_asked(house: House, field: str, odd: str) -> None:
    values: dict[str, Any] = {field: Secret(odd)}
    offered = replace(credentials("token"), **values)

    answer = await house.services.brokers.test_credentials("zerodha", offered)

    assert (refusal(answer).kind, refusal(answer).field) == ("invalid_request", field)
    assert odd not in str(refusal(answer))
    assert not house.world.asked


@pytest.mark.parametrize("name", ["x" * 61, "\u202eFUH", "a\x1b[2Jb", "\udce0\udca4", "\x9b2J"])
async def test_a_name_that_cannot_be_shown_is_refused(house: House, name: str) -> None:
    answer = await house.services.brokers.connect_broker(name, "zerodha", credentials("token"))

    assert (refusal(answer).kind, refusal(answer).field) == ("invalid_request", "name")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("\u0936\u093e\u0939 \U0001f4b9", "\u0936\u093e\u0939 \U0001f4b9"), ("  My\n HUF\t", "My HUF")],
)
async def test_a_name_of_any_script_is_one_line(house: House, typed: str, name: str) -> None:
    assert (await house.connected(typed)).name == name


async def test_an_unknown_broker_type_is_a_no_of_the_service_and_an_error_of_the_factory(house: House) -> None:
    answer = await house.services.brokers.connect_broker("HUF", "robinhood", credentials("x"))

    assert (refusal(answer).kind, refusal(answer).field) == ("invalid_request", "broker_type")
    with pytest.raises(ValueError, match="supported: zerodha"):
        house.services.brokers.get_broker_instance("robinhood")


async def test_a_name_can_be_used_once(house: House) -> None:
    await house.connected("HUF")
    token = house.world.issue("CD5678")

    answer = await house.services.brokers.connect_broker(" huf ", "zerodha", credentials(token))

    assert refusal(answer).field == "name"
    assert refusal(answer).title == "There is already an account named huf"


@pytest.mark.parametrize("typed", ["AB1234", ""])
async def test_the_same_client_cannot_be_connected_twice(house: House, typed: str) -> None:
    await house.connected("HUF")
    house.world.single_session = False
    token = house.world.issue("AB1234")

    answer = await house.services.brokers.connect_broker("Again", "zerodha", credentials(token, client_id=typed))

    assert refusal(answer).title == "AB1234 at Zerodha is already connected as HUF"
    assert len(house.services.brokers.accounts()) == 1


async def test_another_clients_token_is_refused(house: House) -> None:
    token = house.world.issue("CD5678")

    answer = await house.services.brokers.connect_broker("HUF", "zerodha", credentials(token, client_id="AB1234"))

    assert refusal(answer).kind == "wrong_account"
    assert house.services.brokers.accounts() == ()


@pytest.mark.parametrize("trouble", [DiskFull(), ReadOnly(), Busy()], ids=lambda error: error.kind)
async def test_a_vault_that_cannot_be_written_is_told_and_nothing_is_half_done(
    house: House, monkeypatch: pytest.MonkeyPatch, trouble: VaultError
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(house.services.vault, "add", fail)

    answer = await house.services.brokers.connect_broker("HUF", "zerodha", credentials(house.world.issue("AB1234")))

    assert refusal(answer) is trouble
    assert house.services.brokers.accounts() == ()
    assert house.world.alive == 0


async def test_a_client_id_may_be_typed_in_small_letters(house: House) -> None:
    await house.connected("HUF")

    answer = await house.services.brokers.connect_broker("Again", "zerodha", credentials("x", client_id="ab1234"))

    assert refusal(answer).field == "client_id"


# ------------------------------------------------------------------ test, validate


async def test_testing_credentials_stores_nothing(house: House) -> None:
    token = house.world.issue("AB1234")

    answer = await house.services.brokers.test_credentials("zerodha", credentials(token))

    assert isinstance(answer, Yes)
    assert answer.value.client_id == "AB1234"
    assert await house.services.vault.accounts() == ()
    assert house.world.alive == 0


async def test_validating_asks_with_what_is_stored(house: House) -> None:
    account = await house.connected()

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, Yes)
    assert answer.value.client_id == "AB1234"


async def test_a_dead_session_is_a_definite_no_and_is_marked(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")

    answer = await house.services.brokers.check_token_validity(account.user_id)

    assert refusal(answer).kind == "session_expired"
    assert house.view(account).state is AccountState.SIGNED_OUT
    assert [one.is_valid for one in await house.services.vault.accounts()] == [False]


@pytest.mark.parametrize("error", SILENCE, ids=lambda error: error.kind)
async def test_no_answer_never_marks_a_token_expired(house: House, error: TradingError) -> None:
    account = await house.connected()
    house.world.fault = error

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert isinstance(answer, Unknown)
    assert house.view(account).state is AccountState.OFFLINE
    assert [one.is_valid for one in await house.services.vault.accounts()] == [True]


async def test_a_blocked_user_is_refused_and_not_expired(house: House) -> None:
    account = await house.connected()
    house.world.fault = UserBlocked()

    answer = await house.services.brokers.validate_broker(account.user_id)

    assert refusal(answer).kind == "user_blocked"
    assert house.view(account).state is AccountState.REFUSED


@pytest.mark.parametrize("operation", ["validate_broker", "disconnect_broker", "check_token_validity", "rename"])
async def test_an_account_that_does_not_exist_is_not_found(house: House, operation: str) -> None:
    answer = await getattr(house.services.brokers, operation)("nobody")

    assert refusal(answer).kind == "not_found"


# ------------------------------------------------------------------ update


async def test_a_pasted_token_replaces_the_old_one_after_the_brokers_yes(house: House) -> None:
    account = await house.connected()
    fresh = house.world.issue("AB1234")

    answer = await house.services.brokers.update_broker_token(account.user_id, f" {fresh}\n")

    stored = await house.services.vault.credentials(account.user_id)
    assert isinstance(answer, Yes)
    assert answer.value.state is AccountState.READY
    assert stored.access_token.reveal() == fresh


@pytest.mark.parametrize("pasted", ["rubbish", "", "of-another"])
async def test_a_pasted_token_that_is_refused_keeps_the_old_one(house: House, pasted: str) -> None:
    account = await house.connected()
    before = await house.services.vault.credentials(account.user_id)
    house.world.tokens["of-another"] = "CD5678"

    answer = await house.services.brokers.update_broker_token(account.user_id, pasted)

    assert isinstance(answer, No)
    assert await house.services.vault.credentials(account.user_id) == before
    assert isinstance(await house.services.brokers.validate_broker(account.user_id), Yes)


async def test_a_pasted_token_without_an_answer_keeps_the_old_one(house: House) -> None:
    account = await house.connected()
    before = await house.services.vault.credentials(account.user_id)
    house.world.faults["connect"] = NotReachable()

    answer = await house.services.brokers.update_broker_token(account.user_id, "fresh")

    assert isinstance(answer, Unknown)
    assert await house.services.vault.credentials(account.user_id) == before
    assert house.view(account).state is AccountState.READY


# ------------------------------------------------------------------ disconnect


def ciphertexts(path: Path) -> list[bytes]:
    """Every base64 text of the vault file that is long enough to be an encrypted field."""
    return list(re.findall(rb"[A-Za-z0-9+/]{200,}={0,2}", path.read_bytes()))


async def test_disconnecting_leaves_no_byte_of_the_old_ciphertext(house: House) -> None:
    account = await house.connected("HUF")
    await house.connected("Self", "CD5678", "key2")
    folder = house.directory
    before = ciphertexts(folder / "vault.db")
    keys = dict(house.keychain.items)

    answer = await house.services.brokers.disconnect_broker(account.user_id)
    await house.close()

    left = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert isinstance(answer, Yes)
    assert answer.value.revoked
    assert len(before) >= 8
    assert not [text for text in before if text in left]
    assert not set(keys.values()) & set(house.keychain.items.values())
    await house.open()


async def test_disconnecting_one_account_never_touches_another(house: House) -> None:
    gone = await house.connected("HUF")
    kept = await house.connected("Self", "CD5678", "key2")
    before = await house.services.vault.credentials(kept.user_id)

    await house.services.brokers.disconnect_broker(gone.user_id)

    assert [view.name for view in house.services.brokers.accounts()] == ["Self"]
    assert await house.services.vault.credentials(kept.user_id) == before
    assert isinstance(await house.services.brokers.validate_broker(kept.user_id), Yes)
    assert "CD5678" in house.world.tokens.values()


async def test_a_broker_that_does_not_answer_does_not_keep_an_account_from_being_erased(house: House) -> None:
    account = await house.connected()
    house.world.faults["revoke"] = NotReachable()

    answer = await house.services.brokers.disconnect_broker(account.user_id)

    assert isinstance(answer, Yes)
    assert not answer.value.revoked
    assert answer.value.revoke_error is house.world.faults["revoke"]
    assert house.services.brokers.accounts() == ()


async def test_a_dead_session_is_not_revoked(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)

    answer = await house.services.brokers.disconnect_broker(account.user_id)

    assert isinstance(answer, Yes)
    assert house.world.asked["revoke"] == 0


async def test_a_disconnected_account_is_not_found_any_more(house: House) -> None:
    account = await house.connected()
    await house.services.brokers.disconnect_broker(account.user_id)

    with pytest.raises(NotFound):
        await house.services.brokers.broker_status(account.user_id)
    assert refusal(await house.services.brokers.disconnect_broker(account.user_id)).kind == "not_found"
    assert house.world.alive == 0


async def test_ending_a_session_on_purpose_is_no_death_to_tell_of(house: House) -> None:
    account = await house.connected()
    gate = house.world.gates["revoke"] = asyncio.Event()
    removing = asyncio.create_task(house.services.brokers.disconnect_broker(account.user_id))
    await settle()
    house.world.kill("AB1234")
    await house.services.portfolio.refresh(account.user_id)

    gate.set()
    await removing

    assert house.notices == []


async def test_an_account_that_could_not_be_erased_is_still_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.connected()

    async def full(_: str) -> None:
        raise DiskFull

    monkeypatch.setattr(house.services.vault, "remove", full)
    answer = await house.services.brokers.disconnect_broker(account.user_id)

    assert refusal(answer).kind == "disk_full"
    assert (await house.services.vault.credentials(account.user_id)).client_id == "AB1234"
    await house.services.brokers.validate_broker(account.user_id)
    assert house.view(account).state is AccountState.SIGNED_OUT


# ------------------------------------------------------------------ the adapter, names, restart


async def test_the_connected_adapter_is_one_for_all_and_each_answer_updates_the_state(house: House) -> None:
    account = await house.connected()
    broker = await house.services.brokers.get_broker_for_user(account.user_id)
    house.world.positions["AB1234"] = [position()]
    assert await broker.get_positions() == [position()]
    assert broker is await house.services.brokers.get_broker_for_user(account.user_id)

    house.world.kill("AB1234")
    with pytest.raises(SessionExpired):
        await broker.get_funds()

    assert house.view(account).state is AccountState.SIGNED_OUT


async def test_the_connected_adapter_says_what_its_session_lacks(house: House) -> None:
    account = await house.connected()
    house.world.lacking[Ability.QUOTES] = NotSubscribed()

    broker = await house.services.brokers.get_broker_for_user(account.user_id)

    assert dict(broker.missing) == house.world.lacking


def test_nothing_of_the_port_is_answered_without_the_account() -> None:
    inherited = {"refusal", "get_order_status"}  # each object keeps its own; made of `get_order`

    assert {name for name in vars(BaseBroker) if not name.startswith("_")} - vars(WatchedBroker).keys() == inherited


async def test_the_adapter_of_a_signed_out_account_is_not_given(house: House) -> None:
    account = await house.connected()
    house.world.kill("AB1234")
    await house.services.brokers.validate_broker(account.user_id)

    with pytest.raises(SessionExpired):
        await house.services.brokers.get_broker_for_user(account.user_id)


async def test_an_account_can_be_renamed_but_not_to_a_name_that_is_taken(house: House) -> None:
    account = await house.connected("HUF")
    await house.connected("Self", "CD5678", "key2")

    renamed = await house.services.brokers.rename(account.user_id, name="Family", colour="rose")
    taken = await house.services.brokers.rename(account.user_id, name="self")

    assert isinstance(renamed, Yes)
    assert (renamed.value.name, renamed.value.colour) == ("Family", "rose")
    assert refusal(taken).field == "name"


async def test_after_a_restart_the_account_is_still_connected(house: House) -> None:
    account = await house.connected()

    await house.restart()
    before = house.view(account).state
    answer = await house.services.brokers.validate_broker(account.user_id)

    assert before is AccountState.NOT_CONFIRMED
    assert isinstance(answer, Yes)
    assert house.view(account).state is AccountState.READY


async def test_accounts_get_colours_of_their_own(house: House) -> None:
    first = await house.connected("HUF")
    second = await house.connected("Self", "CD5678", "key2")

    assert first.colour != second.colour
