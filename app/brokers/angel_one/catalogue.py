"""Angel One's instruments as they lie in the port: found by name for a request, by trading symbol for a row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from app.brokers.angel_one.spec import KEY
from app.domain import Exchange, Holding, Instrument, Instruments, Order, Position, Trade

R = TypeVar("R", Position, Order, Trade, Holding)


class Catalogue:
    """The master of this broker."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    async def find(self, symbol: str, exchange: Exchange) -> Instrument | None:
        """The instrument of that name, the broker's or Kunji's; the broker's first, it is exact."""
        key = (exchange.value, symbol)
        known = await self._instruments.by_broker_symbol(KEY, [key])
        return known.get(key) or await self._instruments.by_symbol(KEY, exchange.value, symbol)

    async def named(self, rows: Sequence[R]) -> list[R]:
        """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
        known = await self._instruments.by_broker_symbol(KEY, {_key(row) for row in rows})
        return [_renamed(row, known.get(_key(row))) for row in rows]


def _key(row: Position | Order | Trade | Holding) -> tuple[str, str]:
    return row.exchange.value, row.broker_symbol


def _renamed(row: R, instrument: Instrument | None) -> R:
    if instrument is None or instrument.symbol == row.symbol:
        return row
    return replace(row, symbol=instrument.symbol)
