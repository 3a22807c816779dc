"""Kite's instrument master, a CSV, as instruments; read row by row, whole or not at all (section 8).

The name of a cash instrument is the master's trading symbol as it stands, series suffix included. Nothing else in the
master names it: `name` is the company, and cutting at a dash would turn BAJAJ-AUTO into BAJAJ and give a stock's
normal and its trade-to-trade series ("ABC", "ABC-BE", both may be listed) one name, so that an order by name could
reach the wrong one. A derivative is named by its contract: underlying, expiry, strike, type.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from app.brokers.sieve import Sieve
from app.domain import Exchange, Instrument, Kind, WireSurprise
from app.domain.instruments import ONE, of_values

_COLUMNS: Final = (
    "instrument_token",
    "exchange_token",
    "tradingsymbol",
    "name",
    "last_price",
    "expiry",
    "strike",
    "tick_size",
    "lot_size",
    "instrument_type",
    "segment",
    "exchange",
)
_KINDS: Final = {"EQ": Kind.CASH, "FUT": Kind.FUTURE, "CE": Kind.CALL, "PE": Kind.PUT}
_INDEX: Final = Kind.INDEX  # at hand: a look at an enumeration costs as much as the rest of a row's field
_FUTURE: Final = Kind.FUTURE
_CASH: Final = frozenset({Kind.CASH, Kind.INDEX})
_EXCHANGES: Final = frozenset(Exchange)
_INDICES: Final = "INDICES"  # the only mark of an index: its type says EQ
_LARGEST: Final = Decimal(10) ** 12
_KNOWN: Final = len(_COLUMNS)
_EXCHANGE: Final = _COLUMNS.index("exchange")
_CANNOT_BE: Final = (ValueError, InvalidOperation)  # an impossible value, no number


def parse(body: bytes) -> Iterator[Instrument]:
    """The instruments of the master; raises `WireSurprise` when it is not whole, or too much of it cannot be right.

    Exchanges that Kunji does not know and a single row with an impossible value are passed over.
    """
    rows = csv.reader(io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig", newline=""), strict=True)
    sieve, kept, foreign, is_whole = Sieve("the instrument master"), 0, 0, True
    try:
        for row in _rows(rows):
            is_whole = False
            try:
                instrument = _instrument(row)
            except _CANNOT_BE as error:
                if _is_foreign(row[_EXCHANGE]):
                    foreign += 1
                else:
                    sieve.pass_over(error)
                continue
            is_whole = True
            kept += 1
            yield instrument
    except (ValueError, csv.Error) as error:  # bad UTF-8 is a ValueError too
        raise WireSurprise(f"the instrument master, after row {rows.line_num}: {error}") from None
    sieve.judge(kept)
    if foreign >= kept:  # a good master is never replaced by next to nothing
        raise WireSurprise("the instrument master is empty")
    if not is_whole and not body.endswith(b"\n"):
        raise WireSurprise("the instrument master ends within a row")


def _rows(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows below the header, each with its columns; new ones may come behind those that are known."""
    header = next(rows, [])
    if tuple(header[:_KNOWN]) != _COLUMNS or len(set(header)) != len(header):
        raise WireSurprise("the instrument master has other columns")
    width = len(header)
    for row in rows:
        if len(row) == width:
            yield row if width == _KNOWN else row[:_KNOWN]
        elif row:  # an empty line is no row
            raise ValueError("another number of columns")


def _is_foreign(exchange: str) -> bool:
    return exchange not in _EXCHANGES and exchange.isalpha() and exchange.isupper()


def _instrument(row: Sequence[str]) -> Instrument:
    token, exchange_token, symbol, name, _, expiry, strike, tick_size, lot_size, word, segment, exchange = row
    if not (symbol and exchange_token.isdecimal()):
        raise ValueError(f"no such instrument: {symbol!r}")
    kind, day, tick, lot = _alike(expiry, tick_size, lot_size, word, segment, exchange)
    price: Decimal | None = _amount(strike or "0")
    if day is None:
        title = name if name != symbol else ""
        return of_values((exchange, symbol, _number(token), symbol, kind, None, None, tick, lot, "", None, ONE, title))
    if kind is _FUTURE:
        price = None
    elif not strike:
        raise ValueError("an option without strike")
    if not name:
        raise ValueError("a contract without underlying")
    return of_values((exchange, symbol, _number(token), name, kind, day, price, tick, lot, "", None, ONE, ""))


@lru_cache(maxsize=4096)
def _alike(  # noqa: PLR0917 - positional for the cache
    expiry: str, tick_size: str, lot_size: str, word: str, segment: str, exchange: str
) -> tuple[Kind, date | None, Decimal, int]:
    """What repeats itself over 100,000 rows, read once: kind, day, tick and lot; no day for a share or an index."""
    kind = _INDEX if segment == _INDICES else _KINDS.get(word)
    if kind is None or not segment:
        raise ValueError(f"no such instrument: {word!r}")
    if exchange not in _EXCHANGES:
        raise ValueError(f"no such exchange: {exchange!r}")
    day = None if kind in _CASH else date.fromisoformat(expiry)
    return kind, day, _amount(tick_size), _count(lot_size)


def _number(text: str) -> str:
    if not (text.isdecimal() and text.isascii()):
        raise ValueError("not a whole number")
    return text if text[0] != "0" else str(int(text))


@lru_cache(maxsize=1024)
def _count(text: str) -> int:
    return int(_number(text))


@lru_cache(maxsize=16384)
def _amount(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or not 0 <= number < _LARGEST:
        raise ValueError("not a possible amount")
    return number
