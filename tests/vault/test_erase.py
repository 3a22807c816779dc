"""Extras of one account, kept and erased while the account goes on (V5 and V7 for a part of it)."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain import KeychainDenied, KeyMissing, NotFound, Secret, Tampered, VaultError
from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import CANARIES, Held, MemoryKeychain, add, credentials, raising, token_of, update
from tests.vault.test_rotation import bytes_of, failing_at, full_disk_at, sealed

PIN, SEED = "cnry-pin-2468", "cnry-seed-JBSWY3DPEHPK3PXP"
FACTOR = {"pin": Secret(PIN), "totp_secret": Secret(SEED)}
ENDS = datetime(2026, 11, 18, 18, 30, tzinfo=UTC)


async def keeping(held: Held) -> tuple[Vault, str, str]:
    """Two accounts; the first keeps its second factor."""
    vault = await held.open()
    first, second = await add(vault, "Self", credentials("t1")), await add(vault, "Spouse", credentials("t2"))
    await vault.keep(first.user_id, FACTOR)
    return vault, first.user_id, second.user_id


async def names_of(vault: Vault, user_id: str) -> set[str]:
    return set((await vault.credentials(user_id)).extras)


async def test_what_is_kept_stands_beside_what_was_there(held: Held) -> None:
    vault, first, second = await keeping(held)
    stored = await vault.credentials(first)
    assert {name: stored.extras[name].reveal() for name in FACTOR} == {"pin": PIN, "totp_secret": SEED}
    assert stored.extras["redirect_url"].reveal() == CANARIES["redirect"]
    assert stored.access_token.reveal() == "t1"
    assert await names_of(vault, second) == {"redirect_url"}


async def test_keeping_and_erasing_say_nothing_about_the_token(held: Held) -> None:
    vault, first, _ = await keeping(held)
    await vault.update(first, credentials("t1"), token_since=ENDS, token_expires_at=ENDS, confirmed=True)
    await vault.mark(first, is_valid=False)
    before = (await vault.accounts())[0]
    assert await vault.keep(first, FACTOR) == before
    await vault.erase(first, FACTOR)
    assert (await vault.accounts())[0] == before


async def test_what_is_erased_is_gone_and_the_rest_stays(held: Held) -> None:
    vault, first, second = await keeping(held)
    await vault.keep(second, {"pin": Secret("another")})
    await vault.erase(first, FACTOR)
    again = await held.open()
    assert (await names_of(again, first), await names_of(again, second)) == ({"redirect_url"}, {"redirect_url", "pin"})
    assert [await token_of(again, user_id) for user_id in (first, second)] == ["t1", "t2"]


async def test_after_erasing_no_byte_of_the_old_ciphertext_is_left(held: Held, path: Path) -> None:
    """V7: the ciphertexts of every generation that held it, in any file of the folder, journals and free pages too."""
    vault, first, _ = await keeping(held)
    traces = await sealed(vault, first)
    for number in range(20):
        await vault.keep(first, {"pin": Secret(f"{PIN}-{number}")})
        traces += await sealed(vault, first)
    await vault.erase(first, FACTOR)
    left = bytes_of(path.parent)
    assert [trace for trace in traces if trace in left] == []
    assert [text for text in (PIN, SEED) if text.encode() in left] == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["copies", "vault.db"]


async def test_no_earlier_copy_gives_it_away(
    held: Held, path: Path, keychain: MemoryKeychain, clock: ManualClock, tmp_path: Path
) -> None:
    """V7: 100 copies of the file from before, with the keychain as it is after: 0 decrypt."""
    vault, first, second = await keeping(held)
    copies = []
    for number in range(100):
        await update(vault, second, f"t{number}")
        copies.append(Path(shutil.copy(path, tmp_path / f"copy-{number}.db")))
    await vault.erase(first, FACTOR)
    opened = 0
    for copy in copies:
        old = await Vault.open(copy, keychain, clock)
        with pytest.raises(KeyMissing):
            await old.credentials(first)
        opened += old.key_error is None
        await old.close()
    assert (opened, len(keychain.items)) == (0, 1)


async def test_a_keychain_error_at_any_call_loses_no_account_and_leaves_one_key(
    held: Held, keychain: MemoryKeychain
) -> None:
    """V5: after it the factor is whole, or gone; asking again finishes it."""
    vault, first, second = await keeping(held)
    failures = 0
    for number in range(100):
        await vault.keep(first, FACTOR)
        keychain.trouble = failing_at(number, KeychainDenied())
        done = await erased(vault, first)
        keychain.trouble = lambda call: None
        vault = await held.open()
        assert await names_of(vault, first) in ({"redirect_url"}, {"redirect_url", *FACTOR})
        assert [await token_of(vault, user_id) for user_id in (first, second)] == ["t1", "t2"]
        assert len(keychain.items) == 1
        failures += not done
        if done:
            break
    assert (failures, await names_of(vault, first)) == (4, {"redirect_url"})


async def test_a_full_disk_at_any_statement_loses_no_account_and_leaves_one_key(
    held: Held, keychain: MemoryKeychain
) -> None:
    vault, first, second = await keeping(held)
    failures = 0
    for number in range(100):
        await vault.keep(first, FACTOR)
        with full_disk_at(vault, number):
            done = await erased(vault, first)
        vault = await held.open()
        assert [await token_of(vault, user_id) for user_id in (first, second)] == ["t1", "t2"]
        assert len(keychain.items) == 1
        failures += not done
        if done:
            break
    assert failures >= 8
    assert await names_of(vault, first) == {"redirect_url"}


async def test_an_old_key_that_stays_is_told_and_asking_again_destroys_it(held: Held, keychain: MemoryKeychain) -> None:
    vault, first, _ = await keeping(held)
    keychain.trouble = lambda call: raising(KeychainDenied())(call) if call == "delete" else None
    with pytest.raises(KeychainDenied, match="It is erased, but the old key"):
        await vault.erase(first, FACTOR)
    assert (await names_of(vault, first), len(keychain.items)) == ({"redirect_url"}, 2)
    keychain.trouble = lambda call: None
    await vault.erase(first, FACTOR)
    assert len(keychain.items) == 1


async def test_an_account_that_is_not_there_is_not_found(held: Held, keychain: MemoryKeychain) -> None:
    vault, _, _ = await keeping(held)
    keys = dict(keychain.items)
    with pytest.raises(NotFound):
        await vault.keep("usr_0", FACTOR)
    with pytest.raises(NotFound):
        await vault.erase("usr_0", FACTOR)
    assert keychain.items == keys


async def test_a_row_that_was_changed_from_outside_is_not_written_over(held: Held) -> None:
    vault, first, second = await keeping(held)

    def swap(session: object) -> None:
        from app.vault import ledger

        row = ledger.find(session, first)  # type: ignore[arg-type]  # a session of SQLAlchemy
        row.encrypted_extras = row.encrypted_token

    await vault._database.write(swap)
    for change in (vault.keep(first, FACTOR), vault.erase(second, FACTOR)):
        with pytest.raises(Tampered):
            await change


async def erased(vault: Vault, user_id: str) -> bool:
    try:
        await vault.erase(user_id, FACTOR)
    except VaultError:
        return False
    return True
