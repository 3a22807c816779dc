"""The brokers' instrument masters on disk: fulfils `domain.Instruments`.

Each master is a file of its own beside app.db, which only notes which file is in force and of what day it is. A new
master is written into a new file on a thread of its own, so that lookups never wait; noting it is what swaps it in.
Whatever fails before that leaves the old one in force.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import Instrument, VaultError, Worker
from app.domain.finding import Terms
from app.domain.instruments import Key, contract, distinct, listed

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.database import Database
    from app.store.instruments_file import MasterFile
    from app.store.instruments_load import Loading

T = TypeVar("T")
_BROKER_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
_FOLDER: Final = "instruments"
_log: Final = logging.getLogger(__name__)


class StoredInstruments:
    """See `domain.Instruments`. Beside its methods there is `close`, for the owner of the store."""

    def __init__(self, database: "Database") -> None:
        """`database` stays its owner's; the masters lie in a folder beside its file."""
        from app.store.instruments_folder import Folder  # loaded on first use: start-up

        self._database = database
        self._folder = Folder(database.path.with_name(_FOLDER))
        self._reader = Worker("kunji-instruments")
        self._loader = Worker("kunji-instruments-load")
        self._one_load = asyncio.Lock()
        self._loading: Loading | None = None
        self._known: dict[str, tuple[str, date]] | None = None

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """See `Instruments.by_broker_symbol`."""
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return {}
        return await self._ask(broker, lambda master: master.by_keys(wanted)) or {}

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """See `Instruments.by_symbol`."""
        return await self._ask(broker, lambda master: master.by_symbol(exchange, symbol))

    async def same_contract(self, broker: str, instrument: Instrument) -> Instrument | None:
        """See `Instruments.same_contract`."""
        return await self._ask(broker, lambda master: master.same_contract(instrument))

    async def search(self, broker: str | None, text: str, limit: int = 50) -> list[Instrument]:
        """See `Instruments.search`."""
        terms = Terms.of(text)
        brokers = list(await self._masters()) if broker is None else [broker]
        found: list[Instrument] = []
        for anchored in (True, False):
            for name in brokers if terms.words and len(found) < limit else ():
                question = partial(_search, terms=terms, limit=limit, anchored=anchored)
                rows = await self._ask(name, question)
                found = distinct([*found, *(rows or [])], contract if broker is None else listed)
        return found[:limit]

    async def loaded_on(self, broker: str) -> date | None:
        """See `Instruments.loaded_on`."""
        master = (await self._masters()).get(broker)
        return None if master is None else master[1]

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """See `Instruments.replace`."""
        if not _BROKER_NAME.fullmatch(broker):
            raise ValueError(f"not a broker's name: {broker!r}")  # it becomes part of a file's name
        async with self._one_load:
            path = await self._loader.run(lambda: self._folder.new_file(broker))
            loading = self._loading = self._folder.loading(path, rows)
            try:
                total = await self._loader.run(lambda: self._folder.load(loading))
            finally:  # also when nobody waits for it any more
                loading.stop()
                self._loading = None
            await self._put_in_force(broker, path, day)
        return total

    async def close(self) -> None:
        """End a load in flight, let go of files and threads."""
        if self._loading is not None:
            self._loading.stop()
        await self._loader.run(lambda: None)  # behind the load: it leaves no file open
        await self._reader.run(self._folder.close)
        self._loader.stop()
        self._reader.stop()

    # ---------------------------------------------------------------- which file is in force

    async def _masters(self) -> dict[str, tuple[str, date]]:
        """File name and day by broker."""
        if self._known is None:
            self._known = await self._database.read(_noted)
        return self._known

    async def _put_in_force(self, broker: str, path: Path, day: date) -> None:
        masters = await self._masters()
        await self._database.write(lambda connection: _note(connection, broker, path.name, day))
        old, _ = masters.get(broker, ("", None))
        masters[broker] = (path.name, day)
        await self._reader.run(lambda: self._folder.forget(old))
        await self._loader.run(lambda: self._folder.tidy(broker, path.name))

    async def _drop(self, broker: str, name: str) -> None:
        (await self._masters()).pop(broker, None)
        try:
            await self._database.write(lambda connection: _note(connection, broker, None, None))
        except VaultError as error:  # found anew at the next start; rows are shown under the broker's symbols meanwhile
            _log.warning("a master that cannot be read is still noted broker=%s kind=%s", broker, error.kind)
        await self._reader.run(lambda: self._folder.forget(name))

    async def _ask(self, broker: str, question: "Callable[[MasterFile], T]") -> T | None:
        """The answer of the broker's master; None without one. One that cannot be read is none: it is fetched again."""
        name, _ = (await self._masters()).get(broker, ("", None))
        if not name:
            return None
        try:
            return await self._reader.run(lambda: self._folder.ask(name, question))
        except VaultError as error:
            if (await self._masters()).get(broker, ("", None))[0] != name:  # another took its place meanwhile
                return await self._ask(broker, question)
            _log.warning("instruments cannot be read broker=%s kind=%s", broker, error.kind)
            await self._drop(broker, name)
            return None


def _search(master: "MasterFile", terms: Terms, limit: int, *, anchored: bool) -> list[Instrument]:
    return master.search(terms, limit, anchored=anchored)


def _noted(connection: "Connection") -> dict[str, tuple[str, date]]:
    rows = connection.execute("SELECT broker, table_name, day FROM instrument_masters")
    return {broker: (name, date.fromisoformat(day)) for broker, name, day in rows if name.endswith(".db")}


def _note(connection: "Connection", broker: str, name: str | None, day: date | None) -> None:
    connection.execute("DELETE FROM instrument_masters WHERE broker = ?", (broker,))
    if name is not None and day is not None:
        connection.execute("INSERT INTO instrument_masters VALUES (?, ?, ?)", (broker, name, day.isoformat()))
