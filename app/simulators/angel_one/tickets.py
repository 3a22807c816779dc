"""What is checked before an order enters the book (sections 4.1, 6.2, 8 and 11). Each check raises the refusal."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.simulators.angel_one import fields, names
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.errors import Refusals
from app.simulators.angel_one.fields import Body
from app.simulators.angel_one.master import freeze
from app.simulators.angel_one.wire_orders import STOP_AT_MARKET
from app.simulators.books import Account
from app.simulators.legs import DELIVERY
from app.simulators.listing import Contract, Sort
from app.simulators.order_states import BookOrder, Ticket
from app.simulators.prices import on_tick

_AT_MARKET: Final = frozenset({"MARKET", "SL-M"})
_INDEX_OPTIONS: Final = ((10, "20"), (20, "10"), (50, "5"), (None, "2.5"))
_STOCK_OPTIONS: Final = ((10, "40"), (20, "20"), (50, "10"), (None, "5"))


def contract_of(body: Body, broker: DemoBroker) -> Contract:
    """The contract that exchange, token and symbol name together."""
    exchange, token = body.get("exchange"), body.get("symboltoken")
    contract = broker.master.by_token(str(exchange), token) if isinstance(token, str) else None
    if contract is None or contract.sort is Sort.INDEX:
        raise Refusals.bad_order("Invalid symboltoken", "AB4006")
    if body.get("tradingsymbol") != names.symbol(contract):
        raise Refusals.bad_order("Symbol Not Found", "AB1009")
    return contract


def read(body: Body, books: Account, broker: DemoBroker) -> Ticket:
    """The order of a request, checked; after hours it becomes an after-market order by itself (section 4.1)."""
    variety, contract = fields.variety(body), contract_of(body, broker)
    is_open = books.market.is_open(contract.exchange)
    ticket = Ticket(
        contract=contract,
        variety=variety if is_open else "amo",
        side=fields.word(body, "transactiontype", "BUY", "SELL"),
        order_type=fields.order_type(body, variety),
        product=fields.product(body, derivative=contract.is_derivative),
        quantity=quantity(body, contract),
        price=fields.number(body, "price"),
        trigger=fields.number(body, "triggerprice"),
        validity=fields.word(body, "duration", "DAY", "IOC"),
        disclosed=fields.whole(body, "disclosedquantity") // contract.units,
        tag=fields.tag(body),
    )
    return checked(ticket, books, broker)


def changed(one: BookOrder, body: Body, books: Account, broker: DemoBroker) -> Ticket:
    """The order's ticket with the values of a modification; `quantity` is the new total."""
    ticket = one.now.ticket
    variety = same_variety(one, body)
    if contract_of(body, broker).key != ticket.contract.key:
        raise Refusals.bad_order("Symbol Not Found", "AB1009")
    shown = ticket.disclosed  # what a modification leaves out stays
    if "disclosedquantity" in body:
        shown = fields.whole(body, "disclosedquantity") // ticket.contract.units
    fresh = replace(
        ticket,
        order_type=fields.order_type(body, variety),
        product=fields.product(body, derivative=ticket.contract.is_derivative),
        quantity=quantity(body, ticket.contract),
        price=fields.number(body, "price"),
        trigger=fields.number(body, "triggerprice"),
        validity=fields.word(body, "duration", "DAY", "IOC"),
        disclosed=shown,
        meta={},
    )
    if fresh.quantity <= one.now.filled:
        raise Refusals.bad_order("Invalid quantity")
    return checked(fresh, books, broker)


def same_variety(one: BookOrder, body: Body) -> str:
    """Modify and cancel name the order's variety; of an after-market order also the one it was sent with."""
    given = fields.variety(body, "AMO")
    ours = one.now.ticket.variety
    if ours not in {"amo", given}:
        raise Refusals.bad_order("Invalid Order Variety", "AB1008")
    return given


def quantity(body: Body, contract: Contract) -> int:
    """Units on the wire, what the books count in them; whole lots, not above the freeze quantity."""
    units = fields.whole(body, "quantity", least=1)
    if units % names.lot(contract):
        raise Refusals.bad_order(f"Quantity should be in multiples of lot size {names.lot(contract)}")
    if units > freeze(contract):
        raise Refusals.bad_order(f"Quantity exceeds the freeze quantity {freeze(contract)}")
    return units // contract.units


def checked(ticket: Ticket, books: Account, broker: DemoBroker) -> Ticket:
    """Prices, the protection of market orders, and what the risk desk will say."""
    if ticket.validity == "IOC" and ticket.contract.exchange == "MCX":
        raise Refusals.bad_order("IOC is not allowed for commodities")
    if ticket.order_type in {"SL", "SL-M"} and not ticket.trigger:
        raise Refusals.bad_order("Invalid triggerprice")
    if ticket.order_type in {"LIMIT", "SL"} and not ticket.price:
        raise Refusals.bad_order("Invalid price")
    if ticket.order_type in _AT_MARKET:
        ticket = _protected(ticket, books)
    else:
        _check_band(ticket, books)
    said = broker.desk_says.get(books.user.client_id)
    return replace(ticket, raw_refusal=said or _off_tick(ticket) or _delivery(ticket, books) or _money(ticket, books))


def _check_band(ticket: Ticket, books: Account) -> None:
    """Limit price protection: refused at once (section 11)."""
    low, high = books.prices.band(ticket.contract)
    if not low <= ticket.price <= high:
        text = f"Order price is outside Limit Price Protection range. Permissible range is {low} to {high}"
        raise Refusals.bad_order(text)


def _protected(ticket: Ticket, books: Account) -> Ticket:
    """A market order goes on as a limit order with a buffer (section 11)."""
    contract = ticket.contract
    start = ticket.trigger if ticket.order_type == "SL-M" else books.prices.last(contract)
    sign = 1 if ticket.side == "BUY" else -1
    price = on_tick(start * (100 + sign * _buffer(contract, start)) / 100, contract.tick)
    meta: dict[str, dict[str, int]] = {STOP_AT_MARKET: {}} if ticket.order_type == "SL-M" else {}
    return replace(ticket, price=price, meta=meta)


def _buffer(contract: Contract, price: Decimal) -> Decimal:
    """Per cent, by the broker's table of December 2024."""
    stock = names.kind(contract) in {"FUTSTK", "OPTSTK"}
    if contract.is_option:
        bands = _STOCK_OPTIONS if stock else _INDEX_OPTIONS
        return next(Decimal(percent) for limit, percent in bands if limit is None or price < limit)
    return Decimal(1) if stock else Decimal("0.5")


def _off_tick(ticket: Ticket) -> str | None:
    wrong = any(price % ticket.contract.tick for price in (ticket.price, ticket.trigger))
    return f"The order price is not a multiple of the tick size {ticket.contract.tick}" if wrong else None


def _delivery(ticket: Ticket, books: Account) -> str | None:
    """Without an authorisation of the depository a sale is rejected later (section 13)."""
    if ticket.side != "SELL" or ticket.product not in DELIVERY:
        return None
    if not books.authorised:
        return "Holdings are not authorised at CDSL for this day"
    if ticket.quantity > books.ledger.saleable(ticket.contract, ticket.product):
        return "Insufficient holdings to sell"
    return None


def _money(ticket: Ticket, books: Account) -> str | None:
    missing = books.missing(ticket)
    if missing is None:
        return None
    need, have = (f"{amount:.2f}" for amount in missing)
    return f"Insufficient Funds. Available Rs. {have}. Required Rs. {need}"
