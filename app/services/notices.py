"""The one doorway to the user: what was told and not yet answered. The faces show it, each in its way.

A notice is told once. Only the user makes it come again: `snooze` puts it off, and after the minutes that he has set it
is told once more, worded anew, if it is still so. That is his own wish, which no quiet hours hold back.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.domain import Clock
from app.domain.records import dataclass
from app.services.events import Events
from app.services.preferences import Preferences
from app.services.views import Notice, NoticePosted, NoticeWithdrawn

Again = Callable[[], Notice | None]
"""Words a notice anew; None when it is no longer so."""

NEVER: Final = float("inf")
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class _Snoozed:
    """A notice that was put off, until a moment by both clocks: one may be set, the other stands still in a sleep."""

    again: Again
    at: datetime
    ticks: float
    about: set[str]


class Notices:
    """The open notices. What is posted before anybody listens stays open and is found here."""

    def __init__(self, events: Events, clock: Clock, preferences: Preferences) -> None:
        self._events = events
        self._clock = clock
        self._preferences = preferences
        self._open: dict[str, tuple[Notice, Again | None]] = {}
        self._about: dict[str, set[str]] = {}  # the accounts of each open notice that it still holds of
        self._snoozed: dict[str, _Snoozed] = {}

    @property
    def open(self) -> tuple[Notice, ...]:
        """What was told and is still so, oldest first."""
        return tuple(notice for notice, _ in self._open.values())

    def post(self, notice: Notice, again: Again | None = None) -> None:
        """Tell it; it takes the place of an open one with the same key. `again` words it anew after a snooze."""
        self._snoozed.pop(notice.key, None)
        self._open.pop(notice.key, None)
        self._open[notice.key] = (notice, again)
        self._about[notice.key] = {*notice.accounts, *([notice.user_id] if notice.user_id else ())}
        self._events.publish(NoticePosted(notice))

    def withdraw(self, key: str) -> None:
        """It is no longer so."""
        self._snoozed.pop(key, None)
        self._about.pop(key, None)
        if self._open.pop(key, None) is not None:
            self._events.publish(NoticeWithdrawn(key))

    def leave(self, user_id: str) -> None:
        """What was told of this account is no longer so; what was told of several stays while it is so of another."""
        for key, about in [*self._about.items(), *((key, one.about) for key, one in self._snoozed.items())]:
            if user_id in about:
                about.discard(user_id)
                if not about:
                    self.withdraw(key)

    def answered(self, key: str) -> None:
        """The user has pressed one of its buttons or put it away."""
        self.withdraw(key)

    def snooze(self, key: str) -> None:
        """The user wants it away now, and told once more after a while; nothing happens to one that is not open."""
        notice, again = self._open.get(key, (None, None))
        about = self._about.get(key, set())
        minutes = self._preferences.view.snooze
        self.withdraw(key)
        if notice is not None:
            at, ticks = self._clock.now() + timedelta(minutes=minutes), self._clock.monotonic() + minutes * _MINUTE
            self._snoozed[key] = _Snoozed(again or (lambda: notice), at, ticks, about)

    def beat(self) -> None:
        """Tell again what was put off until now and is still so."""
        now, ticks = self._clock.now(), self._clock.monotonic()
        for key, snoozed in tuple(self._snoozed.items()):
            if now >= snoozed.at or ticks >= snoozed.ticks:
                del self._snoozed[key]
                notice = snoozed.again()
                if notice is not None:
                    self.post(notice, snoozed.again)

    @property
    def due_in(self) -> float:
        """Seconds until something put off is told again, at most; `NEVER` when nothing was."""
        ticks = self._clock.monotonic()
        return min((max(0.0, snoozed.ticks - ticks) for snoozed in self._snoozed.values()), default=NEVER)
