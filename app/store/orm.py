"""SQLAlchemy over a connection that somebody else has opened. Loaded on first use: this module imports SQLAlchemy."""

import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")
_BEGIN: Final = "kunji_begin"


def engine(connect: Callable[[], sqlite3.Connection]) -> Engine:
    """Works on the one connection that `connect` gives."""
    # statements in errors without their values: these may be private
    made = create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)
    event.listen(made, "begin", _begin)
    return made


def within(engine: Engine, work: Callable[[Session], T], begin: str) -> T:
    """Run `work` in a transaction of its own that `begin` begins; SQLite's errors come out as they are."""
    try:
        with Session(engine.execution_options(**{_BEGIN: begin}), expire_on_commit=False) as session, session.begin():
            return work(session)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise error.orig from None
        raise


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options()[_BEGIN])
