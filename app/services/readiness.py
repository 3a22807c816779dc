"""The readiness notice: once a trading day, at the time that the user set, how many accounts are ready.

It is told until the accounts can trade, or for half an hour when the user's time is later than that; a computer that
is opened at noon tells the deaths alone. An account that nobody has answered for is waited for a minute, and is no
reason for the notice: it may be the network.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from app.domain.clock import IST
from app.domain.market import in_force
from app.services import notice_words
from app.services.means import Means
from app.services.remembered import Remembered
from app.services.views import AccountState, AccountView, Notice

_AFTER: Final = timedelta(minutes=30)
_PATIENCE: Final = 60.0  # seconds that unanswered questions are waited for
_DAYS: Final = 3  # days that are remembered: somebody may set the clock back
_OPEN_QUESTION: Final = (AccountState.OFFLINE, AccountState.NOT_CONFIRMED, AccountState.SIGNING_IN)


class Readiness:
    """Tells it when its time has come."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._clock = means.clock
        self._told = Remembered(means.store, "readiness")  # the days on which it was told: not again after a restart
        self._since: tuple[date, float] | None = None  # when it was first due, by the day and in ticks
        self.save = self._told.save

    def beat(self) -> None:
        """Tell it if it is due."""
        now = self._clock.now()
        day = now.astimezone(IST).date()
        views = self._means.views()
        if day.isoformat() in self._told or not self._is_time(now, views) or self._waits(day, views):
            return
        if self._means.is_held([view.user_id for view in views]):
            return
        notice = self._notice()
        if notice is not None:
            self._in_place_of_deaths(notice)
            self._means.notices.post(notice, self._notice)
        if notice is not None or not _is_open_question(views):
            self._remember(day)

    def opening(self, now: datetime, views: Sequence[AccountView]) -> datetime | None:
        """When the first of the accounts can trade today, by what one knows that they trade."""
        segments = {segment for view in views for segment in self._means.traded.known(view.user_id)}
        sessions = in_force().sessions(segments, now.astimezone(IST).date())
        return min((session.opens for session in sessions), default=None)

    def _is_time(self, now: datetime, views: Sequence[AccountView]) -> bool:
        at, opens = self._means.preferences.view.readiness, self.opening(now, views)
        if at is None or opens is None or not views:
            return False
        due = datetime.combine(now.astimezone(IST).date(), at, IST)
        return due <= now < max(opens, due + _AFTER)

    def _waits(self, day: date, views: Sequence[AccountView]) -> bool:
        """Whether an answer that is still to come is worth the wait."""
        ticks = self._clock.monotonic()
        if self._since is None or self._since[0] != day:
            self._since = (day, ticks)
        return _is_open_question(views) and ticks - self._since[1] < _PATIENCE

    def _notice(self) -> Notice | None:
        now = self._clock.now()
        views = self._means.views()
        opens = self.opening(now, [view for view in views if view.state is AccountState.SIGNED_OUT])
        return notice_words.readiness(views, now, opens if opens is not None and opens > now else None)

    def _remember(self, day: date) -> None:
        self._told[day.isoformat()] = "told"
        for earlier in sorted(self._told)[:-_DAYS]:
            del self._told[earlier]

    def _in_place_of_deaths(self, notice: Notice) -> None:
        """The same repair must not stand in two notices: what was told of these deaths and is still open goes."""
        for user_id in notice.accounts or ([notice.user_id] if notice.user_id else []):
            self._means.notices.leave(user_id)


def _is_open_question(views: Sequence[AccountView]) -> bool:
    return any(view.state in _OPEN_QUESTION for view in views)
