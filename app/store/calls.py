"""Counts of calls that survive a restart: fulfils `domain.CallCounts`.

Counting is synchronous and happens in memory; what was counted is written behind, on the store's thread, and at the
latest when the store closes. A crash loses the counts of the last moments at most.
"""

import asyncio
import logging
import threading
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from app.domain import VaultError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.store.database import Database

_Key = tuple[str, str, date]
_KEPT_DAYS: Final = 7  # only today's are asked for; a few more help to explain a refused order
_log = logging.getLogger(__name__)


class StoredCallCounts:
    """See `domain.CallCounts`; may be called from any thread."""

    def __init__(self, database: "Database", counts: dict[_Key, int]) -> None:
        """Use `load`, on the event loop."""
        self._database = database
        self._counts = counts
        self._unwritten: set[_Key] = set()
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._writing: asyncio.Task[None] | None = None

    @classmethod
    async def load(cls, database: "Database") -> "StoredCallCounts":
        """Read the last days' counts and drop the older ones."""
        return cls(database, await database.read(_recent))

    def count(self, client: str, family: str, day: date) -> int:
        """See `CallCounts.count`."""
        with self._lock:
            return self._counts.get((client, family, day), 0)

    def add(self, client: str, family: str, day: date) -> None:
        """See `CallCounts.add`."""
        key = (client, family, day)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1
            self._unwritten.add(key)
        self._loop.call_soon_threadsafe(self._begin)

    async def flush(self) -> None:
        """Wait until everything counted so far is written, or cannot be."""
        if self._writing is not None:
            await self._writing
        await self._write()

    def _begin(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = self._loop.create_task(self._write())

    async def _write(self) -> None:
        while batch := self._take():
            try:
                await self._database.write(partial(_save, batch=batch))
            except VaultError as error:
                _log.warning("counts of calls wait to be written: %s", error.kind)
                with self._lock:
                    self._unwritten |= batch.keys()
                return

    def _take(self) -> dict[_Key, int]:
        with self._lock:
            batch = {key: self._counts[key] for key in self._unwritten}
            self._unwritten.clear()
        return batch


def _recent(session: "Session") -> dict[_Key, int]:
    rows = session.connection().exec_driver_sql("SELECT client, family, day, count FROM call_counts")
    return {(client, family, date.fromisoformat(day)): count for client, family, day, count in rows}


def _save(session: "Session", batch: dict[_Key, int]) -> None:
    connection = session.connection()
    for (client, family, day), count in batch.items():
        values = (client, family, day.isoformat(), count)
        connection.exec_driver_sql("INSERT OR REPLACE INTO call_counts VALUES (?, ?, ?, ?)", values)
    newest = max(day for _, _, day in batch)
    oldest = date.fromordinal(newest.toordinal() - _KEPT_DAYS).isoformat()
    connection.exec_driver_sql("DELETE FROM call_counts WHERE day < ?", (oldest,))
