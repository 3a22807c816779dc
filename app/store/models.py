"""A file that is worked on through SQLAlchemy's models: the vault's. What is known without them is read in plain SQL.

SQLAlchemy is loaded with the first piece of work, on the file's own thread; opening the file does not need it.
"""

import sqlite3
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from app.store.database import READING, File, transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

T = TypeVar("T")


class Models(File["Session"]):
    """Work is handed in as functions of a `Session`."""

    async def rows(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read in plain SQL, where no model is needed; see `read`."""

        def job() -> T:
            with transaction(self._connection(), READING) as connection:
                return work(connection)

        return await self._readable(job)

    @cached_property
    def engine(self) -> "Engine":
        """SQLAlchemy's, on the file's one connection."""
        from app.store.orm import engine  # loaded on first use: start-up

        return engine(self._connection)

    def _within(self, work: "Callable[[Session], T]", *, begin: str) -> T:
        from app.store.orm import within  # loaded on first use: start-up

        return within(self.engine, work, begin)

    def _dispose(self) -> None:
        if "engine" in self.__dict__:
            self.engine.dispose()
        super()._dispose()
