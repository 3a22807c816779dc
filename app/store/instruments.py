"""The brokers' instrument masters on disk: fulfils `domain.Instruments`.

A new master of some 117,000 rows is loaded in chunks into a fresh table that nobody reads, so lookups go on between the
chunks; one last transaction swaps it in and drops the old one. Whatever fails before that leaves the old one in force.
"""

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from app.domain import Instrument, Kind
from app.domain.instruments import Key

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from app.store.database import Database

_CHUNK: Final = 2000  # some 20 ms of the store's thread: how long a lookup waits at most
_KEYS_AT_ONCE: Final = 400  # SQLite takes 32,766 values in a statement; older builds 999
_BROKER_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
_COLUMNS: Final = "exchange, broker_symbol, token, name, kind, expiry, strike, tick_size, lot_size, isin"


class StoredInstruments:
    """See `domain.Instruments`."""

    def __init__(self, database: "Database") -> None:
        """`database` stays its owner's."""
        self._database = database
        self._loading = asyncio.Lock()

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """See `Instruments.by_broker_symbol`."""
        wanted = list(dict.fromkeys(keys))
        found = await self._database.read(lambda session: _by_keys(session, broker, wanted))
        return {(row.exchange, row.broker_symbol): row for row in found}

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """See `Instruments.by_symbol`."""
        return await self._database.read(lambda session: _by_symbol(session, broker, exchange, symbol))

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """See `Instruments.replace`."""
        async with self._loading:
            table = await self._database.write(lambda session: _fresh_table(session, broker))
            source = iter(rows)
            while values := await self._database.run(lambda: [_values_of(row) for row in islice(source, _CHUNK)]):
                await self._database.write(partial(_load, table=table, values=values))
            return await self._database.write(lambda session: _swap_in(session, broker, table, day))

    async def loaded_on(self, broker: str) -> date | None:
        """See `Instruments.loaded_on`."""
        return await self._database.read(lambda session: _day_of(session, broker))


def _current(connection: "Connection", broker: str) -> str | None:
    query = "SELECT table_name FROM instrument_masters WHERE broker = ?"
    found: str | None = connection.exec_driver_sql(query, (broker,)).scalar_one_or_none()
    return found


def _tables(connection: "Connection", broker: str) -> list[str]:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
    shape = re.compile(rf"instruments_{broker}_\d+")
    return [name for name in names if shape.fullmatch(name)]


def _fresh_table(session: "Session", broker: str) -> str:
    """A new empty table for `broker`; what a crashed load left behind goes."""
    if not _BROKER_NAME.fullmatch(broker):
        raise ValueError(f"not a broker's name: {broker!r}")  # it becomes part of a table's name
    connection = session.connection()
    current = _current(connection, broker)
    for name in _tables(connection, broker):
        if name != current:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    number = int(current.rpartition("_")[2]) + 1 if current else 1
    table = f"instruments_{broker}_{number}"
    connection.exec_driver_sql(
        f"""CREATE TABLE {table} (exchange VARCHAR NOT NULL, broker_symbol VARCHAR NOT NULL, token VARCHAR NOT NULL,
        name VARCHAR NOT NULL, kind VARCHAR NOT NULL, expiry VARCHAR, strike VARCHAR, tick_size VARCHAR NOT NULL,
        lot_size INTEGER NOT NULL, isin VARCHAR NOT NULL, symbol VARCHAR NOT NULL,
        UNIQUE (exchange, broker_symbol))"""
    )
    connection.exec_driver_sql(f"CREATE INDEX {table}_symbol ON {table} (exchange, symbol)")
    return table


def _load(session: "Session", table: str, values: list[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(values[0]))
    # a master that lists an instrument twice: the later row counts
    statement = f"INSERT OR REPLACE INTO {table} ({_COLUMNS}, symbol) VALUES ({marks})"  # noqa: S608 - our own name
    session.connection().exec_driver_sql(statement, values)


def _swap_in(session: "Session", broker: str, table: str, day: date) -> int:
    connection = session.connection()
    old = _current(connection, broker)
    values = (broker, table, day.isoformat())
    connection.exec_driver_sql("INSERT OR REPLACE INTO instrument_masters VALUES (?, ?, ?)", values)
    if old is not None:
        connection.exec_driver_sql(f"DROP TABLE {old}")
    count: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608 - our own name
    return count


def _by_keys(session: "Session", broker: str, keys: list[Key]) -> list[Instrument]:
    connection = session.connection()
    table = _current(connection, broker)
    found: list[Instrument] = []
    for start in range(0, len(keys) if table else 0, _KEYS_AT_ONCE):
        part = keys[start : start + _KEYS_AT_ONCE]
        pairs = ", ".join(["(?, ?)"] * len(part))
        query = f"SELECT {_COLUMNS} FROM {table} WHERE (exchange, broker_symbol) IN (VALUES {pairs})"  # noqa: S608 - our own table's name
        values = tuple(text for key in part for text in key)
        found += [_instrument(row) for row in connection.exec_driver_sql(query, values)]
    return found


def _by_symbol(session: "Session", broker: str, exchange: str, symbol: str) -> Instrument | None:
    connection = session.connection()
    table = _current(connection, broker)
    if table is None:
        return None
    query = (
        f"SELECT {_COLUMNS} FROM {table} WHERE exchange = ? AND symbol = ? "  # noqa: S608 - our own table's name
        "ORDER BY rowid DESC LIMIT 1"
    )
    row = connection.exec_driver_sql(query, (exchange, symbol)).one_or_none()
    return None if row is None else _instrument(row)


def _day_of(session: "Session", broker: str) -> date | None:
    query = "SELECT day FROM instrument_masters WHERE broker = ?"
    day = session.connection().exec_driver_sql(query, (broker,)).scalar_one_or_none()
    return None if day is None else date.fromisoformat(day)


def _values_of(row: Instrument) -> tuple[Any, ...]:
    return (
        row.exchange,
        row.broker_symbol,
        row.token,
        row.name,
        row.kind.value,
        None if row.expiry is None else row.expiry.isoformat(),
        None if row.strike is None else str(row.strike),
        str(row.tick_size),
        row.lot_size,
        row.isin,
        row.symbol,
    )


def _instrument(row: Any) -> Instrument:
    exchange, broker_symbol, token, name, kind, expiry, strike, tick_size, lot_size, isin = row
    return Instrument(
        exchange=exchange,
        broker_symbol=broker_symbol,
        token=token,
        name=name,
        kind=Kind(kind),
        expiry=None if expiry is None else date.fromisoformat(expiry),
        strike=None if strike is None else Decimal(strike),
        tick_size=Decimal(tick_size),
        lot_size=lot_size,
        isin=isin,
    )
