"""Orders and trades: read, placed, modified, cancelled (sheet sections 4, 6 and 7)."""

from app.simulators.after_hours import opening
from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.order_states import Ticket
from app.simulators.zerodha import tickets, wire_orders
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.auth import App
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.errors import Refusals
from app.simulators.zerodha.limits import MODIFICATIONS


class Trading:
    """The order desk."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def orders(self, _: Call, __: App, books: Account) -> Answer:
        """The book of the day."""
        return success([wire_orders.order(books, one) for one in books.book])

    def order(self, call: Call, _: App, books: Account) -> Answer:
        """GET /orders/:id: its states, oldest first."""
        one = tickets.known(books, call)
        return success([wire_orders.history(one, state) for state in one.states])

    def order_trades(self, call: Call, _: App, books: Account) -> Answer:
        """GET /orders/:id/trades."""
        one = tickets.known(books, call)
        return success([wire_orders.trade(one, fill) for fill in one.fills])

    def trades(self, _: Call, __: App, books: Account) -> Answer:
        """GET /trades."""
        return success([wire_orders.trade(one, fill) for one in books.book for fill in one.fills])

    def place(self, call: Call, app: App, books: Account) -> Answer:
        """POST /orders/:variety."""
        ticket = tickets.read(call, books, self._broker.master)
        if call.form.get("autoslice") == "true":
            return success(self._slices(ticket, app, books))
        tickets.check_freeze(ticket)
        return success({"order_id": self._enter(ticket, books)})

    def _slices(self, ticket: Ticket, app: App, books: Account) -> object:
        """One parent id and a child for each slice (sheet section 4)."""
        parent = self._broker.number()
        parts = tickets.slices(ticket, parent)
        self._broker.limits.take_orders(app.user.client_id, len(parts) - 1)
        return {"order_id": parent, "children": [{"order_id": self._enter(part, books)} for part in parts]}

    def _enter(self, ticket: Ticket, books: Account) -> str:
        opens = opening(ticket, books)
        return books.book.place(ticket, books.market.now(), opens=opens).order_id

    def modify(self, call: Call, _: App, books: Account) -> Answer:
        """PUT /orders/:variety/:id."""
        one = tickets.changeable(books, call)
        if one.modifications >= MODIFICATIONS:
            raise Refusals.order_refused("Maximum allowed order modifications exceeded.")
        books.book.modify(one, tickets.changed(one, call, books), books.market.now())
        return success({"order_id": one.order_id})

    def cancel(self, call: Call, _: App, books: Account) -> Answer:
        """DELETE /orders/:variety/:id."""
        one = tickets.changeable(books, call)
        books.book.cancel(one, books.market.now())
        return success({"order_id": one.order_id})
