"""Lotus' instrument file, a CSV with a header, as instruments; whole or not at all."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from app.brokers.packed import Packed
from app.domain import Instrument, Kind, WireSurprise

from .errors import COLUMNS


def parse(packed: Packed) -> Iterator[Instrument]:
    """The instruments of the file; raises `WireSurprise` at the first row that cannot be right."""
    with packed.open() as body, io.TextIOWrapper(body, encoding="utf-8", newline="") as lines:
        try:
            if lines.readline().encode().rstrip() != COLUMNS:
                raise WireSurprise("instruments: other columns")
            rows = csv.reader(lines)
            yield from map(_instrument, rows)
        except (ValueError, ArithmeticError, csv.Error) as error:  # bad UTF-8, no number, another count of columns
            raise WireSurprise(f"instruments: {error}") from None


def _instrument(row: Sequence[str]) -> Instrument:
    exchange, symbol, token, name, kind, expiry, strike, tick, lot = row
    return Instrument(
        exchange,
        symbol,
        token,
        name,
        Kind(kind),
        date.fromisoformat(expiry) if expiry else None,
        Decimal(strike) if strike else None,
        _positive(tick),
        int(lot),
    )


def _positive(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or number <= 0:
        raise ValueError("no possible tick")
    return number
