"""When a session will end, and how sure that is: pure, from what is known of its token.

What a token says of its own end counts only where it is honest (sections 2 of the protocol sheets):
Zerodha's is opaque and says nothing; Dhan's `exp` and the server's `tokenValidity` are honest, but another program may
end the token hours earlier; Fyers' `exp` is honest as the latest end; Angel One's `exp` lies years ahead and is never
read, its rule is midnight. Adapters hand on what is honest and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.clock import IST
from app.domain.records import dataclass

EARLY: Final = timedelta(minutes=10)
"""A session that dies this much before its forecast died before its time."""
_SEEN: Final = timedelta(minutes=30)  # a death is known to the hour only where the last good answer was not long before
_ABOUT: Final = timedelta(minutes=30)  # two deaths so near in the day are "at about the same time"
_LATEST: Final = 5  # deaths that count: what was learnt is forgotten when the last ones say otherwise
_DAY: Final = timedelta(days=1)


class Certainty(StrEnum):
    """How sure a forecast is."""

    STATED = "stated"  # the broker said so of this very token
    RULE = "rule"  # the broker ends all tokens so
    LEARNT = "learnt"  # earlier sessions of this account ended so, before their time
    UNKNOWN = "unknown"  # nobody says anything


@dataclass(frozen=True, slots=True)
class Death:
    """A session of the account that ended: noticed at `at`, known to be alive at `alive_at`, forecast for `due_at`."""

    at: datetime
    alive_at: datetime | None
    due_at: datetime | None

    @property
    def teaches(self) -> bool:
        """Whether it came before its time, at a moment that is known well enough."""
        early = self.due_at is not None and self.due_at - self.at >= EARLY
        return early and self.alive_at is not None and timedelta(0) <= self.at - self.alive_at <= _SEEN


@dataclass(frozen=True, slots=True)
class Signs:
    """All that a forecast rests on; None is "nobody says".

    `since` is when the token was issued, `alive_at` when the broker last said yes to it, `deaths` those of the
    account's sessions, oldest first; only earlier sessions teach anything about this one.
    """

    broker: str
    since: datetime | None = None
    rule: datetime | None = None
    stated: datetime | None = None
    alive_at: datetime | None = None
    deaths: Sequence[Death] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a session will end; None when nobody says. `why` is a sentence for people."""

    ends_at: datetime | None
    certainty: Certainty
    why: str


def forecast(signs: Signs) -> Forecast:
    """The end of a session.

    What is stated beats the rule, whichever is later: it is about this very token. What was learnt counts only where
    it is earlier than both, and no longer when the session has outlived it.
    """
    known = _known(signs)
    learnt = _learnt(signs)
    if learnt is None or (known.ends_at is not None and learnt.ends_at is not None and known.ends_at <= learnt.ends_at):
        return known
    return learnt


def _known(signs: Signs) -> Forecast:
    if signs.stated is not None:
        return Forecast(signs.stated, Certainty.STATED, f"{signs.broker} said so of this session.")
    if signs.rule is not None:
        why = f"{signs.broker} ends every session so, and says no more about this one."
        return Forecast(signs.rule, Certainty.RULE, why)
    return Forecast(None, Certainty.UNKNOWN, f"{signs.broker} does not say when it ends.")


def _learnt(signs: Signs) -> Forecast | None:
    """What the last deaths of the account say of this session, if at least two of them agree."""
    earlier = [death for death in signs.deaths if signs.since is None or death.at <= signs.since]
    alike = _alike([death.at for death in earlier[-_LATEST:] if death.teaches])
    lived = [moment for moment in (signs.since, signs.alive_at) if moment is not None]
    if not alike or not lived:
        return None
    earliest = min(alike, key=lambda moment: _into(moment, alike[0]))
    times = ", ".join(f"{moment.astimezone(IST):%H:%M}" for moment in alike)
    why = f"Sessions of this account ended before their time on earlier days, at {times}."
    return Forecast(_next(earliest, max(lived)), Certainty.LEARNT, why)


def _alike(moments: Sequence[datetime]) -> Sequence[datetime]:
    """Those of `moments` that lie at about the same time of day as the latest that has a fellow on another day."""
    for one in reversed(moments):
        near = [other for other in moments if abs(_into(other, one)) <= _ABOUT]
        if max(near) - min(near) >= _DAY / 2:  # two of one night are one event
            return near
    return ()


def _into(moment: datetime, other: datetime) -> timedelta:
    """How much later in the day `moment` is than `other`, between minus and plus twelve hours; days do not count."""
    return (moment - other + _DAY / 2) % _DAY - _DAY / 2


def _next(moment: datetime, after: datetime) -> datetime:
    """The first moment after `after` at the time of day of `moment`; IST knows no summer time, so days are equal."""
    return after + ((moment - after) % _DAY or _DAY)
