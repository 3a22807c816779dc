"""Prices: which ids go into which call, and what comes back of them (section 4.9)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from app.brokers.rows import Row, an_object, price_or_none
from app.domain import Instrument, Kind, Quote

BATCH: Final = 1000  # ids a call
_PAISA: Final = Decimal("0.01")
_NOISE: Final = Decimal(2) ** -22  # of the price: what a number loses that was a 32-bit float on its way

Key = tuple[str, str]
"""(exchangeSegment, securityId)."""


def batches(keys: Sequence[Key]) -> Iterator[dict[str, list[int]]]:
    """The bodies of as few calls as Dhan takes; ids go out as numbers here, as texts everywhere else."""
    for start in range(0, len(keys), BATCH):
        body: dict[str, list[int]] = {}
        for segment, number in keys[start : start + BATCH]:
            body.setdefault(segment, []).append(int(number))
        yield body


def quotes(data: object) -> dict[Key, Row]:
    """The rows of one answer by key; an id that Dhan has nothing of is simply absent."""
    segments = an_object(an_object(data, "quotes").get("data"), "data")
    return {
        (segment, number): an_object(row, number)
        for segment, rows in segments.items()
        for number, row in an_object(rows, segment).items()
    }


def quote(row: Row, instrument: Instrument) -> Quote | None:
    """One row as a quote; None without a last price: missing or 0 means that there is none."""
    last_price = price_or_none(row, "last_price")
    if not last_price:
        return None
    day = an_object(row.get("ohlc") or {}, "ohlc")
    figures = {name: price_or_none(day, name) for name in ("open", "high", "low", "close")}
    figures |= {"band_low": price_or_none(row, "lower_circuit_limit")}
    figures |= {"band_high": price_or_none(row, "upper_circuit_limit")}
    snapped: Mapping[str, Decimal | None] = {
        name: None if price is None else on_tick(price, instrument) for name, price in figures.items()
    }
    return Quote(on_tick(last_price, instrument), **snapped)


def on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    """`price` without the leftovers of a 32-bit float (23092.19921875); one that lies off the tick stays as it is.

    The master's ticks of indices mean nothing (section 8): they are taken to the paisa.
    """
    tick = instrument.tick_size if instrument.kind is not Kind.INDEX and instrument.tick_size > 0 else _PAISA
    nearest = (price / tick).quantize(Decimal(1), ROUND_HALF_EVEN) * tick
    return nearest if abs(nearest - price) <= price * _NOISE else price
