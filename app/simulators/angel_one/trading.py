"""Orders and trades: read, placed, modified, cancelled (sections 4.1, 4.2 and 6)."""

from app.simulators.after_hours import opening
from app.simulators.angel_one import tickets, wire_orders
from app.simulators.angel_one.answers import success
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.calls import Call
from app.simulators.angel_one.errors import Refusals
from app.simulators.angel_one.wire import Row
from app.simulators.answers import Answer
from app.simulators.books import Account
from app.simulators.order_states import BookOrder


class Trading:
    """The order desk."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def orders(self, _: Call, books: Account) -> Answer:
        """getOrderBook; null when there is no order."""
        return success([self._row(one) for one in books.book] or None)

    def order(self, call: Call, books: Account) -> Answer:
        """details/{uniqueorderid}: the orderid is no key there."""
        wanted = call.where["unique_id"]
        one = next((one for one in books.book if wire_orders.unique_id(one) == wanted), None)
        if one is None:
            raise Refusals.no_order()
        return success(self._row(one))

    def trades(self, _: Call, books: Account) -> Answer:
        """getTradeBook; null when there is no trade."""
        short = self._broker.short_products
        rows = [wire_orders.trade(one, fill, short=short) for one in books.book for fill in one.fills]
        return success(rows or None)

    def place(self, call: Call, books: Account) -> Answer:
        """placeOrder: accepted only means received; the verdict stands in the book."""
        self._check_client(books)
        ticket = tickets.read(call.body, books, self._broker)
        opens = opening(ticket, books)
        self._broker.numbers.after_market = opens is not None
        one = books.book.place(ticket, books.market.now(), opens=opens)
        return success({"script": str(call.body["tradingsymbol"]), **_ids(one)})

    def modify(self, call: Call, books: Account) -> Answer:
        """ModifyOrder."""
        self._check_client(books)
        one = self._changeable(call, books)
        ticket = tickets.changed(one, call.body, books, self._broker)
        if one.now.status == "PUT ORDER REQ RECEIVED":
            books.book.amend(one, ticket)
        else:
            books.book.modify(one, ticket, books.market.now())
        return success(_ids(one))

    def cancel(self, call: Call, books: Account) -> Answer:
        """CancelOrder."""
        one = self._changeable(call, books)
        tickets.same_variety(one, call.body)
        books.book.cancel(one, books.market.now())
        return success(_ids(one))

    def _row(self, one: BookOrder) -> Row:
        spoken = self._broker.spoken.get(one.order_id)
        return wire_orders.order(one, spoken, short=self._broker.short_products)

    def _check_client(self, books: Account) -> None:
        if books.user.client_id in self._broker.blocked:
            raise Refusals.bad_order("Client Is Blocked For Trading", "AB1006")

    def _changeable(self, call: Call, books: Account) -> BookOrder:
        one = books.book.get(str(call.body.get("orderid", "")))
        if one is None:
            raise Refusals.bad_order("Order not found", "AB1013")
        if one.is_final or one.now.status == "CANCEL PENDING":
            raise Refusals.bad_order(f"Order is {wire_orders.status(one)} and cannot be changed")
        return one


def _ids(one: BookOrder) -> Row:
    return {"orderid": one.order_id, "uniqueorderid": wire_orders.unique_id(one)}
