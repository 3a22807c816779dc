"""Amounts and quantities as they are written in tables: sign, grouping, and the mask of the privacy switch. No Qt."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.domain.money import grouped

UNKNOWN: Final = "\u2013"
MASK: Final = "\u2022\u2022\u2022\u2022"  # one width for every amount: its size is private too
_NUMBERS: Final = re.compile(r"\d[\d,]*(\.\d+)?")
_FINE_EXCHANGES: Final = frozenset({"CDS", "BCD"})  # currency pairs trade in four decimals


class Figures:
    """How figures are written at the moment; `hidden` is the privacy switch."""

    def __init__(self) -> None:
        self.hidden = False

    def money(self, value: Decimal | None) -> str:
        """Rupees without sign for a plus: "12,34,567.50"."""
        if value is None:
            return UNKNOWN
        return MASK if self.hidden else grouped(value)

    def signed(self, value: Decimal | None) -> str:
        """P&L and change: "+3,534.00", "\u22122,861.25", zero "0.00"."""
        if value is None:
            return UNKNOWN
        return MASK if self.hidden else plus(value) + grouped(value)

    def rupees(self, value: Decimal | None) -> str:
        """A signed total with its currency: "+\u20b918,627.75"."""
        if value is None:
            return UNKNOWN
        if self.hidden:
            return MASK
        sign = {1: "+", -1: "\u2212"}.get(direction(value), "")
        return f"{sign}\u20b9{grouped(abs(value))}"

    def amount(self, value: Decimal | None) -> str:
        """A sum with its currency and no plus: "\u20b920,67,220.80"."""
        return self.rupees(value).removeprefix("+")

    def units(self, value: int) -> str:
        """A quantity: "1,500", "\u221275"."""
        return MASK if self.hidden else grouped(Decimal(value), 0)

    def price(self, value: Decimal | None, exchange: str = "") -> str:
        """A price per unit; prices are public and are never masked."""
        if value is None:
            return UNKNOWN
        return grouped(value, 4 if exchange in _FINE_EXCHANGES else 2)

    def words(self, text: str) -> str:
        """A broker's own words; amounts and quantities in them are masked, too."""
        return _NUMBERS.sub(MASK, text) if self.hidden else text

    def per_cent(self, value: Decimal | None) -> str:
        """A change in per cent without its sign: "+0.74"."""
        return UNKNOWN if value is None else plus(value) + grouped(value)


def plus(value: Decimal) -> str:
    """The plus of a positive amount (zero after rounding has none; the minus comes with the digits)."""
    return "+" if direction(value) > 0 else ""


def direction(value: Decimal) -> int:
    """1, 0 or -1 as the eye sees it: what rounds to 0.00 is neither gain nor loss."""
    cents = round(value, 2)
    return (cents > 0) - (cents < 0)


def total(values: Iterable[Decimal]) -> Decimal:
    """The exact sum."""
    return sum(values, Decimal(0))
