"""Who has been told of which death: each once, those of one moment together, at once or when the quiet hours end."""

from typing import Final

from app.services import notice_words
from app.services.means import Means, token_of
from app.services.notices import NEVER
from app.services.remembered import Remembered
from app.services.views import AccountState, AccountView, Notice

GATHER: Final = 2.0  # seconds in which further deaths are awaited; a notice comes within 5 s of the answer (promise A2)


class Deaths:
    """Turns sessions that end into notices, and takes these back."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._notices = means.notices
        self._clock = means.clock
        self._told = Remembered(means.store, "told")  # user id -> the token whose death was told, also before a restart
        self._due: dict[str, float] = {}  # signed out and not told yet, in the order it was heard, with when (ticks)
        self._begun = False
        self.save = self._told.save
        self.visible = False

    def begin(self) -> None:
        """From now on somebody sees notices; a single command must not use up the one notice of a death."""
        self._begun = True
        self.flush()

    def changed(self, view: AccountView) -> None:
        """An account stands differently."""
        match view.state:
            case AccountState.SIGNED_OUT:
                self._ended(view)
            case AccountState.SIGNING_IN:
                self._notices.leave(view.user_id)
            case AccountState.READY | AccountState.ENDS_SOON | AccountState.WATCH_ONLY:
                self._due.pop(view.user_id, None)
                self._back(view)
            case _:
                self._due.pop(view.user_id, None)

    def removed(self, user_id: str) -> None:
        """An account is gone."""
        self._due.pop(user_id, None)
        self._told.pop(user_id, None)

    def flush(self) -> None:
        """Tell what is due and need not wait."""
        due = self._tellable()
        if not due or self._gathers(due) > 0:
            return
        views = self._means.views(due)
        for view in views:
            del self._due[view.user_id]
            self._told[view.user_id] = token_of(view)
        users = [view.user_id for view in views]
        self._notices.post(notice_words.deaths(views, self._clock.now()), lambda: self._again(users))

    @property
    def due_in(self) -> float:
        """Seconds until something is to be told; `NEVER` when nothing is due, or only what quiet hours hold back."""
        due = self._tellable()
        return self._gathers(due) if due else NEVER

    def _ended(self, view: AccountView) -> None:
        if self._told.get(view.user_id) != token_of(view) and view.user_id not in self._due:
            self._notices.leave(view.user_id)  # what was told before its end is no longer so
            self._due[view.user_id] = self._clock.monotonic()
        self.flush()

    def _tellable(self) -> list[str]:
        if not self._begun:
            return []
        return [
            user_id for user_id in self._due if user_id in self._means.accounts and not self._means.is_held([user_id])
        ]

    def _gathers(self, due: list[str]) -> float:
        """Seconds for which others are still awaited: they may die of the same cause."""
        if all(view.user_id in self._due or _is_dead(view) for view in self._means.views()):
            return 0.0
        return max(0.0, min(self._due[user_id] for user_id in due) + GATHER - self._clock.monotonic())

    def _again(self, users: list[str]) -> Notice | None:
        dead = [view for view in self._means.views(users) if _is_dead(view)]
        return notice_words.deaths(dead, self._clock.now()) if dead else None

    def _back(self, view: AccountView) -> None:
        if self._told.pop(view.user_id, None) is None:
            return
        self._notices.leave(view.user_id)
        if not self.visible:
            self._notices.post(notice_words.back(view, self._clock.now()))


def _is_dead(view: AccountView) -> bool:
    return view.state is AccountState.SIGNED_OUT
