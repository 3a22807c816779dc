"""Writing a master into a file of its own: streamed, so that it never stands in memory, whole or not at all."""

import os
import sqlite3
from collections.abc import Iterable
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Final

from app.domain import Instrument
from app.store.instruments_rows import Families

_CHUNK: Final = 1000  # rows handed to SQLite at once: some 5 ms of the loading thread
_INDEX_MEMORY: Final = 4 * 1024 * 1024  # of the words' index before it is written out
_PRAGMAS: Final = (
    "journal_mode=MEMORY",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "temp_store=FILE",
    "cache_size=-8000",  # kB: with the usual 2 MB the indices take a quarter longer
)
_TABLES: Final = (
    """CREATE TABLE families (id INTEGER PRIMARY KEY, exchange VARCHAR NOT NULL, name VARCHAR NOT NULL,
    expiry VARCHAR, title VARCHAR NOT NULL, words VARCHAR NOT NULL)""",
    """CREATE TABLE terms (id INTEGER PRIMARY KEY, kind VARCHAR NOT NULL, tick_size VARCHAR NOT NULL,
    lot_size INTEGER NOT NULL, freeze INTEGER, multiplier VARCHAR)""",
    """CREATE TABLE instruments (family INTEGER NOT NULL, terms INTEGER NOT NULL, exchange VARCHAR NOT NULL,
    broker_symbol VARCHAR NOT NULL, token VARCHAR NOT NULL, strike VARCHAR, isin VARCHAR)""",
    """CREATE VIRTUAL TABLE found USING fts5(words, content='families', content_rowid='id', tokenize='trigram',
    columnsize=0)""",
    f"INSERT INTO found (found, rank) VALUES ('hashsize', {_INDEX_MEMORY})",  # noqa: S608 - our own number
)
_FAMILY: Final = "INSERT INTO families VALUES (?, ?, ?, ?, ?, ?)"
_TERMS: Final = "INSERT INTO terms VALUES (?, ?, ?, ?, ?, ?)"
_WIDTH: Final = 7
_TOGETHER: Final = 80  # rows a statement: a fifth quicker than one by one
_ONCE: Final = """DELETE FROM instruments WHERE rowid NOT IN
    (SELECT max(rowid) FROM instruments GROUP BY broker_symbol, exchange)"""
_UNIQUE: Final = "CREATE UNIQUE INDEX instruments_key ON instruments (broker_symbol, exchange)"
_INDICES: Final = (
    "CREATE INDEX instruments_family ON instruments (family, strike)",
    "CREATE INDEX instruments_isin ON instruments (isin) WHERE isin IS NOT NULL",
    "CREATE INDEX families_name ON families (name, exchange, expiry)",
    "INSERT INTO found (rowid, words) SELECT id, words FROM families",
)


class Stopped(Exception):
    """The load was given up."""


class Loading:
    """One load; blocking, to be run on a thread of its own. `stop` ends it from any other thread."""

    def __init__(self, path: Path, rows: Iterable[Instrument]) -> None:
        """`path` must not exist yet."""
        self._path = path
        self._rows = iter(rows)
        self._stopped = False

    def stop(self) -> None:
        """End at the next chunk."""
        self._stopped = True

    def run(self) -> int:
        """Write the file and return how many rows it has; after any error there is no file. Raises what `rows` do."""
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            for statement in (*(f"PRAGMA {pragma}" for pragma in _PRAGMAS), "BEGIN", *_TABLES):
                connection.execute(statement)
            self._fill(connection)
            _index(connection)
            total: int = connection.execute("SELECT count(*) FROM instruments").fetchone()[0]
            connection.execute("COMMIT")
        except BaseException:  # whatever it is: half a master is none
            connection.close()
            self._path.unlink(missing_ok=True)
            raise
        connection.close()
        _sync(self._path)
        return total

    def _fill(self, connection: sqlite3.Connection) -> None:
        families = Families()
        while chunk := families.rows(islice(self._rows, _CHUNK)):
            if self._stopped:
                raise Stopped
            connection.executemany(_FAMILY, families.fresh)
            families.fresh.clear()
            connection.executemany(_TERMS, families.fresh_terms)
            families.fresh_terms.clear()
            for start in range(0, len(chunk), _TOGETHER):
                part = chunk[start : start + _TOGETHER]
                connection.execute(_rows(len(part)), list(chain.from_iterable(part)))


@cache
def _rows(number: int) -> str:
    row = f"({', '.join('?' * _WIDTH)})"
    return f"INSERT INTO instruments VALUES {', '.join([row] * number)}"  # noqa: S608 - only marks


def _index(connection: sqlite3.Connection) -> None:
    try:
        connection.execute(_UNIQUE)
    except sqlite3.IntegrityError:  # a master that lists an instrument twice: the later row counts
        connection.execute(_ONCE)
        connection.execute(_UNIQUE)
    for statement in _INDICES:
        connection.execute(statement)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
