"""What a simulator tells a test about orders: every request of the order family, and every order that was booked."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from app.domain import Clock
from app.simulators.books import Account
from app.simulators.order_states import BookOrder
from app.simulators.orders import OrderBook

ORDER_FAMILY: Final = frozenset({"place_order", "slice_order", "modify_order", "cancel_order"})
"""Operations that move money, by the names that all brokers share."""
_REMEMBERED: Final = 200_000  # requests; the proofs send so many to one simulator


class AnyCall(Protocol):
    """What a request of any broker's protocol has."""

    @property
    def operation(self) -> str:
        """Which of the broker's operations it is, or "-"."""
        ...

    @property
    def method(self) -> str:
        """The verb."""
        ...

    @property
    def path(self) -> str:
        """The path without its query."""
        ...


class Body(NamedTuple):
    """What a request of the order family says: its tag, the parts of its path, its body read and as it came."""

    tag: str
    where: Mapping[str, str]
    fields: Mapping[str, object]
    raw: bytes


def body_of(body: object, tag: str, where: Mapping[str, str], raw: bytes) -> Body:
    """A JSON body that names its tag so; no fields when it is no object."""
    fields: Mapping[str, object] = body if isinstance(body, dict) else {}
    return Body(str(fields.get(tag) or ""), where, fields, raw)


class Outcome(NamedTuple):
    """The status of the broker's own answer (0: it was not reached), and the fault that was played instead."""

    status: int
    fault: str


class Before:
    """A client's book as it stood when a request arrived, at `monotonic` seconds."""

    def __init__(self, monotonic: float, book: OrderBook | None) -> None:
        self.monotonic = monotonic
        self._book = book
        self._moves, self._placed = (0, 0) if book is None else (book.moves, book.placed)

    @property
    def changed(self) -> bool:
        """Whether an order was placed, modified or cancelled since."""
        return self._book is not None and self._book.moves != self._moves

    @property
    def fresh(self) -> tuple[str, ...]:
        """The ids of the orders that have come since."""
        book = self._book
        return () if book is None else tuple(one.order_id for one in book.latest(book.placed - self._placed))


@dataclass(frozen=True, slots=True)
class OrderCall:
    """One request of the order family that arrived whole, refused or not.

    `monotonic` are the seconds of the broker's clock at its arrival. `fields` is the body, read (a form's texts, or
    JSON with Decimal for numbers with a point), `where` the named parts of the path, `raw` the body as it came. `tag`
    is the client's own, of a place. `carried_out` says that the books were changed by it, `booked` which orders it
    put into them. `status` is that of the broker's own answer (0: the request never reached it), whatever `fault` was
    played instead of it.
    """

    monotonic: float
    operation: str
    method: str
    path: str
    client_id: str
    status: int
    fault: str
    carried_out: bool
    booked: tuple[str, ...]
    tag: str
    where: Mapping[str, str]
    fields: Mapping[str, object] = field(repr=False)
    raw: bytes = field(repr=False)


class OrderLog:
    """Keeps the requests of the order family; `books` are those of the clients, by their ids."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.calls: deque[OrderCall] = deque(maxlen=_REMEMBERED)
        self.books: Mapping[str, Account] = {}

    def before(self, client_id: str) -> Before:
        """The client's book as it is when his request arrives."""
        books = self.books.get(client_id)
        return Before(self._clock.monotonic(), books.book if books else None)

    def saw(self, call: AnyCall, client_id: str, before: Before, body: Body, outcome: Outcome) -> None:
        """Remember a request and what it did to the books."""
        self.calls.append(
            OrderCall(
                monotonic=before.monotonic,
                operation=call.operation,
                method=call.method,
                path=call.path,
                client_id=client_id,
                carried_out=before.changed,
                booked=before.fresh,
                **outcome._asdict(),
                **body._asdict(),
            )
        )


@dataclass(frozen=True, slots=True)
class Booked:
    """One order of a client's book, in the words of the books (`order_states`), whatever the wire calls them.

    `kind` is "LIMIT", "MARKET", "SL" or "SL-M" as the books work with it (a MARKET order goes on as a LIMIT), `price`
    with its protection; quantities as the broker counts them.
    """

    order_id: str
    client_id: str
    tag: str
    exchange: str
    symbol: str
    side: str
    kind: str
    product: str
    variety: str
    validity: str
    quantity: int
    price: Decimal
    trigger: Decimal
    disclosed: int
    status: str
    filled: int
    average: Decimal
    reason: str
    modifications: int


def booked(client_id: str, order: BookOrder) -> Booked:
    """The order as a test sees it."""
    state, ticket = order.now, order.now.ticket
    return Booked(
        order_id=order.order_id,
        client_id=client_id,
        tag=ticket.tag or "",
        exchange=ticket.contract.exchange,
        symbol=ticket.contract.symbol,
        side=ticket.side,
        kind=ticket.order_type,
        product=ticket.product,
        variety=ticket.variety,
        validity=ticket.validity,
        quantity=ticket.quantity,
        price=ticket.price,
        trigger=ticket.trigger,
        disclosed=ticket.disclosed,
        status=state.status,
        filled=state.filled,
        average=state.average,
        reason=state.message or state.raw or "",
        modifications=order.modifications,
    )
