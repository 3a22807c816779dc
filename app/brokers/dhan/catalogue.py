"""Dhan's instruments as they lie in the port: found by name for a request, by security id for a row of an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from app.brokers.dhan import words
from app.brokers.dhan.spec import KEY
from app.domain import Exchange, Holding, Instrument, Instruments, Order, Position, Trade

_NAMES: Final = {segment: exchange.value for segment, exchange in words.EXCHANGES.items()}

R = TypeVar("R", Position, Order, Trade)
Security = tuple[str, str]
"""(exchangeSegment, securityId): what Dhan takes an instrument by."""


class Catalogue:
    """The master of this broker."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    async def find(self, symbol: str, exchange: Exchange) -> Instrument | None:
        """The instrument of that name, the broker's or Kunji's; the broker's first, it is exact."""
        key = (exchange.value, symbol)
        known = await self._instruments.by_broker_symbol(KEY, [key])
        return known.get(key) or await self._instruments.by_symbol(KEY, exchange.value, symbol)

    async def known(self, securities: Collection[Security]) -> Mapping[Security, Instrument]:
        """Those of `securities` that the master has."""
        wanted = {
            (_NAMES[security[0]], ":".join(security)): security for security in securities if security[0] in _NAMES
        }
        found = await self._instruments.by_broker_symbol(KEY, wanted)
        return {wanted[key]: instrument for key, instrument in found.items()}

    async def named(self, rows: Sequence[tuple[R, Security]]) -> list[R]:
        """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
        known = await self.known([security for _, security in rows])
        return [_renamed(row, known.get(security)) for row, security in rows]


def listed(holding: Holding, *listings: Instrument | None) -> Holding:
    """`holding` under the name of the listing that its id belongs to, the first of them whose ISIN does not differ."""
    for instrument in listings:
        if instrument is not None and (not instrument.isin or holding.isin in ("", instrument.isin)):
            return replace(holding, symbol=instrument.symbol, exchange=Exchange(instrument.exchange))
    return holding


def security(instrument: Instrument) -> Security:
    """What Dhan takes `instrument` by."""
    segment, _, number = instrument.token.rpartition(":")
    return segment, number


def _renamed(row: R, instrument: Instrument | None) -> R:
    return row if instrument is None else replace(row, symbol=instrument.symbol)
