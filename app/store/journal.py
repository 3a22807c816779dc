"""The journal of orders: what was to be sent, on the disk before it is sent, and what came of it. Only ever added to.

A file of its own, beside the application data: that one may be put back to yesterday's copy, this one must never be.
Its own triggers refuse every change, and every removal of what is younger than the law of the land asks to keep.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain import ReadOnly, Worker, redact
from app.domain.intents import Intent, Record, Step
from app.store import journal_rows

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.database import Database, Layout

YEARS: Final = 5
_YEAR: Final = timedelta(days=366)
_LEAST: Final = "-366 days"
_TABLES: Final = (
    """CREATE TABLE intents (
        number INTEGER PRIMARY KEY AUTOINCREMENT, intent_id VARCHAR NOT NULL UNIQUE, at VARCHAR NOT NULL,
        user_id VARCHAR NOT NULL, account VARCHAR NOT NULL, broker_type VARCHAR NOT NULL, client_id VARCHAR NOT NULL,
        mode VARCHAR NOT NULL, deed VARCHAR NOT NULL, tag VARCHAR NOT NULL, ticket VARCHAR NOT NULL,
        order_id VARCHAR NOT NULL, order_group VARCHAR NOT NULL)""",
    "CREATE UNIQUE INDEX intents_tag ON intents (broker_type, client_id, tag) WHERE tag <> ''",
    "CREATE INDEX intents_at ON intents (at)",
    """CREATE TABLE steps (
        number INTEGER PRIMARY KEY AUTOINCREMENT, intent_id VARCHAR NOT NULL REFERENCES intents (intent_id),
        at VARCHAR NOT NULL, evidence VARCHAR NOT NULL, fate VARCHAR NOT NULL, order_id VARCHAR NOT NULL,
        detail VARCHAR NOT NULL)""",
    "CREATE INDEX steps_of ON steps (intent_id, number)",
    *(
        f"CREATE TRIGGER {table}_stay BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
        for table in ("intents", "steps")
    ),
    *(
        f"""CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
        WHEN OLD.at > strftime('%Y-%m-%dT%H:%M:%S', 'now', '{_LEAST}')
        BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"""
        for table in ("intents", "steps")
    ),
)
_WORDS: Final = {
    "vault_foreign": ("The file orders.db is not Kunji's order journal", "Move it away. Until then nothing is sent."),
    "vault_damaged": ("Kunji's order journal is damaged", "Move orders.db away, keep it, and start again."),
    "vault_newer": ("The order journal was written by a newer Kunji", "Update Kunji. The file was not touched."),
    "read_only": ("Kunji's order journal cannot be written", "Make its folder writable. Until then nothing is sent."),
    "disk_full": ("There is no room for the order journal", "Make room on the disk. Until then nothing is sent."),
}


class Journal:
    """The open journal. What was written is on the disk at the return, or a `VaultError` says why not."""

    def __init__(self, database: "Database", place: "_Place") -> None:
        """Use `open`."""
        self._database = database
        self._place = place

    @classmethod
    async def open(cls, path: Path) -> "Journal":
        """Open or make the file at `path`. Raises a `VaultError` (read only, disk full, damaged, newer, foreign)."""
        worker = Worker("kunji-journal")
        try:
            database = await worker.run(lambda: _database(path, worker))
            await database.open()
            place = await worker.run(lambda: _place_of(path))
        except BaseException:  # also a cancelled start must not leave the thread behind
            worker.stop()
            raise
        return cls(database, place)

    async def probe(self) -> None:
        """Raise the `VaultError` that would keep an intent from the disk now; nothing is kept of it."""
        await self._database.write(lambda connection: self._there(connection, _probe))

    async def write(self, intents: Sequence[Intent]) -> None:
        """Write down what is to be sent: all of it or, raising, nothing. A tag that was used before is refused."""
        await self._database.write(lambda connection: self._there(connection, partial(_write, intents=intents)))

    async def note(self, steps: Sequence[Step]) -> None:
        """Add what came of intents; known secrets in the details are masked."""
        await self._database.write(lambda connection: self._there(connection, partial(_note, steps=steps)))

    async def unsettled(self) -> tuple[Record, ...]:
        """What was written and never came to a certain end, oldest first: to be looked for before anything is sent."""
        return await self._database.read(lambda connection: _records(connection, journal_rows.UNSETTLED))

    async def since(self, moment: datetime) -> tuple[Record, ...]:
        """Everything from `moment` on, oldest first."""
        return await self._database.read(lambda connection: _records(connection, journal_rows.SINCE, _text(moment)))

    async def forget(self, now: datetime, years: int = YEARS) -> None:
        """Remove what is older than `years`, at least one."""
        oldest = _text(now - _YEAR * max(1, years))
        await self._database.write(lambda connection: _forget(connection, oldest))

    async def close(self) -> None:
        """Let go of the file."""
        await asyncio.shield(self._database.close())

    def _there(self, connection: "Connection", work: "Callable[[Connection], None]") -> None:
        """Do `work` in the file that was opened: in one that somebody took away it would be lost without an error."""
        if _place_of(self._database.path) != self._place:
            raise ReadOnly("the file is another one than was opened")
        work(connection)


_Place = tuple[int, int]


def _place_of(path: Path) -> _Place:
    found = path.stat()
    return found.st_dev, found.st_ino


def _write(connection: "Connection", intents: Sequence[Intent]) -> None:
    for one in intents:  # in one transaction: all of a ticket is on the disk, or nothing of it
        connection.execute(journal_rows.ADD_INTENT, journal_rows.row_of(one, _text(one.at)))


def _probe(connection: "Connection") -> None:
    """Go as far as a written line goes, and back: the folder takes the file of a transaction, the disk a page."""
    connection.execute("SAVEPOINT probe")
    connection.execute(journal_rows.ADD_INTENT, ("probe",) * journal_rows.ADD_INTENT.count("?"))
    connection.execute("ROLLBACK TO probe")
    connection.execute("RELEASE probe")


def _note(connection: "Connection", steps: Sequence[Step]) -> None:
    for one in steps:
        values = (one.intent_id, _text(one.at), one.evidence.value, one.fate.value, one.order_id, redact(one.detail))
        connection.execute(journal_rows.ADD_STEP, values)


def _records(connection: "Connection", which: str, *values: str) -> tuple[Record, ...]:
    """The intents that `which` holds of, with their steps, oldest first."""
    intents = connection.execute(f"{journal_rows.INTENTS} {which} ORDER BY number", values).fetchall()
    chosen = f"(SELECT intent_id FROM intents WHERE {which})"  # noqa: S608 - texts of ours
    steps: dict[str, list[Step]] = {}
    for row in connection.execute(f"{journal_rows.STEPS} {chosen} ORDER BY number", values):
        steps.setdefault(row[0], []).append(journal_rows.step_of(row))
    return tuple(Record(one, tuple(steps.get(one.intent_id, ()))) for one in map(journal_rows.intent_of, intents))


def _forget(connection: "Connection", oldest: str) -> None:
    old = "SELECT intent_id FROM intents WHERE at < ?"
    connection.execute(f"DELETE FROM steps WHERE at < ? AND intent_id IN ({old})", (oldest, oldest))  # noqa: S608 - texts of ours
    kept = "SELECT intent_id FROM steps"
    connection.execute(f"DELETE FROM intents WHERE at < ? AND intent_id NOT IN ({kept})", (oldest,))  # noqa: S608 - as above


def _text(moment: datetime) -> str:
    from app.store.times import text_of  # loaded on first use: start-up

    return text_of(moment)


def _database(path: Path, worker: Worker) -> "Database":
    from app.store.database import Database  # loaded on first use: start-up

    return Database(path, _layout(), worker)


def _layout() -> "Layout":
    from app.store.database import Layout  # loaded on first use: start-up

    return Layout(
        application_id=0x4B4E4A4F,  # "KNJO"
        migrations=(_TABLES,),
        tables=frozenset({"intents", "steps"}),
        pragmas=("journal_mode=DELETE", "synchronous=FULL", "foreign_keys=ON"),
        words=_WORDS,
    )
