"""All that one demo exchange lists on a day, each contract under a token of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Final

from app.simulators.catalogue import listed, padding
from app.simulators.listing import Contract, Sort

_SEGMENT_BYTES: Final = {"NSE": 1, "NFO": 2, "CDS": 3, "BSE": 4, "BFO": 5, "BCD": 6, "MCX": 7}
_INDEX_BYTE: Final = 9
_KNOWN_TOKENS: Final = {"RELIANCE": 2885, "INFY": 1594, "NIFTY 50": 1001}  # sheet section 8


class Master:
    """All contracts of one business day, found by (exchange, symbol)."""

    def __init__(self, day: date, *, rows: int = 0) -> None:
        self.day = day
        tokens = count(10_000)
        contracts = list(_with_tokens(listed(day), tokens))
        contracts += _with_tokens(padding(rows - len(contracts)), tokens)
        self._rows = {contract.key: contract for contract in contracts}

    def __iter__(self) -> Iterator[Contract]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, exchange: str, symbol: str) -> Contract | None:
        """The contract of that exact name, or None."""
        return self._rows.get((exchange, symbol))

    def find(self, name: str, sort: Sort, *, expiry: date | None = None, near: Decimal | None = None) -> Contract:
        """The contract on `name`: the given or nearest expiry, the strike nearest to `near`; KeyError when none."""
        found = [one for one in self if one.name == name and one.sort is sort and expiry in (None, one.expiry)]
        if not found:
            raise KeyError(name)
        return min(found, key=lambda one: (one.expiry or self.day, abs(one.strike - (near or one.strike))))


def _with_tokens(contracts: Iterable[Contract], tokens: Iterator[int]) -> Iterator[Contract]:
    for contract in contracts:
        byte = _INDEX_BYTE if contract.sort is Sort.INDEX else _SEGMENT_BYTES[contract.exchange]
        known = _KNOWN_TOKENS.get(contract.symbol) if contract.exchange == "NSE" else None
        yield replace(contract, token=(known or next(tokens)) * 256 + byte)
