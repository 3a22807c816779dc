"""The diary: changes of state for the line of the day, and what each session went through, kept for 90 days.

What happened is published where it happens (`AccountTraced`, `AccountWarned`); here it only becomes lines.
"""

import logging
from typing import TYPE_CHECKING, Final

from app.domain import Clock, VaultError
from app.domain.tongue import tr
from app.services.pacing import Background
from app.services.trace_words import REMOVED, trace_line, warned_line
from app.services.views import (
    AccountChanged,
    AccountRemoved,
    AccountState,
    AccountTraced,
    AccountView,
    AccountWarned,
    Event,
    Trace,
)
from app.services.words import status_message

if TYPE_CHECKING:
    from app.domain.forecast import Death
    from app.store import AccountEvent, AccountTrace, AppStore

_log: Final = logging.getLogger(__name__)


class Diary:
    """Writes in the background, in the order in which things happened."""

    def __init__(self, store: "AppStore", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._states: dict[str, AccountState] = {}
        self._waiting: list[AccountEvent | AccountTrace | str] = []  # what to add, or the id of a user to forget
        self._work = Background()

    def hear(self, event: Event) -> None:
        """Take down what happened; a listener of `Events`."""
        match event:
            case AccountRemoved(user_id):
                self._states.pop(user_id, None)
                self._waiting.append(user_id)
                self._trace(Trace.DISCONNECTED, user_id, tr(REMOVED))
            case AccountChanged(view) if self._is_news(view):
                self._note(view)
            case AccountTraced(kind, view, death):
                self._trace(kind, view.user_id, trace_line(event), death)
            case AccountWarned(user_id, left):
                self._trace(Trace.WARNED, user_id, warned_line(left))
        if self._waiting:
            self._work.start("diary", self._write)

    async def close(self) -> None:
        """Write what is left; what is being written ends first, or it would be written twice."""
        await self._work.finish()
        await self._write()

    def _is_news(self, view: AccountView) -> bool:
        """Whether the state changed; what is merely found again at the start did not."""
        before = self._states.get(view.user_id)
        self._states[view.user_id] = view.state
        return view.state is not before and (before is not None or view.state is AccountState.READY)

    def _note(self, view: AccountView) -> None:
        from app.store import AccountEvent  # loaded on first use: start-up

        now = self._clock.now()
        self._waiting.append(AccountEvent(now, view.user_id, view.state.value, status_message(view, now)))

    def _trace(self, kind: Trace, user_id: str, text: str, death: "Death | None" = None) -> None:
        from app.store import AccountTrace  # loaded on first use: start-up

        at = self._clock.now() if death is None else death.at
        alive_at, due_at = (None, None) if death is None else (death.alive_at, death.due_at)
        self._waiting.append(AccountTrace(at, user_id, kind.value, text, alive_at, due_at))

    async def _write(self) -> None:
        """Write what has gathered, in one transaction, until nothing waits."""
        while self._waiting:
            entries, self._waiting = self._waiting, []
            try:
                await self._store.history.put(entries)
            except VaultError as error:  # the diary is a convenience: a full disk must not stop the watch
                _log.warning("diary not written lines=%d kind=%s", len(entries), error.kind)
