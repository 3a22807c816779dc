"""How one order walks: over the words of the wire to its price, its trigger, its fills, its end (sheet section 5)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from app.simulators.listing import Contract
from app.simulators.order_states import BookOrder, Fill, Ticket

FILL_AFTER: Final = 0.2
_FILL: Final = "(fill)"  # not a word of the broker: the moment at which the rest of an order is filled

Filling = Literal["walk", "at-once", "partial", "never"]
Told = Callable[[BookOrder, Fill | None], None]
"""Hears of every new state of an order, and of the fill that led to it."""


def nobody(_: BookOrder, __: Fill | None) -> None:
    """Hears nothing."""


class Walk:
    """The market and the rules of time, as one client's orders meet them."""

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
        self._moving: dict[str, BookOrder] = {}  # those to which something happens by the time alone
        self.filling: Filling = "walk"
        self.tell: Told = nobody

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
                order.due.append((at + timedelta(seconds=FILL_AFTER), _FILL))
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
