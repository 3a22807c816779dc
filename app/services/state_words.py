"""What each state says: the line beside the word, and the headline with what it means for money (design section 10)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.domain import TradingError
from app.domain.clock import IST
from app.domain.forecast import Certainty
from app.domain.market import market_day
from app.domain.tongue import tr
from app.services.times import clock_time, countdown, minutes
from app.services.views import AccountState, AccountView, Action

_EARLY: Final = timedelta(minutes=5)  # a token that dies this much before its forecast died before its time


def row_line(view: AccountView, now: datetime) -> str:
    """What the account's row says beside the word."""
    return _ROWS[view.state](view, now)


def meaning(view: AccountView, now: datetime) -> tuple[str, str]:
    """Headline and what the state means for money and what follows, for the attention area and the status panel."""
    return _MEANINGS[view.state](view, now)


def held(view: AccountView) -> str:
    """The open positions as the subject of a sentence: "4 open positions", "Its positions" when not known."""
    if view.open_positions is None:
        return tr("Its positions")
    return tr("{open_positions} open position", open_positions=view.open_positions) + (
        "" if view.open_positions == 1 else "s"
    )


def before_close(moment: datetime) -> bool:
    """Whether `moment` lies inside the market's hours of its day: what ends then ends while one trades."""
    hours = market_day(moment.astimezone(IST).date())
    return hours is not None and hours.pre_open <= moment < hours.closes


def told(error: TradingError) -> str:
    """What happened and what to do, as sentences."""
    return f"{error.title}. {error.next_step}"


# ------------------------------------------------------------------ rows


def _ready_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is None:
        return tr("no end known")
    if view.token_expires_at <= now:
        return tr("still answered after {clock_time}", clock_time=clock_time(view.token_expires_at, now))
    return tr("until {when}", when=_when(view, view.token_expires_at, now))


def _ends_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is None:
        return ""
    at = tr("at {when}", when=_when(view, view.token_expires_at, now))
    return tr("{at}, before close", at=at) if before_close(view.token_expires_at) else at


def _when(view: AccountView, end: datetime, now: datetime) -> str:
    """The end of a session; one that was only learnt from earlier days is no promise."""
    return ("about " if view.certainty is Certainty.LEARNT else "") + clock_time(end, now)


def _signed_out_row(view: AccountView, now: datetime) -> str:
    if view.error is not None and view.error.kind != "session_expired":
        return _lowered(view.error.title)
    if view.since is None:
        return ""
    early = view.token_expires_at is not None and view.since < view.token_expires_at - _EARLY
    return tr("at {clock_time}", clock_time=clock_time(view.since, now)) + (tr(", before its time") if early else "")


def _offline_row(view: AccountView, now: datetime) -> str:
    good = (
        tr("no good answer yet")
        if view.last_good_at is None
        else tr("last good {clock_time}", clock_time=clock_time(view.last_good_at, now))
    )
    return (
        good
        if view.retry_at is None
        else tr("{good}; retry in {countdown}", good=good, countdown=countdown(view.retry_at - now))
    )


def _not_confirmed_row(view: AccountView, now: datetime) -> str:
    if view.token_expires_at is not None and view.token_expires_at <= now:
        return tr("due to end at {clock_time}, no answer yet", clock_time=clock_time(view.token_expires_at, now))
    since = tr(" since {clock_time}", clock_time=clock_time(view.since, now)) if view.since is not None else ""
    return tr("session kept; checking{since}", since=since)


def _locked_row(view: AccountView, _: datetime) -> str:
    if view.error is None or view.error.kind == "keychain_locked":
        return tr("unlock the keychain")
    return _lowered(view.error.title)


def _refused_row(view: AccountView, _: datetime) -> str:
    return _lowered(view.error.title) if view.error is not None else tr("the broker refuses")


_Words = Callable[[AccountView, datetime], str]
_ROWS: Final[dict[AccountState, _Words]] = {
    AccountState.SIGNED_OUT: _signed_out_row,
    AccountState.LOCKED: _locked_row,
    AccountState.ENDS_SOON: _ends_row,
    AccountState.NOT_CONFIRMED: _not_confirmed_row,
    AccountState.WATCH_ONLY: lambda *_: tr("orders refused"),
    AccountState.REFUSED: _refused_row,
    AccountState.OFFLINE: _offline_row,
    AccountState.SIGNING_IN: lambda *_: tr("waiting for your sign-in"),
    AccountState.READY: _ready_row,
}


# ------------------------------------------------------------------ headlines and what they mean


def _signed_out(view: AccountView, _: datetime) -> tuple[str, str]:
    headline = tr("{title} is signed out", title=view.title)
    if view.error is not None and view.error.kind != "session_expired":
        return headline, told(view.error)
    if view.open_positions == 0:
        none = tr("It had no open positions at the last reading.")
        return headline, tr("{none} You cannot trade from this account until you reconnect.", none=none)
    they_stay = tr("It stays") if view.open_positions == 1 else tr("They stay")
    return headline, tr(
        "{held} cannot be seen or closed from here. {they_stay} open at {broker_label}.",
        held=held(view),
        they_stay=they_stay,
        broker_label=view.broker_label,
    )


def _ends(view: AccountView, now: datetime) -> tuple[str, str]:
    end = view.token_expires_at or now
    headline, left = (
        tr("{title} ends at {when}", title=view.title, when=_when(view, end, now)),
        tr("In {minutes}", minutes=minutes(end - now)),
    )
    if not before_close(end):
        after = "" if view.action is Action.RENEW else tr(" A new session is possible after that.")
        return headline, tr("{left}, while the market is closed.{after}", left=left, after=after)
    if view.open_positions == 0:
        return headline, tr(
            "{left}, while the market is open. After that you cannot trade from this account.", left=left
        )
    stay = "stays" if view.open_positions == 1 else "stay"
    what = held(view).replace(" open", "")
    return headline, tr(
        "{left}, while the market is open. {what} {stay} open; you could not change them from Kunji.",
        left=left,
        what=what,
        stay=stay,
    )


def _not_confirmed(view: AccountView, _: datetime) -> tuple[str, str]:
    return tr("{title} is not confirmed", title=view.title), (
        tr(
            "{broker_label} has not said yet whether the session works. It is kept, and Kunji goes on asking.",
            broker_label=view.broker_label,
        )
    )


def _offline(view: AccountView, now: datetime) -> tuple[str, str]:
    as_of = (
        tr("Figures are as of {clock_time}", clock_time=clock_time(view.last_good_at, now))
        if view.last_good_at is not None
        else tr("No figures yet")
    )
    kind = view.error.kind if view.error is not None else "not_reachable"
    if kind == "rate_limited":
        wait = view.error.retry_after if view.error is not None else None
        asked = tr("wait {round} s", round=round(wait)) if wait else "wait"
        return tr("{broker_label} asks us to {asked}", broker_label=view.broker_label, asked=asked), tr(
            "Nothing is lost. {as_of}.", as_of=as_of
        )
    headline = tr(_UNREACHED.get(kind, "{title} cannot be reached"), title=view.title, broker=view.broker_label)
    return headline, tr(
        "{as_of}; your positions there have not changed because of this. Kunji tries every 30 s.", as_of=as_of
    )


_UNREACHED: Final = {
    "broker_down": "{broker}'s server has a problem ({title})",
    "maintenance": "{broker} is under maintenance ({title})",
    "wire_surprise": "{broker}'s answer was not understood ({title})",
}


def _locked(view: AccountView, _: datetime) -> tuple[str, str]:
    if view.error is None:
        return tr("{title} is locked", title=view.title), tr("Unlock the keychain and Kunji goes on. Nothing was lost.")
    return view.error.title, view.error.next_step


def _refused(view: AccountView, _: datetime) -> tuple[str, str]:
    headline = tr("{broker_label} refuses {title}", broker_label=view.broker_label, title=view.title)
    return headline, told(view.error) if view.error is not None else tr("Your positions there are not touched by this.")


def _signing_in(view: AccountView, _: datetime) -> tuple[str, str]:
    return tr("Signing in to {title}", title=view.title), tr(
        "Kunji waits until you have signed in. Its window shows what is asked of you."
    )


def _watch_only(view: AccountView, _: datetime) -> tuple[str, str]:
    why = told(view.error) if view.error is not None else tr("You can still watch.")
    return tr("{title} is watch only: orders are refused", title=view.title), why


def _ready(view: AccountView, now: datetime) -> tuple[str, str]:
    line = _ready_row(view, now)
    return tr("{title} is ready", title=view.title), line[:1].upper() + line[1:] + "."


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


def _lowered(title: str) -> str:
    """A title inside a line: "The session has ended" becomes "the session has ended"; names keep their capital."""
    return title[:1].lower() + title[1:] if title[:4] in ("The ", "This", "Too ") else title
