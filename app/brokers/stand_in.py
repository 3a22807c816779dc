"""A stop with a limit in the place of a stop at market, where the broker does not carry that one out as such."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from app.domain import OrderSide

_ALL: Final = Decimal(100)
_PAISA: Final = Decimal("0.01")


def beyond(trigger: Decimal, side: OrderSide, percent: Decimal, tick: Decimal) -> Decimal:
    """A limit `percent` beyond `trigger`, rounded away from it to the tick and never below one tick.

    A buyer pays at most that much more, a seller takes at most that much less.
    """
    step, buys = tick if tick > 0 else _PAISA, side is OrderSide.BUY
    away = trigger * (_ALL + (percent if buys else -percent)) / _ALL
    ticks = (away / step).to_integral_value(ROUND_CEILING if buys else ROUND_FLOOR)
    return max(ticks * step, step)
