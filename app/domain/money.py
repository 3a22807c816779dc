"""Rupees as exact decimals: how a number from outside becomes money, and how money is written for a person.

A float never takes part (security-promises M1, M2): JSON is read with `parse_float=Decimal`, and what is no number is
refused instead of becoming 0.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from app.domain.errors import InvalidRequest

_LARGEST: Final = Decimal(10) ** 15  # a thousand lakh crore; a larger amount is a broken answer


def exact(value: object, field: str = "amount") -> Decimal:
    """`value` (Decimal, int or plain decimal text) as a finite Decimal.

    Raises `InvalidRequest` for floats, booleans, exponents in text, NaN, infinities and absurd sizes.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise InvalidRequest(f"{field}: {type(value).__name__} is not an exact number", field=field)
    if isinstance(value, str) and not value.strip().lstrip("+-").replace(".", "", 1).isdecimal():
        raise InvalidRequest(f"{field}: not a number", field=field)
    try:
        number = Decimal(value)
    except InvalidOperation as error:
        raise InvalidRequest(f"{field}: not a number", field=field) from error
    if not number.is_finite() or abs(number) > _LARGEST:
        raise InvalidRequest(f"{field}: not a possible amount", field=field)
    return number


def grouped(value: Decimal, places: int = 2) -> str:
    """`value` with Indian grouping: 12,34,567.50; the sign is a true minus. Rounds half up for the eye only."""
    text = f"{abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    whole, _, fraction = text.partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    negative = value < 0 and Decimal(text) != 0
    return ("\u2212" if negative else "") + ",".join(groups) + ("." + fraction if fraction else "")
