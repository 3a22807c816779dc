"""An order request as the body that Fyers takes: every field said, the prices that do not belong exactly 0."""

import secrets
import string
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from app.brokers.fyers import words
from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Unsupported,
    Validity,
)
from app.domain.tongue import tr

_TAG_PREFIX: Final = "KJ"
_TAG_RANDOM: Final = 18  # base 36; Fyers takes 30 characters, an order request 20 (section 10)
_BASE_36: Final = string.digits + string.ascii_uppercase
_RESERVED_TAG: Final = "untagged"
_BOOK_ONLY: Final = frozenset({Product.CO, Product.BO})
_EQUITY: Final = frozenset({Exchange.NSE, Exchange.BSE})
_PRODUCTS: Final[Mapping[Product, str]] = MappingProxyType({value: key for key, value in words.PRODUCTS.items()})
_TYPES: Final[Mapping[OrderType, int]] = MappingProxyType({value: key for key, value in words.TYPES.items()})
_SIDES: Final[Mapping[OrderSide, int]] = MappingProxyType({value: key for key, value in words.SIDES.items()})


def fresh_tag() -> str:
    """A tag that finds this one order again in the book."""
    return _TAG_PREFIX + "".join(secrets.choice(_BASE_36) for _ in range(_TAG_RANDOM))


def ticker_of(order: OrderRequest, instrument: Instrument | None) -> str:
    """What the order names its instrument with; a ticker is looked up or given, never built (section 8)."""
    if order.exchange not in words.PREFIXES:
        raise InvalidRequest(f"exchange: Fyers has no {order.exchange}", field="exchange")
    ticker = instrument.broker_symbol if instrument else order.symbol
    if not ticker.startswith(f"{words.PREFIXES[order.exchange]}:"):
        raise InvalidRequest(
            f"symbol: {order.symbol} is not known on {order.exchange}",
            field="symbol",
            next_step=tr("Load the instruments and choose it from the search. Nothing was sent."),
        )
    return ticker


def check(order: OrderRequest, instrument: Instrument | None, client_id: str) -> None:
    """Raise for what Fyers or the instrument cannot take; without a known instrument the broker is the judge."""
    if order.product in _BOOK_ONLY:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("Fyers has no orders that live for minutes")
    if order.disclosed_quantity and order.exchange not in _EQUITY:
        raise InvalidRequest("disclosed_quantity: for shares only", field="disclosed_quantity")
    if order.tag and order.tag.casefold() in (_RESERVED_TAG, client_id.casefold()):
        raise InvalidRequest("tag: neither your client id nor the word that marks no tag", field="tag")
    if instrument is not None:
        _check_lots(order, instrument)
        _check_tick(order.price, "price", instrument)
        _check_tick(order.trigger_price, "trigger_price", instrument)


def form(order: OrderRequest, ticker: str, tag: str) -> dict[str, object]:
    """The body of POST /orders/sync (section 4.5)."""
    return {
        "symbol": ticker,
        "qty": order.quantity,
        "type": _TYPES[order.order_type],
        "side": _SIDES[order.side],
        "productType": _PRODUCTS[order.product],
        "limitPrice": order.price or 0,
        "stopPrice": order.trigger_price or 0,
        "validity": order.validity.value,
        "disclosedQty": order.disclosed_quantity,
        "offlineOrder": False,
        "orderTag": tag,
    }


def _check_lots(order: OrderRequest, instrument: Instrument) -> None:
    lot = instrument.lot_size  # in units; commodity and currency say 1, one contract (section 4.5)
    if lot > 1 and order.quantity % lot:
        raise InvalidRequest(f"quantity: {instrument.symbol} trades in multiples of {lot}", field="quantity")


def _check_tick(price: Decimal | None, name: str, instrument: Instrument) -> None:
    if price is not None and instrument.tick_size > 0 and price % instrument.tick_size:
        raise InvalidRequest(f"{name}: {instrument.symbol} moves in steps of {instrument.tick_size:f}", field=name)
