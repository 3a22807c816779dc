"""The receipt of an exit: what is left of every position, by the broker's own books, and why. Pure."""

from collections.abc import Iterable, Sequence

from app.domain import Order, OrderStatus
from app.domain.intents import Record
from app.domain.last_words import said
from app.domain.order_life import Fate, is_settled
from app.domain.tongue import tr
from app.services import exit_words
from app.services.exit_books import Key, Seen, agrees, expected, key_of
from app.services.order_views import ExitLine, ExitPart


def line_of(part: ExitPart, hindrance: str, records: Sequence[Record], base: Seen, last: Seen) -> ExitLine:
    """What came of one position: `records` are those of its orders, `base` was read before them, `last` at the end."""
    key = key_of(part)
    if last.error is not None:
        unread = exit_words.unread_line(last.error)
        return ExitLine(part, None, exit_words.together((*map(_refused, records), unread)))
    if any(record.fate.is_open for record in records):
        lost = tr("the answer to an order was lost: it is not known whether it is in the market")
        return ExitLine(part, None, lost)
    if not agrees(base, last, key):
        return ExitLine(part, None, _contradiction(base, last, key))
    left = last.held(key)
    if left == 0:
        return ExitLine(part, 0, exit_words.together(map(_rests, last.resting(key))))
    return ExitLine(part, left, exit_words.together(_whys(key, hindrance, records, last)) or _otherwise())


def beside(parts: Iterable[ExitPart], lasts: Sequence[Seen]) -> tuple[str, ...]:
    """What is open in these accounts and was no part of the exit."""
    known = {(part.user_id, *key_of(part)) for part in parts}
    return tuple(
        tr("{held} {symbol} ({product}) was no part of this exit", held=last.held(key), symbol=key[1], product=key[2])
        for last in lasts
        if last.error is None
        for key in last.open_keys()
        if (last.user_id, *key) not in known
    )


def _whys(key: Key, hindrance: str, records: Sequence[Record], last: Seen) -> Iterable[str]:
    yield hindrance
    ours = {record.order_id for record in records if record.order_id}
    yield from map(_refused, records)
    yield from (_became(order) for order in last.orders if order.order_id in ours)
    yield from (_rests(order) for order in last.resting(key) if order.order_id not in ours)


def _refused(record: Record) -> str:
    """Why an order was not taken, in the words that the journal keeps; empty when it was."""
    if record.fate is Fate.REJECTED:
        return tr("refused: {why}", why=said(record))
    return tr("not sent: {why}", why=said(record)) if record.fate is Fate.NOT_SENT else ""


def _became(order: Order) -> str:
    """Why an order of ours left something open; empty when it did not."""
    if not is_settled(order):
        return _rests(order)
    if order.status is OrderStatus.REJECTED:
        return tr("rejected: {why}", why=order.message or order.raw_status)
    if order.remaining > 0:
        return tr(
            "{filled} of {quantity} were filled, then it was cancelled: {why}",
            filled=order.filled_quantity,
            quantity=order.quantity,
            why=order.message or order.raw_status,
        )
    return ""


def _rests(order: Order) -> str:
    return tr("still in the market: {order}", order=exit_words.resting(order))


def _contradiction(base: Seen, last: Seen, key: Key) -> str:
    return tr(
        "the broker's positions say {held}, its orders {expected}",
        held=last.held(key),
        expected=expected(base, last, key),
    )


def _otherwise() -> str:
    return tr("another order was filled meanwhile")
