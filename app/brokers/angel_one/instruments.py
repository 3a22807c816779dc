"""Angel One's instrument master, one JSON list of some 35 MB, as instruments (section 8).

It is never decoded as a whole: chunks are cut at the end of a row. Rows of exchanges and kinds that Kunji does not know
are passed over, and so is a single row of a known kind with an impossible value (see `app.brokers.sieve`).

The scrip's `name` belongs to several rows of NSE: the share in its series EQ, or BE, SM, ST, BZ, has it; whatever else
carries it (debt) goes under its trading symbol. BSE's trading symbols are plain names. A derivative is named by its
contract: spellings of symbols differ by exchange and change, only its right (CE, PE) stands nowhere else.
"""

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from app.brokers.angel_one import words
from app.brokers.angel_one.rows import MONTHS
from app.brokers.sieve import Sieve
from app.domain import Exchange, Instrument, Kind, WireSurprise

_COLUMNS: Final = ("token", "symbol", "name", "expiry", "strike", "lotsize", "instrumenttype", "exch_seg", "tick_size")
_FIELDS: Final = itemgetter(*_COLUMNS)
_FREEZE: Final = "freeze_qty"  # new in 2026, absent before
_CHUNK: Final = 64 * 1024  # characters decoded at once: a millisecond
_LONGEST_ROW: Final = 1024 * 1024
_CONTRACTS: Final[Mapping[str, Kind | None]] = {
    "FUTIDX": Kind.FUTURE,
    "FUTSTK": Kind.FUTURE,
    "FUTCOM": Kind.FUTURE,
    "FUTCUR": Kind.FUTURE,
    "FUTIRC": Kind.FUTURE,
    "FUTIRT": Kind.FUTURE,
    "OPTIDX": None,  # call or put: the end of the symbol says which
    "OPTSTK": None,
    "OPTFUT": None,
    "OPTCUR": None,
    "OPTIRC": None,
}
_RIGHTS: Final = {"CE": Kind.CALL, "PE": Kind.PUT}
_INDEX: Final = "AMXIDX"
_CASH: Final = frozenset({Exchange.NSE, Exchange.BSE})
_SERIES: Final = {"EQ": 0, "BE": 1, "SM": 2, "ST": 3, "BZ": 4}  # of NSE, by preference
_PAISE: Final = 100  # prices of the master are in paise
_CURRENCY: Final = 100_000  # and strikes on currencies finer still
_NUMBER: Final = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
_CANNOT_BE: Final = (ValueError, TypeError, KeyError)  # an impossible value, no text, no such column
_EXPIRY: Final = re.compile(r"(\d\d)([A-Z]{3})(\d{4})", re.ASCII)  # 28JUL2026


def parse(file: io.BufferedReader) -> Iterator[Instrument]:
    """The instruments of the master; raises `WireSurprise` when it is not whole, or too much of it cannot be right."""
    count, sieve = 0, Sieve("the instrument master")
    try:
        for instrument in _named(_rows(file), sieve):
            count += 1
            yield instrument
    except (ValueError, TypeError, RecursionError) as error:  # bad UTF-8 and bad JSON are ValueErrors
        raise WireSurprise(f"the instrument master, after {count} instruments: {error}") from None
    sieve.judge(count)
    if not count:  # a good master is never replaced by nothing
        raise WireSurprise("the instrument master is empty")


def _rows(file: io.BufferedReader) -> Iterator[dict[str, Any]]:
    """The objects of the list, some hundred at a time in memory."""
    reader = io.TextIOWrapper(file, encoding="utf-8-sig")
    rest = reader.read(_CHUNK).lstrip()
    if not rest.startswith("["):
        raise ValueError("not a list")
    opening, rest = "[", rest[1:]
    while chunk := reader.read(_CHUNK):
        piece, brace, rest = (rest + chunk).rpartition("}")
        if brace:
            yield from _decoded(opening, piece + brace)
            opening = "[0"  # every further piece begins with the comma that parts it from the one before
        elif len(rest) > _LONGEST_ROW:
            raise ValueError("no end of a row")
    piece, brace, end = rest.rpartition("}")
    if brace:
        yield from _decoded(opening, piece + brace)
    if end.strip() != "]":
        raise ValueError("the list does not end")


def _decoded(opening: str, rows: str) -> list[dict[str, Any]]:
    decoded: list[Any] = json.loads(f"{opening}{rows}]", object_pairs_hook=_unique)
    if "\\u" in rows:  # an escaped half of a pair is no text: nobody could store or print it
        json.dumps(decoded, ensure_ascii=False).encode()
    if opening != "[":
        del decoded[0]
    return decoded


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key twice")
    return members


def _named(rows: Iterator[dict[str, Any]], sieve: Sieve) -> Iterator[Instrument]:
    """The instruments, the second choices for a name last: then it is known who has it."""
    taken: set[str] = set()
    later: list[tuple[int, tuple[str, ...]]] = []
    for row in rows:
        try:
            fields = (*_FIELDS(row), _text_of(row.get(_FREEZE)))
            "".join(fields)  # the quickest way to a TypeError when one of them is no text
            rank = _rank(fields)
            instrument = None if rank else _instrument(fields, taken)
        except _CANNOT_BE as error:
            sieve.pass_over(error)
            continue
        if rank:
            later.append((rank, fields))
        elif instrument is not None:
            yield instrument
    for _, fields in sorted(later, key=itemgetter(0)):
        try:
            instrument = _instrument(fields, taken)
        except _CANNOT_BE as error:
            sieve.pass_over(error)
            continue
        if instrument is not None:
            yield instrument


def _text_of(freeze: object) -> str:
    """The freeze quantity as a text, "" for none: it came after the other columns, and nobody needs it."""
    return freeze if isinstance(freeze, str) else str(freeze or "")


def _rank(fields: tuple[str, ...]) -> int:
    """How late a share of NSE is in line for its name; 0: first, or not in line at all."""
    _, symbol, name, _, _, _, kind_word, segment, *_ = fields
    return _SERIES.get(_series(symbol, name), 0) if segment == "NSE" and not kind_word else 0


def _instrument(fields: tuple[str, ...], taken: set[str]) -> Instrument | None:
    token, symbol, name, expiry, strike, lot_size, kind_word, segment, tick_size, freeze = fields
    exchange = words.EXCHANGES.get(segment)
    kind = _kind(kind_word, symbol, exchange)
    if exchange is None or kind is None:
        return None
    if not token or not symbol:
        raise ValueError("an instrument without token or symbol")
    lot = _count(lot_size or "0") if kind is Kind.INDEX else _count(lot_size)
    if lot < 1 and kind is not Kind.INDEX:  # nothing that can be traded
        return None
    contract = kind not in (Kind.CASH, Kind.INDEX)
    return Instrument(
        exchange=segment,
        broker_symbol=symbol,
        token=token,
        name=_contract_name(name) if contract else _cash_name(exchange, symbol, name, kind, taken),
        kind=kind,
        expiry=_day(expiry) if contract else None,
        strike=_strike(strike, currency=exchange is Exchange.CDS) if kind.is_option else None,
        tick_size=_tick(tick_size),
        lot_size=max(lot, 1),
        freeze_quantity=_freeze(freeze),
        title=symbol if kind is Kind.INDEX else "",
    )


def _kind(kind_word: str, symbol: str, exchange: Exchange | None) -> Kind | None:
    """None for what Kunji does not know."""
    if kind_word == "":
        return Kind.CASH if exchange in _CASH else None
    if kind_word == _INDEX:
        return Kind.INDEX
    if kind_word not in _CONTRACTS:
        return None
    return _CONTRACTS[kind_word] or _RIGHTS.get(symbol[-2:])


def _contract_name(name: str) -> str:
    if not name:
        raise ValueError("a contract without underlying")
    return name


def _cash_name(exchange: Exchange, symbol: str, name: str, kind: Kind, taken: set[str]) -> str:
    if kind is Kind.INDEX:  # its symbol is a display text (section 8)
        return (name or symbol).upper()
    if exchange is not Exchange.NSE or _series(symbol, name) not in _SERIES or name in taken:
        return symbol
    taken.add(name)
    return name


def _series(symbol: str, name: str) -> str:
    """What the symbol adds to the scrip's name; "" when it does not begin with it."""
    return symbol[len(name) + 1 :] if name and symbol.startswith(f"{name}-") else ""


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    found = _EXPIRY.fullmatch(text.upper())
    if found is None:
        raise ValueError("a contract without expiry")
    return date(int(found[3]), MONTHS.get(found[2], 0), int(found[1]))


@lru_cache(maxsize=4096)
def _freeze(text: str) -> int | None:
    """The largest quantity of one order, None where the master has none or says what is no quantity."""
    number = Decimal(text) if _NUMBER.fullmatch(text) else Decimal(0)
    return int(number) if number > 0 and number == number.to_integral_value() else None


@lru_cache(maxsize=4096)
def _count(text: str) -> int:
    number = _amount(text)
    if number != number.to_integral_value():
        raise ValueError("a lot that is no whole number")
    return int(number)


@lru_cache(maxsize=32768)
def _strike(text: str, *, currency: bool) -> Decimal:
    number = _amount(text) / _PAISE
    if number <= 0:
        raise ValueError("an option without strike")
    return _plain(number / _CURRENCY if currency else number)


@lru_cache(maxsize=4096)
def _tick(text: str) -> Decimal:
    """Rupees; 0 where the master has none."""
    return _plain(max(_amount(text or "0") / _PAISE, Decimal(0)))


def _amount(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return Decimal(text)


def _plain(number: Decimal) -> Decimal:
    """Without the zeros that the master pads with, and without an exponent."""
    return Decimal(f"{number.normalize():f}")
