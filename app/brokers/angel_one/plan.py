"""What an order comes to at Angel One: what it cannot take, its slices, and what it makes of the rest, in words."""

from collections.abc import Iterator
from typing import Final

from app.brokers.angel_one.ticket import TAG_LONGEST
from app.brokers.fits import check_change, check_lots, check_open, check_stop, check_ticks
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

MOST_SLICES: Final = 10  # the exchanges' rule of April 2026 for programs; Angel One names none of its own
_TRADED: Final = frozenset({Exchange.NSE, Exchange.BSE, Exchange.NFO, Exchange.BFO, Exchange.MCX, Exchange.CDS})
_BY_LOT: Final = frozenset({Exchange.NFO, Exchange.BFO})  # units in multiples of the lot; MCX is not verified
_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
_OF_SHARES: Final = frozenset({Product.CNC, Product.MIS, Product.MTF})
_OF_CONTRACTS: Final = frozenset({Product.MIS, Product.NRML})
_AT_MARKET: Final = (OrderType.MARKET, OrderType.SL_M)
_BY_ITSELF: Final = "The market is closed now: Angel One makes an after-market order of it by itself."
_UNITS: Final = (
    "Kunji sends {units} as units. Whether Angel One counts units or lots of a commodity is not verified: look at its"
    " app first."
)
_IOC: Final = "Angel One may refuse immediate-or-cancel orders from programs."


def plan(order: OrderRequest, instrument: Instrument, *, is_open: bool) -> OrderPlan:
    """See `BaseBroker.plan_order`; `is_open`: the market of the instrument trades now."""
    _check(order, instrument)
    if order.amo and is_open:  # there is no mark for it on the wire: it would go to the exchange at once (section 4.1)
        raise InvalidRequest(
            "amo: the market is open",
            field="amo",
            next_step=tr("Angel One takes after-market orders outside of market hours alone. Nothing was sent."),
        )
    orders = sliced(order, instrument, most=MOST_SLICES)
    return OrderPlan(orders, tuple(_notes(orders, instrument, is_open=is_open)))


def unknown(symbol: str, exchange: Exchange) -> NotFound:
    """The error for what the master lacks: without its token nothing can be ordered (section 4.1)."""
    return NotFound(
        f"symbol: {symbol} is not in Angel One's master of {exchange}",
        field="symbol",
        next_step=tr("Load the instruments and choose it from the search. Nothing was sent."),
    )


def check_changed(order: Order, change: OrderChange, instrument: Instrument) -> None:
    """Raise for a change that Angel One or the instrument cannot take."""
    check_open(order)
    if change.order_type.needs_trigger is not order.order_type.needs_trigger:  # they are of two varieties (section 5)
        raise Unsupported(
            tr("Angel One turns no stop order into another kind, and no other into one"),
            field="order_type",
            next_step=tr("Cancel it and place another. Nothing was sent."),
        )
    _check_validity(change.validity, order.exchange)
    check_lots(change.quantity, _lot(order.exchange, instrument), instrument)
    check_change(order, change, instrument)


def _check(order: OrderRequest, instrument: Instrument) -> None:
    """Raise for what Angel One or the instrument cannot take."""
    if instrument.kind is Kind.INDEX or order.exchange not in _TRADED:
        raise InvalidRequest(f"symbol: {instrument.symbol} cannot be traded", field="symbol")
    if order.product not in (_OF_SHARES if order.exchange in _CASH else _OF_CONTRACTS):
        raise InvalidRequest(f"product: no {order.product} on {order.exchange}", field="product")
    _check_validity(order.validity, order.exchange)
    if len(order.tag) > TAG_LONGEST:
        raise InvalidRequest(f"tag: at most {TAG_LONGEST} letters and digits", field="tag")
    check_lots(order.quantity, _lot(order.exchange, instrument), instrument)
    check_ticks(order, instrument)
    check_stop(order, order.side)


def _check_validity(validity: Validity, exchange: Exchange) -> None:
    if validity is Validity.TTL:
        raise Unsupported(tr("Angel One has no orders that live for minutes"), field="validity")
    if validity is Validity.IOC and exchange is Exchange.MCX:
        raise Unsupported(tr("Angel One takes no immediate-or-cancel orders for commodities"), field="validity")


def _lot(exchange: Exchange, instrument: Instrument) -> int:
    return instrument.lot_size if exchange in _BY_LOT else 1


def _notes(orders: tuple[OrderRequest, ...], instrument: Instrument, *, is_open: bool) -> Iterator[str]:
    order = orders[0]
    yield from slices_in_words(orders)
    if order.order_type in _AT_MARKET:
        yield _protected(instrument)
    if order.exchange is Exchange.MCX:  # section 14: positions show units, no order has been seen
        yield tr(_UNITS, units=sum(part.quantity for part in orders))
    if order.validity is Validity.IOC:  # two official texts disagree (section 14)
        yield tr(_IOC)
    if not is_open and not order.amo:
        yield tr(_BY_ITSELF)


def _protected(instrument: Instrument) -> str:
    """What becomes of an order at market: Angel One's table of December 2024 (section 11)."""
    if instrument.kind.is_option:
        return tr(
            "Angel One turns it into a limit order 2.5 to 40 % from the price, more for cheap options; what is left of"
            " it rests."
        )
    if instrument.kind is Kind.FUTURE:
        return tr("Angel One turns it into a limit order 0.5 to 1 % from the price; what is left of it rests.")
    return tr("Angel One turns it into a limit order 0.5 % from the price; what is left of it rests.")
