"""Orders that walk: from the first word of the broker's vocabulary to a final one, on the injected clock.

Nothing runs by itself: `OrderBook.settle` brings every order to the present moment, with the times at which its
states were due, and is called before each answer. The words are those of sheet section 5.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from app.simulators.listing import Contract
from app.simulators.order_states import BookOrder, Fill, State, Ticket
from app.simulators.order_walk import FILL_AFTER, Walk

_ARRIVAL: Final = ((0.05, "VALIDATION PENDING"), (0.10, "OPEN PENDING"), (0.20, "OPEN"))
_MODIFICATION: Final = ((0.05, "MODIFY PENDING"), (0.10, "MODIFIED"), (0.15, "OPEN"))
_BETWEEN_LOOKS: Final = timedelta(milliseconds=50)
_A_CROWD: Final = 200
"""So many resting orders are looked at that often, more of them less: prices move about once a second."""


class OrderBook(Walk):
    """The orders of one client's day."""

    def __init__(
        self,
        *,
        price: Callable[[Contract, datetime], Decimal],
        closes: Callable[[Contract, datetime], datetime | None],
        take: Callable[[BookOrder, Fill], None],
        number: Callable[[datetime], str],
        block: Callable[[BookOrder], None] = lambda _: None,
    ) -> None:
        """See `Walk` for what it is handed."""
        super().__init__(price=price, closes=closes, take=take, number=number, block=block)
        self._orders: dict[str, BookOrder] = {}
        self._working: dict[str, BookOrder] = {}
        self._calm: tuple[datetime, datetime] | None = None  # between them only moving orders need a look
        self.refusals: deque[str] = deque()  # why the next orders will be rejected after they were accepted
        self.placed = 0  # orders so far, over all days
        self.moves = 0  # orders placed, modified and cancelled so far

    def __iter__(self) -> Iterator[BookOrder]:
        return iter(self._orders.values())

    def __len__(self) -> int:
        return len(self._orders)

    def latest(self, number: int) -> tuple[BookOrder, ...]:
        """The `number` youngest orders, oldest first."""
        return tuple(islice(reversed(self._orders.values()), number))[::-1]

    def get(self, order_id: str) -> BookOrder | None:
        """The order of that id, if it is of today."""
        return self._orders.get(order_id)

    def clear(self) -> None:
        """The day is over: the book is empty (sheet section 4) but for what waits for the next opening."""
        waiting = (order for order in self._orders.values() if order.now.status == "AMO REQ RECEIVED")
        self._orders = {order.order_id: order for order in waiting}
        self._working, self._moving = dict(self._orders), dict(self._orders)
        self.wake()

    def forget(self) -> None:
        """The book is empty, whatever waits."""
        self._orders, self._working, self._moving = {}, {}, {}

    def wake(self) -> None:
        """Look at every order again: something but the time has changed."""
        self._calm = None
        for order in self._working.values():
            order.looked = None

    def place(self, ticket: Ticket, now: datetime, *, opens: datetime | None = None) -> BookOrder:
        """Register `ticket`; with `opens` it waits for the market as an after-market order."""
        word = "PUT ORDER REQ RECEIVED" if opens is None else "AMO REQ RECEIVED"
        if self.refusals:
            ticket = replace(ticket, raw_refusal=self.refusals.popleft())
        order = BookOrder(self._number(now), now, [State(now, word, ticket)], session_at=opens)
        order.plan(opens or now, _ARRIVAL)
        self.enter(order)
        self.tell(order, None)
        if self.filling == "at-once" and opens is None:
            self._finish_at_once(order, now)
        return order

    def enter(self, order: BookOrder) -> None:
        """Put an order into the book as it is."""
        self.moves += 1
        self.placed += 1
        self._orders[order.order_id] = self._working[order.order_id] = self._moving[order.order_id] = order
        self._block(order)

    def refuse(self, ticket: Ticket, now: datetime, why: str) -> BookOrder:
        """An order that is rejected in the moment in which it enters the book."""
        order = BookOrder(self._number(now), now, [State(now, "PUT ORDER REQ RECEIVED", ticket)])
        self.enter(order)
        self._enter(order, now, "REJECTED", message=why)
        return order

    def recall(self, ticket: Ticket, at: datetime, *, filled: bool = False, refusal: str | None = None) -> BookOrder:
        """An order of before: it waits, or was filled at its price, or refused; no position or money is moved by it."""
        order = BookOrder(self._number(at), at, [State(at, "PUT ORDER REQ RECEIVED", ticket)])
        self.enter(order)
        for seconds, word in _ARRIVAL[:2] if refusal else _ARRIVAL:
            self._enter(order, at + timedelta(seconds=seconds), word)
        end = order.now.at + timedelta(seconds=FILL_AFTER)
        if refusal:
            self._enter(order, end, "REJECTED", raw=refusal)
        if filled:
            fill = Fill(self._number(end)[-8:], order.order_id, end, ticket.quantity, ticket.price)
            order.fills.append(fill)
            self._enter(order, end, "COMPLETE", filled=fill.quantity, average=fill.price, fill=fill)
        return order

    def modify(self, order: BookOrder, ticket: Ticket, now: datetime) -> None:
        """Put `ticket` in place of the order's own."""
        order.modifications += 1
        self._touch(order)
        if order.now.status == "AMO REQ RECEIVED":
            self._enter(order, now, order.now.status, ticket=ticket)
            return
        self._enter(order, now, "MODIFY VALIDATION PENDING", ticket=ticket)
        order.plan(now, _MODIFICATION)

    def amend(self, order: BookOrder, ticket: Ticket) -> None:
        """Put `ticket` in place of that of an order which is not yet under way."""
        order.modifications += 1
        self._touch(order)
        order.states[-1] = replace(order.now, ticket=ticket)
        self._block(order)

    def cancel(self, order: BookOrder, now: datetime) -> None:
        """Begin the cancellation."""
        self._touch(order)
        self._enter(order, now, "CANCEL PENDING")
        order.plan(now, ((0.1, "CANCELLED"),))

    def hold(self, order_id: str, status: str, filled: int, now: datetime) -> None:
        """Put an order into `status` and keep it there."""
        order = self._orders[order_id]
        order.frozen = True
        self._enter(order, now, status, filled=filled, average=self._price(order.now.ticket.contract, now))

    def fill(self, order_id: str, quantity: int, now: datetime) -> None:
        """Somebody trades `quantity` of the order now, whatever the market says. ValueError when it has not so much."""
        order = self._orders[order_id]
        if not 0 < quantity <= order.rest or order.is_final:
            raise ValueError(f"{order_id} has no {quantity} to fill")
        order.due.clear()
        self._fill(order, now, quantity)

    def settle(self, now: datetime) -> None:
        """Bring every order to `now`; those that only rest are looked at now and then."""
        calm = self._calm is not None and self._calm[0] <= now < self._calm[1]
        orders = list((self._moving if calm else self._working).values())
        for order in orders:
            while not order.is_final and not order.frozen and self._step(order, now):
                pass
            if order.is_final:
                self._working.pop(order.order_id, None)
            if order.is_final or not order.due:
                self._moving.pop(order.order_id, None)
        rare = _BETWEEN_LOOKS * (1 + len(self._working) // _A_CROWD)
        self._calm = (now, self._calm[1] if calm and self._calm else now + rare)

    def _touch(self, order: BookOrder) -> None:
        self.moves += 1
        self._working[order.order_id] = self._moving[order.order_id] = order
