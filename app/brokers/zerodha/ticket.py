"""An order request as what Kite takes: checked, cut into orders, each field said, nothing sent that was not asked."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.brokers.fits import check_lots, check_stop, check_ticks
from app.brokers.slices import sliced
from app.brokers.stand_in import beyond
from app.brokers.zerodha import notes
from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    Kind,
    OrderPlan,
    OrderRequest,
    OrderType,
    Product,
    Unsupported,
    Validity,
)
from app.domain.order_plans import slices_in_words
from app.domain.tongue import tr

TAG_LONGEST: Final = 20  # characters that Kite takes (section 10)
_AUTOMATIC: Final = -1  # market protection; 0 or none is refused since 2026-04-01 (section 4)
_PROTECTED: Final = (OrderType.MARKET, OrderType.SL_M)
_SLICES: Final = 10  # what the rules of 2026-04-01 let one order become (sections 4 and 11)
_PRODUCTS: Final = frozenset({Product.CNC, Product.MIS, Product.NRML, Product.MTF})
_DELIVERED: Final = frozenset({Product.CNC, Product.MTF})
_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
_NO_STOP_AT_MARKET: Final = frozenset({Exchange.BSE, Exchange.BFO})  # section 13
IN_LOTS: Final = frozenset({Exchange.MCX, Exchange.CDS, Exchange.BCD, Exchange.NCO})
"""Where Kite's quantities count lots (section 4)."""
_EXCHANGES: Final = _CASH | IN_LOTS | {Exchange.NFO, Exchange.BFO}

Fields = dict[str, str | int]


def plan(order: OrderRequest, instrument: Instrument) -> OrderPlan:
    """What `order` is sent as. `instrument` counts units also where Kite counts lots, and has its freeze quantity.

    Raises `InvalidRequest` and `Unsupported` as `BaseBroker.plan_order` does.
    """
    _check_words(order, instrument)
    check_lots(order.quantity, instrument.lot_size, instrument)
    check_ticks(order, instrument)
    check_stop(order, order.side)
    orders = sliced(_carried_out(order, instrument), instrument, most=_SLICES)
    return OrderPlan(orders, (*slices_in_words(orders), *notes.about(order, orders[0], instrument)))


def variety_of(order: OrderRequest) -> str:
    """The variety is a part of the path."""
    return "amo" if order.amo else "regular"


def form(order: OrderRequest, symbol: str, tag: str, units: int = 1) -> Fields:
    """The fields of POST /orders/:variety; `units` are those of one of Kite's quantity."""
    fields: Fields = {
        "variety": variety_of(order),
        "exchange": order.exchange.value,
        "tradingsymbol": symbol,
        "transaction_type": order.side.value,
        "product": order.product.value,
        "tag": tag,
        **_terms(order, units),
    }
    if order.disclosed_quantity:
        fields["disclosed_quantity"] = order.disclosed_quantity
    return fields


def change_form(order: OrderRequest, order_id: str, variety: str, units: int = 1) -> Fields:
    """The fields of PUT /orders/:variety/:order_id, all that can be changed: what is left out would stay as it was."""
    fields: Fields = {"variety": variety, "order_id": order_id, **_terms(order, units)}
    if order.exchange in _CASH:  # elsewhere nothing can be disclosed, 0 included
        fields["disclosed_quantity"] = order.disclosed_quantity
    return fields


def _terms(order: OrderRequest, units: int) -> Fields:
    """What can also be changed later. A price that does not belong is left out: 0 would be sent as 0 (section 13)."""
    fields: Fields = {
        "quantity": order.quantity // units,
        "order_type": order.order_type.value,
        "validity": order.validity.value,
    }
    if order.price is not None:
        fields["price"] = f"{order.price:f}"
    if order.trigger_price is not None:
        fields["trigger_price"] = f"{order.trigger_price:f}"
    if order.order_type in _PROTECTED:
        fields["market_protection"] = _AUTOMATIC
    return fields


def _carried_out(order: OrderRequest, instrument: Instrument) -> OrderRequest:
    """`order`, or where stops at market are barred a stop whose limit is as far as Kite's own protection (13, 11)."""
    if order.order_type is not OrderType.SL_M or order.trigger_price is None:
        return order
    if not instrument.kind.is_option and order.exchange not in _NO_STOP_AT_MARKET:
        return order
    percent = notes.protection(order.trigger_price, is_option=instrument.kind.is_option)
    limit = beyond(order.trigger_price, order.side, Decimal(percent), instrument.tick_size)
    return replace(order, order_type=OrderType.SL, price=limit)


def _check_words(order: OrderRequest, instrument: Instrument) -> None:
    """What Kite takes of products, exchanges and validities (sections 4, 5 and 11)."""
    if order.product not in _PRODUCTS:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if instrument.kind is Kind.INDEX or order.exchange not in _EXCHANGES:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    if (order.product in _DELIVERED) != (order.exchange in _CASH) and order.product is not Product.MIS:
        raise InvalidRequest(f"product: {order.product} is not one of {order.exchange}", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("an order that lives for minutes needs their number, which an order request has not")
    if order.validity is Validity.IOC and order.exchange is Exchange.MCX:
        raise InvalidRequest(
            "validity: no IOC on MCX through the API", field="validity", next_step=tr("Choose DAY. Nothing was sent.")
        )
    if order.disclosed_quantity and order.exchange not in _CASH:
        raise InvalidRequest("disclosed_quantity: of shares only", field="disclosed_quantity")
