"""What the vault promises its users when nothing goes wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain import Credentials, KeychainLocked, KeyMissing, NotFound, Secret, VaultError
from app.vault import FieldAddress, Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import CANARIES, Held, HungKeychain, MemoryKeychain, add, credentials, raising, token_of, update


async def test_stored_credentials_survive_a_restart(held: Held) -> None:
    account = await add(await held.open())
    found = await (await held.open()).credentials(account.user_id)
    assert found == credentials()


async def test_an_account_shows_what_is_no_secret(held: Held, clock: ManualClock) -> None:
    vault, later = await held.open(), clock.now() + timedelta(hours=9)
    added = await vault.add(
        "Self", "teal", "zerodha", credentials(), token_since=clock.now(), token_expires_at=later, confirmed=False
    )
    (account,) = await vault.accounts()
    assert account == added
    assert (account.name, account.colour, account.broker_type, account.client_id) == (
        "Self",
        "teal",
        "zerodha",
        "AB1234",
    )
    assert (account.is_valid, account.confirmed, account.token_since, account.token_expires_at) == (
        True,
        False,
        clock.now(),
        later,
    )
    assert account.row_id.startswith("brk_")
    assert len(account.row_id) == 4 + 12


async def test_four_brokers_of_a_person_are_four_accounts_in_their_order(held: Held) -> None:
    vault = await held.open()
    ids = [(await add(vault, name)).user_id for name in ("Self", "Spouse", "HUF", "Child")]
    assert [(account.user_id, account.name) for account in await (await held.open()).accounts()] == list(
        zip(ids, ("Self", "Spouse", "HUF", "Child"), strict=True)
    )


async def test_an_update_replaces_all_four_fields_and_makes_the_account_valid_again(held: Held) -> None:
    vault = await held.open()
    account = await add(vault)
    await vault.mark(account.user_id, is_valid=False)
    fresh = Credentials(Secret("k2"), Secret("s2"), Secret("t2"), "AB1234", {"refresh": Secret("r2")})
    updated = await vault.update(account.user_id, fresh, token_since=None, token_expires_at=None, confirmed=True)
    assert (updated.is_valid, updated.confirmed, updated.created_at) == (True, True, account.created_at)
    assert await vault.credentials(account.user_id) == fresh


async def test_an_update_leaves_no_ciphertext_as_it_was(held: Held) -> None:
    vault = await held.open()
    account = await add(vault)
    before = await _ciphertexts(vault)
    await update(vault, account.user_id, CANARIES["access_token"])
    after = await _ciphertexts(vault)
    assert not before & after


async def test_removing_one_account_leaves_the_others_alone(held: Held) -> None:
    vault = await held.open()
    first, second = await add(vault, "Self", credentials("t1")), await add(vault, "Spouse", credentials("t2"))
    await vault.remove(first.user_id)
    assert await vault.accounts() == (second,)
    assert await token_of(vault, second.user_id) == "t2"


async def test_marks_and_names_change_without_a_key(held: Held, keychain: MemoryKeychain, clock: ManualClock) -> None:
    account = await add(await held.open())
    keychain.items.clear()
    vault = await held.open()
    clock.jump(60)
    marked = await vault.mark(account.user_id, is_valid=False, confirmed=True)
    renamed = await vault.rename(account.user_id, name="HUF", colour="plum")
    assert (marked.is_valid, marked.confirmed, marked.updated_at) == (False, True, clock.now())
    assert (renamed.name, renamed.colour, renamed.is_valid) == ("HUF", "plum", False)


@pytest.mark.parametrize("operation", ["credentials", "update", "mark", "rename", "remove"])
async def test_an_unknown_account_is_not_found(held: Held, operation: str) -> None:
    vault = await held.open()
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "credentials": lambda: vault.credentials("usr_none"),
        "update": lambda: update(vault, "usr_none", "t"),
        "mark": lambda: vault.mark("usr_none", is_valid=False),
        "rename": lambda: vault.rename("usr_none", name="x"),
        "remove": lambda: vault.remove("usr_none"),
    }
    with pytest.raises(NotFound):
        await calls[operation]()


async def test_a_new_vault_reads_its_key_back_before_the_first_use(held: Held, keychain: MemoryKeychain) -> None:
    vault = await held.open()
    assert vault.key_error is None
    assert keychain.calls[:2] == ["write", "read"]
    assert len(keychain.items) == 1


async def test_every_key_has_a_service_name_of_its_own(held: Held, keychain: MemoryKeychain) -> None:
    vault = await held.open()
    (before,) = keychain.items
    await vault.rotate()
    (after,) = keychain.items
    assert before != after
    assert before.rpartition("/")[0] == after.rpartition("/")[0]
    assert [len(part) for part in after.split("/")[2:]] == [16, 16]


async def test_a_field_cipher_encrypts_and_decrypts_text_at_its_address(held: Held) -> None:
    vault = await held.open()
    field = vault.field(FieldAddress("brk_1", "usr_1", "zerodha", "AB1234", "encrypted_token", 1))
    assert field.decrypt(field.encrypt("a token")) == "a token"


async def test_the_key_is_changed_before_it_is_used_up(held: Held, keychain: MemoryKeychain) -> None:
    """V3: the limit is 2^20 encryptions, here 40; each update makes four."""
    vault = await held.open(write_limit=40)
    account = await add(vault)
    keys = set(keychain.items)
    for number in range(30):
        await update(vault, account.user_id, f"token-{number}")
        keys |= set(keychain.items)
    assert len(keys) == 4
    assert len(keychain.items) == 1
    assert await token_of(vault, account.user_id) == "token-29"


async def test_the_count_of_encryptions_survives_a_restart(held: Held, keychain: MemoryKeychain) -> None:
    account = await add(await held.open(write_limit=12))
    (first,) = keychain.items
    await update(await held.open(write_limit=12), account.user_id, "t1")
    assert set(keychain.items) == {first}
    vault = await held.open(write_limit=12)
    await update(vault, account.user_id, "t2")
    await update(vault, account.user_id, "t3")
    assert first not in keychain.items


async def test_the_key_is_changed_after_a_year(held: Held, keychain: MemoryKeychain, clock: ManualClock) -> None:
    vault = await held.open()
    account = await add(vault)
    (first,) = keychain.items
    clock.jump(364 * 86_400)
    await update(vault, account.user_id, "t2")
    await vault.unlock()  # waits for its turn
    assert first in keychain.items
    clock.jump(86_400)
    await update(vault, account.user_id, "t3")
    await vault.unlock()
    assert first not in keychain.items
    assert await token_of(vault, account.user_id) == "t3"


async def test_a_yearly_change_of_the_key_that_fails_is_in_nobodys_way(
    held: Held, keychain: MemoryKeychain, clock: ManualClock
) -> None:
    vault = await held.open()
    account = await add(vault)
    clock.jump(366 * 86_400)
    keychain.trouble = raising(KeychainLocked())
    await update(vault, account.user_id, "t2")
    await vault.unlock()
    assert vault.key_error is None
    assert await token_of(vault, account.user_id) == "t2"


async def test_every_change_is_a_generation_of_its_own(held: Held) -> None:
    vault = await held.open()
    generations = [await vault._database.read(generation)]
    account = await add(vault)
    generations.append(await vault._database.read(generation))
    for change in (lambda: update(vault, account.user_id, "t2"), vault.rotate, lambda: vault.remove(account.user_id)):
        await change()
        generations.append(await vault._database.read(generation))
    assert generations == [1, 2, 3, 4, 5]


def generation(session: Session) -> int:
    from app.vault import ledger

    return ledger.meta(session).generation


async def test_a_cancelled_caller_does_not_stop_a_change_half_way(held: Held) -> None:
    held.keychain = keychain = HungKeychain()
    keychain.answer.set()
    vault = await held.open()
    account = await add(vault)
    (before,) = keychain.items
    keychain.answer.clear()
    keychain.asked.clear()
    task = asyncio.create_task(vault.rotate())
    await asyncio.to_thread(keychain.asked.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    keychain.answer.set()
    await update(vault, account.user_id, "after")  # waits for its turn
    assert before not in keychain.items
    assert len(keychain.items) == 1
    assert await token_of(vault, account.user_id) == "after"


async def test_changes_asked_for_at_once_all_happen(held: Held) -> None:
    vault = await held.open()
    accounts = await asyncio.gather(*(add(vault, str(number), credentials(f"t{number}")) for number in range(8)))
    await asyncio.gather(
        vault.rotate(), vault.remove(accounts[0].user_id), *(update(vault, a.user_id, "new") for a in accounts[1:])
    )
    assert [await token_of(vault, account.user_id) for account in accounts[1:]] == ["new"] * 7


async def test_a_closed_vault_has_forgotten_its_key(held: Held) -> None:
    vault = await held.open()
    await vault.close()
    await vault.close()  # twice does no harm
    with pytest.raises(KeyMissing):
        vault.field(FieldAddress("r", "u", "b", "c", "x", 1))


async def test_a_naive_time_is_refused_and_nothing_is_stored(held: Held, clock: ManualClock) -> None:
    vault = await held.open()
    naive = clock.now().replace(tzinfo=None)
    with pytest.raises(Exception, match="time zone"):
        await vault.add("S", "c", "b", credentials(), token_since=naive, token_expires_at=None, confirmed=False)
    assert await vault.accounts() == ()
    assert isinstance(vault.key_error, VaultError | None)


async def _ciphertexts(vault: Vault) -> set[str]:
    from app.vault import ledger

    rows = await vault._database.read(ledger.rows)
    return {
        text
        for row in rows
        for text in (row.encrypted_api_key, row.encrypted_secret, row.encrypted_token, row.encrypted_extras)
    }


async def test_a_vault_with_accounts_may_be_listed_before_its_key_is_asked_for(
    held: Held, keychain: MemoryKeychain
) -> None:
    account = await add(await held.open())
    keychain.calls.clear()

    vault = await held.open(ask=False)
    listed, calls, is_open = await vault.accounts(), list(keychain.calls), vault.is_open
    await vault.credentials(account.user_id)

    assert (listed, calls, is_open) == ((account,), [], False)
    assert (keychain.calls, vault.is_open) == (["read"], True)


async def test_an_empty_vault_asks_at_once(held: Held, keychain: MemoryKeychain) -> None:
    assert (await held.open(ask=False)).is_open
    assert keychain.calls


@pytest.mark.parametrize("change", ["add", "update", "keep", "erase", "remove", "rotate"])
async def test_what_needs_the_key_asks_for_it_first(held: Held, change: str) -> None:
    account = await add(await held.open())
    vault = await held.open(ask=False)
    changes: dict[str, Callable[[], Awaitable[object]]] = {
        "add": lambda: add(vault, "second"),
        "update": lambda: update(vault, account.user_id, "t2"),
        "keep": lambda: vault.keep(account.user_id, {"pin": Secret("1234")}),
        "erase": lambda: vault.erase(account.user_id, {"redirect"}),
        "remove": lambda: vault.remove(account.user_id),
        "rotate": vault.rotate,
    }

    await changes[change]()

    assert vault.is_open


@pytest.mark.parametrize("change", ["mark", "rename"])
async def test_what_needs_no_key_does_not_ask_for_it(held: Held, keychain: MemoryKeychain, change: str) -> None:
    account = await add(await held.open())
    vault = await held.open(ask=False)
    keychain.calls.clear()

    if change == "mark":
        await vault.mark(account.user_id, is_valid=False)
    else:
        await vault.rename(account.user_id, name="other")

    assert keychain.calls == []
