"""The tables behind the counts of calls: how they are read at a start and written behind. Plain SQL, whole seconds.

A run that does not end in order leaves its row in `call_runs` without an end: that is how the next one knows of it.
"""

import math
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from app.domain.records import dataclass

if TYPE_CHECKING:
    from sqlite3 import Connection

TABLES: Final = (
    """CREATE TABLE call_times (
        name VARCHAR NOT NULL, second INTEGER NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (second, name)) WITHOUT ROWID""",
    """CREATE TABLE call_runs (
        id INTEGER PRIMARY KEY, started INTEGER NOT NULL, after_crash INTEGER NOT NULL, ended INTEGER)""",
)
_KEPT_DAYS: Final = 7  # only today's are asked for; a few more help to explain a refused order
_DAY: Final = 86_400
_KEPT_SECONDS: Final = _DAY + 3600  # the longest window of any limit, and a little
_EXACT_SECONDS: Final = 3700  # what is older counts in windows of a day only: there a minute is exact enough

Day = tuple[str, str, date]
Second = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier runs left."""

    run: int = 0  # ours; 0: it could not be written down
    stopped: datetime | None = None
    crashes: tuple[datetime, ...] = ()
    counts: Mapping[Day, int] = field(default_factory=dict)
    times: Mapping[str, tuple[tuple[datetime, int], ...]] = field(default_factory=dict)


def second_of(at: datetime) -> int:
    """The whole second at or after `at`: later is the safe side."""
    return math.ceil(at.timestamp())


def begin(connection: "Connection", now: datetime) -> Past:
    """Read what is there and note that a run has begun; drops what is too old, and brings the future to now."""
    second = second_of(now)
    future = "SELECT name, SUM(count) FROM call_times WHERE second > ? GROUP BY name"
    for name, calls in connection.execute(future, (second,)).fetchall():
        _add_times(connection, {(name, second): calls})
    connection.execute("DELETE FROM call_times WHERE second > ? OR second < ?", (second, second - _KEPT_SECONDS))
    last = connection.execute("SELECT started, ended FROM call_runs ORDER BY id DESC LIMIT 1").fetchone()
    crashed = last is not None and last[1] is None
    row = (second, int(crashed))
    run = connection.execute("INSERT INTO call_runs (started, after_crash) VALUES (?, ?)", row).lastrowid
    connection.execute("DELETE FROM call_runs WHERE started < ?", (second - 2 * _DAY,))
    past = look(connection, now)
    stopped = None if last is None else now if crashed else min(now, _moment(last[1]))
    return Past(run or 0, stopped, past.crashes, past.counts, past.times)


def look(connection: "Connection", now: datetime) -> Past:
    """Read only; nothing is known of how the run before ended, so it counts as a crash of this moment."""
    second = second_of(now)
    rows = connection.execute("SELECT started FROM call_runs WHERE after_crash = 1 ORDER BY started")
    crashes = tuple(min(now, _moment(started)) for (started,) in rows)
    counted = connection.execute("SELECT client, family, day, count FROM call_counts")
    counts = {(client, family, date.fromisoformat(day)): count for client, family, day, count in counted}
    return Past(0, now, crashes, counts, _times(connection, second, now))


def save(connection: "Connection", counts: Mapping[Day, int], times: Mapping[Second, int]) -> None:
    """Write day counts as they stand and add the new calls of each second, in one transaction."""
    for (client, family, day), count in counts.items():
        values = (client, family, day.isoformat(), count)
        connection.execute("INSERT OR REPLACE INTO call_counts VALUES (?, ?, ?, ?)", values)
    _add_times(connection, times)
    if counts:
        oldest = date.fromordinal(max(day for _, _, day in counts).toordinal() - _KEPT_DAYS).isoformat()
        connection.execute("DELETE FROM call_counts WHERE day < ?", (oldest,))


def end(connection: "Connection", run: int, now: datetime) -> None:
    """Note that this run has ended in order."""
    connection.execute("UPDATE call_runs SET ended = ? WHERE id = ?", (second_of(now), run))


def _add_times(connection: "Connection", times: Mapping[Second, int]) -> None:
    for (name, second), count in times.items():
        connection.execute(
            "INSERT INTO call_times VALUES (?, ?, ?) ON CONFLICT (second, name) DO UPDATE SET count = count + ?",
            (name, second, count, count),
        )


def _times(connection: "Connection", second: int, now: datetime) -> dict[str, tuple[tuple[datetime, int], ...]]:
    """The calls by name, oldest first; those that only windows of a day can count are taken by the minute."""
    found = connection.execute(
        "SELECT name, MAX(second), SUM(count) FROM call_times WHERE second <= ? GROUP BY name, second / 60"
        " UNION ALL SELECT name, second, count FROM call_times WHERE second > ? ORDER BY 2",
        (second - _EXACT_SECONDS, second - _EXACT_SECONDS),
    )
    times: dict[str, list[tuple[datetime, int]]] = {}
    for name, at, count in found:
        times.setdefault(name, []).append((min(now, _moment(at)), count))
    return {name: tuple(rows) for name, rows in times.items()}


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
