"""Sums over positions that say how much of them is current. No Qt."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from app.domain import Position
from app.domain.records import dataclass
from app.qt.models.figures import total
from app.services.book_views import PositionsView


@dataclass(frozen=True, slots=True)
class Sum:
    """P&L of some positions, rupees."""

    pnl: Decimal
    unrealised: Decimal
    realised: Decimal
    open_count: int
    closed_count: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A sum over accounts. `known` accounts are in it, `stale` of these are not current, `missing` are not in it."""

    sum: Sum
    known: int
    stale: int
    missing: int
    read_at: datetime | None  # the oldest reading in it


def sum_of(rows: Iterable[Position]) -> Sum:
    """The sum of `rows`."""
    held = tuple(rows)
    open_count = sum(row.quantity != 0 for row in held)
    return Sum(
        total(row.pnl for row in held),
        total(row.unrealised for row in held),
        total(row.realised for row in held),
        open_count,
        len(held) - open_count,
    )


def totals(views: Sequence[PositionsView | None]) -> Totals:
    """One sum over accounts; an account without a good read is missing, never 0."""
    known = [view for view in views if view is not None and view.rows is not None]
    rows = [row for view in known for row in view.rows or ()]
    moments = [view.as_of for view in known if view.as_of is not None]
    return Totals(
        sum_of(rows),
        len(known),
        sum(not view.current for view in known),
        len(views) - len(known),
        min(moments) if moments else None,
    )
