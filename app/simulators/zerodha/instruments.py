"""The instrument master (sheet section 8): a modest, deterministic one, and its CSV."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Final

from app.simulators.listing import Contract, Sort
from app.simulators.zerodha.catalogue import listed, padding
from app.simulators.zerodha.expiries import plain

COLUMNS: Final = (
    "instrument_token", "exchange_token", "tradingsymbol", "name", "last_price", "expiry", "strike", "tick_size",
    "lot_size", "instrument_type", "segment", "exchange",
)  # fmt: skip
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
        self._files: dict[str | None, bytes] = {}
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

    def csv(self, exchange: str | None = None) -> bytes:
        """The file, whole or of one exchange; UTF-8, LF, `name` quoted."""
        if exchange not in self._files:
            lines = [",".join(COLUMNS)]
            lines += (",".join(_fields(one)) for one in self if exchange in (None, one.exchange))
            self._files[exchange] = ("\n".join(lines) + "\n").encode()
        return self._files[exchange]


def _fields(one: Contract) -> tuple[str, ...]:
    """One line; `last_price` is 0 in every measured row, indices have neither tick nor lot."""
    index = one.sort is Sort.INDEX
    expiry = one.expiry.isoformat() if one.expiry else ""
    kind = Sort.CASH if index else one.sort
    tick, lot = ("0", "0") if index else (plain(one.tick), str(one.lot))
    return (
        str(one.token), str(one.token >> 8), one.symbol, f'"{one.title}"', "0", expiry, plain(one.strike), tick,
        lot, kind, _segment(one), one.exchange,
    )  # fmt: skip


def _segment(one: Contract) -> str:
    if one.sort is Sort.INDEX:
        return "INDICES"
    if one.sort is Sort.CASH:
        return one.exchange
    return f"{one.exchange}-{'FUT' if one.sort is Sort.FUTURE else 'OPT'}"


def _with_tokens(contracts: Iterable[Contract], tokens: Iterator[int]) -> Iterator[Contract]:
    for contract in contracts:
        byte = _INDEX_BYTE if contract.sort is Sort.INDEX else _SEGMENT_BYTES[contract.exchange]
        known = _KNOWN_TOKENS.get(contract.symbol) if contract.exchange == "NSE" else None
        yield replace(contract, token=(known or next(tokens)) * 256 + byte)
