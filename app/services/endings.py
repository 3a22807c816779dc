"""Warnings: 60, 15 and 5 minutes before a session ends while one trades, each once a token.

An end outside the hours of what the account trades (those at 00:00 and 06:00 are) gets none: the countdown in the
status panel and the readiness notice take their place. What is not known to live is not warned of: a network that is
gone is no end of a session.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from app.domain.market import is_open
from app.services import notice_words
from app.services.means import Means, token_of
from app.services.remembered import Remembered
from app.services.views import AccountState, AccountView, AccountWarned, Notice

STEPS: Final = (60, 15, 5)  # minutes, the earliest first
_TOGETHER: Final = timedelta(minutes=2)  # an end so much later is told with the one that is due
_SAME_END: Final = timedelta(minutes=30)  # a forecast that moves by more is of another end
_ALIVE: Final = (AccountState.READY, AccountState.ENDS_SOON, AccountState.WATCH_ONLY)


class _Told(NamedTuple):
    """The last warning of an account: which token, which end, which step."""

    token: str
    end: str
    step: str


class Endings:
    """Turns what the clock brings nearer into notices."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._notices = means.notices
        self._told = Remembered(means.store, "warned")  # user id -> `_Told`: not again after a restart
        self.save = self._told.save

    def changed(self, view: AccountView) -> None:
        """An account stands differently: a warning about an earlier token is no longer so."""
        told = self._last(view.user_id)
        if told is not None and told.token != token_of(view):
            del self._told[view.user_id]
            self._notices.leave(view.user_id)

    def removed(self, user_id: str) -> None:
        """An account is gone."""
        self._told.pop(user_id, None)

    def beat(self) -> None:
        """Warn of what has come near enough; whoever ends a moment later is told of in the same notice."""
        now = self._means.clock.now()
        living = [view for view in self._means.views() if self._concerns(view, now)]
        if not any(self._step(view, now) for view in living):
            return
        due = [(view, step) for view in living if (step := self._step(view, now + _TOGETHER))]
        for view, step in due:
            self._told[view.user_id] = " ".join(_Told(token_of(view), _end(view).isoformat(), str(step)))
            self._notices.leave(view.user_id)
            self._means.events.publish(AccountWarned(view.user_id, step))
        self._post([view.user_id for view, _ in due])

    def _concerns(self, view: AccountView, now: datetime) -> bool:
        """Whether the account's end is one to be warned of, and may be told of now."""
        if not self._is_alive(view, now):
            return False
        return is_open(self._means.traded.of(view.user_id), _end(view)) and not self._means.is_held([view.user_id])

    def _is_alive(self, view: AccountView, now: datetime) -> bool:
        return view.state in _ALIVE and view.token_expires_at is not None and view.token_expires_at > now

    def _step(self, view: AccountView, now: datetime) -> int:
        """Which warning is due at `now`; 0 for none, or one that was given."""
        left = (_end(view) - now).total_seconds() / 60
        due = min((step for step in STEPS if left <= step), default=0)
        told = self._last(view.user_id)
        if not due or told is None or told.token != token_of(view):
            return due
        if abs(_end(view) - datetime.fromisoformat(told.end)) > _SAME_END:
            return due
        return due if due < int(told.step) else 0

    def _post(self, users: list[str]) -> None:
        notice = self._notice(users)
        if notice is not None:
            self._notices.post(notice, lambda: self._notice(users))

    def _notice(self, users: list[str]) -> Notice | None:
        now = self._means.clock.now()
        views = [view for view in self._means.views(users) if self._is_alive(view, now)]
        segments = {segment for view in views for segment in self._means.traded.of(view.user_id)}
        return notice_words.endings(views, now, segments) if views else None

    def _last(self, user_id: str) -> _Told | None:
        parts = self._told.get(user_id, "").split(" ")
        return _Told(*parts) if len(parts) == len(_Told._fields) and parts[2].isdecimal() else None


def _end(view: AccountView) -> datetime:
    assert view.token_expires_at is not None, "only a view with an end concerns"  # noqa: S101 - see _concerns
    return view.token_expires_at
