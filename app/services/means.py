"""What every part of the telling works with, and whether the user wants to hear of something now."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from app.domain import Clock
from app.domain.market import is_open
from app.domain.records import dataclass
from app.services.accounts import Accounts
from app.services.events import Events
from app.services.notices import Notices
from app.services.preferences import Preferences
from app.services.traded import Traded
from app.services.views import AccountView

if TYPE_CHECKING:
    from app.store import AppStore


@dataclass(frozen=True, slots=True)
class Means:
    """Handed in once, the same to deaths, warnings and readiness."""

    accounts: Accounts
    notices: Notices
    events: Events
    store: "AppStore"
    clock: Clock
    preferences: Preferences
    traded: Traded

    def views(self, user_ids: Iterable[str] | None = None) -> list[AccountView]:
        """The accounts as they stand now, all or those of `user_ids` that are still there."""
        if user_ids is None:
            return [one.view() for one in self.accounts]
        return [self.accounts.find(user_id).view() for user_id in user_ids if user_id in self.accounts]

    def is_held(self, user_ids: Iterable[str]) -> bool:
        """Whether what concerns these accounts must wait: in the quiet hours, unless one of them can trade now."""
        now, quiet = self.clock.now(), self.preferences.quiet_hours
        if quiet is None or not quiet.cover(now):
            return False
        return not any(is_open(self.traded.of(user_id), now) for user_id in user_ids)


def token_of(view: AccountView) -> str:
    """Which token the account has: the moment it was issued."""
    return view.token_since.isoformat() if view.token_since is not None else ""
