"""What happened to the accounts: "Today" is drawn from the events, the history of an account is kept for `days`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from app.domain import IST, Clock, redact
from app.domain.forecast import Death
from app.domain.records import dataclass
from app.store.times import text_of

if TYPE_CHECKING:
    from sqlite3 import Connection

    from app.store.database import Database

TABLES: Final = (
    """CREATE TABLE account_traces (
        id INTEGER PRIMARY KEY, at VARCHAR NOT NULL, user_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
        text VARCHAR NOT NULL, alive_at VARCHAR, due_at VARCHAR)""",
    "CREATE INDEX account_traces_of ON account_traces (user_id, at)",
)
_EVENT_DAYS: Final = 30
_TRACE_DAYS: Final = 90
_DIED: Final = "died"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """One change of state. `at` is aware; `kind` the state's word, `text` a sentence for the trader."""

    at: datetime
    user_id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class AccountTrace:
    """One line of an account's history; `at` is aware, `kind` a stable word (connected, renewed, warned, died, ...).

    Of a death: when the session was last known to live, and when it was due to end; None where nobody knew.
    """

    at: datetime
    user_id: str
    kind: str
    text: str
    alive_at: datetime | None = None
    due_at: datetime | None = None


class History:
    """Account events of the last 30 days, and what each session went through in the last `days` (90)."""

    def __init__(self, database: "Database", clock: Clock) -> None:
        """`database` stays its owner's."""
        self._database = database
        self._clock = clock
        self.days = _TRACE_DAYS

    async def put(self, entries: Sequence[AccountEvent | AccountTrace | str]) -> None:
        """Remember all of them in order and at once, known secrets masked; a text forgets the user of that id."""
        masked = [one if isinstance(one, str) else replace(one, text=redact(one.text)) for one in entries]
        days = self.days
        await self._database.write(lambda connection: _put(connection, masked, days))

    async def prune(self) -> None:
        """Forget what is older than `days`, the events of a day after 30 at the latest."""
        now, days = self._clock.now(), self.days

        def drop(connection: "Connection") -> None:
            _drop(connection, "account_events", now - timedelta(days=min(days, _EVENT_DAYS)))
            _drop(connection, "account_traces", now - timedelta(days=days))

        await self._database.write(drop)

    # ------------------------------------------------------------------ events, for the day

    async def add(self, at: datetime, user_id: str, kind: str, text: str) -> None:
        """Remember one event, known secrets masked, and forget what is older than 30 days."""
        await self.put([AccountEvent(at, user_id, kind, text)])

    async def of_day(self, day: date, *, user_id: str | None = None) -> tuple[AccountEvent, ...]:
        """The events of the Indian calendar day `day`, oldest first; of one user when `user_id` is given."""
        start = datetime.combine(day, time(), IST)
        found = await self._database.read(lambda connection: _between(connection, start, start + timedelta(days=1)))
        return tuple(entry for entry in found if user_id in (None, entry.user_id))

    # ------------------------------------------------------------------ traces, for the account

    async def keep(self, trace: AccountTrace) -> None:
        """Remember one line, known secrets masked, and forget what is older than `days`."""
        await self.put([trace])

    async def of_account(self, user_id: str, days: int | None = None) -> tuple[AccountTrace, ...]:
        """What the account went through in the last `days` (of those that are kept), oldest first."""
        since = self._clock.now() - timedelta(days=self.days if days is None else days)
        return await self._database.read(lambda connection: _traces(connection, since, "user_id", user_id))

    async def deaths(self) -> Mapping[str, tuple[Death, ...]]:
        """How the sessions of every account ended in the last 90 days, by user, oldest first."""
        since = self._clock.now() - timedelta(days=_TRACE_DAYS)
        found: defaultdict[str, list[Death]] = defaultdict(list)
        for one in await self._database.read(lambda connection: _traces(connection, since, "kind", _DIED)):
            found[one.user_id].append(Death(one.at, one.alive_at, one.due_at))
        return {user_id: tuple(deaths) for user_id, deaths in found.items()}

    async def forget(self, user_id: str) -> None:
        """Drop everything about a user that was removed."""
        await self.put([user_id])


def _put(connection: "Connection", entries: Sequence[AccountEvent | AccountTrace | str], days: int) -> None:
    for entry in entries:
        if isinstance(entry, AccountEvent):
            _add(connection, entry)
            _drop(connection, "account_events", entry.at - timedelta(days=min(days, _EVENT_DAYS)))
        elif isinstance(entry, AccountTrace):
            _keep(connection, entry)
            _drop(connection, "account_traces", entry.at - timedelta(days=days))
        else:
            _forget(connection, entry)


def _add(connection: "Connection", entry: AccountEvent) -> None:
    values = (text_of(entry.at), entry.user_id, entry.kind, entry.text)
    connection.execute("INSERT INTO account_events (at, user_id, kind, text) VALUES (?, ?, ?, ?)", values)


def _between(connection: "Connection", start: datetime, end: datetime) -> list[AccountEvent]:
    rows = connection.execute(
        "SELECT at, user_id, kind, text FROM account_events WHERE at >= ? AND at < ? ORDER BY at, id",
        (text_of(start), text_of(end)),
    )
    return [AccountEvent(datetime.fromisoformat(at), user_id, kind, text) for at, user_id, kind, text in rows]


def _keep(connection: "Connection", trace: AccountTrace) -> None:
    moments = (trace.alive_at, trace.due_at)
    values = (
        text_of(trace.at),
        trace.user_id,
        trace.kind,
        trace.text,
        *(None if moment is None else text_of(moment) for moment in moments),
    )
    connection.execute(
        "INSERT INTO account_traces (at, user_id, kind, text, alive_at, due_at) VALUES (?, ?, ?, ?, ?, ?)", values
    )


_BY: Final = {
    name: f"SELECT at, user_id, kind, text, alive_at, due_at FROM account_traces WHERE at >= ? AND {name} = ?"  # noqa: S608 - both names stand here
    " ORDER BY at, id"
    for name in ("user_id", "kind")
}


def _traces(connection: "Connection", since: datetime, name: str, value: str) -> tuple[AccountTrace, ...]:
    rows = connection.execute(_BY[name], (text_of(since), value))
    return tuple(
        AccountTrace(datetime.fromisoformat(at), user_id, kind, text, _moment(alive_at), _moment(due_at))
        for at, user_id, kind, text, alive_at, due_at in rows
    )


def _drop(connection: "Connection", table: str, before: datetime) -> None:
    """Forget what is older in one of the two tables."""
    connection.execute(f"DELETE FROM {table} WHERE at < ?", (text_of(before),))  # noqa: S608 - both names stand here


def _forget(connection: "Connection", user_id: str) -> None:
    connection.execute("DELETE FROM account_events WHERE user_id = ?", (user_id,))
    connection.execute("DELETE FROM account_traces WHERE user_id = ?", (user_id,))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
