"""One step up or down: a lot, a tick. No Qt."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal


def lots(quantity: int | None, lot: int, by: int) -> int:
    """The quantity `by` lots further, on a whole lot; from one that is on none to the next. Never below one lot."""
    if quantity is None:
        return lot
    whole, over = divmod(quantity, lot)
    if over and by < 0:
        whole += 1
    return max(1, whole + by) * lot


def ticks(price: Decimal | None, tick: Decimal, by: int) -> Decimal | None:
    """The price `by` ticks further, on a tick; never below one. None where there is none to begin with."""
    if price is None:
        return None
    rounding = ROUND_FLOOR if by > 0 else ROUND_CEILING  # from beside a tick the first step goes onto it
    there = (price / tick).to_integral_value(rounding) + by
    places = max(2, -int(tick.normalize().as_tuple().exponent))
    return (max(Decimal(1), there) * tick).quantize(Decimal(1).scaleb(-places))
