"""The money of all accounts as one sum that says how much of it is current. No Qt."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.models.figures import total
from app.services.book_views import FundsView


@dataclass(frozen=True, slots=True)
class Money:
    """Rupees over accounts: `known` accounts are in it, `stale` of these not current, `missing` are not in it."""

    available: Decimal
    used: Decimal
    known: int
    stale: int
    missing: int
    read_at: datetime | None  # the oldest reading in it


def money(views: Sequence[FundsView | None]) -> Money:
    """One sum; an account whose funds were never read is missing, never 0."""
    known = [view for view in views if view is not None and view.funds is not None]
    funds = [view.funds for view in known if view.funds is not None]
    moments = [view.as_of for view in known if view.as_of is not None]
    return Money(
        total(one.available for one in funds),
        total(one.used for one in funds),
        len(known),
        sum(not view.current for view in known),
        len(views) - len(known),
        min(moments, default=None),
    )


def current_words(known: int, stale: int, missing: int, read: str) -> str:
    """How current a sum over accounts is: "all 5 current, 09:32:17", "3 of 5 current"."""
    count = known + missing
    if count == 1 and not stale:
        return tr("read {time}", time=read) if read else ""
    if not stale and not missing:
        return tr("all {count} current, {time}", count=count, time=read)
    return tr("{current} of {count} current", current=known - stale, count=count)
