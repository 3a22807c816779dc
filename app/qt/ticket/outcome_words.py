"""The words of an outcome: what happened, what it means for money, what to do. Pure, no Qt."""

from collections.abc import Sequence
from typing import Final

from app.domain import IST, Order
from app.domain.intents import Deed, Record
from app.domain.last_words import KIND, detail_of, said_plainly
from app.domain.local_errors import ERRORS
from app.domain.order_life import Evidence, Fate
from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.ticket.course import Course
from app.qt.ticket.findings import said as told
from app.qt.ticket.outcome import Came, FindOrder, Line
from app.qt.ticket.words import line_of as request_line
from app.services.words import order_state


def words_of(came: Came, course: Course, records: Sequence[Record], broker: str, *, taken: int) -> tuple[str, str, str]:
    """Title, words, and the sentence that must not be missed; `taken` is how many of the orders stand at the broker."""
    if course.preview is not None and course.preview.deed is Deed.MODIFY and came is not Came.NOT_SENT:
        return _of_change(came, records, broker)
    if came is Came.ACCEPTED:
        return _accepted(records, broker)
    if came is Came.NOT_SENT:
        return tr("Not sent"), _why_not(course, records), ""
    if came is Came.PARTLY:
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


def _of_change(came: Came, records: Sequence[Record], broker: str) -> tuple[str, str, str]:
    """Of a resting order that was to be changed: it stays in the market whatever came of that."""
    if came is Came.SENDING:
        return _not_known(came, records, broker)
    if came is Came.ACCEPTED:
        return tr("{broker} took the change", broker=broker), tr("How the order stands now:"), ""
    if came is Came.REJECTED:
        return tr("{broker} refused the change", broker=broker), tr("The order stands as it did before."), ""
    if came is Came.UNKNOWN:
        words = tr("The change was sent{time} and the answer was lost.", time=_sent_at(records))
        rest = tr("The order stands as before or as changed: its book will say so.")
        return tr("Checking with {broker}", broker=broker), f"{words} {rest}", tr("Do not send it again.")
    words = tr("{broker}'s order book does not show this change after 2 full readings.", broker=broker)
    urgent = tr("Look in {broker}'s own app before you change it again.", broker=broker)
    return tr("Not confirmed by {broker}", broker=broker), words, urgent


def _accepted(records: Sequence[Record], broker: str) -> tuple[str, str, str]:
    late = any(step.evidence is Evidence.SEEN for record in records for step in record.steps)
    words = tr("It was found in the order book.") if late else tr("How it stands is followed here and in Orders.")
    if len(records) == 1:
        return tr("{broker} took the order", broker=broker), words, ""
    return tr("{broker} took all {count} orders", broker=broker, count=len(records)), words, ""


def _why_not(course: Course, records: Sequence[Record]) -> str:
    """Why nothing left this computer."""
    if course.held_back:
        return " ".join(told(one) for one in course.held_back)
    reasons = dict.fromkeys(filter(None, map(said_plainly, records)))
    sentences = (f"{reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in reasons)
    return " ".join([*sentences, tr("It never left this computer.")])


def _next_step(records: Sequence[Record]) -> str:
    """What to do about a refusal: as its kind says, or as any refusal."""
    found = KIND.search(detail_of(records[0]))
    known = ERRORS.get(found[1]) if found is not None else None
    return tr(known.next_step if known is not None else ERRORS["order_rejected"].next_step)


def _sent_at(records: Sequence[Record]) -> str:
    moments = [step.at for record in records for step in record.steps if step.fate is Fate.SENDING]
    return tr(" at {time}", time=f"{min(moments).astimezone(IST):%H:%M:%S}") if moments else ""


_FATES: Final = {
    Fate.WRITTEN: "Not sent yet",
    Fate.SENDING: "On its way",
    Fate.ACCEPTED: "Taken",
    Fate.REJECTED: "Refused",
    Fate.NOT_SENT: "Not sent",
    Fate.UNKNOWN: "Being looked for",
    Fate.NOT_CONFIRMED: "Not confirmed",
}


def line_of(record: Record, find: FindOrder, figures: Figures) -> Line:
    """One order of it."""
    intent, order = record.intent, order_of(record, find)
    if intent.request is not None:
        what = f"{tr(intent.request.side.value)} {request_line(intent.request, figures)}"
    else:
        what = tr("Change to {quantity}", quantity=figures.units(intent.change.quantity)) if intent.change else ""
    told = order.message if order is not None and order.message else ""
    why = told or ("" if record.fate is Fate.ACCEPTED else said_plainly(record))
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


def order_of(record: Record, find: FindOrder) -> Order | None:
    """The order that came of it, as its account's book has it."""
    return find(record.intent.user_id, record.order_id) if record.order_id else None
