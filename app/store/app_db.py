"""The application database: settings, counts of calls, history, last readings: nothing secret or irreplaceable."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain import Clock, SystemClock, Worker
from app.store import call_rows, history, last_reads
from app.store.calls import StoredCallCounts
from app.store.history import History
from app.store.instruments import StoredInstruments
from app.store.last_reads import LastReads
from app.store.settings import Settings

if TYPE_CHECKING:
    from app.store.database import Database, Layout

_TABLES: Final = (
    "CREATE TABLE settings (name VARCHAR PRIMARY KEY NOT NULL, value VARCHAR NOT NULL)",
    """CREATE TABLE instrument_masters (
        broker VARCHAR PRIMARY KEY NOT NULL, table_name VARCHAR NOT NULL, day VARCHAR NOT NULL)""",
    """CREATE TABLE call_counts (
        client VARCHAR NOT NULL, family VARCHAR NOT NULL, day VARCHAR NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (client, family, day))""",
    """CREATE TABLE account_events (
        id INTEGER PRIMARY KEY, at VARCHAR NOT NULL, user_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        text VARCHAR NOT NULL)""",
    "CREATE INDEX account_events_at ON account_events (at)",
)
_ANEW: Final = "Move app.db away and start again: settings and history begin anew, your accounts are not affected."
_WORDS: Final = {
    "vault_foreign": ("The file app.db is not Kunji's application data", _ANEW),
    "vault_damaged": ("Kunji's application data is damaged", _ANEW),
    "vault_newer": ("The application data was written by a newer Kunji", "Update Kunji. The file was not touched."),
    "read_only": (
        "Kunji's application data cannot be written",
        "Make its folder writable for you and try again. What was stored before is intact.",
    ),
}


class AppStore:
    """The open application database and what lies in it."""

    def __init__(self, database: "Database", settings: Settings, calls: StoredCallCounts, clock: Clock) -> None:
        """Use `open`."""
        self._database = database
        self._closed = False
        self.settings = settings
        self.calls = calls
        self.instruments = StoredInstruments(database)
        self.history = History(database, clock)
        self.last_reads = LastReads(database, clock)

    @classmethod
    async def open(cls, path: Path, clock: Clock | None = None) -> "AppStore":
        """Open or make the file at `path`. Raises a `VaultError` (read only, disk full, damaged, newer, foreign)."""
        worker = Worker("kunji-store")
        try:
            clock = clock or SystemClock()
            database = await worker.run(lambda: _database(path, worker, clock))
        except BaseException:  # also a cancelled start must not leave the thread behind
            worker.stop()
            raise
        try:
            await database.open()
            calls = await StoredCallCounts.load(database, clock)
            return cls(database, await Settings.load(database), calls, clock)
        except BaseException:  # also a cancelled start must give the file back
            await asyncio.shield(database.close())
            raise

    async def copy(self, *, erased: bool = False) -> None:
        """See `Database.copy`."""
        await self._database.copy(erased=erased)

    async def close(self) -> None:
        """Write what is still to be written and let go of the file."""
        if not self._closed:
            self._closed = True
            await self.instruments.close()
            await self.calls.end()
            await self._database.close()


def _database(path: Path, worker: Worker, clock: Clock) -> "Database":
    from app.store.copies import Copies  # loaded on first use: start-up
    from app.store.database import Database  # loaded on first use: start-up

    return Database(path, layout(), worker, Copies(path, clock.now))


def layout() -> "Layout":
    """What makes a file app.db."""
    from app.store.database import Layout  # loaded on first use: start-up

    return Layout(
        application_id=0x4B4E4A41,  # "KNJA"
        migrations=(_TABLES, call_rows.TABLES, history.TABLES, last_reads.TABLES),
        tables=frozenset(
            {"settings", "instrument_masters", "call_counts", "call_times", "call_runs"}
            | {"account_events", "account_traces", "last_reads"}
        ),
        pragmas=("journal_mode=DELETE", "synchronous=FULL", "secure_delete=ON"),  # a removed account leaves no amounts
        words=_WORDS,
    )
