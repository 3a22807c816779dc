"""D5, D1: whole copies while somebody writes, put back byte for byte; a damaged file is seen, kept, never reset."""

import asyncio
import random
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain import VaultDamaged, VaultError
from app.services.mending import Mending
from app.store import AppStore, LastRead
from app.store.copies import Copies
from app.system.paths import Profile
from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import MemoryKeychain, add, token_of, update

CHANGES = 20  # of the thousand that the slow run makes


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
async def store(profile: Profile, clock: ManualClock) -> AsyncIterator[AppStore]:
    """A store that holds something, opened a second time: the first start has nothing to copy."""
    first = await AppStore.open(profile.app_path, clock)
    await first.settings.set("look", "dark")
    await first.last_reads.keep([LastRead("usr_1", "funds", clock.now(), b'{"available":"1.10"}' * 50)])
    await first.close()
    opened = await AppStore.open(profile.app_path, clock)
    yield opened
    await opened.close()


def copies(profile: Profile, clock: ManualClock) -> Copies:
    return Copies(profile.app_path, clock.now)


async def test_a_start_takes_one_copy_a_day_and_three_are_kept(
    store: AppStore, profile: Profile, clock: ManualClock
) -> None:
    for _ in range(5):
        clock.jump(86_400)
        await store.copy()
        await store.copy()

    days = [clock.now() - copy.at for copy in copies(profile, clock).all()]

    assert days == [timedelta(0), timedelta(days=1), timedelta(days=2)]


async def test_copies_are_for_their_owner_alone(store: AppStore, profile: Profile, clock: ManualClock) -> None:
    (copy,) = copies(profile, clock).all()

    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700


async def test_what_was_erased_is_in_no_copy(store: AppStore, profile: Profile, clock: ManualClock) -> None:
    await store.settings.set("name", "cnry-in-a-copy")
    clock.jump(86_400)
    await store.copy()
    await store.settings.remove("name")

    await store.copy(erased=True)

    (copy,) = copies(profile, clock).all()
    assert b"cnry-in-a-copy" not in copy.path.read_bytes()


async def test_copies_of_a_vault_hold_nothing_of_a_removed_account(profile: Profile, clock: ManualClock) -> None:
    vault = await Vault.open(profile.vault_path, MemoryKeychain(), clock)
    gone = await add(vault, "CNRY-GONE")
    await add(vault, "Stays")
    await vault.copy()
    await vault.remove(gone.user_id)
    await vault.close()

    (copy,) = Copies(profile.vault_path, clock.now).all()

    assert b"CNRY-GONE" not in copy.path.read_bytes()
    assert b"Stays" in copy.path.read_bytes()


@pytest.mark.parametrize("times", [pytest.param(100, marks=pytest.mark.slow), 20])
async def test_a_copy_taken_while_somebody_writes_is_whole_each_time(
    profile: Profile, clock: ManualClock, times: int
) -> None:
    """D5: of tokens that are replaced without a pause the copy has one, whole, and it opens with the same key."""
    keychain = MemoryKeychain()
    vault = await Vault.open(profile.vault_path, keychain, clock)
    account = await add(vault)
    await update(vault, account.user_id, "t")
    writing = asyncio.create_task(write_on(vault, account.user_id))
    for _ in range(times):
        await vault._database.copy(erased=True)
        (copy,) = Copies(profile.vault_path, clock.now).all()
        again = await Vault.open(copy.path, keychain, clock)
        assert (await token_of(again, account.user_id)).startswith("t")
        await again.close()
        clock.jump(1)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await vault.close()


async def write_on(vault: Vault, user_id: str) -> None:
    for number in range(10_000):
        await update(vault, user_id, f"t{number}")


# ------------------------------------------------------------------ a damaged file


async def outcome(profile: Profile, keychain: MemoryKeychain, clock: ManualClock) -> str:
    """What a start finds in a damaged profile: the kind of the error, or everything that was stored, in words."""
    try:
        store = await AppStore.open(profile.app_path, clock)
        try:
            look, reads = store.settings.get("look", ""), await store.last_reads.of_users({"usr_1"})
        finally:
            await store.close()
        vault = await Vault.open(profile.vault_path, keychain, clock)
        try:
            tokens = [await token_of(vault, account.user_id) for account in await vault.accounts()]
        finally:
            await vault.close()
    except VaultError as error:
        return error.kind
    return f"{look} {[read.body for read in reads]} {tokens}"


@pytest.mark.parametrize("changes", [pytest.param(1000, marks=pytest.mark.slow), CHANGES])
@pytest.mark.parametrize("name", ["app.db", "vault.db"])
async def test_a_byte_that_was_changed_is_noticed_or_harms_nothing(
    store: AppStore, profile: Profile, clock: ManualClock, name: str, changes: int
) -> None:
    """D1: whatever comes out is an error of its kind, or the amounts and tokens that were put in; nothing third."""
    keychain = MemoryKeychain()
    vault = await Vault.open(profile.vault_path, keychain, clock)
    await add(vault)
    await vault.close()
    await store.close()
    path = profile.directory / name
    whole, good = path.read_bytes(), await outcome(profile, keychain, clock)
    seed = random.SystemRandom().randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    dice = random.Random(seed)
    for _ in range(changes):
        at = dice.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ dice.randrange(1, 256)]) + whole[at + 1 :])
        found = await outcome(profile, keychain, clock)
        assert found.split()[0] in HARMLESS or found.endswith(good.partition(" ")[2]) or "[]" in found, (
            seed,
            at,
            found,
        )


HARMLESS = {"vault_damaged", "vault_foreign", "vault_newer", "tampered", "key_missing", "vault"}


async def test_an_emptied_file_is_damage_and_no_new_beginning(
    store: AppStore, profile: Profile, clock: ManualClock
) -> None:
    await store.close()
    profile.app_path.write_bytes(b"")

    with pytest.raises(VaultDamaged):
        await AppStore.open(profile.app_path, clock)

    assert profile.app_path.read_bytes() == b""


async def test_the_copy_is_put_back_and_the_original_kept(
    store: AppStore, profile: Profile, clock: ManualClock
) -> None:
    await store.close()
    profile.app_path.write_bytes(damaged := b"SQLite format 3\0" + bytes(5000))
    mending = Mending(profile, clock)

    offer = await mending.offer()
    assert offer is not None
    assert (offer.name, offer.at) == ("app.db", copies(profile, clock).all()[0].at)
    await mending.mend(offer.name)

    again = await AppStore.open(profile.app_path, clock)
    assert again.settings.get("look", "") == "dark"
    await again.close()
    assert [one.read_bytes() for one in profile.directory.glob("copies/app-damaged-*")] == [damaged]
    assert stat.S_IMODE(profile.app_path.stat().st_mode) == 0o600
    assert await mending.offer() is None


async def test_a_copy_that_is_damaged_too_is_passed_over(store: AppStore, profile: Profile, clock: ManualClock) -> None:
    clock.jump(86_400)
    await store.copy()
    await store.close()
    newest, older = copies(profile, clock).all()
    for path in (profile.app_path, newest.path):
        path.write_bytes(b"no database" * 100)

    offer = await Mending(profile, clock).offer()

    assert offer is not None
    assert offer.at == older.at


async def test_without_a_sound_copy_nothing_is_offered_and_nothing_touched(
    store: AppStore, profile: Profile, clock: ManualClock
) -> None:
    await store.close()
    for path in (profile.app_path, copies(profile, clock).all()[0].path):
        path.write_bytes(b"no database" * 100)

    with pytest.raises(Exception, match="no copy"):
        await Mending(profile, clock).mend("app.db")

    assert await Mending(profile, clock).offer() is None
    assert profile.app_path.read_bytes() == b"no database" * 100


async def test_a_newer_file_is_not_offered_an_older_copy(store: AppStore, profile: Profile, clock: ManualClock) -> None:
    await store.close()
    with closing(sqlite3.connect(profile.app_path)) as connection:
        connection.execute("PRAGMA user_version=99")

    assert await Mending(profile, clock).offer() is None
