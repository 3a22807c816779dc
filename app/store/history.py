"""What happened to the accounts: the session line and "Today" are drawn from it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from app.domain import IST, redact

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.store.database import Database

_KEPT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One thing that happened. `at` is aware; `kind` a stable word, `text` a sentence for the trader."""

    at: datetime
    user_id: str
    kind: str
    text: str


class History:
    """Account events of the last 30 days."""

    def __init__(self, database: "Database") -> None:
        """`database` stays its owner's."""
        self._database = database

    async def add(self, at: datetime, user_id: str, kind: str, text: str) -> None:
        """Remember one event, known secrets masked, and forget what is older than 30 days."""
        entry = AccountEvent(at, user_id, kind, redact(text))
        await self._database.write(lambda session: _add(session, entry))

    async def of_day(self, day: date, *, user_id: str | None = None) -> tuple[AccountEvent, ...]:
        """The events of the Indian calendar day `day`, oldest first; of one user when `user_id` is given."""
        start = datetime.combine(day, time(), IST)
        found = await self._database.read(lambda session: _between(session, start, start + timedelta(days=1)))
        return tuple(entry for entry in found if user_id in (None, entry.user_id))

    async def forget(self, user_id: str) -> None:
        """Drop the events of a user that was removed."""
        await self._database.write(lambda session: _forget(session, user_id))


def _add(session: "Session", entry: AccountEvent) -> None:
    connection = session.connection()
    values = (_text(entry.at), entry.user_id, entry.kind, entry.text)
    connection.exec_driver_sql("INSERT INTO account_events (at, user_id, kind, text) VALUES (?, ?, ?, ?)", values)
    oldest = _text(entry.at - timedelta(days=_KEPT_DAYS))
    connection.exec_driver_sql("DELETE FROM account_events WHERE at < ?", (oldest,))


def _between(session: "Session", start: datetime, end: datetime) -> list[AccountEvent]:
    rows = session.connection().exec_driver_sql(
        "SELECT at, user_id, kind, text FROM account_events WHERE at >= ? AND at < ? ORDER BY at, id",
        (_text(start), _text(end)),
    )
    return [AccountEvent(datetime.fromisoformat(at), user_id, kind, text) for at, user_id, kind, text in rows]


def _forget(session: "Session", user_id: str) -> None:
    session.connection().exec_driver_sql("DELETE FROM account_events WHERE user_id = ?", (user_id,))


def _text(instant: datetime) -> str:
    from app.store.times import text_of  # noqa: PLC0415 - loaded on first use: start-up

    return text_of(instant)
