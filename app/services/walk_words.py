"""What is said of several accounts that need a sign-in, and of each account of a walk over them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.services.answers import Yes
from app.services.state_words import meaning, row_line
from app.services.times import clock_time
from app.services.views import AccountState, AccountView, Action, Phase, SignInView, Walked

_LIVING: Final = (
    AccountState.ENDS_SOON,
    AccountState.NOT_CONFIRMED,
    AccountState.WATCH_ONLY,
    AccountState.OFFLINE,
    AccountState.READY,
)


def needing_sign_in(views: Sequence[AccountView]) -> list[AccountView]:
    """The accounts that a sign-in would help and that nobody signs in to yet, in the order given."""
    return [view for view in views if view.action is Action.RECONNECT]


def is_ready(view: AccountView) -> bool:
    """Whether one can trade with it now, be it not for long."""
    return view.state in (AccountState.READY, AccountState.ENDS_SOON)


def ready_count(views: Sequence[AccountView]) -> str:
    """How many can be traded with: "2 of 4"."""
    return f"{sum(is_ready(view) for view in views)} of {len(views)}"


def next_death(views: Sequence[AccountView], now: datetime) -> str:
    """Which session ends next, "Self \u00b7 Dhan ends at 09:46"; empty when none is known to."""
    ends = [
        (view.token_expires_at, view.title)
        for view in views
        if view.token_expires_at is not None and view.token_expires_at > now and view.state in _LIVING
    ]
    if not ends:
        return ""
    moment, title = min(ends)
    return f"{title} ends at {clock_time(moment, now)}"


def several_out(views: Sequence[AccountView]) -> tuple[str, str]:
    """Headline and text while several accounts need a sign-in."""
    needy = needing_sign_in(views)
    names = ", ".join(view.title for view in needy)
    ready = sum(is_ready(view) for view in views)
    return f"{_of_accounts(ready, len(views))} ready", f"{len(needy)} need a sign-in: {names}."


def still_working(views: Sequence[AccountView], now: datetime) -> str:
    """What is asked before several sessions that still work are replaced."""
    ends = (
        f"{view.title} until {clock_time(view.token_expires_at, now)}" if view.token_expires_at else view.title
        for view in views
    )
    return f"These accounts still work: {', '.join(ends)}. A new session ends the one before at once."


def walking_line(view: SignInView, broker: str) -> str:
    """Where one sign-in of a walk stands."""
    if view.phase is Phase.ASKING and view.asked is not None:
        return f"Asks for: {view.asked.label}"
    if view.phase is Phase.EXCHANGING and view.problem is not None:  # why it takes long
        return view.problem.next_step
    return {
        Phase.OPENING: f"Opening {broker}'s page" if view.url else f"{broker} is asked how to begin",
        Phase.WAITING: f"Sign in on {broker}'s page in your browser",
        Phase.ASKING: "Waiting for what is asked of you",
        Phase.EXCHANGING: f"{broker} is asked for the new session",
        Phase.CHECKING: "The new session is kept and being checked",
        Phase.DONE: "Ready",
        Phase.FAILED: "Not signed in",
    }[view.phase]


def walked_line(walked: Walked, now: datetime) -> str:
    """How one account of a walk ended."""
    if isinstance(walked.answer, Yes):
        view = walked.answer.value
        return f"Ready, {row_line(view, now)}" if is_ready(view) else meaning(view, now)[0]
    error = walked.answer.error
    return f"{error.title}. {error.next_step}"


def walk_title(walked: Sequence[Walked]) -> str:
    """How a walk ended as a whole."""
    ready = sum(isinstance(one.answer, Yes) and is_ready(one.answer.value) for one in walked)
    if not walked:
        return "No account needs a sign-in"
    if len(walked) == ready == 1:
        return f"{walked[0].title} is ready"
    if ready == len(walked):
        return f"All {ready} accounts are ready"
    return f"{_of_accounts(ready, len(walked))} ready"


def _of_accounts(ready: int, number: int) -> str:
    return f"{ready} of {number} account{'' if number == 1 else 's'} {'is' if ready == 1 else 'are'}"
