"""Instruments as the values of rows and back. Some 200,000 of them are written at a load: no work is done twice.

What all contracts on one underlying of one day share stands once, in their family; a cash instrument is a family of
its own. Only families have words to be found by, so that the index of the words stays small.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from app.domain import Instrument, Kind
from app.domain.instruments import family_words, plain

FIELDS: Final = (
    "f.exchange, i.broker_symbol, i.token, f.name, i.kind, f.expiry, i.strike, i.tick_size, i.lot_size, i.isin,"
    " i.freeze, i.multiplier, f.title"
)
_SECTION_BITS: Final = 44  # a family's id sorts shares and indices before futures before options, the near ones first
_DAY_BITS: Final = 24
_SECTIONS: Final = {Kind.CASH: 0, Kind.INDEX: 0, Kind.FUTURE: 1, Kind.CALL: 2, Kind.PUT: 2}
_WORDS: Final = {kind: kind.value for kind in Kind}  # the driver takes long over a subclass of str
_KINDS: Final = {kind.value: kind for kind in Kind}
_ONE: Final = Decimal(1)

Values = tuple[Any, ...]


class Families:
    """Gives rows their families while they stream by; `fresh` are those that are not written yet."""

    def __init__(self) -> None:
        self.fresh: list[Values] = []
        self._numbers = count(1)
        self._ids: dict[tuple[str, str, date, int], int] = {}

    def rows(self, instruments: Iterable[Instrument]) -> list[Values]:
        """The values of `instruments`, in their order."""
        words, sections, known, identify = _WORDS, _SECTIONS, self._ids.get, self._family
        made = []
        for row in instruments:
            kind, expiry, strike, multiplier = row.kind, row.expiry, row.strike, row.multiplier
            family = known((row.exchange, row.name, expiry, sections[kind])) if expiry is not None else None
            made.append((
                family or identify(row),
                row.exchange,
                row.broker_symbol,
                row.token,
                words[kind],
                None if strike is None else plain(strike),
                str(row.tick_size),
                row.lot_size,
                row.isin,
                row.freeze_quantity,
                None if multiplier is _ONE else str(multiplier),
            ))  # fmt: skip
        return made

    def _family(self, row: Instrument) -> int:
        section, expiry = _SECTIONS[row.kind], row.expiry
        day = 0 if expiry is None else expiry.toordinal()
        family = section << _SECTION_BITS | day << _DAY_BITS | next(self._numbers)
        if expiry is not None:
            self._ids[row.exchange, row.name, expiry, section] = family
        until = None if expiry is None else expiry.isoformat()
        self.fresh.append((family, row.exchange, row.name, until, row.title, family_words(row)))
        return family


def instrument_of(values: Values) -> Instrument:
    """The instrument of a row of `FIELDS`."""
    exchange, symbol, token, name, kind, expiry, strike, tick, lot, isin, freeze, multiplier, title = values
    return Instrument(
        exchange,
        symbol,
        token,
        name,
        _KINDS[kind],
        None if expiry is None else date.fromisoformat(expiry),
        None if strike is None else Decimal(strike),
        Decimal(tick),
        lot,
        isin,
        freeze,
        _ONE if multiplier is None else Decimal(multiplier),
        title,
    )
