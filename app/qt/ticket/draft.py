"""What stands in a ticket, as typed, and what it asks for. No Qt.

A draft is never an order: `read` makes the request of it, or says at which fields something is wrong or missing.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    Order,
    OrderChange,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Validity,
)
from app.domain.instruments import Kind
from app.domain.money import exact
from app.domain.records import dataclass
from app.domain.tongue import tr

_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
_EXCHANGES: Final = frozenset(Exchange)
_LARGEST: Final = 2**31 - 1
_DIGITS: Final = 10  # of the largest
_WHOLE: Final = re.compile(r"\d*|\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})+,\d{3}")
Asked = OrderRequest | OrderChange


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields as they are typed; `side` None: not chosen yet. `order` is the resting one that is to be changed.

    `symbol` is Kunji's name; `instrument` follows once the account's broker was asked for it.
    """

    user_id: str = ""
    exchange: Exchange | None = None
    symbol: str = ""
    instrument: Instrument | None = None
    side: OrderSide | None = None
    product: Product = Product.CNC
    order_type: OrderType = OrderType.LIMIT
    quantity: str = ""
    price: str = ""
    trigger: str = ""
    validity: Validity = Validity.DAY
    disclosed: str = ""
    amo: bool = False
    order: Order | None = None

    @property
    def lot(self) -> int:
        """Units of one lot, 1 where it is not known."""
        return max(1, self.instrument.lot_size) if self.instrument is not None else 1

    @property
    def tick(self) -> Decimal | None:
        """Rupees from one price to the next, None where it is not known."""
        return self.instrument.tick_size if self.instrument is not None and self.instrument.tick_size > 0 else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a draft comes to: `asked`, or the fields in the way, `wrong` with words, `missing` with what is to be done.

    Both are named as the fields of `OrderRequest`.
    """

    asked: Asked | None = None
    wrong: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missing: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def products_of(exchange: Exchange | None) -> tuple[Product, ...]:
    """The products that an exchange knows, the usual one first."""
    if exchange in _CASH:
        return (Product.CNC, Product.MIS, Product.MTF)
    return (Product.NRML, Product.MIS)


def tradable(instrument: Instrument) -> bool:
    """Whether it can be ordered: an index cannot, nor what is listed at an exchange that Kunji does not know."""
    return instrument.kind is not Kind.INDEX and instrument.exchange in _EXCHANGES


def changing(user_id: str, order: Order) -> Draft:
    """The draft that a resting order begins with when it is to be changed: nothing of it gets lost unseen.

    What the broker does not say of it begins as the usual; the checks tell that it is not known.
    """
    return Draft(
        user_id=user_id,
        exchange=order.exchange,
        symbol=order.symbol,
        side=order.side,
        product=order.product,
        order_type=order.order_type,
        quantity=str(order.quantity),
        price=_text(order.price if order.order_type.needs_price else None),
        trigger=_text(order.trigger_price if order.order_type.needs_trigger else None),
        validity=order.validity or Validity.DAY,
        disclosed=str(order.disclosed_quantity or ""),
        order=order,
    )


def has_more(draft: Draft) -> bool:
    """Whether something stands in the fields that are shown only when more is wanted."""
    return bool(draft.disclosed) or draft.validity is not Validity.DAY


def number_of(text: str) -> int | None:
    """A whole number above nothing as it is typed, with or without commas; None when it is none."""
    bare = _ungrouped(text)
    if not bare.isdecimal() or len(bare) > _DIGITS:
        return None
    return int(bare) if 0 < int(bare) <= _LARGEST else None


def _ungrouped(text: str) -> str:
    """Without commas where they part thousands or lakhs; empty for any other: 437,50 may be meant as 437.50."""
    whole, point, rest = text.strip().partition(".")
    return whole.replace(",", "") + point + rest if text.isascii() and _WHOLE.fullmatch(whole) else ""


def price_of(text: str) -> Decimal | None:
    """A price above nothing as it is typed; None when it is none."""
    try:
        made = exact(_ungrouped(text), "price")
    except (InvalidRequest, InvalidOperation):
        return None
    return made if made > 0 else None


def read(draft: Draft) -> Reading:
    """What the draft asks for, or why nothing yet."""
    wrong: dict[str, str] = {}
    missing: dict[str, str] = {}
    if not draft.symbol or draft.exchange is None:
        missing["symbol"] = tr("Choose an instrument.")
    if draft.side is None:
        missing["side"] = tr("Choose BUY or SELL.")
    _look(draft.quantity, "quantity", number_of(draft.quantity), wrong, missing)
    if draft.order_type.needs_price:
        _look(draft.price, "price", price_of(draft.price), wrong, missing)
    if draft.order_type.needs_trigger:
        _look(draft.trigger, "trigger_price", price_of(draft.trigger), wrong, missing)
    if draft.disclosed.strip():
        _look_disclosed(draft, wrong)
    if wrong or missing:
        return Reading(None, wrong, missing)
    try:
        return Reading(_made(draft))
    except InvalidRequest as error:  # what the fields by themselves do not show
        return Reading(None, {error.field: f"{error.title}. {error.next_step}"})


def same(one: Draft, other: Draft) -> bool:
    """Whether both ask for the same of the same account; what is known of the instrument may differ."""
    return one.user_id == other.user_id and read(one) == read(other)


_ASKS: Final = {
    "quantity": ("Type how many units.", "A whole number of units, at least 1."),
    "price": ("Type a price.", "A price in rupees above 0, for example 437.50."),
    "trigger_price": ("Type a trigger price.", "A price in rupees above 0, for example 437.50."),
}


def _look(text: str, name: str, value: object, wrong: dict[str, str], missing: dict[str, str]) -> None:
    """Nothing typed yet is no mistake while one types."""
    if not text.strip():
        missing[name] = tr(_ASKS[name][0])
    elif value is None:
        wrong[name] = tr(_ASKS[name][1])


def _look_disclosed(draft: Draft, wrong: dict[str, str]) -> None:
    shown, whole = number_of(draft.disclosed), number_of(draft.quantity)
    if shown is None:
        wrong["disclosed_quantity"] = tr("A whole number of units, or nothing: then all are shown.")
    elif whole is not None and shown > whole:
        wrong["disclosed_quantity"] = tr("No more than the quantity can be shown.")


def _made(draft: Draft) -> Asked:
    quantity, disclosed = number_of(draft.quantity) or 0, number_of(draft.disclosed) or 0
    price = price_of(draft.price) if draft.order_type.needs_price else None
    trigger = price_of(draft.trigger) if draft.order_type.needs_trigger else None
    if draft.order is not None:
        return OrderChange(quantity, draft.order_type, price, trigger, draft.validity, disclosed)
    if draft.exchange is None or draft.side is None:
        raise InvalidRequest("symbol: not chosen", field="symbol")
    return OrderRequest(
        draft.symbol,
        draft.exchange,
        draft.product,
        draft.side,
        draft.order_type,
        quantity,
        price,
        trigger,
        draft.validity,
        disclosed,
        amo=draft.amo,
    )


def _text(value: Decimal | None) -> str:
    return f"{value:f}" if value is not None else ""
