"""A loaded master, open for reading: looked up by the broker's symbol, by Kunji's, by what it is, by what is typed.

Trigrams find any piece of a text of three letters; each word stands behind a blank, so that three letters are also a
blank and the first two of a word: "ce", "26".
"""

import re
import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.domain import Instrument
from app.domain.finding import Rest, Terms, piece
from app.domain.instruments import Key, distinct, is_same, is_same_share, likeliness, listed, names_of
from app.store.instruments_rows import FIELDS, instrument_of, may_hold

_KEYS_AT_ONCE: Final = 400  # SQLite takes 32,766 values in a statement; older builds 999
_FAMILIES: Final = 100  # looked at for one search, in the order of their ids
_TRIGRAM: Final = 3
_BEYOND: Final = "\U0010ffff"  # sorts behind whatever begins alike
_FIRST_CONTRACT: Final = 1 << 44  # the ids of futures and options begin here
_CONTRACT: Final = re.compile(r"(.+) (\d\d[A-Z]{3}\d\d) (?:FUT|([\d.]+) (CE|PE))")
_FROM: Final = (  # CROSS: SQLite must not begin with the terms
    f"SELECT {FIELDS} FROM instruments i JOIN families f ON f.id = i.family"  # noqa: S608 - our own words
    " CROSS JOIN terms t ON t.id = i.terms"
)


class MasterFile:
    """The file; blocking, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Raises `sqlite3.Error` when there is no such file."""
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None, check_same_thread=False
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def by_keys(self, keys: Collection[Key]) -> dict[Key, Instrument]:
        """The known ones among (exchange, broker symbol) `keys`."""
        wanted = list(keys)
        found: list[Instrument] = []
        for start in range(0, len(wanted), _KEYS_AT_ONCE):
            part = wanted[start : start + _KEYS_AT_ONCE]
            pairs = ", ".join(["(?, ?)"] * len(part))
            values = [text for exchange, symbol in part for text in (symbol, exchange)]
            found += self._rows(f"WHERE (i.broker_symbol, i.exchange) IN (VALUES {pairs})", values)
        return {(row.exchange, row.broker_symbol): row for row in found}

    def by_symbol(self, exchange: str, symbol: str) -> Instrument | None:
        """The instrument that Kunji calls `symbol`; of several the one listed last."""
        return next((row for row in self._called(exchange, symbol) if row.symbol == symbol), None)

    def same_contract(self, instrument: Instrument) -> Instrument | None:
        """See `Instruments.same_contract`."""
        found = self._rows("WHERE i.isin = ?", [instrument.isin]) if instrument.isin else []
        for name in names_of(instrument):
            found += self._called(instrument.exchange, name)
        return next((row for judge in (is_same, is_same_share) for row in found if judge(row, instrument)), None)

    def search(self, terms: Terms, limit: int, *, anchored: bool) -> list[Instrument]:
        """What fits `terms`, the likeliest first; see `Instruments.search`."""
        found: list[Instrument] = []
        for rest, families in self._families(terms, anchored=anchored).items():
            if len(found) < limit:
                found += self._members(families, rest, limit - len(found))
        if anchored and terms.whole is not None and len(found) < limit:
            values = [terms.whole, terms.whole + _BEYOND, limit]
            found += self._rows("WHERE i.broker_symbol >= ? AND i.broker_symbol < ? LIMIT ?", values)
        return distinct(sorted(found, key=lambda row: likeliness(row, terms)), listed)[:limit]

    def _called(self, exchange: str, symbol: str) -> list[Instrument]:
        """What may be called `symbol`, the last of the master first."""
        name, day, strike, kind = _taken_apart(symbol)
        where = "WHERE f.name = ? AND f.exchange = ? AND f.expiry IS ?"
        values: list[object] = [name, exchange, day]
        if kind:
            where, values = f"{where} AND i.strike = ? AND t.kind = ?", [*values, strike, kind]
        return self._rows(f"{where} ORDER BY i.rowid DESC", values)

    def _families(self, terms: Terms, *, anchored: bool) -> dict[Rest, list[int]]:
        """The families that are meant, by what is still to be looked for in them."""
        meant: dict[Rest, list[int]] = {}
        for family, words in self._candidates(terms, anchored=anchored):
            rest = terms.missing_in(words, anchored=anchored)
            if rest is not None and may_hold(family, rest.kind):
                meant.setdefault(rest, []).append(family)
        return meant

    def _candidates(self, terms: Terms, *, anchored: bool) -> Iterable[tuple[int, str]]:
        pieces = [piece(word, anchored=anchored) for word in terms.names]
        long = [one for one in pieces if len(one) >= _TRIGRAM]
        if long:
            match = " ".join(f'"{one.replace(chr(34), chr(34) * 2)}"' for one in long)
            where = "id IN (SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid LIMIT ?)"
            return self._select(where, [match, _FAMILIES])
        if not terms.words:
            return []
        first = terms.words[0]  # a single letter, or only numbers and kinds: names that begin so, and what is near
        named = self._select("name >= ? AND name < ? ORDER BY name LIMIT ?", [first, first + _BEYOND, _FAMILIES])
        if terms.names:
            return named
        return [*named, *self._select("id >= ? ORDER BY id LIMIT ?", [_FIRST_CONTRACT, _FAMILIES])]

    def _members(self, families: list[int], rest: Rest, limit: int) -> list[Instrument]:
        where, values = f"WHERE i.family IN ({', '.join('?' * len(families))})", list[object](families)
        if rest.strike:
            where, values = f"{where} AND i.strike >= ? AND i.strike < ?", [*values, rest.strike, rest.strike + _BEYOND]
        if rest.kind:
            where, values = f"{where} AND t.kind = ?", [*values, rest.kind]
        return self._rows(f"{where} ORDER BY i.family LIMIT ?", [*values, limit])

    def _select(self, where: str, values: list[object]) -> list[tuple[int, str]]:
        query = f"SELECT id, words FROM families WHERE {where}"  # noqa: S608 - our own words, values apart
        return self._connection.execute(query, values).fetchall()

    def _rows(self, where: str, values: list[Any]) -> list[Instrument]:
        return [instrument_of(row) for row in self._connection.execute(f"{_FROM} {where}", values)]


def _taken_apart(symbol: str) -> tuple[str, str | None, str, str]:
    """Name, ISO day, strike and option type of Kunji's name; a name that is no contract's is all name."""
    found = _CONTRACT.fullmatch(symbol)
    if found is None:
        return symbol, None, "", ""
    name, day, strike, kind = found.groups("")
    try:
        return name, datetime.strptime(day, "%d%b%y").date().isoformat(), strike, kind  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return symbol, None, "", ""
