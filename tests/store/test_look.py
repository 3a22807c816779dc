"""A look at the databases tells what they are and writes not one byte, beside an owner and without one."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain import Busy, VaultDamaged, VaultError, VaultForeign, VaultNewer
from app.store import AppStore
from app.store.look import look


def prints(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "app.db"
    store = await AppStore.open(path)
    await store.settings.set("some", "thing")
    await store.close()
    return path


def test_a_file_that_is_not_there_is_none_and_is_not_made(tmp_path: Path) -> None:
    assert look(tmp_path / "vault.db") is None
    assert list(tmp_path.iterdir()) == []


async def test_a_whole_file_says_its_version_and_stays_as_it_is(path: Path) -> None:
    before = prints(path.parent)

    found = look(path)

    assert found is not None
    assert found.version == found.newest > 0
    assert found.size > 0
    assert prints(path.parent) == before


async def test_an_owner_goes_on_beside_the_look(path: Path) -> None:
    store = await AppStore.open(path)

    assert look(path) is not None
    await store.settings.set("another", "thing")

    await store.close()


def damaged(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[4096:8192] = b"\xa5" * 4096
    path.write_bytes(body)


def foreign(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")


def broken_off(path: Path) -> None:
    path.with_name("app.db-journal").write_bytes(b"half a write")


@pytest.mark.parametrize(
    ("change", "error"),
    [(damaged, VaultDamaged), (foreign, VaultForeign), (newer, VaultNewer), (broken_off, Busy)],
)
async def test_what_is_wrong_is_told_by_its_kind_and_left_alone(
    path: Path, change: object, error: type[VaultError]
) -> None:
    change(path)  # type: ignore[operator]  # one of the functions above
    before = prints(path.parent)

    with pytest.raises(error):
        look(path)

    assert prints(path.parent) == before


async def test_an_empty_file_is_one_that_was_only_just_made(tmp_path: Path) -> None:
    (tmp_path / "vault.db").touch()

    found = look(tmp_path / "vault.db")

    assert found is not None
    assert (found.version, found.size) == (0, 0)
