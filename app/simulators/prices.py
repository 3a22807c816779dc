"""Prices that walk: a pure function of seed, contract and moment, so that the same demo shows the same figures.

The walk is value noise: at each of a few scales a hash gives the height at every whole period, with straight lines
between. It needs no memory, can be asked for any moment, and moves about once a second. Whole ticks throughout.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from zlib import crc32

from app.simulators.hours import Market
from app.simulators.listing import Contract, Sort

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_SCALES: Final = ((2_000_000, 40_000), (90_000, 9_000), (4_000, 3_000), (400, 900), (20, 250))
"""(period in seconds, greatest swing in millionths of the price)."""
_MILLION: Final = 1_000_000
_CARRY_A_DAY: Final = Decimal("0.00018")
_CIRCUIT: Final = Decimal("0.10")
_REMEMBERED: Final = 2_000


class Prices:
    """Last, close and circuit prices in rupees."""

    def __init__(self, market: Market, seed: int) -> None:
        self._market = market
        self._seed = seed
        self._fixed: dict[tuple[str, str], Decimal] = {}
        self._known: dict[tuple[tuple[str, str], datetime], Decimal] = {}

    def fix(self, key: tuple[str, str], price: Decimal | None) -> None:
        """Let the contract of that exchange and symbol stand at `price`; None lets it walk again."""
        if price is None:
            self._fixed.pop(key, None)
        else:
            self._fixed[key] = price

    def last(self, contract: Contract) -> Decimal:
        """The last traded price."""
        return self.traded(contract, self._market.ticking(contract.exchange))

    def traded(self, contract: Contract, when: datetime) -> Decimal:
        """At what somebody trades at `when`: the fixed price, else the one that walks."""
        return self._fixed.get(contract.key) or self.at(contract, when)

    def close(self, contract: Contract) -> Decimal:
        """The close of the previous session."""
        return self.at(contract, self._market.last_close(contract.exchange, self._market.today))

    def band(self, contract: Contract) -> tuple[Decimal, Decimal]:
        """Lower and upper circuit limit: 10 % around the close; options may halve and more than double."""
        close = self.close(contract)
        wide = Decimal("0.95") if contract.is_option else _CIRCUIT
        rise = Decimal(4) if contract.is_option else _CIRCUIT
        return on_tick(close * (1 - wide), contract.tick), on_tick(close * (1 + rise), contract.tick)

    def at(self, contract: Contract, when: datetime) -> Decimal:
        """The price at `when`; the same one is asked for again and again while orders rest."""
        known = self._known.get((contract.key, when))
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[contract.key, when] = self._walked(contract, when)
        return known

    def _walked(self, contract: Contract, when: datetime) -> Decimal:
        spot = contract.base * (_MILLION + self._swing(contract.name, when)) / _MILLION
        if contract.expiry is None:
            return on_tick(spot, contract.tick)
        days = max((contract.expiry - when.date()).days, 0) + 1
        if contract.sort is Sort.FUTURE:
            return on_tick(spot * (1 + _CARRY_A_DAY * days), contract.tick)
        return on_tick(_option(contract, spot, days), contract.tick)

    def _swing(self, name: str, when: datetime) -> int:
        """How far the walk of `name` is from its base at `when`, in millionths."""
        milliseconds = int((when - _EPOCH).total_seconds() * 1000)
        return sum(swing * self._height(name, period, milliseconds) // _MILLION for period, swing in _SCALES)

    def _height(self, name: str, period: int, milliseconds: int) -> int:
        """Between -1,000,000 and 1,000,000."""
        span = period * 1000
        step, part = divmod(milliseconds, span)
        here, there = (self._hash(name, period, number) for number in (step, step + 1))
        return (here * (span - part) + there * part) // span

    def _hash(self, name: str, period: int, number: int) -> int:
        return crc32(f"{self._seed}/{name}/{period}/{number}".encode()) % (2 * _MILLION + 1) - _MILLION


def on_tick(price: Decimal, tick: Decimal) -> Decimal:
    """`price` on the nearest whole tick, one tick at least."""
    return max((price / tick).quantize(Decimal(1)), Decimal(1)) * tick


def _option(contract: Contract, spot: Decimal, days: int) -> Decimal:
    """Inner value and a time value that shrinks with distance and time."""
    inner = spot - contract.strike if contract.sort is Sort.CALL else contract.strike - spot
    root = Decimal(days).sqrt()
    reach = spot * Decimal("0.018") * root
    nearness = max(Decimal(0), 1 - abs(inner) / reach)
    return max(inner, Decimal(0)) + spot * Decimal("0.0042") * root * nearness * nearness
