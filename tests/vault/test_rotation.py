"""V5 with a keychain or a disk that fails at each step, and V7: what was removed is gone."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.domain import KeychainDenied, KeyMissing, VaultError
from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import CANARIES, Held, MemoryKeychain, add, credentials, raising, token_of, update


def failing_at(number: int, error: Exception) -> Callable[[str], None]:
    """Trouble at the call of this number (from 0), and at that one only."""
    calls = iter(range(1000))

    def trouble(call: str) -> None:
        if next(calls) == number:
            raise error

    return trouble


async def two(held: Held) -> tuple[Vault, str, str]:
    vault = await held.open()
    first, second = await add(vault, "Self", credentials("t1")), await add(vault, "Spouse", credentials("t2"))
    return vault, first.user_id, second.user_id


async def succeeds(vault: Vault, operation: str, user_id: str) -> bool:
    try:
        await (vault.rotate() if operation == "rotate" else vault.remove(user_id))
    except VaultError:
        return False
    return True


@pytest.mark.parametrize("operation", ["rotate", "remove"])
async def test_a_keychain_error_at_any_call_loses_nothing_and_leaves_one_key(
    held: Held, keychain: MemoryKeychain, operation: str
) -> None:
    vault, _, _ = await two(held)
    failures = 0
    for number in range(100):
        extra = await add(vault, "extra", credentials("t3"))
        keychain.trouble = failing_at(number, KeychainDenied())
        done = await succeeds(vault, operation, extra.user_id)
        keychain.trouble = lambda call: None
        vault = await held.open()
        names = [account.name for account in await vault.accounts()]
        assert names[:2] == ["Self", "Spouse"]
        assert [await token_of(vault, a.user_id) for a in (await vault.accounts())[:2]] == ["t1", "t2"]
        assert len(keychain.items) == 1
        for account in (await vault.accounts())[2:]:
            await vault.remove(account.user_id)
        failures += not done
        if done:
            break
    assert failures == 4  # write, read back, delete, look whether it is gone


@pytest.mark.parametrize("operation", ["rotate", "remove"])
async def test_a_full_disk_at_any_statement_loses_nothing_and_leaves_one_key(
    held: Held, keychain: MemoryKeychain, operation: str
) -> None:
    vault, first, second = await two(held)
    failures = 0
    for number in range(100):
        extra = await add(vault, "extra", credentials("t3"))
        with full_disk_at(vault, number):
            done = await succeeds(vault, operation, extra.user_id)
        vault = await held.open()
        assert [await token_of(vault, user_id) for user_id in (first, second)] == ["t1", "t2"]
        assert len(keychain.items) == 1
        for account in (await vault.accounts())[2:]:
            await vault.remove(account.user_id)
        failures += not done
        if done:
            break
    assert failures >= 8


class full_disk_at:  # noqa: N801 - reads as a function
    """The statement of this number (from 0) finds the disk full."""

    def __init__(self, vault: Vault, number: int) -> None:
        self._engine = vault._database.engine
        self._left = number

    def __enter__(self) -> None:
        event.listen(self._engine, "before_cursor_execute", self._statement)

    def __exit__(self, *error: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._statement)

    def _statement(self, *call: Any) -> None:
        self._left -= 1
        if self._left == -1:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorname = "SQLITE_FULL"
            raise error


async def test_an_old_key_that_cannot_be_destroyed_is_told_and_destroyed_at_the_next_start(
    held: Held, keychain: MemoryKeychain
) -> None:
    vault, first, second = await two(held)
    keychain.trouble = lambda call: raising(KeychainDenied())(call) if call == "delete" else None
    with pytest.raises(KeychainDenied, match="account is removed"):
        await vault.remove(first)
    assert [account.user_id for account in await vault.accounts()] == [second]
    assert len(keychain.items) == 2
    keychain.trouble = lambda call: None
    assert await token_of(await held.open(), second) == "t2"
    assert len(keychain.items) == 1


async def test_a_keychain_that_only_pretends_to_forget_is_found_out(held: Held) -> None:
    class Hoarder(MemoryKeychain):
        def delete(self, service: str) -> None:
            self._called("delete")

    held.keychain = Hoarder()
    vault, first, second = await two(held)
    with pytest.raises(KeychainDenied, match="let go"):
        await vault.remove(first)
    assert await token_of(vault, second) == "t2"


def bytes_of(folder: Path) -> bytes:
    """Everything in the profile's folder, journals and temporary files included."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def sealed(vault: Vault, user_id: str) -> list[bytes]:
    from app.vault import ledger

    row = await vault._database.read(lambda session: ledger.find(session, user_id))
    texts = (row.encrypted_api_key, row.encrypted_secret, row.encrypted_token, row.encrypted_extras)
    return [part for text in texts for part in (text.encode(), text[20:80].encode())]


async def test_after_a_disconnect_no_byte_of_the_old_ciphertext_is_left(held: Held, path: Path) -> None:
    """V7: ciphertexts of every generation, ids and client id of the removed account, in any file of the folder."""
    vault, first, _ = await two(held)
    traces = await sealed(vault, first)
    for number in range(20):
        await update(vault, first, f"{CANARIES['access_token']}-{number}")
        traces += await sealed(vault, first)
    await vault.remove(first)
    left = bytes_of(path.parent)
    assert [trace for trace in traces if trace in left] == []
    assert first.encode() not in left
    assert sorted(p.name for p in path.parent.iterdir()) == ["copies", "vault.db"]


async def test_a_rotation_leaves_no_byte_of_the_old_ciphertext(held: Held, path: Path) -> None:
    vault, first, second = await two(held)
    traces = await sealed(vault, first) + await sealed(vault, second)
    await vault.rotate()
    left = bytes_of(path.parent)
    assert [trace for trace in traces if trace in left] == []


async def test_no_plaintext_reaches_the_disk(held: Held, path: Path) -> None:
    vault, first, _ = await two(held)
    await update(vault, first, CANARIES["access_token"])
    await vault.rotate()
    left = bytes_of(path.parent)
    forms = [
        form
        for text in CANARIES.values()
        for form in (text.encode(), text.encode("utf-16-le"), text.encode().hex().encode())
    ]
    assert [form for form in forms if form in left] == []


async def test_no_earlier_copy_can_be_read_after_a_disconnect(
    held: Held, path: Path, keychain: MemoryKeychain, clock: ManualClock, tmp_path: Path
) -> None:
    """V7: 100 copies made before it, with the keychain as it is after it."""
    vault, first, second = await two(held)
    copies = []
    for number in range(100):
        await update(vault, second, f"t{number}")
        copies.append(Path(shutil.copy(path, tmp_path / f"copy-{number}.db")))
    await vault.remove(first)
    opened = 0
    for copy in copies:
        old = await Vault.open(copy, keychain, clock)
        with pytest.raises(KeyMissing):
            await old.credentials(first)
        opened += old.key_error is None
        await old.close()
    assert opened == 0
