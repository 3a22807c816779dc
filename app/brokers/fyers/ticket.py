"""Orders as the bodies that Fyers takes: every field said, the prices that do not belong exactly 0 (section 4)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.brokers.fyers import words
from app.domain import (
    Instrument,
    InvalidRequest,
    Order,
    OrderChange,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Unsupported,
)
from app.domain.tongue import tr

TAG_LONGEST: Final = 20  # Fyers takes 30 characters (section 10), an order request 20
_PRODUCTS: Final[Mapping[Product, str]] = MappingProxyType({value: key for key, value in words.PRODUCTS.items()})
_TYPES: Final[Mapping[OrderType, int]] = MappingProxyType({value: key for key, value in words.TYPES.items()})
_SIDES: Final[Mapping[OrderSide, int]] = MappingProxyType({value: key for key, value in words.SIDES.items()})


def form(order: OrderRequest, instrument: Instrument, tag: str) -> dict[str, object]:
    """The body of POST /orders/sync (section 4.5)."""
    return {
        "symbol": instrument.broker_symbol,
        "qty": counted(order.quantity, instrument),
        "type": _TYPES[order.order_type],
        "side": _SIDES[order.side],
        "productType": _PRODUCTS[order.product],
        "limitPrice": order.price or 0,
        "stopPrice": order.trigger_price or 0,
        "validity": order.validity.value,
        "disclosedQty": order.disclosed_quantity,
        "offlineOrder": order.amo,
        "orderTag": tag,
    }


def change_form(order: Order, change: OrderChange, instrument: Instrument | None) -> dict[str, object]:
    """The body of PATCH /orders/sync: what it is from now on, whole, because a field left out keeps its value.

    The legs for profit and loss are left out: 0 there takes them away (section 4).
    """
    return {
        "id": order.order_id,
        "type": _TYPES[change.order_type],
        "limitPrice": change.price or 0,
        "stopPrice": change.trigger_price or 0,
        "qty": counted(change.quantity, instrument),
        "disclosedQty": change.disclosed_quantity,
    }


def counted(units: int, instrument: Instrument | None) -> int:
    """`units` as Fyers counts them: contracts of commodities and currencies (section 4.5)."""
    if instrument is None or instrument.multiplier == 1:
        return units
    if not instrument.multiplier:
        raise Unsupported(tr("Fyers does not say how many units of this are one contract"), field="quantity")
    contracts = units / instrument.multiplier
    if contracts != int(contracts):
        raise InvalidRequest(f"quantity: a contract is {instrument.multiplier:f} units", field="quantity")
    return int(contracts)
