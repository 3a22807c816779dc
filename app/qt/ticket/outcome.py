"""What became of what was sent, in words: of one order, or of slices each with its fate. Pure, no Qt.

What is not certain is never told as a yes or a no: a lost answer is being looked for, and nothing here offers to send
the same again while it is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import IST, Order, OrderStatus
from app.domain.intents import Deed, Record
from app.domain.local_errors import ERRORS
from app.domain.order_life import Evidence, Fate
from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.ticket.course import Course
from app.qt.ticket.findings import said as told
from app.qt.ticket.words import line_of
from app.services.words import order_state

_KIND: Final = re.compile(r" \(([a-z_]+)\)(?=:|$)")
FindOrder = Callable[[str, str], Order | None]
"""The order of an account by its id, as its book was read last."""


class Came(StrEnum):
    """What came of all of it; of several fates the one that a trader must know first."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_CONFIRMED = "not_confirmed"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    PARTLY = "partly"
    ACCEPTED = "accepted"


SHAPES: Final = {
    Came.SENDING: "signing-in",
    Came.UNKNOWN: "unknown",
    Came.NOT_CONFIRMED: "unknown",
    Came.REJECTED: "expired",
    Came.NOT_SENT: "refused",
    Came.PARTLY: "expiring",
    Came.ACCEPTED: "ready",
}
"""The state icon of each; the title beside it says the same in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order of it: what it is, where it stands, and the broker's words on it."""

    order: str
    stands: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that the last page says. `urgent` is the sentence that must not be missed."""

    came: Came
    title: str
    words: str
    urgent: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its fate is still looked for: amber frame, and no way to send it again."""
        return self.came in (Came.UNKNOWN, Came.NOT_CONFIRMED)


def outcome(course: Course, broker: str, find: FindOrder, figures: Figures) -> Outcome:
    """What `course` has come to; `broker` is its label."""
    records = tuple(course.records.values())
    came = _came(course, records, find)
    title, words, urgent = _said(came, course, records, broker)
    lines = tuple(_line(record, find, figures) for record in records)
    if came is Came.SENDING and course.preview is not None and not lines:
        lines = (Line(next(iter(course.preview.words), ""), tr("On its way")),)
    return Outcome(came, title, words, urgent, lines)


def _came(course: Course, records: Sequence[Record], find: FindOrder) -> Came:
    if course.sending:
        return Came.SENDING
    if course.held_back:
        return Came.NOT_SENT
    if course.error is not None or not records:
        return Came.UNKNOWN if not any(record.fate is Fate.NOT_CONFIRMED for record in records) else Came.NOT_CONFIRMED
    fates = {record.fate for record in records}
    if fates & {Fate.UNKNOWN, Fate.SENDING, Fate.WRITTEN}:
        return Came.UNKNOWN
    if Fate.NOT_CONFIRMED in fates:
        return Came.NOT_CONFIRMED
    return _settled(fates, records, find)


def _settled(fates: set[Fate], records: Sequence[Record], find: FindOrder) -> Came:
    refused = [record for record in records if record.fate is Fate.REJECTED or _refused(_order_of(record, find))]
    if len(refused) == len(records):
        return Came.REJECTED
    if Fate.ACCEPTED not in fates:
        return Came.NOT_SENT if Fate.REJECTED not in fates else Came.REJECTED
    return Came.PARTLY if refused or len(fates) > 1 else Came.ACCEPTED


def _refused(order: Order | None) -> bool:
    return order is not None and order.status is OrderStatus.REJECTED


def _order_of(record: Record, find: FindOrder) -> Order | None:
    return find(record.intent.user_id, record.order_id) if record.order_id else None


# ------------------------------------------------------------------ the words


def _said(came: Came, course: Course, records: Sequence[Record], broker: str) -> tuple[str, str, str]:
    if came is Came.ACCEPTED:
        return _accepted(records, broker)
    if came is Came.NOT_SENT:
        return tr("Not sent"), _why_not(course, records), ""
    if came is Came.PARTLY:
        taken = sum(record.fate is Fate.ACCEPTED for record in records)
        words = tr(
            "Only a part of it is at {broker}. What was not sent or was refused is not in the market.", broker=broker
        )
        return tr("{taken} of {all} orders were taken", taken=taken, all=len(records)), words, ""
    if came is Came.REJECTED:
        return tr("{broker} refused the order", broker=broker), _next_step(records), ""
    return _not_known(came, records, broker)


def _not_known(came: Came, records: Sequence[Record], broker: str) -> tuple[str, str, str]:
    if came is Came.SENDING:
        words = tr("Waiting for {broker}'s answer. Closing this window stops nothing.", broker=broker)
        return tr("Sending to {broker}", broker=broker), words, ""
    if came is Came.UNKNOWN:
        words = tr("The order was sent{time} and the answer was lost. It may be in the market.", time=_sent_at(records))
        return tr("Checking with {broker}", broker=broker), words, tr("Do not send it again.")
    words = tr(
        "{broker}'s order book does not show this order after 2 full readings. Kunji goes on checking and tells you if"
        " it appears.",
        broker=broker,
    )
    urgent = tr("Look in {broker}'s own app before you order again.", broker=broker)
    return tr("Not confirmed by {broker}", broker=broker), words, urgent


def _accepted(records: Sequence[Record], broker: str) -> tuple[str, str, str]:
    if records[0].intent.deed is Deed.MODIFY:
        return tr("{broker} took the change", broker=broker), tr("How the order stands now:"), ""
    late = any(step.evidence is Evidence.SEEN for record in records for step in record.steps)
    words = tr("It was found in the order book.") if late else tr("How it stands is followed here and in Orders.")
    if len(records) == 1:
        return tr("{broker} took the order", broker=broker), words, ""
    return tr("{broker} took all {count} orders", broker=broker, count=len(records)), words, ""


def _why_not(course: Course, records: Sequence[Record]) -> str:
    """Why nothing left this computer."""
    if course.held_back:
        return " ".join(told(one) for one in course.held_back)
    reasons = dict.fromkeys(said(record) for record in records if said(record))
    sentences = (f"{reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in reasons)
    return " ".join([*sentences, tr("It never left this computer.")])


def _next_step(records: Sequence[Record]) -> str:
    """What to do about a refusal: as its kind says, or as any refusal."""
    found = _KIND.search(_detail(records[0]))
    known = ERRORS.get(found[1]) if found is not None else None
    return tr(known.next_step if known is not None else ERRORS["order_rejected"].next_step)


def _sent_at(records: Sequence[Record]) -> str:
    moments = [step.at for record in records for step in record.steps if step.fate is Fate.SENDING]
    return tr(" at {time}", time=f"{min(moments).astimezone(IST):%H:%M:%S}") if moments else ""


def _detail(record: Record) -> str:
    return next((step.detail for step in reversed(record.steps) if step.detail), "")


def said(record: Record) -> str:
    """The last words on it, the broker's as they came; the kind of an error is not for people."""
    return _KIND.sub("", _detail(record))


_FATES: Final = {
    Fate.WRITTEN: "Not sent yet",
    Fate.SENDING: "On its way",
    Fate.ACCEPTED: "Taken",
    Fate.REJECTED: "Refused",
    Fate.NOT_SENT: "Not sent",
    Fate.UNKNOWN: "Being looked for",
    Fate.NOT_CONFIRMED: "Not confirmed",
}


def _line(record: Record, find: FindOrder, figures: Figures) -> Line:
    intent, order = record.intent, _order_of(record, find)
    if intent.request is not None:
        what = f"{tr(intent.request.side.value)} {line_of(intent.request, figures)}"
    else:
        what = tr("Change to {quantity}", quantity=figures.units(intent.change.quantity)) if intent.change else ""
    told = order.message if order is not None and order.message else ""
    why = told or ("" if record.fate is Fate.ACCEPTED else said(record))
    return Line(what, _stands(record, order, figures), figures.words(why))


def _stands(record: Record, order: Order | None, figures: Figures) -> str:
    """Where the order stands: the book's word where it is known, else how its sending ended."""
    named = tr(", order {id}", id=record.order_id) if record.order_id else tr(", tag {tag}", tag=record.intent.tag)
    if order is None or record.fate is not Fate.ACCEPTED:
        return tr(_FATES[record.fate]) + named
    units = figures.units(order.filled_quantity), figures.units(order.quantity)
    filled = tr(", {filled} of {all} filled", filled=units[0], all=units[1])
    at = tr(" at {price}", price=figures.price(order.average_price, order.exchange)) if order.average_price else ""
    return order_state(order) + filled + at + named


def details(course: Course, shown: Outcome) -> str:
    """What can be copied of it: the words, and of each order its tag and steps."""
    lines = [shown.title, shown.words, shown.urgent]
    for record in course.records.values():
        intent = record.intent
        lines += ["", intent.account, f"tag {intent.tag}" if intent.tag else "", f"order {record.order_id or '-'}"]
        lines += [
            f"{step.at.astimezone(IST):%H:%M:%S} {step.evidence} {step.fate} {step.detail}" for step in record.steps
        ]
    return "\n".join(line.rstrip() for line in lines if line or not lines)
