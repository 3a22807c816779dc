"""Settings: JSON values by name, in memory for reading and written through."""

import json
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.database import Database

T = TypeVar("T")  # what JSON can hold


class Settings:
    """What the user chose. Reading never waits."""

    def __init__(self, database: "Database", values: dict[str, object]) -> None:
        """Use `load`."""
        self._database = database
        self._values = values

    @classmethod
    async def load(cls, database: "Database") -> "Settings":
        """Read all of them; one that cannot be read counts as never set."""
        return cls(database, await database.read(_all))

    def get(self, name: str, default: T) -> T:
        """The value of `name`, or `default` when it was never set or is of another type."""
        value = self._values.get(name, default)
        return value if type(value) is type(default) else default

    async def set(self, name: str, value: T) -> None:
        """Remember `value`; at the return it is on the disk."""
        text = json.dumps(value, ensure_ascii=False)
        await self._database.write(lambda connection: _put(connection, name, text))
        self._values[name] = json.loads(text)  # a copy: the caller may go on changing a list

    async def remove(self, name: str) -> None:
        """Forget `name`; nothing happens when it was never set."""
        await self._database.write(lambda connection: _drop(connection, name))
        self._values.pop(name, None)


def _all(connection: "Connection") -> dict[str, object]:
    rows = connection.execute("SELECT name, value FROM settings")
    return {name: value for name, text in rows if (value := _parsed(text)) is not None}


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _put(connection: "Connection", name: str, text: str) -> None:
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, text))


def _drop(connection: "Connection", name: str) -> None:
    connection.execute("DELETE FROM settings WHERE name = ?", (name,))
