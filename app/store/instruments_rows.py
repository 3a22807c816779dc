"""Instruments as the values of rows and back. Some 200,000 of them are written at a load: no work is done twice.

What all contracts on one underlying of one day share stands once, in their family; a cash instrument is a family of
its own. Only families have words to be found by, so that the index of the words stays small. How an instrument is
traded (kind, tick, lot ...) repeats itself still more: these terms stand once, too.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from app.domain import Instrument, Kind
from app.domain.instruments import ONE, family_words, of_values, plain

FIELDS: Final = (
    "f.exchange, i.broker_symbol, i.token, f.name, t.kind, f.expiry, i.strike, t.tick_size, t.lot_size, i.isin,"
    " t.freeze, t.multiplier, f.title"
)
_SECTION_BITS: Final = 44  # a family's id sorts shares and indices before futures before options, the near ones first
_DAY_BITS: Final = 24
_SECTIONS: Final = {Kind.CASH: 0, Kind.INDEX: 0, Kind.FUTURE: 1, Kind.CALL: 2, Kind.PUT: 2}
_KINDS: Final = {kind.value: kind for kind in Kind}

Values = tuple[Any, ...]


class Families:
    """Gives rows their families and terms while they stream by; `fresh` and `fresh_terms` are not written yet."""

    def __init__(self) -> None:
        self.fresh: list[Values] = []
        self.fresh_terms: list[Values] = []
        self._numbers = count(1)
        self._ids: dict[tuple[str, str, date, int], int] = {}
        self._terms: dict[Values, int] = {}
        self._alike: dict[Values, tuple[int, int]] = {}

    def rows(self, instruments: Iterable[Instrument]) -> list[Values]:
        """The values of `instruments`, in their order."""
        known, identify = self._alike.get, self._identify
        made = []
        for row in instruments:
            exchange, symbol, token, name, kind, expiry, strike, tick, lot, isin, freeze, multiplier, _ = row
            alike = known((name, exchange, expiry, kind, tick, lot, freeze, multiplier)) if expiry else None
            family, terms = alike or identify(row)
            made.append(
                (family, terms, exchange, symbol, token, None if strike is None else plain(strike), isin or None)
            )
        return made

    def _identify(self, row: Instrument) -> tuple[int, int]:
        """Family and terms of the first row of its sort; every cash instrument is one."""
        terms = (row.kind, row.tick_size, row.lot_size, row.freeze_quantity, row.multiplier)
        if row.expiry is None:
            return self._family(row), self._terms_of(terms)
        key = (row.exchange, row.name, row.expiry, _SECTIONS[row.kind])
        family = self._ids.get(key)
        if family is None:
            family = self._ids[key] = self._family(row)
        found = self._alike[row.name, row.exchange, row.expiry, *terms] = (family, self._terms_of(terms))
        return found

    def _family(self, row: Instrument) -> int:
        expiry = row.expiry
        day = 0 if expiry is None else expiry.toordinal()
        family = _SECTIONS[row.kind] << _SECTION_BITS | day << _DAY_BITS | next(self._numbers)
        until = None if expiry is None else expiry.isoformat()
        self.fresh.append((family, row.exchange, row.name, until, row.title, family_words(row)))
        return family

    def _terms_of(self, terms: Values) -> int:
        number = self._terms.get(terms)
        if number is None:
            number = self._terms[terms] = len(self._terms) + 1
            kind, tick, lot, freeze, multiplier = terms
            times = None if multiplier == ONE else str(multiplier)
            self.fresh_terms.append((number, kind.value, str(tick), lot, freeze, times))
        return number


def may_hold(family: int, kind: str) -> bool:
    """Whether instruments of `kind` ("CE", "FUT"; empty for any) are in the family with this id."""
    return not kind or family >> _SECTION_BITS == _SECTIONS[_KINDS[kind]]


def instrument_of(values: Values) -> Instrument:
    """The instrument of a row of `FIELDS`."""
    exchange, symbol, token, name, kind, expiry, strike, tick, lot, isin, freeze, multiplier, title = values
    return of_values((
        exchange,
        symbol,
        token,
        name,
        _KINDS[kind],
        None if expiry is None else date.fromisoformat(expiry),
        None if strike is None else Decimal(strike),
        Decimal(tick),
        lot,
        isin or "",
        freeze,
        ONE if multiplier is None else Decimal(multiplier),
        title,
    ))  # fmt: skip
