"""When a session ends, in words that say how sure it is."""

from datetime import datetime
from typing import Final

from app.domain.forecast import Certainty
from app.services.times import clock_time
from app.services.views import AccountView

_SOURCES: Final = {
    Certainty.STATED: "{at}, says {broker}",
    Certainty.RULE: "{at}, by {broker}'s rule",
    Certainty.LEARNT: "about {at}, as on earlier days",
    Certainty.UNKNOWN: "{at}, not certain",
}


def session_end(view: AccountView, now: datetime) -> str:
    """The forecast with its source: "06:00 tomorrow, by Zerodha's rule"; "not known" where nobody says anything."""
    if view.token_expires_at is None:
        return "not known"
    at = clock_time(view.token_expires_at, now)
    return _SOURCES[view.certainty].format(at=at, broker=view.broker_label)
