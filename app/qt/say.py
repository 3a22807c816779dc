"""The few short forms that only a window needs; sentences about states are in `services.words`."""

from datetime import datetime
from typing import Final

from app.domain import IST
from app.domain.tongue import tr
from app.services.views import AccountState, AccountView, Action
from app.services.words import state_word

READ_WHY: Final = "Read why"
_VERBS: Final = {
    Action.NONE: "",
    Action.RECONNECT: "Reconnect",
    Action.RECONNECT_ALL: "Reconnect all",
    Action.RENEW: "Renew",
    Action.CHECK: "Check now",
    Action.SHOW_SIGN_IN: "Show",
    Action.UNLOCK: "Unlock",
    Action.SHOW_ORDERS: "Show orders",
}
BUSY: Final = {
    Action.RECONNECT: "Reconnecting",
    Action.RENEW: "Renewing",
    Action.CHECK: "Checking",
    Action.UNLOCK: "Unlocking",
}


def verb(action: Action) -> str:
    """The label of a button beside the account's name; empty for no action."""
    return tr(_VERBS[action])


def wants_reading(view: AccountView) -> bool:
    """Whether nothing can be pressed that repairs it, and the account's page says why and what to do at the broker."""
    return view.action is Action.NONE and view.state in (AccountState.WATCH_ONLY, AccountState.REFUSED)


def hour(moment: datetime) -> str:
    """The bare Indian time "09:46", where the day is clear."""
    return f"{moment.astimezone(IST):%H:%M}"


def short(view: AccountView, now: datetime) -> str:
    """One narrow line beside the account's shape: "Ready until 06:00", "Signed out 09:12"."""
    said = state_word(view, now)
    if view.state is AccountState.READY and view.token_expires_at:
        return tr("{said} until {hour}", said=said, hour=hour(view.token_expires_at))
    if view.state is AccountState.SIGNED_OUT and view.since:
        return f"{said} {hour(view.since)}"
    if view.state is AccountState.OFFLINE and view.last_good_at:
        return tr("{said}, good {hour}", said=said, hour=hour(view.last_good_at))
    return said
