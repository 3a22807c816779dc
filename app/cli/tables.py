"""Tables of text: columns of equal width, amounts with Indian grouping, moments in Indian time."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.domain import IST
from app.domain.money import grouped
from app.services.times import clock_time

Json = dict[str, Any]
UNKNOWN: Final = "-"
_FINE_EXCHANGES: Final = frozenset({"CDS", "BCD"})  # currency pairs trade in four decimals


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Columns of equal width; `sides` has < or > for each."""
    everything = [heads, *([harmless(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in everything) for column in range(len(heads))]
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)).rstrip()
        for row in everything
    ]


def harmless(text: str) -> str:
    """`text` of a broker without line ends and signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def money(text: str | None) -> str:
    """Rupees with Indian grouping; a dash for what is not known."""
    return UNKNOWN if text is None else grouped(Decimal(text))


def price(text: str | None, exchange: str) -> str:
    """Rupees a unit, in as many decimals as the exchange trades in."""
    return UNKNOWN if text is None else grouped(Decimal(text), 4 if exchange in _FINE_EXCHANGES else 2)


def count(number: int | None) -> str:
    """Units with Indian grouping."""
    return UNKNOWN if number is None else grouped(Decimal(number), 0)


def moment(text: str | None, now: datetime) -> str:
    """An ISO moment as a clock time in India."""
    return UNKNOWN if text is None else clock_time(datetime.fromisoformat(text), now, seconds=True)


def stamp(text: str) -> str:
    """An ISO moment as day and time in India, for lines that are kept: "2026-11-18 09:14:05"."""
    return f"{datetime.fromisoformat(text).astimezone(IST):%Y-%m-%d %H:%M:%S}"
