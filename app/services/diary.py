"""The diary of the day: each change of an account's state is written down; the session line is drawn from it."""

import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError
from app.services.pacing import Background
from app.services.views import AccountChanged, AccountRemoved, AccountState, AccountView, Event
from app.services.words import status_message

if TYPE_CHECKING:
    from app.store import AccountEvent, AppStore

_log: Final = logging.getLogger(__name__)


class Diary:
    """Writes in the background, in the order in which things happened."""

    def __init__(self, store: "AppStore", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._states: dict[str, AccountState] = {}
        self._waiting: deque[AccountEvent | str] = deque()  # an event to add, or the id of a user to forget
        self._work = Background()

    def hear(self, event: Event) -> None:
        """Take down what changed; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._states.pop(event.user_id, None)
            self._waiting.append(event.user_id)
        elif isinstance(event, AccountChanged) and self._is_news(event.view):
            self._note(event.view)
        if self._waiting:
            self._work.start("diary", self._write)

    async def close(self) -> None:
        """Write what is left."""
        await self._work.close()
        await self._write()

    def _is_news(self, view: AccountView) -> bool:
        """Whether the state changed; what is merely found again at the start did not."""
        before = self._states.get(view.user_id)
        self._states[view.user_id] = view.state
        return view.state is not before and (before is not None or view.state is AccountState.READY)

    def _note(self, view: AccountView) -> None:
        from app.store import AccountEvent  # noqa: PLC0415 - loaded on first use: start-up

        now = self._clock.now()
        self._waiting.append(AccountEvent(now, view.user_id, view.state.value, status_message(view, now)))

    async def _write(self) -> None:
        while self._waiting:
            entry = self._waiting[0]
            try:
                if isinstance(entry, str):
                    await self._store.history.forget(entry)
                else:
                    await self._store.history.add(entry.at, entry.user_id, entry.kind, entry.text)
            except VaultError as error:  # the diary is a convenience: a full disk must not stop the watch
                _log.warning("diary not written kind=%s", error.kind)
            self._waiting.popleft()
