"""What an order comes to at Fyers: what it cannot take, its slices, and what it makes of the rest, in words."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from app.brokers.fits import check_change, check_lots, check_open, check_stop, check_ticks
from app.brokers.fyers import ticket, words
from app.brokers.slices import sliced
from app.domain import (
    Exchange,
    Instrument,
    InvalidRequest,
    Kind,
    NotFound,
    Order,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderType,
    Product,
    Unsupported,
    Validity,
)
from app.domain.order_plans import slices_in_words
from app.domain.tongue import tr

MOST_SLICES: Final = 10  # section 7
_RESERVED_TAG: Final = "untagged"
_EQUITY: Final = frozenset({Exchange.NSE, Exchange.BSE})
_COMMODITIES: Final = frozenset({Exchange.MCX, Exchange.NCO})
_OF_EQUITY: Final = frozenset({Product.CNC, Product.MIS, Product.MTF})
_OF_CONTRACTS: Final = frozenset({Product.MIS, Product.NRML})
_NOTES: Final[Mapping[OrderType, str]] = MappingProxyType(
    {  # section 11: since 1 April 2026
        OrderType.MARKET: "Fyers turns a market order into a limit order close to the last price; what is left of it"
        " rests.",
        OrderType.SL_M: "When its trigger is hit, Fyers turns it into a limit order close to that price; what is left"
        " of it rests.",
    }
)
_AMO_NOTE: Final = "Fyers is said to refuse after-market orders from programs since April 2026."


def plan(order: OrderRequest, instrument: Instrument, client_id: str) -> OrderPlan:
    """See `BaseBroker.plan_order`."""
    _check(order, instrument, client_id)
    orders = sliced(order, instrument, most=MOST_SLICES)
    return OrderPlan(orders, tuple(_notes(orders)))


def unknown(symbol: str, exchange: Exchange) -> InvalidRequest | NotFound:
    """The error for what the master lacks: a ticker is looked up, never built (section 8)."""
    if exchange not in words.PREFIXES:
        return InvalidRequest(f"exchange: Fyers has no {exchange}", field="exchange")
    return NotFound(
        f"symbol: {symbol} is not known on {exchange}",
        field="symbol",
        next_step=tr("Load the instruments and choose it from the search. Nothing was sent."),
    )


def check_changed(order: Order, change: OrderChange, instrument: Instrument | None) -> None:
    """Raise for a change that Fyers or the instrument cannot take; without a known one the broker is the judge."""
    check_open(order)
    if change.validity is not (order.validity or Validity.DAY):
        raise Unsupported(tr("Fyers changes no validity"), field="validity")
    if change.disclosed_quantity and order.exchange not in _EQUITY:
        raise InvalidRequest("disclosed_quantity: for shares only", field="disclosed_quantity")
    if instrument is not None:
        check_lots(change.quantity, instrument.lot_size, instrument)
        check_change(order, change, instrument)


def _check(order: OrderRequest, instrument: Instrument, client_id: str) -> None:
    """Raise for what Fyers or the instrument cannot take."""
    if instrument.kind is Kind.INDEX:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    if order.product not in (_OF_EQUITY if order.exchange in _EQUITY else _OF_CONTRACTS):
        raise InvalidRequest(f"product: no {order.product} on {order.exchange}", field="product")
    _check_validity(order)
    if order.disclosed_quantity and order.exchange not in _EQUITY:
        raise InvalidRequest("disclosed_quantity: for shares only", field="disclosed_quantity")
    if order.tag and order.tag.casefold() in (_RESERVED_TAG, client_id.casefold()):
        raise InvalidRequest("tag: neither your client id nor the word that marks no tag", field="tag")
    check_lots(order.quantity, instrument.lot_size, instrument)
    ticket.counted(order.quantity, instrument)
    check_ticks(order, instrument)
    check_stop(order, order.side)


def _check_validity(order: OrderRequest) -> None:
    if order.validity is Validity.TTL:
        raise Unsupported(tr("Fyers has no orders that live for minutes"), field="validity")
    if order.validity is Validity.IOC and order.exchange in _COMMODITIES:  # section 5
        raise Unsupported(tr("Fyers takes no immediate-or-cancel orders for commodities"), field="validity")


def _notes(orders: tuple[OrderRequest, ...]) -> Iterator[str]:
    order = orders[0]
    yield from slices_in_words(orders)
    if order.order_type in _NOTES:
        yield tr(_NOTES[order.order_type])
    if order.amo:
        yield tr(_AMO_NOTE)
