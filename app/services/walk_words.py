"""What is said of several accounts that need a sign-in, and of each account of a walk over them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.tongue import tr
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
    return tr("{sum} of {count}", sum=sum(is_ready(view) for view in views), count=len(views))


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
    return tr("{title} ends at {clock_time}", title=title, clock_time=clock_time(moment, now))


def several_out(views: Sequence[AccountView]) -> tuple[str, str]:
    """Headline and text while several accounts need a sign-in."""
    needy = needing_sign_in(views)
    names = ", ".join(view.title for view in needy)
    ready = sum(is_ready(view) for view in views)
    return tr("{of_accounts} ready", of_accounts=_of_accounts(ready, len(views))), tr(
        "{count} need a sign-in: {names}.", count=len(needy), names=names
    )


def still_working(views: Sequence[AccountView], now: datetime) -> str:
    """What is asked before several sessions that still work are replaced."""
    ends = (
        tr("{title} until {clock_time}", title=view.title, clock_time=clock_time(view.token_expires_at, now))
        if view.token_expires_at
        else view.title
        for view in views
    )
    return tr("These accounts still work: {join}. A new session ends the one before at once.", join=", ".join(ends))


def walking_line(view: SignInView, broker: str) -> str:
    """Where one sign-in of a walk stands."""
    if view.phase is Phase.ASKING and view.asked is not None:
        return tr("Asks for: {label}", label=tr(view.asked.label))
    if view.phase is Phase.EXCHANGING and view.problem is not None:  # why it takes long
        return view.problem.next_step
    return {
        Phase.OPENING: tr("Opening {broker}'s page", broker=broker)
        if view.url
        else tr("{broker} is asked how to begin", broker=broker),
        Phase.WAITING: tr("Sign in on {broker}'s page in your browser", broker=broker),
        Phase.ASKING: tr("Waiting for what is asked of you"),
        Phase.EXCHANGING: tr("{broker} is asked for the new session", broker=broker),
        Phase.CHECKING: tr("The new session is kept and being checked"),
        Phase.DONE: tr("Ready"),
        Phase.FAILED: tr("Not signed in"),
    }[view.phase]


def walked_line(walked: Walked, now: datetime) -> str:
    """How one account of a walk ended."""
    if isinstance(walked.answer, Yes):
        view = walked.answer.value
        return tr("Ready, {row_line}", row_line=row_line(view, now)) if is_ready(view) else meaning(view, now)[0]
    error = walked.answer.error
    return f"{error.title}. {error.next_step}"


def walk_title(walked: Sequence[Walked]) -> str:
    """How a walk ended as a whole."""
    ready = sum(isinstance(one.answer, Yes) and is_ready(one.answer.value) for one in walked)
    if not walked:
        return tr("No account needs a sign-in")
    if len(walked) == ready == 1:
        return tr("{title} is ready", title=walked[0].title)
    if ready == len(walked):
        return tr("All {ready} accounts are ready", ready=ready)
    return tr("{of_accounts} ready", of_accounts=_of_accounts(ready, len(walked)))


def _of_accounts(ready: int, number: int) -> str:
    return tr(
        "{ready} of {number} account{value} {value_2}",
        ready=ready,
        number=number,
        value="" if number == 1 else "s",
        value_2="is" if ready == 1 else "are",
    )
