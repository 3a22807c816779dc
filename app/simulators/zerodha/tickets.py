"""What the order desk checks before an order enters the book (sheet sections 4, 6, 7 and 13)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.simulators.books import Account
from app.simulators.legs import DELIVERY
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master
from app.simulators.order_states import BookOrder, Ticket
from app.simulators.prices import on_tick
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.checks import check, check_lot, check_prices, check_values, check_words, rupees, whole
from app.simulators.zerodha.errors import Refusals

_LEGS: Final = range(2, 51)
_MOST_SLICES: Final = 10
_BANDS: Final = ((100, "2"), (500, "1"), (None, "0.5"))
_OPTION_BANDS: Final = ((10, "5"), (100, "3"), (500, "2"), (None, "1"))


def read(call: Call, books: Account, master: Master) -> Ticket:
    """The order of a request, checked; raises the refusal."""
    form = {"validity": "DAY", **call.form}
    check_words(form)
    contract = master.get(form["exchange"], form["tradingsymbol"])
    if contract is None or contract.sort is Sort.INDEX:
        text = "The instrument you are placing an order for has either expired or does not exist."
        raise Refusals.bad_input(text)
    ticket = Ticket(
        contract=contract,
        variety=call.where["variety"],
        side=form["transaction_type"],
        order_type=form["order_type"],
        product=form["product"],
        quantity=whole(form, "quantity"),
        price=rupees(form, "price"),
        trigger=rupees(form, "trigger_price"),
        validity=form["validity"],
        ttl=whole(form, "validity_ttl", least=0),
        disclosed=whole(form, "disclosed_quantity", least=0),
        tag=form.get("tag") or None,
    )
    check(ticket, form, books)
    return _refusable(_protected(_sliced(ticket, form), form, books), books)


def check_freeze(ticket: Ticket) -> None:
    """Too large for one order: the text names the number (sheet section 4)."""
    if ticket.quantity > ticket.contract.freeze:
        text = f"Order quantity exceeds the freeze quantity of {ticket.contract.freeze} for {ticket.contract.symbol}."
        raise Refusals.bad_input(text)


def slices(ticket: Ticket, parent: str) -> list[Ticket]:
    """`ticket` cut at the freeze quantity (sheet section 4)."""
    freeze = ticket.contract.freeze // ticket.contract.lot * ticket.contract.lot
    if ticket.quantity <= ticket.contract.freeze:
        least = ticket.contract.freeze + 1
        raise Refusals.bad_input(f"Quantity should be greater than or equal to {least} for order slicing")
    if ticket.quantity > freeze * _MOST_SLICES:
        raise Refusals.bad_input(f"Order slicing is limited to {_MOST_SLICES} slices.")
    sizes = [min(freeze, ticket.quantity - start) for start in range(0, ticket.quantity, freeze)]
    tags = (*ticket.tags, "autoslice", f"autoslice:{parent}")
    return [replace(ticket, quantity=size, tags=tags, parent=parent) for size in sizes]


def known(books: Account, call: Call) -> BookOrder:
    """The order that a path names; an order of another day is not found."""
    order = books.book.get(call.where["order_id"])
    if order is None:
        raise Refusals.no_order()
    return order


def changeable(books: Account, call: Call) -> BookOrder:
    """The same, when it can still be modified or cancelled."""
    order = known(books, call)
    if order.is_final or order.now.status not in {"OPEN", "TRIGGER PENDING", "AMO REQ RECEIVED"}:
        raise Refusals.in_process()
    return order


def changed(order: BookOrder, call: Call, books: Account) -> Ticket:
    """The order's ticket with the values of a modification; `quantity` is the new total."""
    form, ticket = call.form, order.now.ticket
    check_values(form)
    fresh = replace(
        ticket,
        order_type=form.get("order_type", ticket.order_type),
        quantity=whole(form, "quantity") if "quantity" in form else ticket.quantity,
        price=rupees(form, "price") if "price" in form else ticket.price,
        trigger=rupees(form, "trigger_price") if "trigger_price" in form else ticket.trigger,
        disclosed=whole(form, "disclosed_quantity", least=0) if "disclosed_quantity" in form else ticket.disclosed,
        validity=form.get("validity", ticket.validity),
    )
    check_prices(fresh)
    check_lot(fresh)
    if fresh.quantity <= order.now.filled:
        raise Refusals.bad_input("Invalid `quantity`.")
    renewed = "order_type" in form or "market_protection" in form
    return _protected(fresh, form, books) if renewed else fresh


def _sliced(ticket: Ticket, form: Mapping[str, str]) -> Ticket:
    """An iceberg order with its legs; a regular order ignores both fields (sheet section 4)."""
    if ticket.variety != "iceberg":
        return ticket
    legs, size = whole(form, "iceberg_legs", least=0), whole(form, "iceberg_quantity", least=0)
    if legs not in _LEGS:
        raise Refusals.bad_input("Invalid `iceberg_legs`.")
    meta = {
        "iceberg": {
            "leg": 1,
            "legs": legs,
            "leg_quantity": size,
            "total_quantity": ticket.quantity,
            "remaining_quantity": ticket.quantity - size,
        }
    }
    return replace(ticket, meta=meta)


def _protected(ticket: Ticket, form: Mapping[str, str], books: Account) -> Ticket:
    """MARKET and SL-M need protection; MARKET goes on as LIMIT with the protection price (sheet section 4)."""
    if ticket.order_type not in {"MARKET", "SL-M"}:
        return ticket
    percent = rupees(form, "market_protection", signed=True)
    if percent == -1:
        percent = _automatic(ticket.contract, books.prices.last(ticket.contract))
    if not 0 < percent <= 100:  # noqa: PLR2004 - a percentage
        raise Refusals.no_protection()
    start = ticket.trigger if ticket.order_type == "SL-M" else books.prices.last(ticket.contract)
    sign = 1 if ticket.side == "BUY" else -1
    price = on_tick(start * (100 + sign * percent) / 100, ticket.contract.tick)
    kind = "LIMIT" if ticket.order_type == "MARKET" else ticket.order_type
    return replace(ticket, order_type=kind, price=price, tags=("mktp", f"mktp:{percent:.2f}"))


def _automatic(contract: Contract, last: Decimal) -> Decimal:
    """Automatic protection, percent by price (sheet section 11)."""
    bands = _OPTION_BANDS if contract.is_option else _BANDS
    return next(Decimal(percent) for limit, percent in bands if limit is None or last < limit)


def _refusable(ticket: Ticket, books: Account) -> Ticket:
    """Money and shares: a pre-check that refuses, or the risk desk that will reject the order in the book."""
    selling_shares = ticket.side == "SELL" and ticket.product in DELIVERY
    if selling_shares and not books.authorised:
        raise Refusals.not_authorised(ticket.quantity)
    if selling_shares and ticket.quantity > books.ledger.saleable(ticket.contract, ticket.product):
        return replace(ticket, raw_refusal=f"RMS:Rule: Check holdings for entity account-{books.user.client_id}")
    missing = books.missing(ticket)
    if missing is not None:
        raise Refusals.no_money(*(f"{amount:.2f}" for amount in missing))
    low, high = books.prices.band(ticket.contract)
    if ticket.price and not low <= ticket.price <= high:
        return replace(ticket, raw_refusal="RMS:Rule: Check circuit limit including square off order exceeds")
    return ticket
