"""The session rail as a pure value: which parts of the day an account was, is and will be connected. No Qt.

A bar that reaches past the close is a good day (design.md principle 7). Places on the rail are fractions of its width.
"""

from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.domain import IST
from app.domain.market import market_day
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.views import AccountState, AccountView
from app.services.words import clock_time, countdown

_BEGINS: Final = time(8, 0)
_ENDS: Final = time(16, 0)
_EVENING: Final = timedelta(hours=1, minutes=30)
_PAST_CLOSE: Final = timedelta(minutes=25)  # room for the tip of a bar that goes on


@dataclass(frozen=True, slots=True)
class Axis:
    """The stretch of the day that a rail shows, with the market's hours where it trades."""

    begins: datetime
    ends: datetime
    opens: datetime | None
    closes: datetime | None

    def at(self, moment: datetime) -> float:
        """Where `moment` lies, 0 to 1; what is outside lies on the edge."""
        share = (moment - self.begins) / (self.ends - self.begins)
        return min(1.0, max(0.0, share))


class Kind(StrEnum):
    """How a piece of the rail is drawn."""

    PAST = "past"
    AHEAD = "ahead"
    LAST = "last"  # the last hour before an end inside the day
    NOTHING = "nothing"  # known to be without a session
    UNKNOWN = "unknown"
    AFTER = "after"  # after a forecast end


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of the rail, as fractions of its width."""

    kind: Kind
    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class Rail:
    """Everything to paint, and the same as a sentence for those who do not see it."""

    pieces: tuple[Piece, ...]
    now: float
    goes_on: bool  # the session reaches past the right edge
    cross: float | None  # where the session ended
    label: str
    label_at: float
    says: str


def axis(now: datetime) -> Axis:
    """The axis of the Indian day of `now`: the trading hours with room around them, and always `now` itself."""
    local = now.astimezone(IST)
    today = local.date()
    hours = market_day(today)
    ends = hours.closes + _PAST_CLOSE if hours else datetime.combine(today, _ENDS, IST)
    begins = min(datetime.combine(today, _BEGINS, IST), local.replace(minute=0, second=0, microsecond=0))
    ends = max(ends, begins.replace(hour=local.hour) + _EVENING)
    return Axis(begins, ends, hours.opens if hours else None, hours.closes if hours else None)


def rail(view: AccountView, now: datetime) -> Rail:
    """The rail of one account at `now`."""
    line = axis(now)
    if view.state is AccountState.SIGNED_OUT:
        return _ended(view, line, now)
    if view.state in (AccountState.OFFLINE, AccountState.NOT_CONFIRMED, AccountState.LOCKED, AccountState.SIGNING_IN):
        return _unknown(view, line, now)
    return _alive(view, line, now)


def _alive(view: AccountView, line: Axis, now: datetime) -> Rail:
    at = line.at(now)
    ends = view.token_expires_at or line.ends
    tip = line.at(ends)
    ends_inside = ends < line.ends
    ahead = Kind.LAST if view.state is AccountState.ENDS_SOON else Kind.AHEAD
    pieces = [Piece(Kind.PAST, _start(view, line), at), Piece(ahead, at, max(at, tip))]
    if ends_inside:
        pieces.append(Piece(Kind.AFTER, tip, 1.0))
    until = tr(" until {clock_time}", clock_time=clock_time(ends, now)) if view.token_expires_at else ""
    label, label_at = _left(view, line, now)
    said = tr("connected{since}{until}", since=_since(view, now), until=until)
    return Rail(_drawn(pieces), at, not ends_inside, None, label, label_at, said)


def _left(view: AccountView, line: Axis, now: datetime) -> tuple[str, float]:
    """The moment of an end that is on the rail, where it lies; else how long the session goes on, after now."""
    ends = view.token_expires_at
    if ends is None or ends <= now:
        return "", 0.0
    if ends < line.ends:
        return tr("ends {time}", time=clock_time(ends, now)), line.at(ends)
    return tr("{time} left", time=countdown(ends - now)), line.at(now)


def _ended(view: AccountView, line: Axis, now: datetime) -> Rail:
    ended = view.since or now
    cross = line.at(ended)
    pieces = (Piece(Kind.PAST, _start(view, line), cross), Piece(Kind.NOTHING, cross, 1.0))
    said = tr("nothing since {clock_time}", clock_time=clock_time(ended, now))
    sentence = tr(
        "connected{since} to {clock_time}, signed out since", since=_since(view, now), clock_time=clock_time(ended, now)
    )
    return Rail(_drawn(pieces), line.at(now), False, cross, said, max(cross, line.at(now)), sentence)


def _unknown(view: AccountView, line: Axis, now: datetime) -> Rail:
    good = view.last_good_at
    until = line.at(good) if good else 0.0
    pieces = (Piece(Kind.PAST, _start(view, line), until), Piece(Kind.UNKNOWN, until, 1.0))
    said = tr("not known since {clock_time}", clock_time=clock_time(good, now)) if good else tr("not known")
    return Rail(_drawn(pieces), line.at(now), False, None, said, max(until, line.at(now)), said)


def _start(view: AccountView, line: Axis) -> float:
    return line.at(view.token_since) if view.token_since else 0.0


def _since(view: AccountView, now: datetime) -> str:
    return f" {clock_time(view.token_since, now)}" if view.token_since else ""


def _drawn(pieces: list[Piece] | tuple[Piece, ...]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.ends > piece.begins)
