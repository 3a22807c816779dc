"""What was read last of each account and book: one row each, bytes that whoever wrote them understands. No secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zlib import crc32

from app.domain import Clock
from app.domain.records import dataclass
from app.store.times import text_of

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.database import Database

TABLES: Final = (
    """CREATE TABLE last_reads (
        user_id VARCHAR NOT NULL, book VARCHAR NOT NULL, as_of VARCHAR NOT NULL, body BLOB NOT NULL,
        PRIMARY KEY (user_id, book)) WITHOUT ROWID""",
)
_DAYS: Final = 30  # as old as the events of the day line: older figures explain nothing any more


@dataclass(frozen=True, slots=True)
class LastRead:
    """The last good reading of one book of one account; `as_of` is aware."""

    user_id: str
    book: str
    as_of: datetime
    body: bytes


class LastReads:
    """The last readings of the last 30 days."""

    def __init__(self, database: "Database", clock: Clock) -> None:
        """`database` stays its owner's."""
        self._database = database
        self._clock = clock

    async def keep(self, reads: Sequence[LastRead], gone: Collection[str] = ()) -> None:
        """Write `reads` in place of the earlier ones and erase every row of the users in `gone`, all or nothing."""
        await self._database.write(lambda connection: _keep(connection, reads, gone))

    async def of_users(self, user_ids: Collection[str]) -> tuple[LastRead, ...]:
        """What is kept of these users and not older than 30 days; all else is erased where the disk lets us."""
        oldest = text_of(self._clock.now() - timedelta(days=_DAYS))
        found = await self._database.read(_all)
        kept = [read for read in found if read.user_id in user_ids and text_of(read.as_of) >= oldest]
        if len(kept) < len(found):
            dropped = [(read.user_id, read.book) for read in found if read not in kept]
            await self._database.write(lambda connection: _drop(connection, dropped))
        return tuple(kept)


def _keep(connection: "Connection", reads: Sequence[LastRead], gone: Collection[str]) -> None:
    for read in reads:
        values = (read.user_id, read.book, text_of(read.as_of), _sum(read) + read.body)
        connection.execute("INSERT OR REPLACE INTO last_reads VALUES (?, ?, ?, ?)", values)
    for user_id in gone:
        connection.execute("DELETE FROM last_reads WHERE user_id = ?", (user_id,))


def _all(connection: "Connection") -> list[LastRead]:
    rows = connection.execute("SELECT user_id, book, as_of, body FROM last_reads")
    found = []
    for user_id, book, as_of, body in rows:
        read = LastRead(user_id, book, datetime.fromisoformat(as_of), body[4:])
        if body[:4] == _sum(read):
            found.append(read)
    return found


def _sum(read: LastRead) -> bytes:
    """SQLite notices no changed digit within a row; an amount that was changed must not be shown (promise D1)."""
    head = f"{read.user_id} {read.book} {text_of(read.as_of)} ".encode()
    return crc32(head + read.body).to_bytes(4, "big")


def _drop(connection: "Connection", dropped: Sequence[tuple[str, str]]) -> None:
    for key in dropped:
        connection.execute("DELETE FROM last_reads WHERE user_id = ? AND book = ?", key)
