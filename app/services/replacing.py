"""What is asked before a session that still works is replaced (design section 10, text 14)."""

from datetime import datetime

from app.domain.tongue import tr
from app.services.times import clock_time
from app.services.views import AccountView


def before_replacing(view: AccountView, living: datetime, now: datetime, *, shared: bool) -> str:
    """What a new session would end.

    `living` is what `SignIns.living` answered; `shared` says that the broker lets only one token of the client live, so
    that other programs lose theirs.
    """
    alive = (
        tr("still works until {clock_time}", clock_time=clock_time(living, now))
        if living > now
        else tr("still works; its end is not known")
    )
    ends = (
        tr("A new session ends this one at once, also in other programs that use it.")
        if shared
        else tr("A new session takes the place of this one.")
    )
    return f"{view.title} {alive}. {ends}"
