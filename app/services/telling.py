"""Who has been told what: each expiry once, at once, or together at the end of the quiet hours."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError
from app.domain.market import Phase, phase
from app.services import notice_words
from app.services.accounts import Accounts
from app.services.notice_words import SEVERAL, key_of
from app.services.notices import Notices
from app.services.preferences import Preferences
from app.services.views import AccountChanged, AccountRemoved, AccountState, AccountView, Event
from app.services.words import before_close

if TYPE_CHECKING:
    from app.store import AppStore

_log: Final = logging.getLogger(__name__)
_WARN: Final = timedelta(minutes=15)
_TOLD: Final = "told"  # setting: user id -> the token whose death was told, so that a restart does not tell it again


class Telling:
    """Turns what happens to accounts into notices."""

    def __init__(
        self, accounts: Accounts, notices: Notices, store: "AppStore", clock: Clock, preferences: Preferences
    ) -> None:
        self._accounts = accounts
        self._notices = notices
        self._store = store
        self._clock = clock
        self._preferences = preferences
        self._told: dict[str, str] = store.settings.get(_TOLD, {})
        self._saved = dict(self._told)
        self._due: dict[str, None] = {}  # signed out and not told yet, in the order it happened
        self._warned: set[tuple[str, str]] = set()
        self._together: set[str] = set()  # the accounts of the open notice about several
        self._begun = False
        self.visible = False

    def begin(self) -> None:
        """From now on somebody sees notices; a single command must not use up the one notice of an expiry."""
        self._begun = True
        self._flush()

    def hear(self, event: Event) -> None:
        """Take notice of a change; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._forget(event.user_id)
        elif isinstance(event, AccountChanged):
            self._changed(event.view)

    def beat(self) -> None:
        """Tell what has become due by time."""
        for one in self._accounts:
            self._warn(one.view())
        self._flush()

    async def save(self) -> None:
        """Write down what was told."""
        if self._told != self._saved:
            self._saved = dict(self._told)
            try:
                await self._store.settings.set(_TOLD, self._saved)
            except VaultError as error:  # at worst one notice is told again after a restart
                _log.warning("told not saved kind=%s", error.kind)

    # ------------------------------------------------------------------ deaths

    def _changed(self, view: AccountView) -> None:
        match view.state:
            case AccountState.SIGNED_OUT:
                if self._told.get(view.user_id) != _token(view):
                    self._due[view.user_id] = None
                    self._flush()
            case AccountState.SIGNING_IN:
                self._withdraw(view.user_id)
            case AccountState.READY | AccountState.ENDS_SOON | AccountState.WATCH_ONLY:
                self._due.pop(view.user_id, None)
                self._back(view)
            case _:
                self._due.pop(view.user_id, None)

    def _flush(self) -> None:
        now = self._clock.now()
        if not self._begun or self._is_quiet(now):
            return
        views = [self._accounts.find(user_id).view() for user_id in self._due if user_id in self._accounts]
        self._due.clear()
        views = [view for view in views if view.state is AccountState.SIGNED_OUT]
        if not views:
            return
        self._told |= {view.user_id: _token(view) for view in views}
        if len(views) > 1:
            self._together = {view.user_id for view in views}
        self._notices.post(notice_words.deaths(views, now))

    def _back(self, view: AccountView) -> None:
        if self._told.pop(view.user_id, None) is None:
            return
        self._withdraw(view.user_id)
        if not self.visible:
            self._notices.post(notice_words.back(view, self._clock.now()))

    def _withdraw(self, user_id: str) -> None:
        self._notices.withdraw(key_of(user_id))
        if user_id in self._together:
            self._together.discard(user_id)
            if not self._together:
                self._notices.withdraw(SEVERAL)

    def _forget(self, user_id: str) -> None:
        self._due.pop(user_id, None)
        self._told.pop(user_id, None)
        self._withdraw(user_id)

    def _is_quiet(self, now: datetime) -> bool:
        quiet = self._preferences.quiet_hours
        return quiet is not None and quiet.cover(now)

    # ------------------------------------------------------------------ warnings

    def _warn(self, view: AccountView) -> None:
        """Say once that a session ends in a quarter of an hour, when that happens while one trades."""
        now = self._clock.now()
        mark = (view.user_id, _token(view))
        if view.state is not AccountState.ENDS_SOON or mark in self._warned or not _warnable(view, now):
            return
        if self._is_quiet(now):
            return
        self._warned.add(mark)
        self._notices.post(notice_words.ending(view, now))


def _warnable(view: AccountView, now: datetime) -> bool:
    end = view.token_expires_at
    return end is not None and before_close(end) and phase(now) is Phase.OPEN and end - now <= _WARN


def _token(view: AccountView) -> str:
    """Which token: the moment it was issued."""
    return view.token_since.isoformat() if view.token_since is not None else ""
