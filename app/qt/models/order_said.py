"""What is said of an order: a word or two in its row, and whole sentences where one looks closer. No Qt."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.domain import OrderStatus, SubState
from app.domain.intents import Deed, Record
from app.domain.last_words import said as last_words
from app.domain.order_life import Evidence, Fate
from app.domain.tongue import tr
from app.qt.models.figures import Figures
from app.qt.models.order_rows import OrderRow, Shown
from app.qt.models.owners import broker
from app.services.words import clock_time, order_state

_BOOK_TOKENS: Final[Mapping[OrderStatus | None, str]] = MappingProxyType(
    {
        OrderStatus.PENDING: "text.soft",
        OrderStatus.OPEN: "accent.text",
        OrderStatus.COMPLETE: "state.ok",
        OrderStatus.CANCELLED: "text.soft",
        OrderStatus.REJECTED: "state.bad",
        None: "state.warn",  # a word that nobody knows
    }
)
_OURS: Final[Mapping[Fate, tuple[str, str]]] = MappingProxyType(
    {
        Fate.WRITTEN: ("Not sent yet", "text.soft"),
        Fate.SENDING: ("Being sent", "accent.text"),
        Fate.ACCEPTED: ("Accepted, book not read yet", "accent.text"),
        Fate.REJECTED: ("Rejected", "state.bad"),
        Fate.NOT_SENT: ("Not sent", "text.soft"),
        Fate.UNKNOWN: ("Checking", "state.warn"),
        Fate.NOT_CONFIRMED: ("Not confirmed", "state.warn"),
    }
)
_ON_ITS_WAY: Final = {Deed.MODIFY: "being changed", Deed.CANCEL: "being cancelled", Deed.PLACE: "being sent"}
_UNSURE: Final = {Deed.MODIFY: "change not confirmed", Deed.CANCEL: "cancel not confirmed"}
_DIAMOND: Final = "\u25c7 "  # the shape of what is not confirmed; a screen reader hears the words alone


def state_said(shown: Shown) -> str:
    """Where it stands, in a word or two."""
    if shown.fate is not None:
        return tr(_OURS[shown.fate][0])
    said = order_state(shown.order)
    if shown.turned_up_late:
        return tr("{state}, turned up late", state=said)
    if not shown.may_trade or shown.asked in {None, Deed.PLACE}:
        return said
    said = order_state(replace(shown.order, sub_state=SubState.NONE))
    more = _UNSURE[shown.asked] if shown.is_unsettled else _ON_ITS_WAY[shown.asked]
    return tr("{state}, {more}", state=said, more=tr(more))


def state_text(shown: Shown) -> str:
    """The same for the eye: with a diamond where a fate is not known."""
    return _DIAMOND + state_said(shown) if needs_eyes(shown) else state_said(shown)


def state_token(shown: Shown) -> str:
    """Its colour."""
    if needs_eyes(shown):
        return "state.warn"
    return _OURS[shown.fate][1] if shown.fate is not None else _BOOK_TOKENS[shown.order.status]


def needs_eyes(shown: Shown) -> bool:
    """Whether the trader must know of it: a fate is not known, or turned out otherwise than was told."""
    return shown.turned_up_late or (shown.is_unsettled and (shown.fate is not None or shown.may_trade))


def why_no_change(row: OrderRow) -> str:
    """Why an order that may trade cannot be changed just now, "" when it can."""
    shown = row.record
    if shown.asked is Deed.MODIFY:
        return tr("Kunji is looking for what became of its last change")
    if shown.awaits_cancel:  # it may be cancelled once more meanwhile, never changed
        return tr("Kunji is looking for what became of its cancellation")
    if shown.order.sub_state in {SubState.MODIFYING, SubState.CANCELLING}:
        return tr("The broker is busy with it")
    return ""


def sentence(row: OrderRow, figures: Figures, now: datetime) -> str:
    """What there is to say of it beyond its row: what is not known, why it was refused, what is still open; or ""."""
    shown, who = row.record, broker(row)
    if shown.turned_up_late:
        return tr(
            "It stands in {broker}'s book after Kunji told that it did not. It counts: look at it now.", broker=who
        )
    if shown.record is not None and needs_eyes(shown):
        return _unsure(shown.record, who, now)
    if shown.fate is not None:
        return _of_ours(shown, who, figures, now)
    return " ".join(filter(None, (_of_last(shown, who, figures, now), _of_book(shown, who, figures))))


def _unsure(record: Record, who: str, now: datetime) -> str:
    """Design sentences 23 and 24, and the same for a change and a cancellation."""
    at = clock_time(_sent_at(record), now, seconds=True)
    if record.fate is Fate.NOT_CONFIRMED and record.intent.deed is Deed.PLACE:
        return tr(
            "{broker}'s order book does not show this order after 2 full readings. Look at {broker} itself before you "
            "order again. Kunji goes on checking and tells you if it appears.",
            broker=who,
        )
    told = {
        Deed.PLACE: tr(
            "Checking with {broker}. The order was sent at {time} and the answer was lost. It may be in the market. "
            "Do not send it again.",
            broker=who,
            time=at,
        ),
        Deed.MODIFY: tr(
            "Checking with {broker}. The change was sent at {time} and the answer was lost. The order stands as it was "
            "or as it was to be.",
            broker=who,
            time=at,
        ),
        Deed.CANCEL: tr(
            "Checking with {broker}. The cancellation was sent at {time} and the answer was lost. The order may still "
            "trade.",
            broker=who,
            time=at,
        ),
    }
    return told[record.intent.deed]


def _of_ours(shown: Shown, who: str, figures: Figures, now: datetime) -> str:
    """Of an order that no reading of the book has."""
    why = figures.words(shown.order.message)
    match shown.fate:
        case Fate.REJECTED:
            return (
                tr("{broker} refused it: {why}", broker=who, why=why) if why else tr("{broker} refused it.", broker=who)
            )
        case Fate.NOT_SENT:
            said = tr("It never left this computer, so it is not in the market.")
            return f"{said} {why}".rstrip()
        case Fate.ACCEPTED:
            return tr("{broker} took it as {number}; the book that shows it was not read yet.", broker=who,
                      number=shown.order.order_id)  # fmt: skip
        case Fate.SENDING:
            return tr("Sent once, at {time}; {broker} has not answered yet.", broker=who,
                      time=clock_time(_sent_at(shown.record), now, seconds=True))  # fmt: skip
        case _:
            return ""


def _of_book(shown: Shown, who: str, figures: Figures) -> str:
    """Of an order in the book: why it was refused or ended, or how much of it is done."""
    order, why = shown.order, figures.words(shown.order.message)
    if order.status is OrderStatus.REJECTED:
        return tr("Rejected by {broker}: {why}", broker=who, why=why or tr("no reason was given"))
    if order.status is None:
        return tr("{broker} says \u201c{word}\u201d, which Kunji does not know: it may be open.", broker=who,
                  word=order.raw_status)  # fmt: skip
    if order.filled_quantity and order.remaining:
        return tr(
            "{filled} of {quantity} filled at {price}, {left} left.",
            filled=figures.units(order.filled_quantity),
            quantity=figures.units(order.quantity),
            price=figures.price(order.average_price, order.exchange),
            left=figures.units(order.remaining),
        )
    return why if order.status is OrderStatus.CANCELLED else ""


def _of_last(shown: Shown, who: str, figures: Figures, now: datetime) -> str:
    """The change or the cancellation that did not come to anything."""
    record = shown.record
    if record is None or record.intent.deed is Deed.PLACE or record.fate not in {Fate.REJECTED, Fate.NOT_SENT}:
        return ""
    what = tr("The change") if record.intent.deed is Deed.MODIFY else tr("The cancellation")
    at, why = clock_time(record.intent.at, now, seconds=True), figures.words(last_words(record))
    if record.fate is Fate.NOT_SENT:
        return tr("{what} of {time} was not sent. {why}", what=what, time=at, why=why).rstrip()
    return tr("{what} of {time} was refused by {broker}. {why}", what=what, time=at, broker=who, why=why).rstrip()


def _sent_at(record: Record | None) -> datetime:
    """When "sending" was written down."""
    if record is None:
        raise ValueError("an order of ours has a record")
    begun = (step.at for step in record.steps if step.evidence is Evidence.BEGUN)
    return next(begun, record.intent.at)
