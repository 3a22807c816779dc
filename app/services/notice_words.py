"""The texts of notices (design section 10): names, states and times, never an amount."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from app.domain.forecast import Certainty
from app.domain.market import EQUITY, Phase, Segment, is_open, next_change, phase
from app.domain.tongue import tr
from app.services.state_words import held, meaning
from app.services.times import clock_time, minutes
from app.services.views import AccountState, AccountView, Action, Notice

SEVERAL: Final = "accounts"
ENDING: Final = "ending"
READINESS: Final = "readiness"
_AT_ONCE: Final = 300  # seconds between deaths that are told as one
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SIGN_INS_A_MINUTE: Final = 3
_COMMODITIES: Final = "commodities trade"


def key_of(user_id: str) -> str:
    """The key of an account's own notice: a later one takes its place."""
    return f"account:{user_id}"


# ------------------------------------------------------------------ deaths


def death(view: AccountView, now: datetime) -> Notice:
    """One account is signed out."""
    title, text = meaning(view, now)
    return Notice(key_of(view.user_id), title, text, view.user_id, Action.RECONNECT, urgent=True)


def deaths(views: Sequence[AccountView], now: datetime) -> Notice:
    """Several accounts are signed out, told at once."""
    if len(views) == 1:
        return death(views[0], now)
    since = [view.since for view in views if view.since is not None]
    at_once = len(since) == len(views) and (max(since) - min(since)).total_seconds() < _AT_ONCE
    when = tr(" since {clock_time}", clock_time=clock_time(min(since), now)) if at_once else ""
    title = tr("{count} accounts are signed out{when}", count=len(views), when=when)
    return _of_several(SEVERAL, title, f"{_names(views)}.{_market(now)}", views)


def back(view: AccountView, now: datetime) -> Notice:
    """One account is ready again."""
    title, text = meaning(view, now)
    return Notice(key_of(view.user_id), title, text, view.user_id)


# ------------------------------------------------------------------ warnings


def ending(view: AccountView, now: datetime, segments: Collection[Segment]) -> Notice:
    """One account ends soon, while one of `segments`, which it trades, is open."""
    end = view.token_expires_at or now
    surely = view.certainty is not Certainty.LEARNT
    title = f"{view.title} {tr('ends at') if surely else tr('may end at about')} {clock_time(end, now)}"
    text = tr(
        "In {minutes}, while {open_at}. {out_of_reach}",
        minutes=minutes(end - now),
        open_at=_open_at(end, segments),
        out_of_reach=_out_of_reach(view),
    )
    return Notice(key_of(view.user_id), title, text, view.user_id, Action.RECONNECT, urgent=True)


def endings(views: Sequence[AccountView], now: datetime, segments: Collection[Segment]) -> Notice:
    """Several accounts end soon, told at once."""
    if len(views) == 1:
        return ending(views[0], now, segments)
    ends = {view.user_id: view.token_expires_at or now for view in views}
    last = max(ends.values())
    title = tr("{count} accounts end by {clock_time}", count=len(views), clock_time=clock_time(last, now))
    names = ", ".join(f"{view.title} at {clock_time(ends[view.user_id], now)}" for view in views)
    what = tr("Positions stay open; you could not change them from Kunji.")
    return _of_several(
        ENDING,
        title,
        tr("{names}, while {open_at}. {what}", names=names, open_at=_open_at(last, segments), what=what),
        views,
    )


def _open_at(end: datetime, segments: Collection[Segment]) -> str:
    if is_open(EQUITY, end):
        return tr("the market is open")
    return (
        tr("currencies trade")
        if Segment.CURRENCY in segments and is_open([Segment.CURRENCY], end)
        else tr(_COMMODITIES)
    )


def _out_of_reach(view: AccountView) -> str:
    if view.open_positions == 0:
        return tr("After that you cannot trade from this account.")
    stay = "stays" if view.open_positions == 1 else "stay"
    return tr(
        "{replace} {stay} open; you could not change them from Kunji.",
        replace=held(view).replace(" open", ""),
        stay=stay,
    )


# ------------------------------------------------------------------ readiness


def readiness(views: Sequence[AccountView], now: datetime, opens: datetime | None) -> Notice | None:
    """How many accounts are ready; None when all are, or when those that are not may be so for the network alone.

    `opens` is when they could trade next today, None when that has begun.
    """
    states = [view.state for view in views]
    ready = sum(state in _READY for state in states)
    out = [view for view in views if view.state is AccountState.SIGNED_OUT]
    locked = [view for view in views if view.state is AccountState.LOCKED]
    if not out and not any(state in _TOLD for state in states):
        return None
    are = "is" if 1 in (ready, len(views)) else "are"
    title = tr(
        "{ready} of {count} account{value} {are} ready",
        ready=ready,
        count=len(views),
        value="s" if len(views) > 1 else "",
        are=are,
    )
    text = " ".join(line for line in (_sign_ins(len(out), now, opens), *_others(states)) if line)
    if len(out) > 1:
        return _of_several(READINESS, title, text, out)
    if out:
        return Notice(READINESS, title, text, out[0].user_id, Action.RECONNECT)
    return Notice(
        READINESS, title, text, locked[0].user_id if locked else None, Action.UNLOCK if locked else Action.NONE
    )


_READY: Final = (AccountState.READY, AccountState.ENDS_SOON)
_TOLD: Final = {
    AccountState.WATCH_ONLY: ("can only be watched: orders are refused", "can only be watched: orders are refused"),
    AccountState.REFUSED: ("is refused by its broker", "are refused by their brokers"),
    AccountState.LOCKED: ("is locked: unlock the keychain", "are locked: unlock the keychain"),
}
_UNKNOWN: Final = (AccountState.OFFLINE, AccountState.NOT_CONFIRMED)


def _sign_ins(number: int, now: datetime, opens: datetime | None) -> str:
    if not number:
        return ""
    before = tr(" before {clock_time}", clock_time=clock_time(opens, now)) if opens is not None else ""
    about = -(-number // _SIGN_INS_A_MINUTE)
    needs = "needs" if number == 1 else "need"
    return tr(
        "{count} {needs} a sign-in{before}, about {word} minute{value}.",
        count=_count(number),
        needs=needs,
        before=before,
        word=_word(about),
        value="s" if about > 1 else "",
    )


def _others(states: Sequence[AccountState]) -> list[str]:
    """What else keeps accounts from being ready, one sentence a state."""
    found = [(states.count(state), words) for state, words in _TOLD.items()]
    found.append(
        (sum(state in _UNKNOWN for state in states), (tr("has not answered yet"), tr("have not answered yet")))
    )
    return [f"{_count(number)} {tr(words[number > 1])}." for number, words in found if number]


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _count(number: int) -> str:
    return _word(number).capitalize()


# ------------------------------------------------------------------ what several have in common


def _of_several(key: str, title: str, text: str, views: Sequence[AccountView]) -> Notice:
    accounts = tuple(view.user_id for view in views)
    return Notice(key, title, text, None, Action.RECONNECT_ALL, urgent=key != READINESS, accounts=accounts)


def _names(views: Sequence[AccountView]) -> str:
    return ", ".join(view.title for view in views)


def _market(now: datetime) -> str:
    if phase(now) is Phase.OPEN:
        return tr(" The market is open.")
    opens = next_change(now)
    if phase(now) is Phase.CLOSED and phase(opens) is Phase.PRE_OPEN:
        opens = next_change(opens)
    near = opens.date() == now.astimezone(opens.tzinfo).date()
    return (
        tr(" Market opens in {minutes}.", minutes=minutes(opens - now))
        if near
        else tr(" Market opens {clock_time}.", clock_time=clock_time(opens, now))
    )
