"""Every sentence about a state, for the window and the command line alike: pure functions of pictures and of now.

First what happened with the account's name, then what it means for money, then what to press (design section 10).
No amounts, no blame, nothing that a failed read could have made up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain import TradingError
from app.domain.clock import IST
from app.domain.market import market_day
from app.services.times import age, clock_time, countdown, minutes
from app.services.views import AccountState, AccountView, Action, Phase, SignInView

__all__ = [
    "Attention",
    "age",
    "attention",
    "before_close",
    "button_label",
    "clock_time",
    "countdown",
    "held",
    "meaning",
    "row_line",
    "sign_in_line",
    "state_name",
    "state_word",
    "status_message",
    "worst_first",
]

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
_EARLY: Final = timedelta(minutes=5)  # a token that dies this much before its forecast died before its time


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
    return _NAMES[state]


def state_word(view: AccountView, now: datetime) -> str:
    """The word of the account's state: "Ready", "Ends in 13:42", "Signed out"."""
    if view.state is AccountState.ENDS_SOON and view.token_expires_at is not None:
        return f"Ends in {countdown(view.token_expires_at - now)}"
    return _NAMES[view.state]


def row_line(view: AccountView, now: datetime) -> str:
    """What the account's row says beside the word."""
    return _ROWS[view.state](view, now)


def meaning(view: AccountView, now: datetime) -> tuple[str, str]:
    """Headline and what the state means for money and what follows, for the attention area and the status panel."""
    return _MEANINGS[view.state](view, now)


def button_label(view: AccountView) -> str:
    """Verb and thing for the account's one action; empty when there is none."""
    match view.action:
        case Action.RECONNECT:
            return f"Reconnect {view.title}"
        case Action.RENEW:
            return f"Renew {view.title}"
        case Action.CHECK:
            return f"Check {view.title} now"
        case Action.SHOW_SIGN_IN:
            return "Show sign-in"
        case Action.UNLOCK:
            return "Unlock"
        case Action.NONE:
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


def held(view: AccountView) -> str:
    """The open positions as the subject of a sentence: "4 open positions", "Its positions" when not known."""
    if view.open_positions is None:
        return "Its positions"
    return f"{view.open_positions} open position" + ("" if view.open_positions == 1 else "s")


def before_close(moment: datetime) -> bool:
    """Whether `moment` lies inside the market's hours of its day: what ends then ends while one trades."""
    hours = market_day(moment.astimezone(IST).date())
    return hours is not None and hours.pre_open <= moment < hours.closes


def sign_in_line(view: SignInView, now: datetime) -> str:
    """Which step a sign-in is at and how long it still waits."""
    left = f"; {countdown(view.ends_at - now)} left" if view.ends_at is not None else ""
    match view.phase:
        case Phase.OPENING:
            return "Opening the broker's page in your browser"
        case Phase.WAITING:
            return f"Waiting for you on the broker's page{left}"
        case Phase.EXCHANGING:
            return "The broker is asked for the new session"
        case Phase.CHECKING:
            return "The new session is stored and being checked"
        case Phase.DONE:
            return f"{view.title} is ready"
        case Phase.FAILED:
            return _told(view.error) if view.error is not None else "The sign-in did not come to its end"


# ------------------------------------------------------------------ rows


def _ready_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is None:
        return "no end known"
    if view.token_expires_at <= now:
        return f"still answered after {clock_time(view.token_expires_at, now)}"
    return f"until {clock_time(view.token_expires_at, now)}"


def _ends_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is None:
        return ""
    at = f"at {clock_time(view.token_expires_at, now)}"
    return f"{at}, before close" if before_close(view.token_expires_at) else at


def _signed_out_row(view: AccountView, now: datetime) -> str:
    if view.error is not None and view.error.kind != "session_expired":
        return _lowered(view.error.title)
    if view.since is None:
        return ""
    early = view.token_expires_at is not None and view.since < view.token_expires_at - _EARLY
    return f"at {clock_time(view.since, now)}" + (", before its time" if early else "")


def _offline_row(view: AccountView, now: datetime) -> str:
    good = "no good answer yet" if view.last_good_at is None else f"last good {clock_time(view.last_good_at, now)}"
    return good if view.retry_at is None else f"{good}; retry in {countdown(view.retry_at - now)}"


def _not_confirmed_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is not None and view.token_expires_at <= now:
        return f"due to end at {clock_time(view.token_expires_at, now)}, no answer yet"
    since = f" since {clock_time(view.since, now)}" if view.since is not None else ""
    return f"session kept; checking{since}"


def _locked_row(view: AccountView, _: datetime) -> str:
    if view.error is None or view.error.kind == "keychain_locked":
        return "unlock the keychain"
    return _lowered(view.error.title)


def _refused_row(view: AccountView, _: datetime) -> str:
    return _lowered(view.error.title) if view.error is not None else "the broker refuses"


_Words = Callable[[AccountView, datetime], str]
_ROWS: Final[dict[AccountState, _Words]] = {
    AccountState.SIGNED_OUT: _signed_out_row,
    AccountState.LOCKED: _locked_row,
    AccountState.ENDS_SOON: _ends_row,
    AccountState.NOT_CONFIRMED: _not_confirmed_row,
    AccountState.WATCH_ONLY: lambda *_: "orders refused",
    AccountState.REFUSED: _refused_row,
    AccountState.OFFLINE: _offline_row,
    AccountState.SIGNING_IN: lambda view, _: f"sign in on {view.broker_label}'s page",
    AccountState.READY: _ready_row,
}


# ------------------------------------------------------------------ headlines and what they mean


def _signed_out(view: AccountView, _: datetime) -> tuple[str, str]:
    headline = f"{view.title} is signed out"
    if view.error is not None and view.error.kind != "session_expired":
        return headline, _told(view.error)
    if view.open_positions == 0:
        return (
            headline,
            "It had no open positions at the last reading. You cannot trade from this account until you reconnect.",
        )
    verb = "stays" if view.open_positions == 1 else "stay"
    subject = "It" if view.open_positions == 1 else "They"
    return headline, (f"{held(view)} cannot be seen or closed from here. {subject} {verb} open at {view.broker_label}.")


def _ends(view: AccountView, now: datetime) -> tuple[str, str]:
    end = view.token_expires_at or now
    headline = f"{view.title} ends at {clock_time(end, now)}"
    left = f"In {minutes(end - now)}"
    if not before_close(end):
        after = "" if view.action is Action.RENEW else " A new session is possible after that."
        return headline, f"{left}, while the market is closed.{after}"
    if view.open_positions == 0:
        return headline, f"{left}, while the market is open. After that you cannot trade from this account."
    held_open = f"{held(view)} stays" if view.open_positions == 1 else f"{held(view)} stay"
    stay = held_open if view.open_positions == 1 else held_open.replace(" open", "")
    return headline, f"{left}, while the market is open. {stay} open; you could not change them from Kunji."


def _not_confirmed(view: AccountView, _: datetime) -> tuple[str, str]:
    return f"{view.title} is not confirmed", (
        f"{view.broker_label} has not said yet whether the session works. It is kept, and Kunji goes on asking."
    )


def _offline(view: AccountView, now: datetime) -> tuple[str, str]:
    as_of = (
        f"Figures are as of {clock_time(view.last_good_at, now)}" if view.last_good_at is not None else "No figures yet"
    )
    kind = view.error.kind if view.error is not None else "not_reachable"
    if kind == "rate_limited":
        wait = view.error.retry_after if view.error is not None else None
        asked = f"wait {round(wait)} s" if wait else "wait"
        return f"{view.broker_label} asks us to {asked}", f"Nothing is lost. {as_of}."
    headline = _UNREACHED.get(kind, "{title} cannot be reached").format(title=view.title, broker=view.broker_label)
    return headline, f"{as_of}; your positions there have not changed because of this. Kunji tries every 30 s."


_UNREACHED: Final = {
    "broker_down": "{broker}'s server has a problem ({title})",
    "maintenance": "{broker} is under maintenance ({title})",
    "wire_surprise": "{broker}'s answer was not understood ({title})",
}


def _locked(view: AccountView, _: datetime) -> tuple[str, str]:
    if view.error is None:
        return f"{view.title} is locked", "Unlock the keychain and Kunji goes on. Nothing was lost."
    return view.error.title, view.error.next_step


def _refused(view: AccountView, _: datetime) -> tuple[str, str]:
    headline = f"{view.broker_label} refuses {view.title}"
    return headline, _told(view.error) if view.error is not None else "Your positions there are not touched by this."


def _signing_in(view: AccountView, _: datetime) -> tuple[str, str]:
    return (
        f"Signing in to {view.title}",
        f"Sign in on {view.broker_label}'s page in your browser; it comes back by itself.",
    )


def _watch_only(view: AccountView, _: datetime) -> tuple[str, str]:
    why = _told(view.error) if view.error is not None else "You can still watch."
    return f"{view.title} is watch only: orders are refused", why


def _ready(view: AccountView, now: datetime) -> tuple[str, str]:
    line = _ready_row(view, now)
    return f"{view.title} is ready", line[:1].upper() + line[1:] + "."


_Meaning = Callable[[AccountView, datetime], tuple[str, str]]
_MEANINGS: Final[dict[AccountState, _Meaning]] = {
    AccountState.SIGNED_OUT: _signed_out,
    AccountState.LOCKED: _locked,
    AccountState.ENDS_SOON: _ends,
    AccountState.NOT_CONFIRMED: _not_confirmed,
    AccountState.WATCH_ONLY: _watch_only,
    AccountState.REFUSED: _refused,
    AccountState.OFFLINE: _offline,
    AccountState.SIGNING_IN: _signing_in,
    AccountState.READY: _ready,
}


def _all_unreachable(views: Sequence[AccountView]) -> bool:
    return all(
        view.state is AccountState.OFFLINE and view.error is not None and view.error.kind == "not_reachable"
        for view in views
    )


def _whole_network(views: Sequence[AccountView], now: datetime) -> tuple[str, str]:
    good = [view.last_good_at for view in views if view.last_good_at is not None]
    if not good:
        return "No broker can be reached", "No account was signed out by that. Kunji tries every 30 s."
    as_of = clock_time(max(good), now)
    return f"This computer is offline since {as_of}", f"No account was signed out by that. Figures are as of {as_of}."


def _told(error: TradingError) -> str:
    """What happened and what to do, as sentences."""
    return f"{error.title}. {error.next_step}"


def _lowered(title: str) -> str:
    """A title inside a line: "The session has ended" becomes "the session has ended"; names keep their capital."""
    return title[:1].lower() + title[1:] if title[:4] in ("The ", "This", "Too ") else title
