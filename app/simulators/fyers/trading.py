"""Orders and trades: read, placed, modified, cancelled (sheet sections 4, 6 and 14)."""

from app.simulators.after_hours import opening
from app.simulators.answers import Answer, encode
from app.simulators.books import Account
from app.simulators.fyers import tickets, wire_orders
from app.simulators.fyers.answers import success
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.calls import Call
from app.simulators.fyers.errors import Refusals
from app.simulators.fyers.wire import Row
from app.simulators.order_states import BookOrder, Ticket

_PLACED = "Successfully placed order"
_SENT = 1101
_CANCELLED = 1103


class Trading:
    """The order desk."""

    def __init__(self, broker: DemoBroker) -> None:
        self._broker = broker

    def orders(self, call: Call, books: Account) -> Answer:
        """GET /orders: the book of the day, one order, or those of a tag."""
        rows = [self._row(books, one, number) for number, one in enumerate(books.book, 1)]
        if "id" in call.query:
            rows = [row for row in rows if row["id"] == call.query["id"]]
        if "order_tag" in call.query:
            rows = [row for row in rows if row["orderTag"] == call.query["order_tag"]]
        return success({"orderBook": rows})

    def trades(self, call: Call, books: Account) -> Answer:
        """GET /tradebook."""
        client = books.user.client_id
        fills = [(one, fill) for one in books.book for fill in one.fills]
        rows = [
            wire_orders.trade(client, one, fill, self._broker.symbols.of(one.now.ticket.contract), number)
            for number, (one, fill) in enumerate(fills, 1)
        ]
        tag = call.query.get("order_tag")
        return success({"tradeBook": [row for row in rows if tag in (None, row["orderTag"])]})

    def place(self, call: Call, books: Account) -> Answer:
        """POST /orders/sync."""
        ticket = tickets.read(call.body, books, self._broker.symbols)
        if isinstance(call.body, dict) and call.body.get("isSliceOrder") is True:
            return self._slices(ticket, books)
        if ticket.quantity > ticket.contract.freeze:
            raise Refusals.bad_order(f"qty: Must be less than or equal to {ticket.contract.freeze}")
        return success({"id": self._enter(ticket, books)}, code=_SENT, message=_PLACED)

    def _slices(self, ticket: Ticket, books: Account) -> Answer:
        """No outer `s`, a row for each part (section 6)."""
        parts = [self._enter(part, books) for part in tickets.freeze_parts(ticket)]
        rows = [
            {
                "statusCode": 200,
                "body": {"s": "ok", "code": _SENT, "message": _PLACED, "id": order_id},
                "statusDescription": "OK",
            }
            for order_id in parts
        ]
        return Answer(encode({"code": _SENT, "message": _PLACED, "data": rows}))

    def _enter(self, ticket: Ticket, books: Account) -> str:
        """The id of the new order; raises -99 with it when risk management refuses, the row then stands in the book."""
        now = books.market.now()
        refusal = tickets.risk(ticket, books)
        if not refusal:
            return books.book.place(ticket, now, opens=opening(ticket, books)).order_id
        one = books.book.refuse(ticket, now, refusal)
        raise Refusals.by_risk_desk(refusal, one.order_id)

    def modify(self, call: Call, books: Account) -> Answer:
        """PATCH /orders/sync."""
        fields: dict[str, object] = call.body if isinstance(call.body, dict) else {}
        one = self._changeable(fields.get("id"), books)
        ticket = tickets.changed(one.now.ticket, fields, books, one.order_id)
        if ticket.quantity <= one.now.filled:
            raise Refusals.bad_order("qty: Must be greater than the filled quantity", one.order_id)
        books.book.modify(one, ticket, books.market.now())
        return success({"id": one.order_id}, code=_SENT, message="Successfully modified order")

    def cancel(self, call: Call, books: Account) -> Answer:
        """DELETE /orders/sync with its body, or /orders/{id}/sync without one."""
        given: object = call.where.get("order_id") or None
        if given is None and isinstance(call.body, dict):
            given = call.body.get("id")
        one = self._changeable(given, books)
        books.book.cancel(one, books.market.now())
        return success({"id": one.order_id}, code=_CANCELLED, message="Successfully cancelled order")

    def _changeable(self, given: object, books: Account) -> BookOrder:
        if not isinstance(given, str) or not given:
            raise Refusals.bad_order("id is required")
        one = books.book.get(given)
        if one is None:
            raise Refusals.no_order(given)
        if one.is_final or one.now.status == "CANCEL PENDING":
            raise Refusals.not_pending(given)
        return one

    def _row(self, books: Account, one: BookOrder, number: int) -> Row:
        contract, prices = one.now.ticket.contract, self._broker.prices
        market = (prices.last(contract), prices.close(contract))
        symbol = self._broker.symbols.of(contract)
        return wire_orders.order(books.user.client_id, one, symbol, number, market)
