"""The lines of an account's history: read on another day, so without "today", and without names that may change."""

from datetime import timedelta
from typing import Final

from app.domain.forecast import EARLY, Death
from app.domain.tongue import tr
from app.services.end_words import lasting_end
from app.services.times import minutes
from app.services.views import AccountTraced, AccountView, Trace

REMOVED: Final = "Removed from this computer"
_ARRIVALS: Final = {
    Trace.CONNECTED: "Connected",
    Trace.RECONNECTED: "Reconnected",
    Trace.RENEWED: "Renewed without you",
}
_LATE: Final = timedelta(minutes=2)


def trace_line(event: AccountTraced) -> str:
    """What happened, in one line."""
    if event.kind is Trace.DIED:
        return _died(event.view, event.death)
    return tr("{arrived}. Ends {end}", arrived=tr(_ARRIVALS[event.kind]), end=lasting_end(event.view))


def warned_line(left: int) -> str:
    """The user was told that the session ends in `left` minutes."""
    return tr("Told you that it ends in {minutes}", minutes=minutes(timedelta(minutes=left)))


def _died(view: AccountView, death: Death | None) -> str:
    """The broker's reason where it is another than the end of the session, and how it lies to the forecast."""
    error = view.error
    ended = tr("Ended") if error is None or error.kind == "session_expired" else tr("Ended: {title}", title=error.title)
    if death is None or death.due_at is None:
        return ended
    if death.due_at - death.at >= EARLY:
        return tr("{ended}, {minutes} before its time", ended=ended, minutes=minutes(death.due_at - death.at))
    return (
        tr("{ended}, noticed {minutes} later", ended=ended, minutes=minutes(death.at - death.due_at))
        if death.at - death.due_at >= _LATE
        else ended
    )
