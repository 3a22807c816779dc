"""What became of an order that was to be sent: one pure table of fates and of the evidence that moves them.

    WRITTEN ........ the intent is on the disk, nothing was sent
      SENDING ...... on the disk before the one request leaves this computer
        ACCEPTED ....... the broker named the order, or it stands in the order book
        REJECTED ....... the broker itself refused it
        NOT_SENT ....... it certainly never left
        UNKNOWN ........ anything else: it may be in the market
          NOT_CONFIRMED .. two whole readings of the book lacked it: still not a no, and still looked for

Nothing moves back, and only the broker's own word leads to ACCEPTED or REJECTED. An order that turns up after another
fate was told is ACCEPTED, late: that is an alarm, never a correction in silence.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.orders import Order
from app.domain.records import dataclass

SETTLED_WITHOUT: Final = 2
"""Whole readings of the order book that must lack an order before it is told as not confirmed."""

LEAST_AGE: Final = timedelta(seconds=20)
"""So long after it was sent the readings begin to count: brokers have shown orders after 8 s."""


class Fate(StrEnum):
    """Where the sending of one order stands."""

    WRITTEN = "written"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    NOT_CONFIRMED = "not_confirmed"

    @property
    def is_open(self) -> bool:
        """Whether the order book must still be asked for it."""
        return self in (Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED)


class Evidence(StrEnum):
    """What moves a fate."""

    BEGUN = "begun"  # "sending" is on the disk
    ANSWERED = "answered"  # the broker named the order
    REFUSED = "refused"  # the broker's definite no
    NEVER_LEFT = "never_left"  # no connection was there to send it over
    LOST = "lost"  # no answer, or none that says anything certain
    SEEN = "seen"  # it stands in the order book, under its tag
    MISSING = "missing"  # enough whole readings lacked it
    RESTARTED = "restarted"  # this program ended in between


_MOVES: Final[Mapping[tuple[Fate, Evidence], Fate]] = MappingProxyType(
    {
        (Fate.WRITTEN, Evidence.BEGUN): Fate.SENDING,
        (Fate.WRITTEN, Evidence.NEVER_LEFT): Fate.NOT_SENT,
        (Fate.WRITTEN, Evidence.RESTARTED): Fate.NOT_SENT,
        (Fate.SENDING, Evidence.ANSWERED): Fate.ACCEPTED,
        (Fate.SENDING, Evidence.REFUSED): Fate.REJECTED,
        (Fate.SENDING, Evidence.NEVER_LEFT): Fate.NOT_SENT,
        (Fate.SENDING, Evidence.LOST): Fate.UNKNOWN,
        (Fate.SENDING, Evidence.RESTARTED): Fate.UNKNOWN,
        (Fate.UNKNOWN, Evidence.MISSING): Fate.NOT_CONFIRMED,
        **{
            (fate, Evidence.SEEN): Fate.ACCEPTED
            for fate in (Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED, Fate.NOT_SENT, Fate.REJECTED)
        },
    }
)


def next_fate(fate: Fate, evidence: Evidence) -> Fate:
    """Where `evidence` leads from `fate`; what says nothing new leaves it."""
    return _MOVES.get((fate, evidence), fate)


def is_late(fate: Fate, evidence: Evidence) -> bool:
    """Whether the order turned up after something else was told: the user must hear of it at once."""
    return evidence is Evidence.SEEN and fate in (Fate.NOT_CONFIRMED, Fate.NOT_SENT, Fate.REJECTED)


@dataclass(frozen=True, slots=True)
class Search:
    """How often the book was read in vain for one order. `sent_at` is when "sending" was written down."""

    sent_at: datetime
    without: int = 0

    def read_without(self, began: datetime) -> "Search":
        """A whole reading that began at `began` lacked it; one that began too early proves nothing."""
        return replace(self, without=self.without + 1) if began - self.sent_at >= LEAST_AGE else self

    @property
    def is_over(self) -> bool:
        """Whether it may be told as not confirmed."""
        return self.without >= SETTLED_WITHOUT


def seen_again(known: Order | None, seen: Order) -> Order:
    """The order as it stands after another reading: filled units never fall, a final state stays final.

    Readings overtake each other on their way, so an older picture may come last. A status word that nobody knows
    (None) never takes the place of a final one.
    """
    if known is None:
        return seen
    if known.status is not None and known.status.is_final and (seen.status is None or seen.status.is_working):
        return known
    if seen.filled_quantity < known.filled_quantity:
        return replace(
            seen, filled_quantity=known.filled_quantity, average_price=known.average_price, sub_state=known.sub_state
        )
    return seen


def is_settled(order: Order | None) -> bool:
    """Whether nothing more will happen to it, by the broker's own word."""
    return order is not None and order.status is not None and order.status.is_final
