"""Dhan's instrument masters, CSV, as instruments: read row by row and by header name (section 8).

Two files say the same in other columns; the detailed one also has the underlying and the ISIN. A security id is unique
only together with exchange and segment, and the weekly options of one month share their trading symbol: `token` and
`broker_symbol` are therefore both "NSE_EQ:2885", the key under which Dhan itself takes an instrument.

A cash instrument is named by its ticker. The ticker is unique in the series EQ, BE and BZ of NSE and among the shares
of BSE; elsewhere (a share's debenture, a partly paid one) the series follows it: "CHOLAFIN-D1". A derivative is named
by its contract.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from app.brokers.dhan import words
from app.brokers.sieve import Sieve
from app.domain import Instrument, Kind, WireSurprise
from app.domain.records import dataclass

_KINDS: Final[Mapping[str, Kind]] = {
    "EQUITY": Kind.CASH,
    "INDEX": Kind.INDEX,
    "FUTIDX": Kind.FUTURE,
    "FUTSTK": Kind.FUTURE,
    "FUTCOM": Kind.FUTURE,
    "FUTCUR": Kind.FUTURE,
    "OPTIDX": Kind.CALL,  # or put: the option type says which
    "OPTSTK": Kind.CALL,
    "OPTFUT": Kind.CALL,
    "OPTCUR": Kind.CALL,
}
_OPTIONS: Final = {"CE": Kind.CALL, "PE": Kind.PUT}
_TEST: Final = "SETEST"  # NSETEST, BSETEST: the exchanges' own
_CONTRACT: Final = re.compile(r"-(?:\d{1,2})?[A-Z][a-z]{2}\d{4}(?:-.*)?$")  # what follows the underlying
_SERIES: Final = {"EQ": 0, "BE": 1, "BZ": 2}  # of NSE, by preference
_SHARE: Final = "ES"
_GROUPS: Final = frozenset({"A", "B", "E", "M", "MT", "P", "R", "T", "TS", "X", "XT", "Z", "ZP"})  # of BSE, not debt
_PAISE: Final = 100  # ticks of what can be traded are in paise
_LARGEST: Final = Decimal(10) ** 12
_NO: Final = frozenset({"", "NA"})
_CANNOT_BE: Final = (ValueError, InvalidOperation)  # an impossible value, no number
_UNSET_YEARS: Final = range(1981)

_COMPACT: Final = {
    "exchange": "SEM_EXM_EXCH_ID",
    "segment": "SEM_SEGMENT",
    "number": "SEM_SMST_SECURITY_ID",
    "instrument": "SEM_INSTRUMENT_NAME",
    "ticker": "SEM_TRADING_SYMBOL",
    "type": "SEM_EXCH_INSTRUMENT_TYPE",
    "series": "SEM_SERIES",
    "lot": "SEM_LOT_UNITS",
    "expiry": "SEM_EXPIRY_DATE",
    "strike": "SEM_STRIKE_PRICE",
    "option": "SEM_OPTION_TYPE",
    "tick": "SEM_TICK_SIZE",
    "title": "SM_SYMBOL_NAME",
}
_DETAILED: Final = {
    "exchange": "EXCH_ID",
    "segment": "SEGMENT",
    "number": "SECURITY_ID",
    "instrument": "INSTRUMENT",
    "ticker": "UNDERLYING_SYMBOL",
    "type": "INSTRUMENT_TYPE",
    "series": "SERIES",
    "lot": "LOT_SIZE",
    "expiry": "SM_EXPIRY_DATE",
    "strike": "STRIKE_PRICE",
    "option": "OPTION_TYPE",
    "tick": "TICK_SIZE",
    "title": "SYMBOL_NAME",
    "isin": "ISIN",
}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row each field stands."""

    width: int
    exchange: int
    segment: int
    number: int
    instrument: int
    ticker: int
    type: int
    series: int
    lot: int
    expiry: int
    strike: int
    option: int
    tick: int
    title: int
    isin: int = -1  # only in the detailed file


def parse(file: io.BufferedReader) -> Iterator[Instrument]:
    """The instruments of a master; raises `WireSurprise` when it is not whole, or too much of it cannot be right.

    What Kunji does not trade and a single row with an impossible value are passed over.
    """
    rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
    sieve, count = Sieve("the instrument master"), 0
    try:
        columns = _columns(next(rows, []))
        for instrument in _instruments(rows, columns, sieve):
            count += 1
            yield instrument
    except (ValueError, csv.Error) as error:  # bad UTF-8 is a ValueError too
        raise WireSurprise(f"the instrument master, after row {rows.line_num}: {error}") from None
    sieve.judge(count)
    if not count:  # a good master is never replaced by nothing
        raise WireSurprise("the instrument master is empty")


def _columns(header: Sequence[str]) -> _Columns:
    names = [name.strip() for name in header]
    for wanted in (_DETAILED, _COMPACT):
        if all(name in names for name in wanted.values()):
            return _Columns(len(names), **{field: names.index(name) for field, name in wanted.items()})
    raise WireSurprise("the instrument master has other columns")


def _instruments(rows: Iterator[list[str]], at: _Columns, sieve: Sieve) -> Iterator[Instrument]:
    """Row by row; second choices for a ticker come last, when it is known who has it."""
    taken: set[tuple[str, str]] = set()
    later: list[tuple[int, str, list[str]]] = []
    for row, segment, kind in _traded(rows, at):
        rank = _rank(row, at) if kind is Kind.CASH else None
        if rank:
            later.append((rank, segment, row))
            continue
        try:
            instrument = _instrument(row, at, segment, kind, taken, plain=rank == 0)
        except _CANNOT_BE as error:
            sieve.pass_over(error)
        else:
            yield instrument
    for _, segment, row in sorted(later, key=lambda entry: entry[0]):
        try:
            instrument = _cash(row, at, segment, taken, plain=True)
        except _CANNOT_BE as error:
            sieve.pass_over(error)
        else:
            yield instrument


def _traded(rows: Iterator[list[str]], at: _Columns) -> Iterator[tuple[list[str], str, Kind]]:
    """The rows of what can be traded or is an index, each with its segment and kind."""
    for row in rows:
        if len(row) != at.width:
            if not row:  # an empty line is no row
                continue
            raise ValueError("another number of columns")
        segment = words.MASTER_SEGMENTS.get((row[at.exchange], row[at.segment]))
        kind = _KINDS.get(row[at.instrument])
        if segment is not None and kind is not None and _TEST not in row[at.ticker]:
            yield row, segment, kind


def _instrument(
    row: list[str], at: _Columns, segment: str, kind: Kind, taken: set[tuple[str, str]], *, plain: bool
) -> Instrument:
    if kind is Kind.CASH:
        return _cash(row, at, segment, taken, plain=plain)
    return _index(row, at) if kind is Kind.INDEX else _contract(row, at, segment, kind)


def _rank(row: list[str], at: _Columns) -> int | None:
    """How good a claim to the plain ticker a cash row has: 0 is the best, None is no claim."""
    if row[at.exchange] == "NSE":
        return _SERIES.get(row[at.series])
    if row[at.type] == _SHARE:
        return 0
    return 1 if row[at.series] in _GROUPS else None


def _cash(row: list[str], at: _Columns, segment: str, taken: set[tuple[str, str]], *, plain: bool) -> Instrument:
    ticker = _present(row[at.ticker])
    if plain and (segment, ticker) not in taken:
        taken.add((segment, ticker))
        name = ticker
    else:
        name = f"{ticker}-{row[at.series] or row[at.number]}"
    return _made(row, at, segment, name=name, kind=Kind.CASH)


def _index(row: list[str], at: _Columns) -> Instrument:
    return Instrument(
        exchange=row[at.exchange],
        broker_symbol=_token(words.INDEX, row[at.number]),
        token=_token(words.INDEX, row[at.number]),
        name=_present(row[at.ticker]),
        kind=Kind.INDEX,
        expiry=None,
        strike=None,
        tick_size=_amount(_or_none(row[at.tick]) or "0"),
        lot_size=1,
    )


def _contract(row: list[str], at: _Columns, segment: str, kind: Kind) -> Instrument:
    if kind is not Kind.FUTURE:
        kind = _call_or_put(row[at.option])
    ticker = _present(row[at.ticker])
    name = ticker if at.isin >= 0 else _CONTRACT.sub("", ticker)
    return _made(row, at, segment, name=name, kind=kind)


def _call_or_put(text: str) -> Kind:
    if text not in _OPTIONS:
        raise ValueError("an option that is neither call nor put")
    return _OPTIONS[text]


def _made(row: list[str], at: _Columns, segment: str, *, name: str, kind: Kind) -> Instrument:
    token = _token(segment, row[at.number])
    return Instrument(
        exchange=words.EXCHANGES[segment].value,
        broker_symbol=token,
        token=token,
        name=_present(name),
        kind=kind,
        expiry=None if kind is Kind.CASH else _day(row[at.expiry]),
        strike=_amount(row[at.strike]) if kind.is_option else None,
        tick_size=_amount(row[at.tick]) / _PAISE,
        lot_size=_count(row[at.lot]),
        isin=_or_none(row[at.isin]) if at.isin >= 0 else "",
        title=_or_none(row[at.title]) if kind is Kind.CASH else "",
    )


def _token(segment: str, number: str) -> str:
    if not (number.isascii() and number.isdecimal()):
        raise ValueError("a security id that is no number")
    return f"{segment}:{number}"


def _present(text: str) -> str:
    if not text:
        raise ValueError("an instrument without a name")
    return text


def _or_none(text: str) -> str:
    return "" if text in _NO else text


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    """The date in front of an hour, if there is one."""
    day = date.fromisoformat(text[:10])
    if day.year in _UNSET_YEARS:
        raise ValueError("a contract without expiry")
    return day


@lru_cache(maxsize=4096)
def _count(text: str) -> int:
    number = _amount(text)  # "65.0"
    if number != number.to_integral_value():
        raise ValueError("a lot that is no whole number")
    return int(number)


@lru_cache(maxsize=16384)
def _amount(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or not 0 <= number < _LARGEST:
        raise ValueError("not a possible amount")
    return number
