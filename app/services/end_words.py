"""When a session ends, in words that say how sure it is."""

from datetime import datetime
from typing import Final

from app.domain.forecast import Certainty
from app.domain.tongue import tr
from app.services.times import clock_time, full_time
from app.services.views import AccountView

_SOURCES: Final = {
    Certainty.STATED: "{at}, says {broker}",
    Certainty.RULE: "{at}, by {broker}'s rule",
    Certainty.LEARNT: "about {at}, as on earlier days",
    Certainty.UNKNOWN: "{at}, not certain",
}


def session_end(view: AccountView, now: datetime) -> str:
    """The forecast with its source: "06:00 tomorrow, by Zerodha's rule"; "not known" where nobody says anything."""
    end = view.token_expires_at
    return tr("not known") if end is None else _sourced(view, clock_time(end, now))


def lasting_end(view: AccountView) -> str:
    """The same for a line that is read on another day: "Thu 19 Nov 06:00, by Zerodha's rule"."""
    end = view.token_expires_at
    return tr("not known") if end is None else _sourced(view, full_time(end))


def _sourced(view: AccountView, at: str) -> str:
    return tr(_SOURCES[view.certainty], at=at, broker=view.broker_label)
