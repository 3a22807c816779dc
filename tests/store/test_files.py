"""V6: a wrong file is refused and not touched. D4: files are private from the first byte."""

import asyncio
import gzip
import os
import shutil
import sqlite3
import stat
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import pytest

from app.domain import VaultError
from app.store import AppStore, files
from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import MemoryKeychain, add


def sqlite_file(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE things (a)")
        for statement in statements:
            connection.execute(statement)


def edited(path: Path, good: Path, edit: Callable[[bytearray], bytes | bytearray]) -> None:
    path.write_bytes(edit(bytearray(good.read_bytes())))


def patched(offset: int, new: bytes) -> Callable[[bytearray], bytes]:
    return lambda old: bytes(old[:offset] + new + old[offset + len(new) :])


def without_table(path: Path, good: Path) -> None:
    shutil.copy(good, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE broker_credentials")


def wal_database(path: Path, good: Path) -> None:
    sqlite_file(path)
    edited(path, path, patched(18, b"\2\2"))


Make = Callable[[Path, Path], Any]
WRONG: dict[str, tuple[str, Make]] = {
    "a text": ("vault_foreign", lambda path, good: path.write_text("my passwords\n" * 50)),
    "a picture": ("vault_foreign", lambda path, good: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4096))),
    "an archive": ("vault_foreign", lambda path, good: path.write_bytes(gzip.compress(good.read_bytes()))),
    "random bytes": ("vault_foreign", lambda path, good: path.write_bytes(os.urandom(8192))),
    "a few bytes": ("vault_foreign", lambda path, good: path.write_bytes(good.read_bytes()[:60])),
    "another program's database": ("vault_foreign", lambda path, good: sqlite_file(path)),
    "another marked database": ("vault_foreign", lambda path, good: sqlite_file(path, "PRAGMA application_id=1")),
    "another database with a journal mode": (
        "vault_foreign",
        wal_database,
    ),
    "a newer vault": ("vault_newer", lambda path, good: edited(path, good, patched(60, (99).to_bytes(4, "big")))),
    "a vault cut in a page": ("vault_damaged", lambda path, good: edited(path, good, lambda old: old[:-100])),
    "a vault cut by half": (
        "vault_damaged",
        lambda path, good: edited(path, good, lambda old: old[: len(old) // 8192 * 4096]),
    ),
    "a vault with a burnt page": (
        "vault_damaged",
        lambda path, good: edited(path, good, patched(4096, b"\xa5" * 4096)),
    ),
    "a vault without a table": ("vault_damaged", without_table),
    "a vault switched to WAL": ("vault_damaged", lambda path, good: edited(path, good, patched(18, b"\2\2"))),
    "a folder": ("vault_foreign", lambda path, good: path.mkdir()),
    "a pipe": ("vault_foreign", lambda path, good: os.mkfifo(path)),
    "a dangling link": ("vault_foreign", lambda path, good: path.symlink_to(path.parent / "nowhere")),
}


async def error_of(opening: Awaitable[Vault | AppStore]) -> str:
    try:
        opened = await opening
    except VaultError as error:
        return error.kind
    await opened.close()
    return ""


@pytest.fixture
async def good(tmp_path: Path) -> Path:
    """A sound vault with an account."""
    path = tmp_path / "good" / "vault.db"
    vault = await Vault.open(path, MemoryKeychain(), ManualClock())
    await add(vault)
    await vault.close()
    return path


def picture(folder: Path) -> dict[str, bytes]:
    """Names and bytes of what lies in `folder`."""
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in folder.iterdir()}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_file_is_refused_and_its_bytes_unchanged(good: Path, tmp_path: Path, wrong: str) -> None:
    """V6: 12 kinds and a few more."""
    kind, make = WRONG[wrong]
    path = tmp_path / "wrong" / "vault.db"
    path.parent.mkdir()
    make(path, good)
    before = picture(path.parent)
    assert await error_of(Vault.open(path, MemoryKeychain(), ManualClock())) == kind
    assert picture(path.parent) == before


async def test_a_foreign_files_hot_journal_is_not_rolled_back(tmp_path: Path) -> None:
    """SQLite would write into the file when merely opening it."""
    path = tmp_path / "vault.db"
    sqlite_file(path)
    path.with_name("vault.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    before = picture(tmp_path)
    assert await error_of(Vault.open(path, MemoryKeychain(), ManualClock())) == "vault_foreign"
    assert picture(tmp_path) == before


async def test_the_two_files_of_a_profile_are_not_taken_for_each_other(good: Path, tmp_path: Path) -> None:
    app = tmp_path / "app.db"
    await (await AppStore.open(app)).close()
    assert await error_of(AppStore.open(good)) == "vault_foreign"
    assert await error_of(Vault.open(app, MemoryKeychain(), ManualClock())) == "vault_foreign"


async def test_trouble_with_the_application_data_is_not_told_as_trouble_with_credentials(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    sqlite_file(path)
    with pytest.raises(VaultError) as caught:
        await AppStore.open(path)
    assert "credential" not in caught.value.title + caught.value.next_step
    assert "app.db" in caught.value.next_step


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class Watch:
    """Looks at a folder as fast as it can and notes the rights of everything it sees."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen = folder, set[tuple[str, int]]()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.is_set():
            for path in (self.folder, *self.folder.glob("**/*")):
                try:
                    self.seen.add((path.name, stat.S_IMODE(path.stat().st_mode)))
                except FileNotFoundError:
                    continue


async def test_files_are_private_from_the_first_byte_whatever_the_umask(tmp_path: Path, no_umask: None) -> None:
    """D4: umask 000; the files, their journals and the new folder are watched while everything happens."""
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    with Watch(home) as watch:
        vault = await Vault.open(home / "profile" / "deep" / "vault.db", MemoryKeychain(), ManualClock())
        store = await AppStore.open(home / "profile" / "deep" / "app.db")
        for number in range(20):
            account = await add(vault)
            await store.settings.set("number", number)
            await vault.remove(account.user_id)
        await asyncio.gather(vault.close(), store.close())
    modes = {name: {mode for seen, mode in watch.seen if seen == name} for name, _ in watch.seen}
    assert modes.pop("home") == {0o755}
    assert modes.pop("profile") == modes.pop("deep") == modes.pop("copies") == {0o700}
    assert {"vault.db", "app.db", "vault.db-journal"} <= modes.keys()
    assert all(mode == {0o600} for mode in modes.values())


def test_file_and_folder_are_never_open_to_others_not_even_before_their_rights_are_set(
    tmp_path: Path, no_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D4: a watch is too slow to see the moment between making and closing; so the moment itself looks."""
    seen: list[int] = []
    fchmod, chmod = os.fchmod, Path.chmod

    def watched_fchmod(descriptor: int, mode: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fchmod(descriptor, mode)

    def watched_chmod(path: Path, mode: int) -> None:
        seen.append(mode_of(path))
        chmod(path, mode)

    monkeypatch.setattr(os, "fchmod", watched_fchmod)
    monkeypatch.setattr(Path, "chmod", watched_chmod)
    files.prepare(tmp_path / "profile" / "vault.db")
    assert seen == [0o700, 0o600]


async def test_a_tight_umask_does_not_shut_us_out(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        assert await error_of(Vault.open(tmp_path / "p" / "vault.db", MemoryKeychain(), ManualClock())) == ""
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "p" / "vault.db") == 0o600


async def test_a_file_of_ours_that_others_could_read_is_closed_to_them(good: Path) -> None:
    os.chmod(good, 0o644)  # noqa: PTH101 - a path's own method is refused in an async function
    assert await error_of(Vault.open(good, MemoryKeychain(), ManualClock())) == ""
    assert mode_of(good) == 0o600


async def test_an_existing_folder_keeps_its_rights(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o755)  # noqa: PTH101 - a path's own method is refused in an async function
    assert await error_of(AppStore.open(tmp_path / "app.db")) == ""
    assert mode_of(tmp_path) == 0o755


async def test_an_existing_vault_opens_within_a_second(good: Path) -> None:
    from tests.vault.fakes import slowness

    began = time.perf_counter()
    assert await error_of(Vault.open(good, MemoryKeychain(), ManualClock())) == ""
    assert time.perf_counter() - began < 1.0 * slowness()


async def test_trouble_with_the_file_at_the_first_start_is_raised_and_the_next_start_works(tmp_path: Path) -> None:
    keychain = MemoryKeychain()
    path = tmp_path / "vault.db"
    held = sqlite_held(path)
    assert await error_of(Vault.open(path, keychain, ManualClock())) == "busy"
    held.close()
    assert await error_of(Vault.open(path, keychain, ManualClock())) == ""
    assert len(keychain.items) == 1


def sqlite_held(path: Path) -> sqlite3.Connection:
    """Another process that is writing into the (still empty) file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection
