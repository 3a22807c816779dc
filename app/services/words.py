"""Every sentence about a state, for the window and the command line alike: pure functions of pictures and of now.

First what happened with the account's name, then what it means for money, then what to press (design section 10).
No amounts, no blame, nothing that a failed read could have made up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.end_words import session_end
from app.services.figure_words import check_words
from app.services.gauge_words import family_name, kind_name, took, window_words
from app.services.master_words import master_line, progress_words
from app.services.order_words import order_state
from app.services.refreshed_words import refreshed_words
from app.services.replacing import before_replacing
from app.services.state_words import before_close, held, meaning, row_line, told
from app.services.times import age, clock_time, countdown, day_name, full_time, week_day
from app.services.trade_words import CONNECTED, orders_words, prices_words, trade_line
from app.services.views import AccountState, AccountView, Action, Phase, SignInView
from app.services.walk_words import (
    is_ready,
    needing_sign_in,
    next_death,
    ready_count,
    several_out,
    still_working,
    walk_title,
    walked_line,
    walking_line,
)

__all__ = [
    "CONNECTED",
    "DERIVED",
    "Attention",
    "age",
    "attention",
    "before_close",
    "before_replacing",
    "button_label",
    "check_words",
    "clock_time",
    "countdown",
    "day_name",
    "derived_price",
    "family_name",
    "full_time",
    "held",
    "is_ready",
    "kind_name",
    "master_line",
    "meaning",
    "needing_sign_in",
    "next_death",
    "order_state",
    "orders_words",
    "prices_words",
    "progress_words",
    "ready_count",
    "refreshed_words",
    "row_line",
    "session_end",
    "several_out",
    "sign_in_line",
    "state_name",
    "state_word",
    "status_message",
    "still_working",
    "took",
    "trade_line",
    "walk_title",
    "walked_line",
    "walking_line",
    "week_day",
    "window_words",
    "worst_first",
]

DERIVED: Final = "~"  # before a price that the broker did not send
_NAMES: Final = {
    AccountState.SIGNED_OUT: "Signed out",
    AccountState.LOCKED: "Locked",
    AccountState.ENDS_SOON: "Ends soon",
    AccountState.NOT_CONFIRMED: "Not confirmed",
    AccountState.WATCH_ONLY: "Watch only",
    AccountState.REFUSED: "Refused",
    AccountState.OFFLINE: "Offline",
    AccountState.SIGNING_IN: "Signing in",
    AccountState.READY: "Ready",
}


@dataclass(frozen=True, slots=True)
class Attention:
    """The one thing to look at first. `button` is empty when there is nothing to press; `more` counts the others."""

    user_id: str
    state: AccountState
    headline: str
    text: str
    action: Action
    button: str
    more: int


def state_name(state: AccountState) -> str:
    """The word of a state without any figure: "Ends soon"."""
    return tr(_NAMES[state])


def state_word(view: AccountView, now: datetime) -> str:
    """The word of the account's state: "Ready", "Ends in 13:42", "Signed out"."""
    if view.state is AccountState.ENDS_SOON and view.token_expires_at is not None:
        return tr("Ends in {countdown}", countdown=countdown(view.token_expires_at - now))
    return state_name(view.state)


def button_label(view: AccountView) -> str:
    """Verb and thing for the account's one action; empty when there is none."""
    match view.action:
        case Action.RECONNECT:
            return tr("Reconnect {title}", title=view.title)
        case Action.RENEW:
            return tr("Renew {title}", title=view.title)
        case Action.CHECK:
            return tr("Check {title} now", title=view.title)
        case Action.SHOW_SIGN_IN:
            return tr("Show sign-in")
        case Action.UNLOCK:
            return tr("Unlock")
        case Action.NONE | Action.RECONNECT_ALL | Action.SHOW_ORDERS:  # the last two are a notice's, no account's
            return ""


def worst_first(views: Sequence[AccountView]) -> list[AccountView]:
    """The accounts by how much they need attention; equals keep the user's order."""
    return sorted(views, key=lambda view: (view.state.rank, not view.open_positions))


def attention(views: Sequence[AccountView], now: datetime) -> Attention | None:
    """The worst account and what to do about it; None when all are ready or there are none."""
    wanting = [view for view in worst_first(views) if view.state is not AccountState.READY]
    if not wanting:
        return None
    first = wanting[0]
    headline, text = meaning(first, now)
    if first.state is AccountState.OFFLINE and len(views) > 1 and _all_unreachable(views):
        headline, text = _whole_network(views, now)
    return Attention(first.user_id, first.state, headline, text, first.action, button_label(first), len(wanting) - 1)


def status_message(view: AccountView, now: datetime) -> str:
    """The account's state as one line for the command line: "Ready until 06:00 tomorrow"."""
    line = row_line(view, now)
    return f"{state_word(view, now)}: {line}" if line else state_word(view, now)


def sign_in_line(view: SignInView, now: datetime) -> str:
    """Which step a sign-in is at and how long it still waits."""
    left = tr("; {countdown} left", countdown=countdown(view.ends_at - now)) if view.ends_at is not None else ""
    if view.phase is Phase.FAILED and view.error is not None:
        return told(view.error)
    begun = tr("Opening the broker's page in your browser") if view.url else tr("The broker is asked how to begin")
    return {
        Phase.OPENING: begun,
        Phase.WAITING: tr("Waiting for you on the broker's page{left}", left=left),
        Phase.ASKING: tr("Waiting for what is asked of you{left}", left=left),
        Phase.EXCHANGING: tr("The broker is asked for the new session"),
        Phase.CHECKING: tr("The new session is stored and being checked"),
        Phase.DONE: tr("{title} is ready", title=view.title),
        Phase.FAILED: tr("The sign-in did not come to its end"),
    }[view.phase]


def _all_unreachable(views: Sequence[AccountView]) -> bool:
    return all(
        view.state is AccountState.OFFLINE and view.error is not None and view.error.kind == "not_reachable"
        for view in views
    )


def _whole_network(views: Sequence[AccountView], now: datetime) -> tuple[str, str]:
    good = [view.last_good_at for view in views if view.last_good_at is not None]
    if not good:
        return tr("No broker can be reached"), tr("No account was signed out by that. Kunji tries every 30 s.")
    as_of = clock_time(max(good), now)
    return tr("This computer is offline since {as_of}", as_of=as_of), tr(
        "No account was signed out by that. Figures are as of {as_of}.", as_of=as_of
    )


def derived_price(broker: str) -> str:
    """What the sign before a price says that the broker did not send."""
    return tr("worked out from the P&L; {broker} sends no price with a position", broker=broker)
