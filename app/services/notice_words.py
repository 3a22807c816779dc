"""The texts of notices (design section 10): names, states and times, never an amount."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.market import Phase, next_change, phase
from app.services.times import clock_time, minutes
from app.services.views import AccountView, Action, Notice
from app.services.words import meaning

SEVERAL = "accounts"


def key_of(user_id: str) -> str:
    """The key of an account's own notice: a later one takes its place."""
    return f"account:{user_id}"


def death(view: AccountView, now: datetime) -> Notice:
    """One account is signed out."""
    title, text = meaning(view, now)
    return Notice(key_of(view.user_id), title, text, view.user_id, Action.RECONNECT, urgent=True)


def deaths(views: Sequence[AccountView], now: datetime) -> Notice:
    """Several accounts are signed out, told at once."""
    if len(views) == 1:
        return death(views[0], now)
    since = [view.since for view in views if view.since is not None]
    when = f" since {clock_time(min(since), now)}" if since else ""
    names = ", ".join(view.title for view in views)
    title = f"{len(views)} accounts are signed out{when}"
    return Notice(SEVERAL, title, f"{names}.{_market(now)}", None, Action.RECONNECT, urgent=True)


def ending(view: AccountView, now: datetime) -> Notice:
    """One account ends soon, while the market is open."""
    title, text = meaning(view, now)
    return Notice(key_of(view.user_id), title, text, view.user_id, Action.RENEW, urgent=True)


def back(view: AccountView, now: datetime) -> Notice:
    """One account is ready again."""
    title, text = meaning(view, now)
    return Notice(key_of(view.user_id), title, text, view.user_id)


def _market(now: datetime) -> str:
    if phase(now) is Phase.OPEN:
        return " The market is open."
    opens = next_change(now)
    if phase(now) is Phase.CLOSED and phase(opens) is Phase.PRE_OPEN:
        opens = next_change(opens)
    near = opens.date() == now.astimezone(opens.tzinfo).date()
    return f" Market opens in {minutes(opens - now)}." if near else f" Market opens {clock_time(opens, now)}."
