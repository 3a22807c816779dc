"""One SQLite file, one connection, one daemon thread: what both files of the profile stand on.

Python's driver would run DDL outside of a transaction, so it is set to autocommit and `BEGIN IMMEDIATE` is sent by
ourselves: a migration really is one transaction. A file is opened, checked and brought up in plain SQL; only who works
on the vault's models loads SQLAlchemy (`app.store.models`), which would take 200 ms of the start.
"""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from sqlite3 import Connection
from typing import Final, Generic, TypeVar

from app.domain import VaultDamaged, VaultError, Worker
from app.domain.records import dataclass
from app.store import files
from app.store.copies import Copies

T = TypeVar("T")
S = TypeVar("S")
READING: Final = "BEGIN"
WRITING: Final = "BEGIN IMMEDIATE"
_BUSY_SECONDS: Final = 2.0  # another process holds the file: waited for on our own thread, never on the loop


@dataclass(frozen=True, slots=True)
class Layout:
    """What makes a file one of ours.

    `migrations[n]` are the statements from version n to n + 1, run in one transaction with the version's mark;
    `pragmas` are set on every connection. `words` gives title and next step to errors of a kind whose own words are
    about the credential store.
    """

    application_id: int
    migrations: tuple[tuple[str, ...], ...]
    tables: frozenset[str]
    pragmas: tuple[str, ...]
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class File(ABC, Generic[S]):
    """An open file; made by `open`, ended by `close`. Work is handed in as functions of what a kind of file offers."""

    def __init__(self, path: Path, layout: Layout, worker: Worker, copies: Copies | None = None) -> None:
        """Nothing is touched before `open`."""
        self._copies = copies
        self.path = path
        self._layout = layout
        self._worker = worker
        self._closed = False
        self._opened: Connection | None = None

    async def open(self) -> None:
        """Make the file or recognise it, check it and bring it to the newest version. Raises a `VaultError`."""
        await self._worker.run(lambda: self._guarded(self._open))

    async def read(self, work: Callable[[S], T]) -> T:
        """Run `work` in a transaction that takes no lock for writing; possible on a read-only disk."""
        return await self._readable(lambda: self._within(work, begin=READING))

    async def write(self, work: Callable[[S], T], *, then: Callable[[T], None] | None = None) -> T:
        """Run `work` in one transaction: all of it is on the disk at the return, or none of it.

        `then` runs on the same thread right after the commit, before any other work.
        """

        def job() -> T:
            result = self._within(work, begin=WRITING)
            if then is not None:
                then(result)
            return result

        return await self._worker.run(lambda: self._guarded(job))

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` on the file's thread without touching the file; what it raises comes out as it is."""
        return await self._worker.run(call)

    async def copy(self, *, erased: bool = False) -> None:
        """Take the copy of today if there is none; after something was `erased`, in place of all that there are."""
        await self._worker.run(lambda: self._guarded(self._renew if erased else self._take))

    async def reopen(self) -> None:
        """Drop the connection and what it remembers; the next work reads the file anew."""
        await self._worker.run(self._dispose)

    async def close(self) -> None:
        """Let go of the file and of the thread; once is enough, twice does no harm."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._dispose)
            self._worker.stop()

    async def _readable(self, job: Callable[[], T]) -> T:
        def read() -> T:
            try:
                return job()
            except ValueError as error:  # a text that is no time, no number any more
                raise VaultDamaged("what was stored cannot be read") from error

        return await self._worker.run(lambda: self._guarded(read))

    def _open(self) -> None:
        if self._copies is not None and self.path.exists() and not self.path.stat().st_size and self._copies.all():
            raise VaultDamaged("the file was emptied")  # to begin anew in silence would be a loss
        files.prepare(self.path)
        files.recognise(self.path, application_id=self._layout.application_id, newest=len(self._layout.migrations))
        files.keep_private(self.path)
        version, sound = _examine(self._connection())
        if not sound:
            raise VaultDamaged("the database's own check failed")
        if 0 < version < len(self._layout.migrations):  # a file that was only just made has nothing to lose
            self._take(anyhow=True)
        self._migrate(version)
        if self._layout.tables - _tables(self._connection()):
            raise VaultDamaged("tables are missing")
        if version:
            self._take()

    def _take(self, *, anyhow: bool = False) -> None:
        if self._copies is not None:
            self._copies.take(self._connection(), anyhow=anyhow)

    def _renew(self) -> None:
        if self._copies is not None:
            self._copies.renew(self._connection())

    def _migrate(self, version: int) -> None:
        for number, statements in enumerate(self._layout.migrations[version:], start=version + 1):
            with transaction(self._connection(), WRITING) as connection:
                connection.execute(f"PRAGMA application_id={self._layout.application_id}")
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={number}")

    def _connection(self) -> Connection:
        """The one connection, opened when it is needed. On the file's thread only."""
        if self._opened is None:
            self._opened = _connect(self.path, self._layout)
        return self._opened

    def _dispose(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    @abstractmethod
    def _within(self, work: Callable[[S], T], *, begin: str) -> T:
        """Run `work` in a transaction of its own that `begin` begins."""

    def _guarded(self, job: Callable[[], T]) -> T:
        """Run `job`; SQLite's and the system's errors come out as `VaultError`."""
        try:
            return job()
        except VaultError as error:
            raise self._worded(error) from error.__cause__
        except sqlite3.Error as error:
            raise self._worded(files.of_sqlite_error(error)) from error
        except UnicodeDecodeError as error:  # SQLite's own sentence names a damaged place that is no text any more
            raise self._worded(VaultDamaged("the schema is damaged")) from error
        except OSError as error:
            raise self._worded(files.of_os_error(error)) from error

    def _worded(self, error: VaultError) -> VaultError:
        if error.kind not in self._layout.words:
            return error
        title, next_step = self._layout.words[error.kind]
        return type(error)(error.detail, title=title, next_step=next_step)


class Database(File[Connection]):
    """A file that is worked on in plain SQL."""

    def _within(self, work: Callable[[Connection], T], *, begin: str) -> T:
        with transaction(self._connection(), begin) as connection:
            return work(connection)


@contextmanager
def transaction(connection: Connection, begin: str) -> Iterator[Connection]:
    """All of the block or nothing of it."""
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:  # whatever ended the block, an exit too: nothing of it stays, and the error goes on
        if connection.in_transaction:  # SQLite itself ends it after some errors
            connection.execute("ROLLBACK")
        raise


def _examine(connection: Connection) -> tuple[int, bool]:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version), connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)


def _tables(connection: Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _connect(path: Path, layout: Layout) -> Connection:
    # mode=rw: a file that vanished is an error, never a new empty one
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    try:
        for pragma in ("trusted_schema=OFF", "foreign_keys=ON", "temp_store=MEMORY", *layout.pragmas):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
