"""Orders as the bodies that Angel One takes: every value a text, nothing that was not asked (section 4.1)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import Instrument, Order, OrderChange, OrderRequest, OrderType, Product

TAG_LONGEST: Final = 19
"""Less than 20 says the documentation, not more than 20 the server (section 10)."""

PRODUCTS: Final[Mapping[Product, str]] = MappingProxyType(
    {
        Product.CNC: "DELIVERY",
        Product.NRML: "CARRYFORWARD",
        Product.MIS: "INTRADAY",
        Product.MTF: "MARGIN",
    }
)
"""Section 5; a bracket order's product comes with a variety of its own and only occurs in books."""

_TYPES: Final[Mapping[OrderType, str]] = MappingProxyType(
    {
        OrderType.MARKET: "MARKET",
        OrderType.LIMIT: "LIMIT",
        OrderType.SL: "STOPLOSS_LIMIT",
        OrderType.SL_M: "STOPLOSS_MARKET",
    }
)


def variety(order_type: OrderType) -> str:
    """What an order of that type is sent as at any hour: the server itself makes an after-market order of it."""
    return "STOPLOSS" if order_type.needs_trigger else "NORMAL"


def form(order: OrderRequest, instrument: Instrument, tag: str) -> dict[str, str]:
    """The body of placeOrder."""
    return {
        "variety": variety(order.order_type),
        **_what(instrument),
        "transactiontype": order.side.value,
        "producttype": PRODUCTS[order.product],
        **_how(order),
        "ordertag": tag,
    }


def change_form(order: Order, change: OrderChange, instrument: Instrument, sort: str) -> dict[str, str]:
    """The body of modifyOrder: the whole order as it is from now on; `sort` is its variety.

    That all is shown from now on is said as 0: only an order that is known to show all can do without.
    """
    known = {} if order.disclosed_quantity == 0 else {"disclosedquantity": "0"}
    return {
        "variety": sort,
        "orderid": order.order_id,
        **_what(instrument),
        "producttype": PRODUCTS[order.product],
        **known,
        **_how(change),
    }


def cancel_form(order: Order, sort: str) -> dict[str, str]:
    """The body of cancelOrder."""
    return {"variety": sort, "orderid": order.order_id}


def _what(instrument: Instrument) -> dict[str, str]:
    return {
        "tradingsymbol": instrument.broker_symbol,
        "symboltoken": instrument.token,
        "exchange": instrument.exchange,
    }


def _how(order: OrderRequest | OrderChange) -> dict[str, str]:
    """Type, prices and size. The trigger belongs into `triggerprice`: `stoploss` is the leg of a bracket order."""
    fields = {
        "ordertype": _TYPES[order.order_type],
        "duration": order.validity.value,
        "quantity": str(order.quantity),
        "price": "0" if order.price is None else f"{order.price:f}",
    }
    if order.trigger_price is not None:
        fields["triggerprice"] = f"{order.trigger_price:f}"
    if order.disclosed_quantity:
        fields["disclosedquantity"] = str(order.disclosed_quantity)
    return fields
