"""An order request as the form that Kite takes: every field said, nothing sent that was not asked."""

import secrets
import string
from decimal import Decimal
from typing import Final

from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    OrderRequest,
    OrderType,
    Product,
    Unsupported,
    Validity,
)

_TAG_PREFIX: Final = "KJ"
_TAG_RANDOM: Final = 18  # base 36; with the prefix the 20 characters that Kite takes (section 10)
_BASE_36: Final = string.digits + string.ascii_uppercase
_AUTOMATIC: Final = -1  # market protection; 0 or none is refused since 2026-04-01 (section 4)
_PRODUCTS: Final = frozenset({Product.CNC, Product.MIS, Product.NRML, Product.MTF})
_IN_LOTS: Final = frozenset({Exchange.MCX, Exchange.CDS, Exchange.BCD, Exchange.NCO})  # quantity counts lots there


def fresh_tag() -> str:
    """A tag that finds this one order again in the book."""
    return _TAG_PREFIX + "".join(secrets.choice(_BASE_36) for _ in range(_TAG_RANDOM))


def check(order: OrderRequest, instrument: Instrument | None) -> None:
    """Raise for what Kite or the instrument cannot take; without a known instrument the broker is the judge."""
    if order.product not in _PRODUCTS:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("an order that lives for minutes needs their number, which an order request has not")
    if instrument is None:
        return
    _check_lots(order, instrument)
    _check_tick(order.price, "price", instrument)
    _check_tick(order.trigger_price, "trigger_price", instrument)


def form(order: OrderRequest, symbol: str, tag: str) -> dict[str, str | int]:
    """The fields of POST /orders/regular. A price that does not belong is left out: 0 would be sent as 0."""
    fields: dict[str, str | int] = {
        "variety": "regular",
        "exchange": order.exchange.value,
        "tradingsymbol": symbol,
        "transaction_type": order.side.value,
        "quantity": order.quantity,
        "product": order.product.value,
        "order_type": order.order_type.value,
        "validity": order.validity.value,
        "tag": tag,
    }
    if order.price is not None:
        fields["price"] = f"{order.price:f}"
    if order.trigger_price is not None:
        fields["trigger_price"] = f"{order.trigger_price:f}"
    if order.disclosed_quantity:
        fields["disclosed_quantity"] = order.disclosed_quantity
    if order.order_type in (OrderType.MARKET, OrderType.SL_M):
        fields["market_protection"] = _AUTOMATIC
    return fields


def _check_lots(order: OrderRequest, instrument: Instrument) -> None:
    lot = instrument.lot_size
    if lot > 1 and order.exchange not in _IN_LOTS and order.quantity % lot:
        raise InvalidRequest(f"quantity: {instrument.symbol} trades in multiples of {lot}", field="quantity")


def _check_tick(price: Decimal | None, name: str, instrument: Instrument) -> None:
    if price is not None and instrument.tick_size > 0 and price % instrument.tick_size:
        raise InvalidRequest(f"{name}: {instrument.symbol} moves in steps of {instrument.tick_size:f}", field=name)
