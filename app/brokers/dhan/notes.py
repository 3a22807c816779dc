"""What Dhan makes of an order, in plain words (sections 4.6 and 11)."""

from collections.abc import Iterator
from typing import Final

from app.domain import Instrument, OrderRequest, OrderType
from app.domain.tongue import tr

_BEYOND: Final = "1"
_BEYOND_OF_OPTIONS: Final = "5"  # their ticks are a larger part of their prices


def beyond_trigger(instrument: Instrument) -> str:
    """By how many per cent the limit of a stop goes beyond its trigger; 0.5 to 5 are in use (section 11)."""
    return _BEYOND_OF_OPTIONS if instrument.kind.is_option else _BEYOND


def about(asked: OrderRequest, sent: OrderRequest, instrument: Instrument) -> Iterator[str]:
    """Sentences about what `asked` becomes; `sent` is the first of the orders that are sent for it."""
    if asked.order_type is OrderType.MARKET:
        yield tr(
            "Dhan makes a limit order of a market order, protected by a band that it does not tell. What is not filled"
            " at once rests as a limit order."
        )
    if asked.order_type is OrderType.SL_M:
        yield tr(
            "Dhan does not carry out a stop at market as such. A stop with the limit {price} is sent, {percent} %"
            " beyond its trigger; what that does not fill rests as a limit order.",
            price=f"{sent.price:f}",
            percent=beyond_trigger(instrument),
        )
    if asked.amo:
        yield tr("An after-market order: Dhan keeps it and sends it to the exchange when that opens.")
    if instrument.expiry is not None and not instrument.freeze_quantity:
        yield tr("How much the exchange takes in one order is not known here. Dhan refuses what is too much.")
