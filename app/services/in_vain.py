"""Which accounts renewing did not help: the new token died when the old one would have."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError
from app.services.views import AccountTraced, Event, Trace

if TYPE_CHECKING:
    from app.store import AppStore

_log: Final = logging.getLogger(__name__)
_SETTING: Final = "renewed_in_vain"  # user id -> when it was seen
_LATE: Final = timedelta(minutes=15)  # a death is noticed so late at most while Kunji runs
_AGAIN: Final = timedelta(days=30)  # then it is tried anew: brokers change their rules


class InVain:
    """Remembers them for 30 days."""

    def __init__(self, store: "AppStore", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        stored: dict[str, str] = store.settings.get(_SETTING, {})
        self._seen = {user_id: moment for user_id, seen in stored.items() if (moment := _moment(seen)) is not None}
        self._ends: dict[str, datetime] = {}  # when the token that was renewed would have ended

    def renewed(self, user_id: str, would_have_ended: datetime) -> None:
        """The account has a new token instead of one that would have ended then."""
        self._ends[user_id] = would_have_ended

    def hear(self, event: Event) -> None:
        """Learn from a death; a listener of `Events`."""
        if isinstance(event, AccountTraced) and event.kind is not Trace.RENEWED:
            end, now = self._ends.pop(event.view.user_id, None), self._clock.now()
            if event.kind is Trace.DIED and end is not None and end <= now <= end + _LATE:
                self._seen[event.view.user_id] = now

    def covers(self, user_id: str) -> bool:
        """Whether there is no use in renewing now."""
        seen = self._seen.get(user_id)
        return seen is not None and self._clock.now() - seen < _AGAIN

    async def save(self) -> None:
        """Write it down."""
        kept = {user_id: seen.isoformat() for user_id, seen in self._seen.items() if self.covers(user_id)}
        if kept != self._store.settings.get(_SETTING, {}):
            try:
                await self._store.settings.set(_SETTING, kept)
            except VaultError as error:  # at worst one renewal more is tried after a restart
                _log.warning("renewals in vain not saved kind=%s", error.kind)


def _moment(text: object) -> datetime | None:
    """What was written down; None for anything else."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else None
