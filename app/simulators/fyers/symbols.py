"""The broker's tickers and tokens (sheet section 8) for what the demo exchanges list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final
from zlib import crc32

from app.domain import IST
from app.simulators.fyers.words import PLACES
from app.simulators.listing import Contract, Sort
from app.simulators.master import Master

_INDICES: Final = {
    "NIFTY 50": "NSE:NIFTY50-INDEX",
    "NIFTY BANK": "NSE:NIFTYBANK-INDEX",
    "INDIA VIX": "NSE:INDIAVIX-INDEX",
    "NIFTY FIN SERVICE": "NSE:FINNIFTY-INDEX",
    "SENSEX": "BSE:SENSEX-INDEX",
}
_SERIES: Final = frozenset({"BE", "BZ", "SM", "ST", "SG", "GS", "TB", "GB", "N1", "D1"})
_NSE_COMMODITY: Final = 19_000
_MARKETS: Final = {10: "NSE", 11: "MCX", 12: "BSE"}
_EXPIRES: Final = {11: time(15, 30), 12: time(12, 30), 20: time(23, 30)}


@dataclass(frozen=True, slots=True)
class Symbol:
    """One contract under the broker's names."""

    ticker: str
    contract: Contract

    @property
    def place(self) -> tuple[int, int]:
        """(exchange, segment) in the broker's numbers."""
        return PLACES[self.contract.exchange]

    @property
    def exchange_token(self) -> int:
        """The exchange's own number of the contract."""
        return self.contract.token >> 8

    @property
    def fy_token(self) -> str:
        """Exchange, segment, expiry (zeros in cash) and the exchange's token."""
        exchange, segment = self.place
        expiry = self.contract.expiry
        day = "000000" if expiry is None else f"{expiry:%y%m%d}"
        return f"{exchange}{segment}{day}{self.exchange_token}"

    @property
    def name(self) -> str:
        """The plain cash symbol without its series, or the underlying."""
        contract = self.contract
        head, _, tail = contract.symbol.rpartition("-")
        return head if contract.sort is Sort.CASH and tail in _SERIES else contract.name

    @property
    def isin(self) -> str:
        """Of cash instruments; one for a company, the same at both exchanges and at every demo broker."""
        return f"INE{crc32(self.name.encode()) % 10**9:09d}" if self.contract.sort is Sort.CASH else ""

    @property
    def expires_at(self) -> datetime | None:
        """The moment of the master's column 9."""
        expiry = self.contract.expiry
        return None if expiry is None else datetime.combine(expiry, _EXPIRES[self.place[1]], IST)


class Symbols:
    """The contracts of one business day, found by ticker or by contract."""

    def __init__(self, day: date) -> None:
        self.master: Final = Master(day)
        listed = (*self.master, _commodity_of_nse(self.master))
        self._rows = {symbol.ticker: symbol for symbol in (Symbol(ticker_of(one), one) for one in listed)}
        self._by_key = {symbol.contract.key: symbol for symbol in self._rows.values()}

    @property
    def day(self) -> date:
        """Whose day it is."""
        return self.master.day

    def __iter__(self) -> Iterator[Symbol]:
        return iter(self._rows.values())

    def get(self, ticker: str) -> Symbol | None:
        """The symbol of that exact ticker, or None."""
        return self._rows.get(ticker)

    def of(self, contract: Contract) -> Symbol:
        """What `contract` is called here, also when it is no longer listed."""
        return self._by_key.get(contract.key) or Symbol(ticker_of(contract), contract)


def _commodity_of_nse(master: Master) -> Contract:
    """NSE lists a few commodities, too; the catalogue has none, and a symbol file is never empty."""
    return replace(master.find("GOLDM", Sort.FUTURE), exchange="NCO", token=_NSE_COMMODITY << 8)


def ticker_of(contract: Contract) -> str:
    """`NSE:RELIANCE-EQ`, `BSE:SBIN-A`, `NSE:S&SPOWER-BE`, `NSE:NIFTY26DECFUT`, `NSE:NIFTY50-INDEX`."""
    market = _MARKETS[PLACES[contract.exchange][0]]
    if contract.sort is Sort.INDEX:
        return _INDICES[contract.symbol]
    if contract.sort is not Sort.CASH:
        return f"{market}:{contract.symbol}"
    if contract.exchange == "BSE":
        return f"BSE:{contract.symbol}-A"
    has_series = contract.symbol.rpartition("-")[2] in _SERIES
    return f"{market}:{contract.symbol}" if has_series else f"{market}:{contract.symbol}-EQ"
