"""An order request as the body that Angel One takes: every value a text, nothing that was not asked (section 4.1)."""

import secrets
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

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
_TAG_LONGEST: Final = 19  # "less than 20" says the documentation, "not more than 20" the server (section 10)
_BASE_36: Final = string.digits + string.ascii_uppercase
_PRODUCTS: Final[Mapping[Product, str]] = {
    Product.CNC: "DELIVERY",
    Product.NRML: "CARRYFORWARD",
    Product.MIS: "INTRADAY",
    Product.MTF: "MARGIN",
}
_TYPES: Final[Mapping[OrderType, str]] = {
    OrderType.MARKET: "MARKET",
    OrderType.LIMIT: "LIMIT",
    OrderType.SL: "STOPLOSS_LIMIT",
    OrderType.SL_M: "STOPLOSS_MARKET",
}
_TRADED: Final = frozenset({Exchange.NSE, Exchange.BSE, Exchange.NFO, Exchange.BFO, Exchange.MCX, Exchange.CDS})
_BY_LOT: Final = frozenset({Exchange.NFO, Exchange.BFO})  # units in multiples of the lot; MCX is not verified


def fresh_tag() -> str:
    """A tag that finds this one order again in the book."""
    return _TAG_PREFIX + "".join(secrets.choice(_BASE_36) for _ in range(_TAG_LONGEST - len(_TAG_PREFIX)))


def check(order: OrderRequest, instrument: Instrument) -> None:
    """Raise for what Angel One or the instrument cannot take."""
    if order.product not in _PRODUCTS:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("an order that lives for minutes", field="validity")
    if order.validity is Validity.IOC and order.exchange is Exchange.MCX:
        raise Unsupported("IOC is not taken for commodities", field="validity")
    if len(order.tag) > _TAG_LONGEST:
        raise InvalidRequest(f"tag: at most {_TAG_LONGEST} letters and digits", field="tag")
    if instrument.kind is Kind.INDEX or order.exchange not in _TRADED:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    lot = instrument.lot_size
    if lot > 1 and order.exchange in _BY_LOT and order.quantity % lot:
        raise InvalidRequest(f"quantity: {instrument.symbol} trades in multiples of {lot}", field="quantity")
    _check_tick(order.price, "price", instrument)
    _check_tick(order.trigger_price, "trigger_price", instrument)


def form(order: OrderRequest, instrument: Instrument, tag: str) -> dict[str, str]:
    """The body of placeOrder. The trigger belongs into `triggerprice`: `stoploss` is the leg of a bracket order."""
    stop = order.order_type.needs_trigger
    fields = {
        "variety": "STOPLOSS" if stop else "NORMAL",  # at any hour: the server makes it an after-market order
        "tradingsymbol": instrument.broker_symbol,
        "symboltoken": instrument.token,
        "exchange": order.exchange.value,
        "transactiontype": order.side.value,
        "ordertype": _TYPES[order.order_type],
        "producttype": _PRODUCTS[order.product],
        "duration": order.validity.value,
        "quantity": str(order.quantity),
        "price": "0" if order.price is None else f"{order.price:f}",
        "ordertag": tag,
    }
    if order.trigger_price is not None:
        fields["triggerprice"] = f"{order.trigger_price:f}"
    if order.disclosed_quantity:
        fields["disclosedquantity"] = str(order.disclosed_quantity)
    return fields


def _check_tick(price: Decimal | None, name: str, instrument: Instrument) -> None:
    if price is not None and instrument.tick_size > 0 and price % instrument.tick_size:
        raise InvalidRequest(f"{name}: {instrument.symbol} moves in steps of {instrument.tick_size:f}", field=name)
