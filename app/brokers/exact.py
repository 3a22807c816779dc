"""One value of a broker's JSON as an exact number: nothing is rounded, nothing odd becomes something else.

`wire.decode` and the quick ways give whole numbers as int, others as Decimal; a value of another type is a surprise.
"""

from decimal import Decimal
from typing import Final

from app.domain import WireSurprise

_SIZES: Final = range(-40, 15)  # powers of ten: below is no noise of a float any more, a thousand lakh crore above
_LARGEST: Final = 10 ** max(_SIZES) * 10
_LARGEST_COUNT: Final = 2**53


def money(value: object, name: str) -> Decimal:
    """A possible number, exact as it was printed; `name` says which it is when it is none."""
    if type(value) is int and -_LARGEST < value < _LARGEST:  # not a bool
        return Decimal(value)
    if type(value) is int:
        raise WireSurprise(f"{name}: not a possible number")
    if type(value) is not Decimal:
        raise WireSurprise(f"{name}: not a number")
    if not is_possible(value):
        raise WireSurprise(f"{name}: not a possible number")
    return value


def told(value: object) -> Decimal | None:
    """A figure that is merely shown beside ours: what is no possible number is left out."""
    try:
        return None if value is None else money(value, "told")
    except WireSurprise:
        return None


def is_possible(number: Decimal) -> bool:
    """Whether an amount or a price can be `number`."""
    return number.is_finite() and number.adjusted() in _SIZES


def whole(value: object, name: str) -> int:
    """A whole number; 5.0 is one."""
    if type(value) is not int:
        number = money(value, name)
        value = int(number)
        if value != number:
            raise WireSurprise(f"{name}: not a whole number")
    if not -_LARGEST_COUNT < value < _LARGEST_COUNT:
        raise WireSurprise(f"{name}: not a possible number")
    return value
