"""Judges what became of what was sent. Pure, no Qt.

What is not certain is never told as a yes or a no: a lost answer is being looked for, and nothing here offers to send
the same again while it is.
"""

from collections.abc import Sequence

from app.domain import IST, OrderStatus
from app.domain.intents import Deed, Record
from app.domain.order_life import Fate
from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.ticket.course import Course
from app.qt.ticket.outcome import Came, FindOrder, Line, Outcome
from app.qt.ticket.outcome_words import line_of, order_of, words_of


def outcome(course: Course, broker: str, find: FindOrder, figures: Figures) -> Outcome:
    """What `course` has come to; `broker` is its label."""
    records = tuple(course.records.values())
    came = _came(course, records, find)
    taken = sum(record.fate is Fate.ACCEPTED and not _refused(record, find) for record in records)
    title, words, urgent = words_of(came, course, records, broker, taken=taken)
    lines = tuple(line_of(record, find, figures) for record in records)
    if came is Came.SENDING and course.preview is not None and not lines:
        lines = (Line(next(iter(course.preview.words), ""), tr("On its way")),)
    return Outcome(came, title, words, urgent, lines)


def _came(course: Course, records: Sequence[Record], find: FindOrder) -> Came:
    if course.sending:
        return Came.SENDING
    if course.held_back:
        return Came.NOT_SENT
    fates = {record.fate for record in records}
    if not records or fates & {Fate.UNKNOWN, Fate.SENDING, Fate.WRITTEN}:
        return Came.UNKNOWN
    if Fate.NOT_CONFIRMED in fates:
        return Came.NOT_CONFIRMED
    return _settled(fates, records, find)


def _settled(fates: set[Fate], records: Sequence[Record], find: FindOrder) -> Came:
    refused = [record for record in records if record.fate is Fate.REJECTED or _refused(record, find)]
    if len(refused) == len(records):
        return Came.REJECTED
    if Fate.ACCEPTED not in fates:
        return Came.NOT_SENT if Fate.REJECTED not in fates else Came.REJECTED
    return Came.PARTLY if refused or len(fates) > 1 else Came.ACCEPTED


def _refused(record: Record, find: FindOrder) -> bool:
    """Whether the exchange refused a new order that the broker had taken."""
    order = order_of(record, find) if record.intent.deed is Deed.PLACE else None
    return order is not None and order.status is OrderStatus.REJECTED


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
