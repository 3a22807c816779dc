"""What a setting changes beyond the services themselves: the log, how long things are kept, the start at login.

It holds at once when the user says so. What is too old goes at the start, twice a day after that, and when the user
shortens the time.
"""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError, Worker
from app.services.pacing import Pause
from app.services.preferences import Preferences
from app.services.views import Event, PreferencesChanged, PreferencesView
from app.system.log_keeping import prune, set_level

if TYPE_CHECKING:
    from app.services.kept_journal import KeptJournal
    from app.store import AppStore
    from app.system.autostart import Autostart
    from app.system.paths import Profile

_log: Final = logging.getLogger(__name__)
_AGAIN: Final = 12 * 3600.0  # seconds


class Housekeeping:
    """Follows the preferences; the machine's own word about the start at login goes before what was stored."""

    def __init__(
        self,
        profile: "Profile",
        preferences: Preferences,
        store: "AppStore",
        journal: "KeptJournal",
        *,
        clock: Clock,
        autostart: "Autostart",
    ) -> None:
        self._profile = profile
        self._preferences = preferences
        self._store = store
        self._journal = journal
        self._clock = clock
        self._autostart = autostart
        self._pause = Pause(clock)
        preferences.found(start_at_login=autostart.is_on)
        preferences.before = self._before
        self._apply(preferences.view)

    @property
    def starts_at_login(self) -> bool:
        """Whether this system can start Kunji at login."""
        return self._autostart.offered

    def hear(self, event: Event) -> None:
        """Apply what was changed; a listener of `Events`."""
        if isinstance(event, PreferencesChanged):
            self._apply(event.view)
            self._pause.end()

    async def run(self) -> None:
        """Throw away what is too old, until cancelled."""
        while True:
            await self.tidy()
            await self._pause.sleep(_AGAIN)

    async def tidy(self) -> None:
        """Throw away what is too old now."""
        before = self._clock.now() - timedelta(days=self._preferences.view.keep_logs)
        worker = Worker("kunji-housekeeping")
        try:
            await worker.run(lambda: prune(self._profile.log_dir, before))
        finally:
            worker.stop()
        self._autostart.renew(hidden=self._preferences.view.start_hidden)
        for what, prune_it in (("history", self._store.history.prune), ("journal", self._forget_orders)):
            try:
                await prune_it()
            except VaultError as error:  # the disk may be full: the next time does it
                _log.warning("not pruned what=%s kind=%s", what, error.kind)

    async def _forget_orders(self) -> None:
        await self._journal.forget(self._clock.now(), self._preferences.view.keep_journal)

    def _before(self, held: PreferencesView, wanted: PreferencesView) -> None:
        """Do what the machine may refuse; raises why it does."""
        on, hidden = wanted.start_at_login, wanted.start_hidden
        if on != held.start_at_login or (on and hidden != held.start_hidden):
            self._autostart.put(on=on, hidden=hidden)

    def _apply(self, view: PreferencesView) -> None:
        set_level(view.log_level)
        self._store.history.days = view.keep_history
