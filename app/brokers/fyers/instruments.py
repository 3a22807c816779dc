"""Fyers' instrument master, seven CSV files without a header, as instruments; whole or not at all (section 8).

What these do not say of contracts (freeze quantity, units) comes from the JSON masters, see `details.py`.

Without a header each row shows by exchange, segment and ticker that its columns are where they should be. A line of
another shape ends the reading; a single row with an impossible value is passed over (see `app.brokers.sieve`).

A derivative is named by its contract: underlying, expiry, strike, type. A share is named by the column of its
underlying symbol; one of NSE that is not in the series EQ keeps the series too, because a share's normal and its
trade-to-trade series may both be listed and an order by name must not reach the wrong one. No ticker is taken apart.
"""

import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from app.brokers.fyers import details, words
from app.brokers.packed import Packed
from app.brokers.sieve import Sieve
from app.domain import IST, Instrument, Kind, WireSurprise

FILES: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        "NSE_CM": ("NSE", 10),
        "NSE_FO": ("NSE", 11),
        "NSE_CD": ("NSE", 12),
        "NSE_COM": ("NSE", 20),
        "BSE_CM": ("BSE", 10),
        "BSE_FO": ("BSE", 11),
        "MCX_COM": ("MCX", 20),
    }
)
"""The files and what is in each: the prefix of its tickers and its segment's number."""

_IN_UNITS: Final = frozenset({"NFO", "BFO"})
_MAY_BE_EMPTY: Final = frozenset({"NSE_COM"})  # a segment that hardly anybody trades
_COLUMNS: Final = 21
_MORE: Final = 3  # columns that may come behind these one day, or commas in a company's name; no two lines in one
_RESERVED: Final = re.compile(r"None|(-?\d{1,20}(\.\d{1,20})?)?", re.ASCII)
_TICKER, _EXCHANGE, _SEGMENT = 9, 10, 11
_INDEX: Final = "10"
_UNDERLYINGS: Final = frozenset({_INDEX, "20", "21", "22", "23", "24"})  # listed beside the contracts, not tradable
_OPTION_TYPES: Final = frozenset({"14", "15", "19", "31", "32"})
_OPTIONS: Final = {"CE": Kind.CALL, "PE": Kind.PUT}
_LISTED: Final = frozenset({Kind.CASH, Kind.INDEX})
_WITH_STRIKE: Final = frozenset({Kind.CALL, Kind.PUT})
_NO_OPTION: Final = frozenset({"XX", ""})
_LARGEST: Final = Decimal(10) ** 12
_THIS_CENTURY: Final = range(946_684_800, 4_102_444_800)  # seconds since 1970
_LONGEST_LINE: Final = 4096


class _Segment:
    """What is the same for all rows of a file."""

    def __init__(self, name: str) -> None:
        prefix, segment = FILES[name]
        self.exchange = words.EXCHANGES[prefix, segment].value
        self.begins = f"{prefix}:"
        self.exchange_number = str(words.EXCHANGE_NUMBERS[prefix])
        self.number = str(segment)
        self.is_cash = segment == words.CASH

    def has(self, ticker: str, exchange: str, number: str) -> bool:
        """Whether an instrument with these three is of this file."""
        return exchange == self.exchange_number and number == self.number and ticker.startswith(self.begins)


def parse(
    files: Iterable[tuple[str, Packed]], more: Mapping[str, Packed] = MappingProxyType({})
) -> Iterator[Instrument]:
    """The instruments of all files; `more` are the JSON masters by the same names.

    Raises `WireSurprise` at the first file that cannot be right.
    """
    for name, packed in files:
        rows = _file(name, packed)
        yield from (
            _detailed(rows, details.read(name, more[name]) if name in more else {}) if _is_detailed(name) else rows
        )


def _is_detailed(name: str) -> bool:
    return name in details.FILES


def _detailed(rows: Iterable[Instrument], known: Mapping[str, details.Detail]) -> Iterator[Instrument]:
    """`rows` of contracts with what is known of them: lots and freeze quantities in units."""
    for row in rows:
        freeze, units = known.get(row.broker_symbol, details.NOT_KNOWN)
        if row.exchange in _IN_UNITS:  # equity derivatives are ordered in units, whatever stands there (section 4.5)
            yield row if freeze is None else row._replace(freeze_quantity=freeze)
        elif units == units.to_integral_value() and units > 0:
            times = int(units)
            whole = None if freeze is None else freeze * times
            yield row._replace(lot_size=row.lot_size * times, freeze_quantity=whole, multiplier=units)
        else:
            yield row._replace(multiplier=details.NOT_KNOWN.units)


def _file(name: str, packed: Packed) -> Iterator[Instrument]:
    sieve = Sieve(f"instruments of {name}")
    with packed.open() as body, io.TextIOWrapper(body, encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(_bounded(lines), quoting=csv.QUOTE_NONE)
        try:
            count = yield from _instruments(rows, _Segment(name), sieve)
        except (ValueError, csv.Error) as error:  # bad UTF-8 is the former
            raise WireSurprise(f"instruments of {name}, line {rows.line_num}: {error}") from None
    sieve.judge(count)
    if not count and name not in _MAY_BE_EMPTY:  # a good master is never replaced by nothing
        raise WireSurprise(f"instruments of {name}: empty")


def _instruments(rows: Iterable[list[str]], segment: _Segment, sieve: Sieve) -> Generator[Instrument, None, int]:
    """The instruments, and in the end how many they were."""
    count = 0
    for row in rows:
        if len(row) != _COLUMNS:
            if not "".join(row).strip():  # an empty line is no row
                continue
            row = _mended(row, segment)  # noqa: PLW2901 - the same row, its columns in their places
        try:
            instrument = _instrument(row, segment)
        except (ValueError, ArithmeticError) as error:  # the latter: no number
            sieve.pass_over(error)
        else:
            yield instrument
            count += 1
    return count


def _mended(row: list[str], segment: _Segment) -> list[str]:
    """`row` with its columns in their places: new ones may stand behind them, a company's name may hold a comma.

    Behind them only what the reserved columns hold, too: a word there belongs to something else.
    """
    for commas in range(min(len(row) - _COLUMNS, _MORE) + 1 if len(row) <= _COLUMNS + _MORE else 0):
        placed = segment.has(row[_TICKER + commas], row[_EXCHANGE + commas], row[_SEGMENT + commas])
        if placed and all(map(_RESERVED.fullmatch, row[_COLUMNS + commas :])):
            return [row[0], ",".join(row[1 : 2 + commas]).strip('"'), *row[2 + commas :]]
    raise ValueError(f"{len(row)} columns, not {_COLUMNS}")


def _bounded(lines: io.TextIOWrapper) -> Iterator[str]:
    while line := lines.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise ValueError("a line without an end")
        yield line


def _instrument(row: Sequence[str], segment: _Segment) -> Instrument:
    token, ticker, underlying = row[0], row[9], row[13]
    if row[10] != segment.exchange_number or row[11] != segment.number or not ticker.startswith(segment.begins):
        raise ValueError("an instrument of another exchange or segment")
    if not (token.isdecimal() and row[12].isdecimal() and token.isascii() and row[12].isascii()):
        raise ValueError("a token that is no number")
    kind = _kind(row[2], row[16], segment.is_cash)
    contract = kind not in _LISTED
    if contract and not underlying:
        raise ValueError("a contract without its underlying")
    return Instrument(
        segment.exchange,
        ticker,
        token,
        underlying if contract else _name(ticker, underlying, kind, segment.begins),
        kind,
        _day(row[8]) if contract else None,
        _amount(row[15]) if kind in _WITH_STRIKE else None,
        _amount(row[4] or "0") if kind is Kind.INDEX else _amount(row[4]),
        _count(row[3] or "0") if kind is Kind.INDEX else _count(row[3]),
        row[5],
        title="" if contract else row[1],
    )


@lru_cache(maxsize=1024)
def _kind(number: str, option: str, is_cash: bool) -> Kind:  # noqa: FBT001 - positional for the cache
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("a type that is no number")
    if number == _INDEX or (not is_cash and number in _UNDERLYINGS):
        return Kind.INDEX
    if is_cash:
        return Kind.CASH
    if option in _OPTIONS:
        return _OPTIONS[option]
    if option not in _NO_OPTION or number in _OPTION_TYPES:
        raise ValueError(f"no such option type: {option!r}")
    return Kind.FUTURE


def _name(ticker: str, underlying: str, kind: Kind, begins: str) -> str:
    """See the module: a share's underlying, with its series where that is not NSE's normal one; "NIFTY50"."""
    plain = ticker[len(begins) :]
    if kind is Kind.INDEX:
        return plain.removesuffix("-INDEX")
    if underlying and (begins != "NSE:" or plain == f"{underlying}-EQ"):
        return underlying
    return plain


@lru_cache(maxsize=4096)
def _count(text: str) -> int:
    whole, point, rest = text.partition(".")  # 75.0 is one
    if not (text.isascii() and whole.isdecimal() and not rest.strip("0") and bool(rest) is bool(point)):
        raise ValueError("not a whole number")
    return int(whole)


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    """The Indian calendar day of an expiry in epoch seconds."""
    seconds = _count(text)
    if seconds not in _THIS_CENTURY:
        raise ValueError("no possible expiry")
    return datetime.fromtimestamp(seconds, UTC).astimezone(IST).date()


@lru_cache(maxsize=16384)
def _amount(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or not 0 <= number < _LARGEST:
        raise ValueError("not a possible amount")
    return number
