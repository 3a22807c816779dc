"""What is checked before an order enters the book (sections 4.6, 6.2 and 11). Each check raises the refusal."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from app.simulators.books import Account
from app.simulators.dhan import names
from app.simulators.dhan.errors import Refusals
from app.simulators.dhan.master import DhanMaster
from app.simulators.legs import DELIVERY
from app.simulators.listing import Contract, Sort
from app.simulators.order_states import Ticket
from app.simulators.prices import on_tick

_WORDS: Final[dict[str, frozenset[str]]] = {
    "transactionType": frozenset({"BUY", "SELL"}),
    "exchangeSegment": names.SEGMENTS - {"IDX_I"},
    "productType": frozenset(names.PRODUCTS),
    "orderType": frozenset(names.ORDER_TYPES),
    "validity": frozenset({"DAY", "IOC"}),
    "amoTime": frozenset({"PRE_OPEN", "OPEN", "OPEN_30", "OPEN_60"}),
}
_NEEDED: Final = (
    "dhanClientId", "transactionType", "exchangeSegment", "productType", "orderType", "validity", "securityId",
)  # fmt: skip
_TAG_LENGTH: Final = 25
_TAG_SIGNS: Final = frozenset(" _-")
_SHOWN_PART: Final = Decimal("0.3")
_PROTECTION: Final = {
    True: Decimal(5),
    False: Decimal(1),
}  # per cent, of options and of all others; the real is unknown
_STOPS: Final = frozenset({"SL", "SL-M"})

Body = Mapping[str, Any]


def read(body: Body | None, books: Account, master: DhanMaster) -> Ticket:
    """The order of a request, checked."""
    body = given(body)
    for name in _NEEDED:
        text(body, name)
    if body["dhanClientId"] != books.user.client_id:
        raise Refusals.bad_input()
    number = text(body, "securityId")
    contract = master.by_id(body["exchangeSegment"], int(number)) if number.isascii() and number.isdigit() else None
    if contract is None or contract.sort is Sort.INDEX:
        raise Refusals.bad_input("Invalid SecurityId")
    ticket = Ticket(
        contract=contract,
        variety="amo" if body.get("afterMarketOrder") is True else "regular",
        side=body["transactionType"],
        order_type=names.ORDER_TYPES[body["orderType"]],
        product=names.PRODUCTS[body["productType"]],
        quantity=whole(body, "quantity", least=1),
        price=rupees(body, "price"),
        trigger=rupees(body, "triggerPrice"),
        validity=body["validity"],
        disclosed=whole(body, "disclosedQuantity", least=0),
        tag=_tag(body),
    )
    check(ticket)
    return refusable(protected(ticket, books), books)


def given(body: Body | None) -> Body:
    """A JSON object without empty texts and with no word that is none (sections 4.6 and 13); null counts as absent."""
    if not body or any(value == "" for value in body.values()):
        raise Refusals.bad_input()
    body = {name: value for name, value in body.items() if value is not None}
    for name, words in _WORDS.items():
        if name in body and (not isinstance(body[name], str) or body[name] not in words):
            raise Refusals.bad_input()
    return body


def text(body: Body, name: str) -> str:
    """A text that must be there."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Refusals.bad_input()
    return value


def whole(body: Body, name: str, *, least: int) -> int:
    """A whole number in JSON's own type; the quantity must be there (section 6.2 has its text)."""
    if name not in body and least:
        raise Refusals.bad_input(f"{name} is required")
    value = body.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise Refusals.bad_input()
    return value


def rupees(body: Body, name: str) -> Decimal:
    """An amount in JSON's own type, 0 when it is not there."""
    value = body.get(name, 0)
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or value < 0:
        raise Refusals.bad_input()
    return Decimal(value)


def check(ticket: Ticket) -> None:
    """What can be said without looking at money or shares."""
    contract = ticket.contract
    if (ticket.product in DELIVERY) if contract.is_derivative else ticket.product == "NRML":
        raise Refusals.bad_input()
    if ticket.quantity % contract.lot:
        raise Refusals.bad_input("Quantity should be in multiple of lot size")
    if ticket.disclosed and ticket.disclosed < ticket.quantity * _SHOWN_PART:
        raise Refusals.bad_input("Disclosed quantity should be at least 30% of quantity")
    if ticket.order_type in {"LIMIT", "SL"} and not ticket.price:
        raise Refusals.bad_input("price is required")
    if ticket.order_type in _STOPS and not ticket.trigger:
        raise Refusals.bad_input("triggerPrice is required")
    if ticket.order_type == "SL-M":
        raise Refusals.bad_order("Trigger Price should be greater than Price")


def protected(ticket: Ticket, books: Account) -> Ticket:
    """MARKET goes on as LIMIT with market price protection (section 11)."""
    if ticket.order_type != "MARKET":
        return ticket
    sign = 1 if ticket.side == "BUY" else -1
    percent = 100 + sign * _PROTECTION[ticket.contract.is_option]
    price = on_tick(books.prices.last(ticket.contract) * percent / 100, ticket.contract.tick)
    return replace(ticket, order_type="LIMIT", price=price)


def refusable(ticket: Ticket, books: Account) -> Ticket:
    """What the risk desk or the exchange will say of the accepted order, in the book (section 6.2)."""
    return replace(ticket, raw_refusal=_off_tick(ticket) or _delivery(ticket, books) or _risk(ticket, books))


def slices(ticket: Ticket) -> list[Ticket]:
    """`ticket` cut at the freeze quantity, whole lots; all parts carry the one tag (section 10)."""
    most = ticket.contract.freeze // ticket.contract.lot * ticket.contract.lot
    sizes = [min(most, ticket.quantity - start) for start in range(0, ticket.quantity, most)]
    return [replace(ticket, quantity=size) for size in sizes]


def _tag(body: Body) -> str | None:
    tag = body.get("correlationId")
    if tag is None:
        return None
    if not isinstance(tag, str) or len(tag) > _TAG_LENGTH:
        raise Refusals.bad_input("")  # the recorded refusal is blank (section 4.6)
    if not all(sign.isascii() and (sign.isalnum() or sign in _TAG_SIGNS) for sign in tag):
        raise Refusals.bad_input()
    return tag


def _off_tick(ticket: Ticket) -> str | None:
    wrong = any(price % ticket.contract.tick for price in (ticket.price, ticket.trigger))
    return "EXCH:16283:The order price is not multiple of the tick size." if wrong else None


def _delivery(ticket: Ticket, books: Account) -> str | None:
    if ticket.side != "SELL" or ticket.product not in DELIVERY:
        return None
    if not books.authorised:
        return "RMS:Holdings are not authorised at the depository (eDIS)"
    if ticket.quantity > books.ledger.saleable(ticket.contract, ticket.product):
        return "RMS:Insufficient holdings to sell"
    return None


def _risk(ticket: Ticket, books: Account) -> str | None:
    missing = books.missing(ticket)
    if missing is not None:
        need, have = (f"{amount:.2f}" for amount in missing)
        return f"RMS:Fund limit insufficient, required {need}, available {have}"
    low, high = _band(ticket.contract, books)
    if ticket.price and not low <= ticket.price <= high:
        return f"RMS:Order price is outside the circuit limits {low} to {high}"
    return None


def _band(contract: Contract, books: Account) -> tuple[Decimal, Decimal]:
    return books.prices.band(contract)
