"""Instruments: their identity, the one name Kunji gives them, and the port through which adapters look them up.

A contract is the same at every broker: its name is built from exchange, underlying, expiry, strike and type, never
by cutting a broker's symbol. Cash instruments carry the name that the broker's master gives them.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol


class Kind(StrEnum):
    """What sort of instrument it is."""

    CASH = "CASH"
    INDEX = "INDEX"
    FUTURE = "FUT"
    CALL = "CE"
    PUT = "PE"

    @property
    def is_option(self) -> bool:
        """Call or put."""
        return self in (Kind.CALL, Kind.PUT)


@dataclass(frozen=True, slots=True)
class Instrument:
    """One row of a broker's instrument master.

    `name` is the plain cash symbol ("RELIANCE", "BAJAJ-AUTO") or the underlying ("NIFTY"); `lot_size` in units,
    `tick_size` and `strike` in rupees. `token` is the broker's own number of the instrument.
    """

    exchange: str
    broker_symbol: str
    token: str
    name: str
    kind: Kind
    expiry: date | None
    strike: Decimal | None
    tick_size: Decimal
    lot_size: int
    isin: str = ""

    @property
    def symbol(self) -> str:
        """Kunji's name: "RELIANCE", "NIFTY 30DEC25 FUT", "NIFTY 02DEC25 26050 CE"."""
        if self.expiry is None:
            return self.name
        day = f"{self.expiry.day:02d}{_MONTHS[self.expiry.month - 1]}{self.expiry.year % 100:02d}"
        if self.strike is None or not self.kind.is_option:
            return f"{self.name} {day} {Kind.FUTURE}"
        return f"{self.name} {day} {_plain(self.strike)} {self.kind}"


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")  # not the locale's

Key = tuple[str, str]
"""(exchange, broker's symbol or Kunji's symbol)."""


class Instruments(Protocol):
    """Where an adapter keeps and finds the instruments of its broker. Keys of one broker never mix with another's."""

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """The known ones among (exchange, broker symbol) `keys`; unknown ones are simply absent."""
        ...

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """The instrument that Kunji calls `symbol` on `exchange`, or None."""
        ...

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """Take `rows` as the broker's whole master of the Indian calendar day `day`, whole or not at all.

        Returns how many. `rows` may be consumed on another thread; what it raises is raised here, and the last good
        master stays.
        """
        ...

    async def loaded_on(self, broker: str) -> date | None:
        """The day given with the last `replace` for `broker`, or None."""
        ...


def _plain(number: Decimal) -> str:
    """26050 for 26050.00 and 2423.7 for 2423.70: one form a contract."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_BREATH: Final = 500


class MemoryInstruments:
    """Instruments that live as long as the process."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Key, Instrument]] = {}
        self._names: dict[str, dict[Key, Instrument]] = {}
        self._days: dict[str, date] = {}

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """See `Instruments.by_broker_symbol`."""
        rows = self._rows.get(broker, {})
        return {key: rows[key] for key in keys if key in rows}

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """See `Instruments.by_symbol`."""
        return self._names.get(broker, {}).get((exchange, symbol))

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """See `Instruments.replace`."""
        fresh: dict[Key, Instrument] = {}
        for row in rows:
            fresh[row.exchange, row.broker_symbol] = row
            if len(fresh) % _BREATH == 0:
                await asyncio.sleep(0)  # a master has 100,000 rows and more: let the loop live meanwhile
        self._rows[broker] = fresh
        self._names[broker] = {(row.exchange, row.symbol): row for row in fresh.values()}
        self._days[broker] = day
        return len(fresh)

    async def loaded_on(self, broker: str) -> date | None:
        """See `Instruments.loaded_on`."""
        return self._days.get(broker)
