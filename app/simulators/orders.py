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
from typing import Final, Literal

from app.simulators.listing import Contract
from app.simulators.order_states import BookOrder, Fill, State, Ticket

_ARRIVAL: Final = ((0.05, "VALIDATION PENDING"), (0.10, "OPEN PENDING"), (0.20, "OPEN"))
_MODIFICATION: Final = ((0.05, "MODIFY PENDING"), (0.10, "MODIFIED"), (0.15, "OPEN"))
_FILL_AFTER: Final = 0.2
_FILL: Final = "(fill)"  # not a word of the broker: the moment at which the rest of an order is filled
_BETWEEN_LOOKS: Final = timedelta(milliseconds=50)
_A_CROWD: Final = 200
"""So many resting orders are looked at that often, more of them less: prices move about once a second."""

Filling = Literal["walk", "at-once", "partial", "never"]
Told = Callable[[BookOrder, Fill | None], None]
"""Hears of every new state of an order, and of the fill that led to it."""


def _nobody(_: BookOrder, __: Fill | None) -> None:
    """Hears nothing."""


class OrderBook:
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
        self._price = price
        self._closes = closes
        self._take = take
        self._number = number
        self._block = block
        self._orders: dict[str, BookOrder] = {}
        self._working: dict[str, BookOrder] = {}
        self._moving: dict[str, BookOrder] = {}  # those to which something happens by the time alone
        self._calm: tuple[datetime, datetime] | None = None  # between them only moving orders need a look
        self.filling: Filling = "walk"
        self.refusals: deque[str] = deque()  # why the next orders will be rejected after they were accepted
        self.placed = 0  # orders so far, over all days
        self.moves = 0  # orders placed, modified and cancelled so far
        self.tell: Told = _nobody

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
        end = order.now.at + timedelta(seconds=_FILL_AFTER)
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

    def _step(self, order: BookOrder, now: datetime) -> bool:
        """One thing that has happened by now; False when there is none left."""
        if order.due and order.due[0][0] <= now:
            self._arrive(order, *order.due.popleft())
            return True
        end = self._end(order)
        if end is not None and now >= end:
            self._enter(order, end, "CANCELLED", message="Order cancelled at the end of its validity.")
            return True
        return not order.due and self._look(order, now)

    def _look(self, order: BookOrder, now: datetime) -> bool:
        """Look at the market when the order came to its state, and again now; True to look once more."""
        entered = order.now.at
        fresh = order.looked is None or order.looked < entered
        order.looked = entered if fresh else now
        return self._match(order, order.looked) or (fresh and entered < now)

    def _arrive(self, order: BookOrder, at: datetime, word: str) -> None:
        ticket = order.now.ticket
        if word == _FILL:
            self._fill(order, at, order.rest)
        elif word == "OPEN PENDING" and ticket.raw_refusal is not None:
            order.due.clear()
            # the plain message may be null on a rejected order (sheet section 13)
            self._enter(order, at, "REJECTED", raw=ticket.raw_refusal, message=None)
        elif word == "OPEN" and ticket.trigger and ticket.order_type in {"SL", "SL-M"}:
            self._enter(order, at, "TRIGGER PENDING")
        else:
            self._enter(order, at, word)

    def _match(self, order: BookOrder, at: datetime) -> bool:
        if self.filling == "never":
            return self._give_up(order, at)
        if order.now.status == "TRIGGER PENDING":
            return self._trigger(order, at)
        if order.now.status != "OPEN" or not self._crosses(order.now.ticket, at):
            return self._give_up(order, at)
        if order.now.filled and self.filling == "partial":
            return self._give_up(order, at)
        half = order.rest // 2
        if order.now.filled or half == 0:
            self._fill(order, at, order.rest)
        else:
            self._fill(order, at, half)
            if self.filling == "walk":
                order.due.append((at + timedelta(seconds=_FILL_AFTER), _FILL))
                self._moving[order.order_id] = order
        return True

    def _trigger(self, order: BookOrder, at: datetime) -> bool:
        ticket, last = order.now.ticket, self._price(order.now.ticket.contract, at)
        hit = last >= ticket.trigger if ticket.side == "BUY" else last <= ticket.trigger
        if hit:
            # a stop at market goes on as a limit order with its protection price (sheet section 4)
            self._enter(order, at, "OPEN", ticket=replace(ticket, order_type="LIMIT", protection=Decimal(0)))
        return hit

    def _crosses(self, ticket: Ticket, at: datetime) -> bool:
        last = self._price(ticket.contract, at)
        return last <= ticket.price if ticket.side == "BUY" else last >= ticket.price

    def _give_up(self, order: BookOrder, at: datetime) -> bool:
        """An IOC order that finds nobody, or nobody more, is cancelled at once."""
        if order.now.status != "OPEN" or order.now.ticket.validity != "IOC":
            return False
        self._enter(order, at, "CANCELLED")
        return True

    def _fill(self, order: BookOrder, at: datetime, quantity: int) -> None:
        before, limit = order.now, order.now.ticket.price
        best = min if before.ticket.side == "BUY" else max
        price = best(self._price(before.ticket.contract, at), limit)
        filled = before.filled + quantity
        average = (before.average * before.filled + price * quantity) / filled
        fill = Fill(self._number(at)[-8:], order.order_id, at, quantity, price)
        order.fills.append(fill)
        status = "COMPLETE" if filled == before.ticket.quantity else "OPEN"
        self._take(order, fill)
        self._enter(order, at, status, filled=filled, average=average, fill=fill)

    def _finish_at_once(self, order: BookOrder, now: datetime) -> None:
        order.due.clear()
        if order.now.ticket.raw_refusal is not None:
            self._enter(order, now, "REJECTED", raw=order.now.ticket.raw_refusal)
        else:
            self._enter(order, now, "OPEN")
            self._fill(order, now, order.rest)

    def _enter(
        self,
        order: BookOrder,
        at: datetime,
        status: str,
        *,
        ticket: Ticket | None = None,
        filled: int | None = None,
        average: Decimal | None = None,
        message: str | None = None,
        raw: str | None = None,
        fill: Fill | None = None,
    ) -> None:
        last = order.now
        reached = status not in {"VALIDATION PENDING", "OPEN PENDING", "REJECTED"}
        order.states.append(
            replace(
                last,
                at=at,
                status=status,
                ticket=ticket or last.ticket,
                filled=last.filled if filled is None else filled,
                average=last.average if average is None else average,
                cancelled=last.ticket.quantity - last.filled if status == "CANCELLED" else 0,
                message=message,
                raw=raw or message,
                exchange_id=last.exchange_id or (self._number(at)[:16] if reached else None),
            )
        )
        self._block(order)
        self.tell(order, fill)

    def _end(self, order: BookOrder) -> datetime | None:
        """When the order's validity is over: the close, or its minutes."""
        if order.now.status == "AMO REQ RECEIVED":
            return None
        ticket = order.now.ticket
        if ticket.validity == "TTL":
            return order.placed_at + timedelta(minutes=ticket.ttl)
        return self._closes(ticket.contract, order.session_at or order.placed_at)
