"""V1 and V2 on the file itself: whatever somebody changes in it while the vault is closed is noticed."""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain import Tampered, VaultError
from app.vault import StoredAccount, Vault
from tests.vault.fakes import Held, add, credentials, kind_of, token_of, update

BOUND = ("id", "user_id", "broker_type", "client_id", "key_id", "rev")
SEALED = ("encrypted_api_key", "encrypted_secret", "encrypted_token", "encrypted_extras")
META = ("vault_id", "active_key_id", "generation", "manifest", "manifest_mac")


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def swaps(rows: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Statements that exchange two sealed fields: within a row, between rows, and both."""
    places = [(row, column) for row in rows for column in SEALED]
    for (row, column), (other, target) in itertools.combinations(places, 2):
        here = f"(SELECT {column} FROM broker_credentials WHERE id = '{row}')"
        there = f"(SELECT {target} FROM broker_credentials WHERE id = '{other}')"
        yield (
            f"CREATE TEMP TABLE moved AS SELECT {here} AS a, {there} AS b",
            f"UPDATE broker_credentials SET {column} = (SELECT b FROM moved) WHERE id = '{row}'",
            f"UPDATE broker_credentials SET {target} = (SELECT a FROM moved) WHERE id = '{other}'",
        )


async def two_accounts(held: Held) -> tuple[StoredAccount, StoredAccount]:
    vault = await held.open()
    accounts = await add(vault, "Self", credentials("t1")), await add(vault, "Spouse", credentials("t2", "CD5678"))
    await held.close()
    return accounts


async def problem_after(held: Held, *statements: str) -> str:
    """The kind of the error that the changed file opens with or an account of it is read with; the file is put back."""
    good = held.path.with_suffix(".good")
    shutil.copy(held.path, good)
    change(held.path, *statements)
    try:
        vault = await held.open()
        kind = kind_of(vault.key_error) or await first_problem(vault)
        await held.close()
    finally:
        shutil.copy(good, held.path)
    return kind


async def first_problem(vault: Vault) -> str:
    for account in await vault.accounts():
        try:
            await vault.credentials(account.user_id)
        except VaultError as error:
            return error.kind
    return ""


async def test_any_two_fields_exchanged_are_noticed(held: Held) -> None:
    """V2: all pairs of fields of two rows."""
    accounts = await two_accounts(held)
    attempts = list(swaps((accounts[0].row_id, accounts[1].row_id)))
    kinds = [await problem_after(held, *statements) for statements in attempts]
    assert kinds == ["tampered"] * len(attempts) == ["tampered"] * 28


@pytest.mark.parametrize("column", BOUND[1:])
async def test_a_changed_bound_column_is_noticed(held: Held, column: str) -> None:
    account, _ = await two_accounts(held)
    value = "rev + 1" if column == "rev" else f"substr({column}, 2)"
    assert (
        await problem_after(held, f"UPDATE broker_credentials SET {column} = {value} WHERE id = '{account.row_id}'")
        == "tampered"
    )


async def test_a_renamed_row_is_noticed(held: Held) -> None:
    account, _ = await two_accounts(held)
    assert (
        await problem_after(held, f"UPDATE broker_credentials SET id = 'brk_x' WHERE id = '{account.row_id}'")
        == "tampered"
    )


@pytest.mark.parametrize("column", META)
async def test_a_changed_word_of_the_vaults_own_row_is_noticed(held: Held, column: str) -> None:
    await two_accounts(held)
    value = "generation + 1" if column == "generation" else f"'x' || {column}"
    expected = "key_missing" if column in ("vault_id", "active_key_id") else "tampered"
    assert await problem_after(held, f"UPDATE vault_meta SET {column} = {value}") == expected


async def test_a_deleted_row_is_noticed(held: Held) -> None:
    account, _ = await two_accounts(held)
    assert await problem_after(held, f"DELETE FROM broker_credentials WHERE id = '{account.row_id}'") == "tampered"


async def test_all_rows_deleted_are_noticed_and_no_new_key_is_made(held: Held) -> None:
    await two_accounts(held)
    assert await problem_after(held, "DELETE FROM broker_credentials", "DELETE FROM users") == "tampered"


async def test_a_row_taken_out_of_the_list_and_the_table_is_noticed(held: Held) -> None:
    await two_accounts(held)
    assert (
        await problem_after(held, "DELETE FROM broker_credentials", "UPDATE vault_meta SET manifest = '[]'")
        == "tampered"
    )


async def test_an_added_row_is_noticed(held: Held) -> None:
    account, _ = await two_accounts(held)
    columns = (
        "broker_type, client_id, encrypted_api_key, encrypted_secret, encrypted_token, encrypted_extras, key_id, rev"
    )
    rest = "is_valid, confirmed, created_at, updated_at, token_since, token_expires_at"
    user = "INSERT INTO users SELECT 'usr_x', name, colour, 9, created_at FROM users LIMIT 1"
    row = (
        f"INSERT INTO broker_credentials (id, user_id, {columns}, {rest}) SELECT 'brk_x', 'usr_x', {columns}, {rest}"
        f" FROM broker_credentials WHERE id = '{account.row_id}'"
    )
    assert await problem_after(held, user, row) == "tampered"


async def earlier_row_put_back(held: Held) -> tuple[str, ...]:
    """Statements that put a row of an earlier moment back, with its own revision: it still decrypts."""
    account, _ = await two_accounts(held)
    earlier = held.path.with_suffix(".earlier")
    shutil.copy(held.path, earlier)
    await update(await held.open(), account.user_id, "newer")
    await held.close()
    return (
        f"ATTACH '{earlier}' AS earlier",
        f"DELETE FROM broker_credentials WHERE id = '{account.row_id}'",
        f"INSERT INTO broker_credentials SELECT * FROM earlier.broker_credentials WHERE id = '{account.row_id}'",
    )


async def test_a_row_of_an_earlier_moment_is_noticed(held: Held) -> None:
    """V2: replayed."""
    assert await problem_after(held, *await earlier_row_put_back(held)) == "tampered"


async def test_a_change_of_the_key_does_not_launder_a_row_of_an_earlier_moment(held: Held) -> None:
    change(held.path, *await earlier_row_put_back(held))
    vault = await held.open()
    with pytest.raises(Tampered):
        await vault.rotate()


async def test_a_change_of_the_key_does_not_launder_a_deletion(held: Held) -> None:
    account, _ = await two_accounts(held)
    change(held.path, f"DELETE FROM broker_credentials WHERE id = '{account.row_id}'")
    vault = await held.open()
    with pytest.raises(Tampered):
        await vault.rotate()


async def test_a_row_of_another_vault_is_noticed(held: Held, tmp_path: Path) -> None:
    account, _ = await two_accounts(held)
    other = Held(tmp_path / "other" / "vault.db", held.keychain, held.clock)
    await two_accounts(other)
    sets = ", ".join(f"{c} = (SELECT {c} FROM other.broker_credentials LIMIT 1)" for c in (*SEALED, "rev"))
    statements = (
        f"ATTACH '{other.path}' AS other",
        f"UPDATE broker_credentials SET {sets} WHERE id = '{account.row_id}'",
    )
    assert await problem_after(held, *statements) == "tampered"


async def test_a_note_that_the_active_key_retires_does_not_destroy_it(held: Held) -> None:
    account, _ = await two_accounts(held)
    change(held.path, "UPDATE vault_meta SET retiring_key_id = active_key_id, incoming_key_id = active_key_id")
    assert await token_of(await held.open(), account.user_id) == "t1"
    assert await token_of(await held.open(), account.user_id) == "t1"


async def test_beside_a_changed_account_the_others_stay_readable_and_it_can_be_removed(held: Held) -> None:
    bad, good = await two_accounts(held)
    change(held.path, f"UPDATE broker_credentials SET encrypted_token = encrypted_secret WHERE id = '{bad.row_id}'")
    vault = await held.open()
    assert vault.key_error is None
    with pytest.raises(Tampered):
        await vault.credentials(bad.user_id)
    with pytest.raises(Tampered):
        await update(vault, bad.user_id, "t3")
    assert await token_of(vault, good.user_id) == "t2"
    await vault.remove(bad.user_id)
    assert vault.key_error is None
    assert await token_of(vault, good.user_id) == "t2"


@pytest.mark.parametrize("column", ["broker_type", "client_id", "key_id"])
async def test_nothing_new_is_sealed_over_a_changed_bound_column(held: Held, column: str) -> None:
    account, _ = await two_accounts(held)
    change(held.path, f"UPDATE broker_credentials SET {column} = 'x' WHERE id = '{account.row_id}'")
    vault = await held.open()
    with pytest.raises(Tampered):
        await update(vault, account.user_id, "t3")


async def test_no_key_is_changed_beside_a_changed_account(held: Held) -> None:
    bad, good = await two_accounts(held)
    change(held.path, f"UPDATE broker_credentials SET rev = 7 WHERE id = '{bad.row_id}'")
    vault = await held.open()
    for operation in (vault.rotate(), vault.remove(good.user_id)):
        with pytest.raises(VaultError) as caught:
            await operation
        assert caught.value.kind == "tampered"
    assert await token_of(vault, good.user_id) == "t2"
