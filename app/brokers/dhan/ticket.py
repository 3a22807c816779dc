"""An order request as the body that Dhan takes: checked, cut into orders, nothing sent that was not asked (4.6)."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from app.brokers.dhan import notes, words
from app.brokers.fits import check_lots, check_stop, check_ticks
from app.brokers.slices import sliced
from app.brokers.stand_in import beyond
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

TAG_LONGEST: Final = 20  # of the 25 characters that were measured (section 4.6); an order request has no more
_PRODUCTS: Final[Mapping[Product, str]] = {
    product: word for word, product in words.PRODUCTS.items() if product not in (Product.CO, Product.BO)
}
_TYPES: Final[Mapping[OrderType, str]] = {
    kind: word for word, kind in words.TYPES.items() if kind is not OrderType.SL_M
}
_BY_LOT: Final = frozenset({Exchange.NFO, Exchange.BFO})  # quantities are units there, in multiples of the lot
_DELIVERED: Final = frozenset({Product.CNC, Product.MTF})
_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
# their positions have a multiplier (section 4.3); in which of both an order counts is said nowhere
_UNITS_NOT_KNOWN: Final = frozenset({Exchange.MCX, Exchange.NCO, Exchange.CDS, Exchange.BCD})
_SLICES: Final = 10  # ours: no figure is documented
_SHOWN: Final = Decimal("0.3")  # of the quantity, at least, where less than all is disclosed (section 4.6)
_AT_THE_OPENING: Final = "OPEN"  # one of four moments that an after-market order can have

Fields = dict[str, Any]


def plan(order: OrderRequest, instrument: Instrument) -> OrderPlan:
    """What `order` is sent as; `instrument` has its freeze quantity, as far as any master says it.

    Raises `InvalidRequest` and `Unsupported` as `BaseBroker.plan_order` does.
    """
    _check_words(order, instrument)
    if order.exchange in _BY_LOT:
        check_lots(order.quantity, instrument.lot_size, instrument)
    _check_disclosed(order)
    check_ticks(order, instrument)
    check_stop(order, order.side)
    orders = sliced(_carried_out(order, instrument), instrument, most=_SLICES)
    return OrderPlan(orders, (*slices_in_words(orders), *notes.about(order, orders[0], instrument)))


def form(order: OrderRequest, segment: str, security_id: str, client_id: str, tag: str) -> Fields:
    """The body of POST /orders. Empty strings are refused, so what does not apply is left out."""
    fields: Fields = {
        "dhanClientId": client_id,
        "correlationId": tag,
        "transactionType": order.side.value,
        "exchangeSegment": segment,
        "productType": _PRODUCTS[order.product],
        "securityId": security_id,
        **_terms(order),
    }
    if order.disclosed_quantity:
        fields["disclosedQuantity"] = order.disclosed_quantity
    if order.amo:
        fields |= {"afterMarketOrder": True, "amoTime": _AT_THE_OPENING}
    return fields


def change_form(order: OrderRequest, order_id: str, client_id: str) -> Fields:
    """The body of PUT /orders/{id}: the whole order, its quantity in all; what is left out would stay as it was."""
    return {
        "dhanClientId": client_id,
        "orderId": order_id,
        **_terms(order),
        "disclosedQuantity": order.disclosed_quantity,
    }


def _terms(order: OrderRequest) -> Fields:
    """What can also be changed later; the price is always said, 0 for a market order (section 4.6)."""
    fields: Fields = {
        "orderType": _TYPES[order.order_type],
        "validity": order.validity.value,
        "quantity": order.quantity,
        "price": order.price if order.price is not None else 0,
    }
    if order.trigger_price is not None:
        fields["triggerPrice"] = order.trigger_price
    return fields


def _carried_out(order: OrderRequest, instrument: Instrument) -> OrderRequest:
    """`order`, or for a stop at market one with a limit: Dhan filled those at once, or refused them (section 11)."""
    if order.order_type is not OrderType.SL_M or order.trigger_price is None:
        return order
    percent = Decimal(notes.beyond_trigger(instrument))
    limit = beyond(order.trigger_price, order.side, percent, instrument.tick_size)
    return replace(order, order_type=OrderType.SL, price=limit)


def _check_words(order: OrderRequest, instrument: Instrument) -> None:
    """What Dhan takes of products, segments and validities (sections 4.6 and 5)."""
    if order.product not in _PRODUCTS:
        raise InvalidRequest(f"product: {order.product} only occurs in books", field="product")
    if order.validity is Validity.TTL:
        raise Unsupported("an order that lives for minutes", field="validity")
    if order.exchange in _UNITS_NOT_KNOWN:
        raise Unsupported(
            title=tr("Kunji orders no commodities and no currencies at Dhan"),
            next_step=tr("Dhan does not say whether it counts units or lots there: order at Dhan itself."),
            field="symbol",
        )
    if instrument.kind is Kind.INDEX or words.segment_of(order.exchange, instrument.kind) is None:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    if (order.product in _DELIVERED) != (order.exchange in _CASH) and order.product is not Product.MIS:
        raise InvalidRequest(f"product: {order.product} is not one of {order.exchange}", field="product")


def _check_disclosed(order: OrderRequest) -> None:
    if 0 < order.disclosed_quantity < order.quantity * _SHOWN:
        raise InvalidRequest(
            "disclosed_quantity: less than 30 % of the quantity",
            field="disclosed_quantity",
            next_step=tr("Disclose 30 % or more, or everything. Nothing was sent."),
        )
