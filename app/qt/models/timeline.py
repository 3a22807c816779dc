"""What a session went through, as a pure value: stretches and marks of today, and of each of the last 90 days. No Qt.

From the account's history (arrivals and deaths) and the diary of the day (which state since when). A stretch of which
nothing is known stays empty: it is never drawn as connected.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from app.domain import IST
from app.domain.market import market_day
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.models.segments import Axis, Kind, Piece, axis
from app.qt.ports import EntryLike
from app.services.views import AccountState, AccountView, Trace
from app.services.words import clock_time, week_day

DAYS: Final = 90
_DAY: Final = timedelta(days=1)
ARRIVALS: Final = frozenset({Trace.CONNECTED, Trace.RENEWED, Trace.RECONNECTED})
_ENDS: Final = frozenset({Trace.DIED, Trace.DISCONNECTED})
_KINDS: Final = {
    AccountState.READY: Kind.PAST,
    AccountState.WATCH_ONLY: Kind.PAST,
    AccountState.REFUSED: Kind.PAST,
    AccountState.ENDS_SOON: Kind.LAST,
    AccountState.OFFLINE: Kind.UNKNOWN,
    AccountState.NOT_CONFIRMED: Kind.UNKNOWN,
    AccountState.LOCKED: Kind.UNKNOWN,
    AccountState.SIGNED_OUT: Kind.NOTHING,
}
_WORDS: Final = {
    Trace.CONNECTED: "{time} connected",
    Trace.RENEWED: "{time} renewed",
    Trace.RECONNECTED: "{time} reconnected",
    Trace.WARNED: "{time} warned",
    Trace.DIED: "{time} ended",
    Trace.DISCONNECTED: "{time} removed",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From one moment to another the session was so."""

    kind: Kind
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, at a fraction of the line; `says` is it in words."""

    kind: Trace
    at: float
    says: str


@dataclass(frozen=True, slots=True)
class DayLine:
    """Everything to paint of today. `ahead` is what the session does past the right edge, `says` all as a sentence."""

    axis: Axis
    now: float
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    ahead: str
    note: str
    says: str


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the ninety: connected and signed-out parts as fractions of its 24 hours, and where sessions ended."""

    day: date
    pieces: tuple[Piece, ...]
    died: tuple[float, ...]
    says: str


def stretches(traces: Sequence[EntryLike], view: AccountView, now: datetime) -> tuple[Stretch, ...]:
    """Connected from an arrival to the next death, signed out from a death to the next arrival; the last until now."""
    turns = [trace for trace in traces if trace.kind in ARRIVALS or trace.kind in _ENDS]
    made = [Stretch(_after(one), one.at, other.at) for one, other in pairwise(turns)]
    if turns:
        made.append(Stretch(_after(turns[-1]), turns[-1].at, max(now, turns[-1].at)))
    elif view.token_since is not None and view.state is not AccountState.SIGNED_OUT:
        made.append(Stretch(Kind.PAST, view.token_since, max(now, view.token_since)))
    return tuple(made)


def day_line(view: AccountView, traces: Sequence[EntryLike], events: Sequence[EntryLike], now: datetime) -> DayLine:
    """Today's line: what the diary says of the day, and before its first word what the history says."""
    line = axis(now)
    told = _of_diary(events, now)
    first = told[0].begins if told else now
    known = [*_clipped(stretches(traces, view, now), line.begins, first), *_clipped(told, line.begins, now)]
    pieces = [Piece(one.kind, line.at(one.begins), line.at(one.ends)) for one in known]
    ahead, reaches = _ahead(view, line, now)
    pieces += reaches
    marks = tuple(_mark(trace, line) for trace in traces if line.begins <= trace.at <= now and trace.kind in _WORDS)
    return DayLine(line, line.at(now), tuple(pieces), marks, ahead, _note(known, now), _sentence(marks, ahead))


def columns(traces: Sequence[EntryLike], view: AccountView, now: datetime) -> tuple[Column, ...]:
    """The last ninety days, the oldest first, today last."""
    today, pieces = now.astimezone(IST).date(), _by_day(stretches(traces, view, now))
    by_day: dict[date, list[EntryLike]] = {}
    for trace in traces:
        by_day.setdefault(trace.at.astimezone(IST).date(), []).append(trace)
    days = [today - _DAY * back for back in reversed(range(DAYS))]
    return tuple(_column(day, pieces.get(day, ()), by_day.get(day, [])) for day in days)


def _by_day(known: Iterable[Stretch]) -> dict[date, list[Piece]]:
    """The stretches cut at every midnight, as fractions of the day."""
    found: dict[date, list[Piece]] = {}
    for one in known:
        begins = datetime.combine(one.begins.astimezone(IST).date(), time(0), IST)
        while begins < one.ends:
            start, end = max(one.begins, begins) - begins, min(one.ends, begins + _DAY) - begins
            found.setdefault(begins.date(), []).append(Piece(one.kind, start / _DAY, end / _DAY))
            begins += _DAY
    return found


def _column(day: date, pieces: Sequence[Piece], happened: Sequence[EntryLike]) -> Column:
    begins = datetime.combine(day, time(0), IST)
    died = tuple((trace.at - begins) / _DAY for trace in happened if trace.kind == Trace.DIED)
    lines = [f"{trace.at.astimezone(IST):%H:%M} {trace.text}" for trace in happened]
    return Column(day, tuple(pieces), died, "\n".join([week_day(day), *(lines or [tr("Nothing happened")])]))


def _after(turn: EntryLike) -> Kind:
    return Kind.PAST if turn.kind in ARRIVALS else Kind.NOTHING


def _of_diary(events: Sequence[EntryLike], now: datetime) -> list[Stretch]:
    """One stretch a change of state; a sign-in under way changes nothing of the session."""
    told = [event for event in events if event.kind in list(_KINDS)]
    turns = [(event.at, _KINDS[AccountState(event.kind)]) for event in told]
    made = [Stretch(kind, at, then) for (at, kind), (then, _) in pairwise(turns)]
    return [*made, *(Stretch(kind, at, now) for at, kind in turns[-1:] if at < now)]


def _clipped(known: Iterable[Stretch], begins: datetime, ends: datetime) -> list[Stretch]:
    cut = (Stretch(one.kind, max(one.begins, begins), min(one.ends, ends)) for one in known)
    return [one for one in cut if one.begins < one.ends]


def _ahead(view: AccountView, line: Axis, now: datetime) -> tuple[str, list[Piece]]:
    ends = view.token_expires_at
    if ends is None or ends <= now or view.state in (AccountState.SIGNED_OUT, AccountState.LOCKED):
        return "", []
    kind = Kind.LAST if view.state is AccountState.ENDS_SOON else Kind.AHEAD
    pieces = [Piece(kind, line.at(now), line.at(ends))]
    if ends < line.ends:
        return tr("ends {time}", time=clock_time(ends, now)), [*pieces, Piece(Kind.AFTER, line.at(ends), 1.0)]
    return tr("on to {time}", time=clock_time(ends, now)), pieces


def _mark(trace: EntryLike, line: Axis) -> Mark:
    kind = Trace(trace.kind)
    return Mark(kind, line.at(trace.at), tr(_WORDS[kind], time=f"{trace.at.astimezone(IST):%H:%M}"))


def _note(known: Iterable[Stretch], now: datetime) -> str:
    """How long one could not trade while the market was open."""
    hours = market_day(now.astimezone(IST).date())
    if hours is None:
        return ""
    out = [one for one in known if one.kind is Kind.NOTHING]
    lost = sum((one.ends - one.begins for one in _clipped(out, hours.opens, hours.closes)), timedelta())
    return tr("signed out for {time} in market hours", time=_span(lost)) if lost else ""


def _span(lost: timedelta) -> str:
    minutes, seconds = divmod(int(lost.total_seconds()), 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return tr("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)


def _sentence(marks: Sequence[Mark], ahead: str) -> str:
    return ", ".join([*(mark.says for mark in marks), *([ahead] if ahead else [])]) or tr("nothing happened today")


def summary(traces: Sequence[EntryLike]) -> str:
    """Ninety days in one line: how often the session was opened, renewed, and ended."""
    count = {kind: sum(trace.kind == kind for trace in traces) for kind in Trace}
    signed_in = count[Trace.CONNECTED] + count[Trace.RECONNECTED]
    counts = (
        tr("1 sign-in") if signed_in == 1 else tr("{count} sign-ins", count=signed_in),
        tr("1 renewal") if count[Trace.RENEWED] == 1 else tr("{count} renewals", count=count[Trace.RENEWED]),
        tr("1 end") if count[Trace.DIED] == 1 else tr("{count} ends", count=count[Trace.DIED]),
    )
    return ", ".join(counts)
