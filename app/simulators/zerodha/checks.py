"""The order desk's checks of words, prices, lots and hours (sheet sections 4, 6 and 13). Each raises the refusal."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from app.simulators.books import Account
from app.simulators.catalogue import INDEX_NAMES
from app.simulators.legs import DELIVERY, ZERO
from app.simulators.order_states import Ticket
from app.simulators.zerodha.errors import Refusals

_NEEDED: Final = ("exchange", "tradingsymbol", "transaction_type", "order_type", "quantity", "product")
_ALLOWED: Final = {
    "transaction_type": ("BUY", "SELL"),
    "order_type": ("MARKET", "LIMIT", "SL", "SL-M"),
    "product": ("CNC", "MIS", "NRML", "MTF"),
    "validity": ("DAY", "IOC", "TTL"),
}
_TAG_LENGTH: Final = 20


def check_words(form: Mapping[str, str]) -> None:
    """Nothing missing, no unknown word."""
    for name in _NEEDED:
        if not form.get(name):
            raise Refusals.bad_input(f"Missing or empty field `{name}`")
    check_values(form)
    tag = form.get("tag", "")
    if len(tag) > _TAG_LENGTH or (tag and not tag.isalnum()):
        raise Refusals.bad_input("Invalid `tag`.")


def check_values(form: Mapping[str, str]) -> None:
    """No unknown word where the sheet lists the words."""
    for name, values in _ALLOWED.items():
        if name in form and form[name] not in values:
            raise Refusals.bad_input(f"Invalid `{name}`.")


def check(ticket: Ticket, form: Mapping[str, str], books: Account) -> None:
    """Everything that can be said without looking at money or shares."""
    _check_product(ticket)
    _check_validity(ticket)
    _check_type(ticket)
    check_prices(ticket)
    check_lot(ticket)
    _check_market(ticket, books)
    if ticket.variety == "auction" and not form.get("auction_number"):
        raise Refusals.bad_input("Missing or empty field `auction_number`")
    if ticket.variety == "co" and not ticket.trigger:
        raise Refusals.bad_input("Missing or empty field `trigger_price`")


def _check_product(ticket: Ticket) -> None:
    contract = ticket.contract
    delivery = ticket.product in DELIVERY
    if delivery if contract.is_derivative else ticket.product == "NRML":
        raise Refusals.bad_input("Invalid `product`.")
    if ticket.disclosed and contract.is_derivative:
        raise Refusals.bad_input("Invalid `disclosed_quantity`.")


def _check_validity(ticket: Ticket) -> None:
    if ticket.validity == "IOC" and ticket.contract.exchange == "MCX":
        raise Refusals.bad_input("IOC orders are not allowed on MCX via API")
    if ticket.validity == "TTL" and not ticket.ttl:
        raise Refusals.bad_input("Missing or empty field `validity_ttl`")


def _check_type(ticket: Ticket) -> None:
    """Contracts that take no market or stop-at-market orders (sheet section 13)."""
    contract = ticket.contract
    on_stock = contract.is_option and contract.name not in INDEX_NAMES
    stop_barred = contract.exchange == "BSE" or (contract.is_option and not on_stock)
    if (ticket.order_type == "MARKET" and on_stock) or (ticket.order_type == "SL-M" and stop_barred):
        raise Refusals.order_refused(f"{ticket.order_type} orders are blocked for {contract.symbol}. Use LIMIT or SL.")


def check_prices(ticket: Ticket) -> None:
    """The prices that the type needs, on whole ticks."""
    for name, price, kinds in (
        ("price", ticket.price, ("LIMIT", "SL")),
        ("trigger_price", ticket.trigger, ("SL", "SL-M")),
    ):
        if ticket.order_type not in kinds:
            continue
        if not price:
            raise Refusals.bad_input(f"Missing or empty field `{name}`")
        if price % ticket.contract.tick:
            text = (
                f"Tick size for this script is {ticket.contract.tick}. Kindly enter price in the multiple of tick size"
            )
            raise Refusals.bad_input(f"{text} for this script")


def check_lot(ticket: Ticket) -> None:
    """Whole lots."""
    if ticket.quantity % ticket.contract.lot:
        raise Refusals.bad_input(f"Quantity should be in multiples of lot size {ticket.contract.lot}")


def _check_market(ticket: Ticket, books: Account) -> None:
    if ticket.variety != "amo" and not books.market.is_open(ticket.contract.exchange):
        raise Refusals.order_refused("Markets are closed right now. Use AMO for placing off market orders.")
    if ticket.product == "MIS" and books.market.is_holiday:
        raise Refusals.order_refused("MIS orders are not allowed on a holiday. Use CNC or NRML.")  # words not printed


def whole(form: Mapping[str, str], name: str, *, least: int = 1) -> int:
    """A whole number of the form, 0 when it is not there."""
    text = form.get(name, "0")
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise Refusals.bad_input(f"Invalid `{name}`.")
    return int(text)


def rupees(form: Mapping[str, str], name: str, *, signed: bool = False) -> Decimal:
    """An amount of the form, 0 when it is not there."""
    try:
        amount = Decimal(form.get(name) or "0")
    except InvalidOperation:
        raise Refusals.bad_input(f"Invalid `{name}`.") from None
    if not amount.is_finite() or (amount < ZERO and not signed):
        raise Refusals.bad_input(f"Invalid `{name}`.")
    return amount
