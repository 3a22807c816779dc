"""An order request as the body that Dhan takes: every field said, nothing sent that was not asked (section 4.6)."""

import secrets
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.brokers.dhan import words
from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    Kind,
    OrderRequest,
    OrderType,
    Product,
    Unsupported,
    Validity,
)

_TAG_PREFIX: Final = "KJ"
_TAG_RANDOM: Final = 18  # base 36; with the prefix 20 of the 25 characters that were measured (section 4.6)
_BASE_36: Final = string.digits + string.ascii_uppercase
_PRODUCTS: Final[Mapping[Product, str]] = {
    product: word for word, product in words.PRODUCTS.items() if product not in (Product.CO, Product.BO)
}
_TYPES: Final[Mapping[OrderType, str]] = {kind: word for word, kind in words.TYPES.items()}
_BY_LOT: Final = frozenset({Exchange.NFO, Exchange.BFO})  # quantities are units there, in multiples of the lot
_USE_SL: Final = "Use SL with a limit price a little beyond the trigger."


def fresh_tag() -> str:
    """A tag that finds this one order again in the book."""
    return _TAG_PREFIX + "".join(secrets.choice(_BASE_36) for _ in range(_TAG_RANDOM))


def check(order: OrderRequest, instrument: Instrument) -> None:
    """Raise for what Dhan or the instrument cannot take."""
    if order.product not in _PRODUCTS:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("an order that lives for minutes", field="validity")
    if order.order_type is OrderType.SL_M:  # was filled at once as LIMIT, or refused (section 11)
        raise Unsupported("SL-M is not carried out as such by Dhan", field="order_type", next_step=_USE_SL)
    if instrument.kind is Kind.INDEX or words.segment_of(order.exchange, instrument.kind) is None:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    lot = instrument.lot_size
    if lot > 1 and order.exchange in _BY_LOT and order.quantity % lot:
        raise InvalidRequest(f"quantity: {instrument.symbol} trades in multiples of {lot}", field="quantity")
    _check_tick(order.price, "price", instrument)
    _check_tick(order.trigger_price, "trigger_price", instrument)


def form(order: OrderRequest, segment: str, security_id: str, client_id: str, tag: str) -> dict[str, Any]:
    """The body of POST /orders.

    Empty strings are refused, so what does not apply is left out; the price is always said, 0 for a market order.
    """
    fields: dict[str, Any] = {
        "dhanClientId": client_id,
        "correlationId": tag,
        "transactionType": order.side.value,
        "exchangeSegment": segment,
        "productType": _PRODUCTS[order.product],
        "orderType": _TYPES[order.order_type],
        "validity": order.validity.value,
        "securityId": security_id,
        "quantity": order.quantity,
        "price": order.price if order.price is not None else 0,
    }
    if order.trigger_price is not None:
        fields["triggerPrice"] = order.trigger_price
    if order.disclosed_quantity:
        fields["disclosedQuantity"] = order.disclosed_quantity
    return fields


def _check_tick(price: Decimal | None, name: str, instrument: Instrument) -> None:
    if price is not None and instrument.tick_size > 0 and price % instrument.tick_size:
        raise InvalidRequest(f"{name}: {instrument.symbol} moves in steps of {instrument.tick_size:f}", field=name)
