"""One SQLite file, one connection, one daemon thread: what both files of the profile stand on.

Python's driver would run DDL outside of a transaction, so it is set to autocommit and `BEGIN IMMEDIATE` is sent from
SQLAlchemy's begin event: a migration really is one transaction. Loaded on first use: this module imports SQLAlchemy.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain import VaultDamaged, VaultError, Worker
from app.store import files
from app.store.copies import Copies

T = TypeVar("T")
_READS: Final = "kunji_reads"
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


class Database:
    """An open file; made by `open`, ended by `close`. Work is handed in as functions of a `Session`."""

    def __init__(self, path: Path, layout: Layout, worker: Worker, copies: Copies | None = None) -> None:
        """Nothing is touched before `open`."""
        self._copies = copies
        self.path = path
        self._layout = layout
        self._worker = worker
        self._closed = False
        self._engine = _engine(path, layout)
        self._readers = self._engine.execution_options(**{_READS: True})

    async def open(self) -> None:
        """Make the file or recognise it, check it and bring it to the newest version. Raises a `VaultError`."""
        await self._worker.run(lambda: self._guarded(self._open))

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction that takes no lock for writing; possible on a read-only disk."""

        def job() -> T:
            try:
                return _within(self._readers, work)
            except ValueError as error:  # a text that is no time, no number any more
                raise VaultDamaged("what was stored cannot be read") from error

        return await self._worker.run(lambda: self._guarded(job))

    async def write(self, work: Callable[[Session], T], *, then: Callable[[T], None] | None = None) -> T:
        """Run `work` in one transaction: all of it is on the disk at the return, or none of it.

        `then` runs on the same thread right after the commit, before any other work.
        """

        def job() -> T:
            result = _within(self._engine, work)
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
        await self._worker.run(self._engine.dispose)

    async def close(self) -> None:
        """Let go of the file and of the thread; once is enough, twice does no harm."""
        if not self._closed:
            self._closed = True
            await self._worker.run(self._engine.dispose)
            self._worker.stop()

    def _open(self) -> None:
        if self._copies is not None and self.path.exists() and not self.path.stat().st_size and self._copies.all():
            raise VaultDamaged("the file was emptied")  # to begin anew in silence would be a loss
        files.prepare(self.path)
        files.recognise(self.path, application_id=self._layout.application_id, newest=len(self._layout.migrations))
        files.keep_private(self.path)
        with self._readers.connect() as connection:
            version, sound = _examine(connection)
            if not sound:
                raise VaultDamaged("the database's own check failed")
        if 0 < version < len(self._layout.migrations):  # a file that was only just made has nothing to lose
            self._take(anyhow=True)
        self._migrate(version)
        with self._readers.connect() as connection:
            missing = self._layout.tables - set(inspect(connection).get_table_names())
        if missing:
            raise VaultDamaged("tables are missing")
        if version:
            self._take()

    def _take(self, *, anyhow: bool = False) -> None:
        if self._copies is not None:
            with self._source() as source:
                self._copies.take(source, anyhow=anyhow)

    def _renew(self) -> None:
        if self._copies is not None:
            with self._source() as source:
                self._copies.renew(source)

    @contextmanager
    def _source(self) -> Iterator[sqlite3.Connection]:
        with self._readers.connect() as connection:
            raw = connection.connection.driver_connection
            if isinstance(raw, sqlite3.Connection):
                yield raw

    def _migrate(self, version: int) -> None:
        for number, statements in enumerate(self._layout.migrations[version:], start=version + 1):
            with self._engine.begin() as connection:
                connection.exec_driver_sql(f"PRAGMA application_id={self._layout.application_id}")
                for statement in statements:
                    connection.exec_driver_sql(statement)
                connection.exec_driver_sql(f"PRAGMA user_version={number}")

    def _guarded(self, job: Callable[[], T]) -> T:
        """Run `job`; SQLite's and the system's errors come out as `VaultError`."""
        try:
            return job()
        except VaultError as error:
            raise self._worded(error) from error.__cause__
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise self._worded(files.of_sqlite_error(error.orig)) from error.orig
            raise
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


def _examine(connection: Connection) -> tuple[int, bool]:
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    return version, connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() == "ok"


def _within(engine: Engine, work: Callable[[Session], T]) -> T:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


def _engine(path: Path, layout: Layout) -> Engine:
    def connect() -> sqlite3.Connection:
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

    # statements in errors without their values: these may be private
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> Any:
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
