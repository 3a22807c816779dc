"""The connection: pragmas, transactions that hold DDL, and typed troubles with the disk (D2)."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.domain import Busy, DiskFull, ReadOnly, VaultDamaged, VaultError, VaultNewer, Worker
from app.store.database import Database, Layout
from app.store.vault_db import Base
from app.store.vault_layout import VAULT_LAYOUT
from app.vault import Vault
from tests.fakes.clock import ManualClock
from tests.vault.fakes import MemoryKeychain, add, token_of, update

Open = Callable[[Layout], Awaitable[Database]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.db"


@pytest.fixture
async def open_db(path: Path) -> AsyncIterator[Open]:
    opened: list[Database] = []

    async def open_one(layout: Layout) -> Database:
        while opened:
            await opened.pop().close()
        opened.append(Database(path, layout, Worker("test-db")))
        await opened[-1].open()
        return opened[-1]

    yield open_one
    for database in opened:
        await database.close()


def layout(*migrations: tuple[str, ...], tables: frozenset[str] = frozenset()) -> Layout:
    return Layout(application_id=7, migrations=migrations, tables=tables, pragmas=VAULT_LAYOUT.pragmas)


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES (1)")


def scalar(query: str) -> Callable[[sqlite3.Connection], Any]:
    return lambda connection: connection.execute(query).fetchone()[0]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "delete"),
        ("synchronous", 3),  # EXTRA
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("foreign_keys", 1),
        ("temp_store", 2),  # in memory
        ("application_id", 0x4B4E4A56),
        ("user_version", 1),
    ],
)
async def test_the_vaults_connection_is_set_as_promised(open_db: Open, pragma: str, value: object) -> None:
    database = await open_db(VAULT_LAYOUT)
    assert await database.read(scalar(f"PRAGMA {pragma}")) == value


async def test_the_frozen_ddl_says_the_same_as_the_models(open_db: Open, path: Path) -> None:
    from sqlalchemy import create_engine, inspect

    def shape(connection: Any) -> dict[str, Any]:
        look = inspect(connection)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(name)],
                look.get_pk_constraint(name)["constrained_columns"],
                [key["referred_table"] for key in look.get_foreign_keys(name)],
                [unique["column_names"] for unique in look.get_unique_constraints(name)],
            )
            for name in sorted(look.get_table_names())
        }

    await (await open_db(VAULT_LAYOUT)).close()
    engine, ours = create_engine("sqlite://"), create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.connect() as connection, ours.connect() as frozen:
        assert shape(frozen) == shape(connection)
    engine.dispose()
    ours.dispose()


async def test_ddl_is_rolled_back_with_its_transaction(open_db: Open) -> None:
    database = await open_db(layout(FIRST))

    def half(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE b (y)")
        connection.execute("DROP TABLE a")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(half)
    assert await database.read(scalar("SELECT group_concat(name) FROM sqlite_master")) == "a"


async def test_a_migration_that_fails_leaves_the_file_as_it_was(open_db: Open, path: Path) -> None:
    await (await open_db(layout(FIRST))).close()
    before = content(path)
    with pytest.raises(VaultError):
        await open_db(layout(FIRST, ("CREATE TABLE b (y)", "DROP TABLE a", "this is no SQL")))
    assert content(path) == before


async def test_an_older_file_is_brought_up_step_by_step_and_keeps_its_rows(open_db: Open) -> None:
    await open_db(layout(FIRST))
    database = await open_db(layout(FIRST, ("ALTER TABLE a ADD COLUMN y",), ("UPDATE a SET y = x + 1",)))
    assert await database.read(scalar("SELECT y FROM a")) == 2
    assert await database.read(scalar("PRAGMA user_version")) == 3


async def test_a_newer_file_is_refused(open_db: Open) -> None:
    await open_db(layout(FIRST, ("CREATE TABLE b (y)",)))
    with pytest.raises(VaultNewer):
        await open_db(layout(FIRST))


async def test_a_file_without_its_tables_is_damaged(open_db: Open) -> None:
    with pytest.raises(VaultDamaged):
        await open_db(layout(FIRST, tables=frozenset({"a", "missing"})))


async def test_a_reader_takes_no_lock(open_db: Open, path: Path) -> None:
    database = await open_db(layout(FIRST))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await database.read(scalar("SELECT x FROM a")) == 1
        other.execute("ROLLBACK")


async def test_a_file_held_by_another_process_is_busy(open_db: Open, path: Path) -> None:
    database = await open_db(layout(FIRST))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Busy):
            await database.write(scalar("SELECT x FROM a"))


async def test_a_really_full_file_is_a_full_disk(open_db: Open) -> None:
    database = await open_db(layout(FIRST))
    await database.read(lambda connection: connection.execute("PRAGMA max_page_count=3").close())
    with pytest.raises(DiskFull):
        await database.write(lambda connection: connection.execute("INSERT INTO a VALUES (zeroblob(99999))"))
    assert await database.read(scalar("SELECT count(*) FROM a")) == 1


async def test_a_folder_that_is_gone_is_typed(open_db: Open, path: Path) -> None:
    database = await open_db(layout(FIRST))
    moved = path.parent.rename(path.parent.with_name("moved"))
    with pytest.raises(ReadOnly):
        await database.write(lambda connection: connection.execute("INSERT INTO a VALUES (2)"))
    moved.rename(path.parent)
    await database.reopen()
    assert await database.read(scalar("SELECT count(*) FROM a")) == 1


async def test_a_file_deleted_under_us_does_not_come_back_empty(open_db: Open, path: Path) -> None:
    database = await open_db(layout(FIRST))
    os.unlink(path)  # noqa: PTH108 - a path's own method is refused in an async function
    await database.reopen()
    with pytest.raises(ReadOnly):
        await database.read(scalar("SELECT count(*) FROM a"))
    assert content(path) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SQLITE_FULL", DiskFull),
        ("SQLITE_IOERR_WRITE", ReadOnly),
        ("SQLITE_READONLY_DBMOVED", ReadOnly),
        ("SQLITE_CANTOPEN", ReadOnly),
        ("SQLITE_BUSY", Busy),
        ("SQLITE_LOCKED", Busy),
        ("SQLITE_CORRUPT", VaultDamaged),
        ("SQLITE_NOTADB", VaultDamaged),
    ],
)
@pytest.mark.parametrize("operation", ["add", "update", "mark", "rename"])
async def test_trouble_at_any_statement_is_typed_and_leaves_no_half_state(
    tmp_path: Path, operation: str, code: str, kind: type[VaultError]
) -> None:
    """D2: each kind of trouble at each statement of each operation that writes."""
    vault = await Vault.open(tmp_path / "vault.db", MemoryKeychain(), ManualClock())
    account = await add(vault)
    token, failures = await token_of(vault, account.user_id), 0
    operations: dict[str, Callable[[], Awaitable[object]]] = {
        "add": lambda: add(vault, "second"),
        "update": lambda: update(vault, account.user_id, "newer"),
        "mark": lambda: vault.mark(account.user_id, is_valid=False),
        "rename": lambda: vault.rename(account.user_id, name="other"),
    }
    while await fails(vault, operations[operation], failures, code, kind):
        assert await vault.accounts() == (account,)
        assert await token_of(vault, account.user_id) == token
        failures += 1
    assert failures >= 3
    await vault.close()


async def fails(
    vault: Vault, call: Callable[[], Awaitable[object]], number: int, code: str, kind: type[VaultError]
) -> bool:
    """Whether `call` meets the trouble at its statement of this number."""
    engine, left = vault._database.engine, number

    def strike(*details: Any) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            error = sqlite3.OperationalError("injected")
            error.sqlite_errorname = code
            raise error

    event.listen(engine, "before_cursor_execute", strike)
    try:
        (outcome,) = await asyncio.gather(call(), return_exceptions=True)
    finally:
        event.remove(engine, "before_cursor_execute", strike)
    assert type(outcome) is kind or not isinstance(outcome, BaseException)
    return isinstance(outcome, BaseException)


READ_ONLY = """
import asyncio, os, sys
from pathlib import Path
from app.domain import VaultError
from app.store import AppStore
from app.vault import Vault, entries, rotation
from tests.fakes.clock import going_clock
from tests.vault.fakes import FolderKeychain, add
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
async def kind(opening):
    try:
        opened = await opening
    except VaultError as error:
        return error.kind
    return "opened"
async def main():
    vault = await Vault.open(folder / "vault.db", FolderKeychain(folder / "keys"), going_clock())
    listed = [account.name for account in await vault.accounts()]
    print(listed, vault.key_error, await kind(add(vault)), await kind(vault.rotate()))
    print(await kind(AppStore.open(folder / "app.db")), await kind(AppStore.open(folder / "new" / "app.db")))
    await vault.close()
asyncio.run(main())
"""


async def test_a_read_only_folder_can_be_read_and_says_so_when_written(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """D2: as another user where this one is root, whom file rights do not bind."""
    import tempfile

    from tests.vault.fakes import FolderKeychain

    folder = Path(tempfile.mkdtemp(prefix="kunji-read-only-"))  # outside of pytest's folder, which is root's alone
    try:
        vault = await Vault.open(folder / "vault.db", FolderKeychain(folder / "keys"), ManualClock())
        await add(vault)
        await vault.close()
        assert _as_stranger(folder) == ["['Self'] None read_only read_only", "read_only read_only"]
    finally:
        _discard(folder)


def _discard(folder: Path) -> None:
    folder.chmod(0o700)
    shutil.rmtree(folder)


def _as_stranger(folder: Path) -> list[str]:
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
        path.chmod(0o500 if path.is_dir() else 0o400)
    run = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return run.stdout.splitlines()
