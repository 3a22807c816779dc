"""What was ordered before: the same once more (promise O9), one whose fate is still open, too many in a minute.

Slices of one ticket count as one ticket, and as the orders that they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain import Exchange, OrderRequest, OrderSide
from app.domain.intents import Deed, Record
from app.domain.order_life import Fate
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.order_findings import ask
from app.services.order_request_words import deed_words
from app.services.order_views import Finding

SAME: Final = timedelta(seconds=5)
MINUTE: Final = timedelta(minutes=1)
_Key = tuple[str, str, Exchange, str, OrderSide]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as it was sent, in `orders` orders: what is known of all of them together."""

    group: str
    user_id: str
    exchange: Exchange
    symbol: str
    side: OrderSide
    quantity: int
    at: datetime
    orders: int = 1
    left: bool = True  # False: none of it ever left this computer
    open: bool = False  # the fate of an order of it is not known

    def is_same(self, other: "Ticket") -> bool:
        """Whether the broker would be asked for the same."""
        return _same(self) == _same(other)


def ticket_of(user_id: str, request: OrderRequest, at: datetime, *, orders: int = 1, group: str = "") -> Ticket:
    """The ticket of `request`."""
    return Ticket(group, user_id, request.exchange, request.symbol, request.side, request.quantity, at, orders=orders)


def tickets(records: Sequence[Record], begun: Iterable[Ticket], now: datetime) -> tuple[Ticket, ...]:
    """The tickets of the last minute and those whose fate is open, and what was `begun` and is not written down yet."""
    placed = [record for record in records if record.intent.deed is Deed.PLACE]
    near = {_group(one) for one in placed if one.fate.is_open or now - one.intent.at < MINUTE}
    found: dict[_Key, Ticket] = {}
    for record in placed:
        request = record.intent.request
        if request is not None and _group(record) in near:
            key = (_group(record), record.intent.user_id, request.exchange, request.symbol, request.side)
            found[key] = _with(found.get(key), record, request)
    written = {ticket.group for ticket in found.values()}
    return (*found.values(), *(ticket for ticket in begun if ticket.group not in written))


def recent(records: Sequence[Record], now: datetime) -> int:
    """How many orders were sent within the last minute."""
    return sum(ticket.orders for ticket in tickets(records, (), now) if now - ticket.at < MINUTE)


def findings(wanted: Ticket, before: Sequence[Ticket], cap: int | None) -> Iterator[Finding]:
    """What is to be asked about `wanted` for what was sent `before` it."""
    same = [ticket for ticket in before if ticket.is_same(wanted)]
    lost = next((ticket for ticket in reversed(same) if ticket.open), None)
    again = next((ticket for ticket in reversed(same) if ticket.left and wanted.at - ticket.at <= SAME), None)
    if lost is not None:
        yield _lost(lost)
    elif again is not None:
        yield _again(again, wanted.at)
    recent = sum(ticket.orders for ticket in before if wanted.at - ticket.at < MINUTE)
    if cap is not None and recent + wanted.orders > cap:
        yield ask(
            "cap_rate",
            tr("{count} orders within a minute; you set {cap}", count=recent + wanted.orders, cap=cap),
            tr("Send it all the same, or wait a moment."),
        )


def _lost(lost: Ticket) -> Finding:
    return ask(
        "unknown_before",
        tr("The same order may already be in the market, its fate is not known: {deed}", deed=deed_words(lost)),
        tr("Do not send it again before you have looked into the broker's own order book."),
    )


def _again(again: Ticket, now: datetime) -> Finding:
    seconds = max(0, round((now - again.at).total_seconds()))
    text = tr("You sent the same order {seconds} s ago: {deed}", seconds=seconds, deed=deed_words(again))
    return ask("same_again", text, tr("Send a second one only if you mean it."))


def _same(ticket: Ticket) -> tuple[object, ...]:
    return ticket.user_id, ticket.exchange, ticket.symbol.casefold(), ticket.side, ticket.quantity


def _group(record: Record) -> str:
    return record.intent.group or record.intent.intent_id


def _with(known: Ticket | None, record: Record, request: OrderRequest) -> Ticket:
    """`known`, of the same ticket, with one more of its orders."""
    left, is_open = record.fate is not Fate.NOT_SENT, record.fate.is_open
    if known is None:
        first = ticket_of(record.intent.user_id, request, record.intent.at, group=_group(record))
        return replace(first, left=left, open=is_open)
    return replace(
        known,
        quantity=known.quantity + request.quantity,
        orders=known.orders + 1,
        left=known.left or left,
        open=known.open or is_open,
    )
