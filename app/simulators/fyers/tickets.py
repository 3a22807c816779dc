"""What the order desk checks before an order enters the book (sheet sections 4.5 and 6), and its words for a no."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.simulators.books import Account
from app.simulators.fyers.errors import Refusals
from app.simulators.fyers.fields import check_fields, check_tag, number, whole
from app.simulators.fyers.symbols import Symbols
from app.simulators.fyers.words import LIMIT, MARKET, PRODUCTS, STOP, STOP_LIMIT, TYPES
from app.simulators.legs import DELIVERY, ZERO
from app.simulators.listing import Contract, Sort
from app.simulators.order_states import Ticket
from app.simulators.prices import on_tick

KIND: Final = "type"
"""Where a ticket keeps the type that the wire shows, whatever the books make of it."""
_LEAST_PRICE: Final = Decimal("0.0025")
_PROTECTION: Final = Decimal("0.03")  # market orders become limit orders this far away (sheet section 11)
_NO_STOP: Final = frozenset({LIMIT, MARKET})


def kind_of(ticket: Ticket) -> int:
    """The type of the wire."""
    return ticket.meta[KIND][KIND]


def read(body: object, books: Account, symbols: Symbols) -> Ticket:
    """The order of a request, checked; raises the refusal."""
    fields = check_fields(body)
    tag = check_tag(fields.get("orderTag"), books.user.client_id)
    symbol = symbols.get(str(fields["symbol"]))
    if symbol is None or symbol.contract.sort is Sort.INDEX:
        raise Refusals.bad_order("The input symbol is invalid.")
    kind = whole(fields, "type")
    ticket = Ticket(
        contract=symbol.contract,
        variety="amo" if fields["offlineOrder"] is True else "regular",
        side="BUY" if fields["side"] == 1 else "SELL",
        order_type=TYPES[kind],
        product=PRODUCTS[str(fields["productType"])],
        quantity=whole(fields, "qty"),
        price=number(fields, "limitPrice"),
        trigger=number(fields, "stopPrice"),
        validity=str(fields["validity"]),
        disclosed=whole(fields, "disclosedQty"),
        tag=tag,
        meta={KIND: {KIND: kind}},
    )
    _check_product(ticket)
    return checked(ticket, books)


def changed(ticket: Ticket, fields: Mapping[str, object], books: Account, order_id: str) -> Ticket:
    """`ticket` with the values of a modification; a field left out keeps its value (section 4)."""
    kind = fields.get("type")
    if isinstance(kind, bool) or not isinstance(kind, int) or kind not in TYPES:
        raise Refusals.bad_order("type must be one of the following: 1, 2, 3, 4", order_id)
    shown = ZERO if kind_of(ticket) in {MARKET, STOP} else ticket.price
    fresh = replace(
        ticket,
        order_type=TYPES[kind],
        quantity=whole(fields, "qty", least=1) if "qty" in fields else ticket.quantity,
        price=number(fields, "limitPrice") if "limitPrice" in fields else shown,
        trigger=number(fields, "stopPrice") if "stopPrice" in fields else ticket.trigger,
        disclosed=whole(fields, "disclosedQty") if "disclosedQty" in fields else ticket.disclosed,
        meta={KIND: {KIND: kind}},
    )
    return checked(fresh, books)


def checked(ticket: Ticket, books: Account) -> Ticket:
    """Lot and prices, then the price of protection for market orders."""
    contract, kind = ticket.contract, kind_of(ticket)
    if ticket.quantity % contract.lot:
        raise Refusals.bad_order(f"{ticket.quantity} not a multiple of minimum lot size {contract.lot}")
    _check_prices(ticket, kind)
    if kind not in _NO_STOP and ticket.variety != "amo":
        _check_side_of_stop(ticket, books.prices.last(contract))
    if kind in {MARKET, STOP}:
        start = ticket.trigger if kind == STOP else books.prices.last(contract)
        return replace(ticket, price=on_tick(start * (1 + _sign(ticket) * _PROTECTION), contract.tick))
    return ticket


def risk(ticket: Ticket, books: Account) -> str:
    """Why risk management refuses the order, in its words; empty when it does not."""
    contract, client = ticket.contract, books.user.client_id
    if ticket.variety != "amo" and not books.market.is_open(contract.exchange):
        return "RED:RULE:{Market is closed. Place an after market order}"
    if ticket.side == "SELL" and ticket.product in DELIVERY:
        held = books.ledger.saleable(contract, ticket.product)
        if ticket.quantity > held:
            return no_shares(client, ticket.quantity, held)
    missing = books.missing(ticket)
    if missing is not None:
        need, have = (f"{amount:.2f}" for amount in missing)
        return f"RED:Margin Shortfall:INR {need} Available:INR {have} for C-{client} [FYERS_RISK]"
    low, high = books.prices.band(contract)
    if ticket.price and not low <= ticket.price <= high:
        return f"RED:RULE:{{Check circuit limit including square off order exceeds}} Range:{low}-{high}"
    return ""


def no_shares(client: str, wanted: int, held: int = 0) -> str:
    """Why somebody cannot sell what he does not have."""
    return f"RED:RULE:{{Check holdings}} Required:{wanted} Available:{held} for C-{client} [{client}]"


def _check_product(ticket: Ticket) -> None:
    allowed = ("INTRADAY", "MARGIN") if ticket.contract.is_derivative else ("CNC", "INTRADAY", "MTF")
    if ticket.product not in {PRODUCTS[word] for word in allowed}:
        raise Refusals.bad_order(f"productType must be one of the following: {', '.join(allowed)}")
    if ticket.disclosed and ticket.contract.is_derivative:
        raise Refusals.bad_order("disclosedQty does not match: 0")


def _check_prices(ticket: Ticket, kind: int) -> None:
    """What each type needs and what it must not have (section 4.5, texts of section 6)."""
    if kind in {LIMIT, STOP_LIMIT} and ticket.price < _LEAST_PRICE:
        raise Refusals.bad_order(f"limitPrice: Must be greater than or equal to {_LEAST_PRICE}")
    if kind == MARKET and ticket.price:
        raise Refusals.bad_order("limitPrice does not match: 0")
    if kind in _NO_STOP and ticket.trigger:
        raise Refusals.bad_order("stopPrice does not match: 0")
    if kind not in _NO_STOP and ticket.trigger < _LEAST_PRICE:
        raise Refusals.bad_order(f"stopPrice: Must be greater than or equal to {_LEAST_PRICE}")
    for name, price in (("LimitPrice", ticket.price), ("StopPrice", ticket.trigger)):
        if price % ticket.contract.tick:
            raise Refusals.bad_order(f"{name} not a multiple of tick size {ticket.contract.tick:.4f}")
    if kind == STOP_LIMIT and (ticket.price - ticket.trigger) * _sign(ticket) <= 0:
        word = "greater" if ticket.side == "BUY" else "less"
        raise Refusals.bad_order(f"limitPrice should be {word} than stopPrice for side {ticket.side}")


def _check_side_of_stop(ticket: Ticket, last: Decimal) -> None:
    """Not below the last price for a buy, not above it for a sell (section 4.5; the text is not printed)."""
    if (ticket.trigger - last) * _sign(ticket) < 0:
        word = "greater" if ticket.side == "BUY" else "less"
        raise Refusals.bad_order(f"stopPrice should be {word} than LTP for side {ticket.side}")


def _sign(ticket: Ticket) -> int:
    return 1 if ticket.side == "BUY" else -1


def freeze_parts(ticket: Ticket) -> list[Ticket]:
    """`ticket` cut at the freeze quantity, at most ten parts (section 4.5); itself when it is small enough."""
    contract: Contract = ticket.contract
    size = max(contract.freeze // contract.lot, 1) * contract.lot
    parts = [min(size, ticket.quantity - start) for start in range(0, ticket.quantity, size)]
    if len(parts) > 10:  # noqa: PLR2004 - the sheet's ten
        raise Refusals.bad_order("qty: Must be less than or equal to 10 slices")
    return [replace(ticket, quantity=part) for part in parts]
