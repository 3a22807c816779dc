"""Dhan's instruments as they lie in the port, found by the security id of a row of an answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from app.brokers.dhan import words
from app.brokers.dhan.spec import KEY
from app.domain import Exchange, Holding, Instrument, Instruments, Order, Position, Trade

_NAMES: Final = {segment: exchange.value for segment, exchange in words.EXCHANGES.items()}
_LISTINGS: Final = ("NSE_EQ", "BSE_EQ")

R = TypeVar("R", Position, Order, Trade)
Security = tuple[str, str]
"""(exchangeSegment, securityId): what Dhan takes an instrument by."""


class Catalogue:
    """The master of this broker."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments

    async def known(self, securities: Collection[Security]) -> Mapping[Security, Instrument]:
        """Those of `securities` that the master has."""
        wanted = {
            (_NAMES[security[0]], ":".join(security)): security for security in securities if security[0] in _NAMES
        }
        found = await self._instruments.by_broker_symbol(KEY, wanted)
        return {wanted[key]: instrument for key, instrument in found.items()}

    async def held(self, rows: Sequence[tuple[Holding, str]]) -> list[Holding]:
        """`rows`, each with the id of one of its listings, named after the listing at NSE, else after that at BSE."""
        known = await self.known([(segment, number) for _, number in rows for segment in _LISTINGS])
        return [
            await self._listed(row, [known.get((segment, number)) for segment in _LISTINGS]) for row, number in rows
        ]

    async def _listed(self, holding: Holding, listings: Sequence[Instrument | None]) -> Holding:
        """An id of BSE leads to NSE by its name; the ISIN must not contradict, an id may mean another share there."""
        at_nse, at_bse = listings
        if at_nse is None or not _may_be(holding, at_nse):
            name = at_bse.symbol if at_bse is not None else holding.symbol
            at_nse = await self._instruments.by_symbol(KEY, Exchange.NSE.value, name)
            at_nse = at_nse if at_nse is not None and holding.isin and at_nse.isin == holding.isin else None
        found = at_nse or (at_bse if at_bse is not None and _may_be(holding, at_bse) else None)
        return replace(holding, symbol=found.symbol, exchange=Exchange(found.exchange)) if found else holding

    async def named(self, rows: Sequence[tuple[R, Security]]) -> list[R]:
        """`rows` under Kunji's names of their instruments; the broker's symbol stays where the master has none."""
        known = await self.known([security for _, security in rows])
        return [_renamed(row, known.get(security)) if known else row for row, security in rows]


def _may_be(holding: Holding, instrument: Instrument) -> bool:
    return not instrument.isin or holding.isin in ("", instrument.isin)


def security(instrument: Instrument) -> Security:
    """What Dhan takes `instrument` by."""
    segment, _, number = instrument.token.rpartition(":")
    return segment, number


def _renamed(row: R, instrument: Instrument | None) -> R:
    return row if instrument is None else replace(row, symbol=instrument.symbol)
