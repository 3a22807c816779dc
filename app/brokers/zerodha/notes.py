"""What Zerodha makes of an order, in plain words (sections 4, 11 and 13)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from app.domain import Instrument, OrderRequest, OrderType
from app.domain.tongue import tr

_Bands = tuple[tuple[int | None, str], ...]
_BANDS: Final[_Bands] = ((100, "2"), (500, "1"), (None, "0.5"))
_OPTION_BANDS: Final[_Bands] = ((10, "5"), (100, "3"), (500, "2"), (None, "1"))


def protection(price: Decimal, *, is_option: bool) -> str:
    """Per cent of Kite's automatic market protection at `price` (section 11)."""
    bands = _OPTION_BANDS if is_option else _BANDS
    return next(percent for limit, percent in bands if limit is None or price < limit)


def about(asked: OrderRequest, sent: OrderRequest, instrument: Instrument) -> Iterator[str]:
    """Sentences about what `asked` becomes; `sent` is the first of the orders that are sent for it."""
    is_option = instrument.kind.is_option
    bands = _OPTION_BANDS if is_option else _BANDS
    if asked.order_type is OrderType.MARKET:
        yield tr(
            "Zerodha protects a market order: it becomes a limit order {least} to {most} % from the last price, by the"
            " price. What is not filled at once rests as a limit order.",
            least=bands[-1][1],
            most=bands[0][1],
        )
    if asked.order_type is OrderType.MARKET and is_option:
        yield tr("Zerodha refuses market orders of options on shares: use a limit there.")
    if asked.order_type is OrderType.SL_M:
        yield _stop(asked, sent, is_option=is_option)
    if asked.amo:
        yield tr("An after-market order: Zerodha keeps it and sends it to the exchange when that opens.")
    if instrument.expiry is not None and not instrument.freeze_quantity:
        yield tr(
            "How much the exchange takes in one order is not known here. Zerodha refuses what is too much, and Kunji"
            " then knows."
        )


def _stop(asked: OrderRequest, sent: OrderRequest, *, is_option: bool) -> str:
    percent = protection(asked.trigger_price or Decimal(0), is_option=is_option)
    if sent.order_type is OrderType.SL:
        return tr(
            "Zerodha takes no stop at market here. A stop with the limit {price} is sent, {percent} % beyond its"
            " trigger; what that does not fill rests as a limit order.",
            price=f"{sent.price:f}",
            percent=percent,
        )
    return tr(
        "Zerodha protects a stop at market: once triggered it is a limit order about {percent} % beyond, and what is"
        " not filled rests as a limit order.",
        percent=percent,
    )
