"""Angel One's instruments as they lie in the port, found by the trading symbol of a row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from app.brokers.angel_one.spec import KEY
from app.domain import Holding, Instrument, Instruments, Order, Position, Trade

R = TypeVar("R", Position, Order, Trade, Holding)


class Catalogue:
    """The master of this broker."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    async def named(self, rows: Sequence[R]) -> list[R]:
        """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
        keys = [_key(row) for row in rows]
        known = await self._instruments.by_broker_symbol(KEY, set(keys))
        return [_renamed(row, known.get(key)) for key, row in zip(keys, rows, strict=True)] if known else list(rows)


def _key(row: Position | Order | Trade | Holding) -> tuple[str, str]:
    return row.exchange.value, row.broker_symbol


def _renamed(row: R, instrument: Instrument | None) -> R:
    if instrument is None or instrument.symbol == row.symbol:
        return row
    return replace(row, symbol=instrument.symbol)
