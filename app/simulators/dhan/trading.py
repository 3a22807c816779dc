"""Orders and trades: read, placed, cut, modified, cancelled (sections 4.6 to 4.8)."""

from dataclasses import replace
from typing import Final

from app.simulators.after_hours import opening
from app.simulators.answers import Answer, encode
from app.simulators.books import Account
from app.simulators.dhan import names, tickets, wire_orders
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import Call
from app.simulators.dhan.errors import Refusals
from app.simulators.dhan.limits import MODIFICATIONS
from app.simulators.order_states import BookOrder, Ticket

_MODIFIED: Final = ("dhanClientId", "orderId", "orderType", "validity")


class Trading:
    """The order desk."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def orders(self, _: Call, books: Account) -> Answer:
        """The book of the day."""
        return Answer(encode([wire_orders.order(books, one) for one in books.book]))

    def order(self, call: Call, books: Account) -> Answer:
        """GET /orders/{id}: a list of one, or of none (section 4.1)."""
        one = books.book.get(call.where["order_id"])
        return Answer(encode([wire_orders.order(books, one)] if one else []))

    def by_tag(self, call: Call, books: Account) -> Answer:
        """GET /orders/external/{tag}: 404 while the order is in transit (section 4.1)."""
        found = [one for one in books.book if one.now.ticket.tag == call.where["tag"]]
        rows = [wire_orders.order(books, one) for one in found if wire_orders.status(one.now) != "TRANSIT"]
        if not rows:
            raise Refusals.no_order()
        return Answer(encode(rows[0] if len(rows) == 1 else rows))

    def trades(self, _: Call, books: Account) -> Answer:
        """GET /trades."""
        return Answer(encode([wire_orders.trade(books, one, fill) for one in books.book for fill in one.fills]))

    def order_trades(self, call: Call, books: Account) -> Answer:
        """GET /trades/{id}: a list, too."""
        one = books.book.get(call.where["order_id"])
        return Answer(encode([wire_orders.trade(books, one, fill) for fill in one.fills] if one else []))

    def place(self, call: Call, books: Account) -> Answer:
        """POST /orders: accepted at the front, in transit; the verdict stands in the book."""
        ticket = self._read(call, books)
        if ticket.quantity > ticket.contract.freeze:
            raise Refusals.bad_input("Quantity exceeds the freeze quantity")
        return Answer(encode(self._entered(ticket, books)))

    def cut(self, call: Call, books: Account) -> Answer:
        """POST /orders/slicing."""
        parts = tickets.slices(self._read(call, books))
        return Answer(encode([self._entered(part, books) for part in parts]))

    def modify(self, call: Call, books: Account) -> Answer:
        """PUT /orders/{id}; `quantity` is the new total. In transit it is taken, too (section 4.6)."""
        one, body = self._changeable(call, books), tickets.given(call.body)
        if any(not isinstance(body.get(name), str) for name in _MODIFIED) or body["orderId"] != one.order_id:
            raise Refusals.bad_input()
        if one.modifications >= MODIFICATIONS:
            raise Refusals.bad_order("Maximum order modifications reached")
        ticket = _changed(one, body)
        tickets.check(ticket)
        if ticket.quantity <= one.now.filled:
            raise Refusals.bad_input()
        ticket = tickets.protected(ticket, books)
        if ticket.raw_refusal:
            ticket = tickets.refusable(ticket, books)
        if wire_orders.status(one.now) == "TRANSIT":
            books.book.amend(one, ticket)
        else:
            books.book.modify(one, ticket, books.market.now())
        return Answer(encode({"orderId": one.order_id, "orderStatus": "TRANSIT"}))

    def cancel(self, call: Call, books: Account) -> Answer:
        """DELETE /orders/{id}: 202 (section 4.1)."""
        one = self._changeable(call, books)
        if wire_orders.status(one.now) == "TRANSIT":
            raise Refusals.bad_order("Order is in Transit state")
        books.book.cancel(one, books.market.now())
        return Answer(encode({"orderId": one.order_id, "orderStatus": "CANCELLED"}), 202)

    def _read(self, call: Call, books: Account) -> Ticket:
        if books.user.client_id in self._broker.killed:
            raise Refusals.bad_order("Kill switch is active for the day")
        ticket = tickets.read(call.body, books, self._broker.master)
        if ticket.variety != "amo" and not books.market.is_open(ticket.contract.exchange):
            raise Refusals.bad_order("Market is Closed! You cannot place an order now.")
        return ticket

    def _entered(self, ticket: Ticket, books: Account) -> dict[str, str]:
        one = books.book.place(ticket, books.market.now(), opens=opening(ticket, books))
        return {"orderId": one.order_id, "orderStatus": "TRANSIT"}

    def _changeable(self, call: Call, books: Account) -> BookOrder:
        one = books.book.get(call.where["order_id"])
        if one is None:
            raise Refusals.no_order()
        if one.is_final or one.now.status == "CANCEL PENDING":
            raise Refusals.bad_order("Order is already traded, rejected or cancelled")
        waiting = one.now.status == "AMO REQ RECEIVED"
        if not waiting and not books.market.is_open(one.now.ticket.contract.exchange):
            raise Refusals.bad_order("Market is Closed! You cannot modify/cancel an order now.")
        return one


def _changed(one: BookOrder, body: tickets.Body) -> Ticket:
    """The order's ticket with the values of a modification."""
    ticket = one.now.ticket
    return replace(
        ticket,
        order_type=names.ORDER_TYPES[body["orderType"]],
        validity=body["validity"],
        quantity=tickets.whole(body, "quantity", least=1) if "quantity" in body else ticket.quantity,
        price=tickets.rupees(body, "price") if "price" in body else ticket.price,
        trigger=tickets.rupees(body, "triggerPrice") if "triggerPrice" in body else ticket.trigger,
        disclosed=tickets.whole(body, "disclosedQuantity", least=0) if "disclosedQuantity" in body else 0,
    )
