"""Instruments: their identity, the one name Kunji gives them, and the port through which adapters look them up.

A contract is the same at every broker: its name is built from exchange, underlying, expiry, strike and type, never
by cutting a broker's symbol. Cash instruments carry the name that the broker's master gives them; there the ISIN, and
for indices the underlying, says that two brokers mean the same.
"""

import asyncio
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache, partial
from typing import Final, NamedTuple, Protocol

from app.domain.finding import Terms

ONE: Final = Decimal(1)
"""The multiplier of what is quoted in units: this very object, so that it is known at a glance."""


class Kind(StrEnum):
    """What sort of instrument it is."""

    CASH = "CASH"
    INDEX = "INDEX"
    FUTURE = "FUT"
    CALL = "CE"
    PUT = "PE"

    @property
    def is_option(self) -> bool:
        """Call or put."""
        return self in _OPTIONS


_Values = tuple[
    str, str, str, str, Kind, date | None, Decimal | None, Decimal, int, str, int | None, Decimal, str
]  # fmt: skip


class Instrument(NamedTuple):  # masters have 220,000 rows: a frozen dataclass takes six times as long to make
    """One row of a broker's instrument master.

    `name` is the plain cash symbol ("RELIANCE", "BAJAJ-AUTO") or the underlying ("NIFTY"); `lot_size` in units,
    `tick_size` and `strike` in rupees. `token` is the broker's own number of the instrument. `freeze_quantity` is the
    largest quantity of one order in units, None where the master says nothing; `multiplier` units a quoted lot where
    the broker counts lots, 0 where it does and nobody knows how many; `title` the company's name, for searching.
    """

    exchange: str
    broker_symbol: str
    token: str
    name: str
    kind: Kind
    expiry: date | None
    strike: Decimal | None
    tick_size: Decimal
    lot_size: int
    isin: str = ""
    freeze_quantity: int | None = None
    multiplier: Decimal = ONE
    title: str = ""

    @property
    def segment(self) -> str:
        """The part of the exchange: "CASH", "INDEX", "FUT" or "OPT"."""
        return "OPT" if self.kind.is_option else self.kind.value

    @property
    def contract(self) -> "Contract":
        """What it is, whoever lists it; equal at every broker (cash instruments: see `same_contract`)."""
        name = underlying_of(self.name) if self.kind is Kind.INDEX else self.name
        option = self.kind.value if self.kind.is_option else ""
        return Contract(self.exchange, self.segment, name, self.expiry, self.strike, option)

    @property
    def symbol(self) -> str:
        """Kunji's name: "RELIANCE", "NIFTY 30DEC25 FUT", "NIFTY 02DEC25 26050 CE"."""
        if self.expiry is None:
            return self.name
        day = f"{self.expiry.day:02d}{_MONTHS[self.expiry.month - 1]}{self.expiry.year % 100:02d}"
        if self.strike is None or not self.kind.is_option:
            return f"{self.name} {day} {Kind.FUTURE}"
        return f"{self.name} {day} {plain(self.strike)} {self.kind}"


_OPTIONS: Final = frozenset({Kind.CALL, Kind.PUT})
of_values: Final[Callable[[_Values], Instrument]] = partial(tuple.__new__, Instrument)
"""The instrument of its thirteen values, in their order: a third of the time of calling the class."""


class Contract(NamedTuple):
    """The identity of an instrument, no broker's word in it. `option` is "CE", "PE" or empty."""

    exchange: str
    segment: str
    name: str
    expiry: date | None
    strike: Decimal | None
    option: str


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")  # not the locale's

Key = tuple[str, str]
"""(exchange, broker's symbol or Kunji's symbol)."""


_INDEX_NAMES: Final[Mapping[str, tuple[str, ...]]] = {  # the underlying, and how exchanges and brokers call the index
    "NIFTY": ("NIFTY 50", "NIFTY50"),
    "BANKNIFTY": ("NIFTY BANK", "BANK NIFTY", "NIFTYBANK"),
    "FINNIFTY": ("NIFTY FIN SERVICE", "NIFTY FINANCIAL SERVICES", "FIN NIFTY"),
    "MIDCPNIFTY": ("NIFTY MID SELECT", "NIFTY MIDCAP SELECT", "MIDCAP NIFTY"),
    "NIFTYNXT50": ("NIFTY NEXT 50",),
    "INDIA VIX": ("INDIAVIX",),
}
_UNDERLYINGS: Final = {name: underlying for underlying, names in _INDEX_NAMES.items() for name in names}


def underlying_of(index: str) -> str:
    """What derivatives on `index` are named after: "NIFTY" for "NIFTY 50"; its own name where nothing else is known."""
    return _UNDERLYINGS.get(index.upper(), index)


def index_names(index: str) -> tuple[str, ...]:
    """Every name under which a master may list `index`."""
    underlying = underlying_of(index)
    return (index, underlying, *_INDEX_NAMES.get(underlying, ()))


# Of NSE: one share, settled trade by trade, or on the board of small companies.
_SERIES: Final = ("-BE", "-BZ", "-SM", "-ST")


def share_names(share: str) -> tuple[str, ...]:
    """Every name under which a master may list `share` of NSE, its own first: some write a rare series, some do not."""
    bare = next((share.removesuffix(series) for series in _SERIES if share.endswith(series)), share)
    return tuple(dict.fromkeys((share, bare, *(bare + series for series in _SERIES))))


class Instruments(Protocol):
    """Where an adapter keeps and finds the instruments of its broker. Keys of one broker never mix with another's."""

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """The known ones among (exchange, broker symbol) `keys`; unknown ones are simply absent."""
        ...

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """The instrument that Kunji calls `symbol` on `exchange`, or None."""
        ...

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """Take `rows` as the broker's whole master of the Indian calendar day `day`, whole or not at all.

        Returns how many. `rows` may be consumed on another thread; what it raises is raised here, and the last good
        master stays.
        """
        ...

    async def loaded_on(self, broker: str) -> date | None:
        """The day given with the last `replace` for `broker`, or None: so old is the last good master."""
        ...

    async def search(self, broker: str | None, text: str, limit: int = 50) -> list[Instrument]:
        """What a trader means by `text` ("reli", "nifty 26 dec 24000 ce", "m&m"), the likeliest first.

        Every word must occur; first those at whose beginning it stands, then any other place. With `broker` None all
        masters are searched and each contract comes once. Nothing typed finds nothing.
        """
        ...

    async def same_contract(self, broker: str, instrument: Instrument) -> Instrument | None:
        """What `broker` calls the contract that another broker calls `instrument`, or None when it lists none.

        A derivative is found by underlying, expiry, strike and type, an index by its underlying, a cash instrument by
        its ISIN, else by its name, with or without the series of a rare share, unless the ISINs differ.
        """
        ...


@lru_cache(maxsize=8192)
def plain(number: Decimal) -> str:
    """26050 for 26050.00 and 2423.7 for 2423.70: one form a contract."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def names_of(instrument: Instrument) -> tuple[str, ...]:
    """Every name under which a broker may list `instrument`, its own first."""
    if instrument.kind is Kind.INDEX:
        return index_names(instrument.name)
    return share_names(instrument.name) if instrument.kind is Kind.CASH else (instrument.symbol,)


def is_same(one: Instrument, other: Instrument) -> bool:
    """Whether two brokers' rows are one contract; see `Instruments.same_contract`."""
    if one.isin and other.isin:
        return (one.exchange, one.isin) == (other.exchange, other.isin)
    return one.contract == other.contract


def is_same_share(one: Instrument, other: Instrument) -> bool:
    """Whether two brokers' rows are one share whose series only one of them writes: "RCOM-BZ" and "RCOM"."""
    at_nse = one.exchange == other.exchange == "NSE" and one.kind is other.kind is Kind.CASH
    return at_nse and not (one.isin and other.isin) and one.name in share_names(other.name)


_BREATH: Final = 500


class MemoryInstruments:
    """Instruments that live as long as the process."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[Key, Instrument]] = {}
        self._names: dict[str, dict[Key, Instrument]] = {}
        self._days: dict[str, date] = {}

    async def by_broker_symbol(self, broker: str, keys: Collection[Key]) -> Mapping[Key, Instrument]:
        """See `Instruments.by_broker_symbol`."""
        rows = self._rows.get(broker, {})
        return {key: rows[key] for key in keys if key in rows}

    async def by_symbol(self, broker: str, exchange: str, symbol: str) -> Instrument | None:
        """See `Instruments.by_symbol`."""
        return self._names.get(broker, {}).get((exchange, symbol))

    async def replace(self, broker: str, rows: Iterable[Instrument], *, day: date) -> int:
        """See `Instruments.replace`."""
        fresh: dict[Key, Instrument] = {}
        for row in rows:
            fresh[row.exchange, row.broker_symbol] = row
            if len(fresh) % _BREATH == 0:
                await asyncio.sleep(0)  # a master has 100,000 rows and more: let the loop live meanwhile
        self._rows[broker] = fresh
        self._names[broker] = {(row.exchange, row.symbol): row for row in fresh.values()}
        self._days[broker] = day
        return len(fresh)

    async def loaded_on(self, broker: str) -> date | None:
        """See `Instruments.loaded_on`."""
        return self._days.get(broker)

    async def search(self, broker: str | None, text: str, limit: int = 50) -> list[Instrument]:
        """See `Instruments.search`."""
        brokers = list(self._rows) if broker is None else [broker]
        terms = Terms.of(text)
        found: list[Instrument] = []
        for anchored in (True, False):
            for name in brokers:
                rows = self._rows.get(name, {}).values()
                fitting = [row for row in rows if _fits(row, terms, anchored=anchored)]
                found += sorted(fitting, key=lambda row: likeliness(row, terms))
        return distinct(found, contract if broker is None else listed)[:limit]

    async def same_contract(self, broker: str, instrument: Instrument) -> Instrument | None:
        """See `Instruments.same_contract`."""
        rows = self._rows.get(broker, {}).values()
        return next((row for judge in (is_same, is_same_share) for row in rows if judge(row, instrument)), None)


def family_words(row: Instrument) -> str:
    """The words that all contracts on one underlying of one day share, or of a cash instrument; between blanks."""
    if row.expiry is None:
        return f" {row.name} {row.title} ".upper()
    return f" {row.name} {row.expiry.day:02d} {_MONTHS[row.expiry.month - 1]} {row.expiry.year % 100:02d} ".upper()


def _fits(row: Instrument, terms: Terms, *, anchored: bool) -> bool:
    if terms.whole is not None and row.broker_symbol.startswith(terms.whole):
        return True
    rest = terms.missing_in(family_words(row), anchored=anchored)
    return rest is not None and rest.fits(row.kind.value, "" if row.strike is None else plain(row.strike))


def likeliness(row: Instrument, terms: Terms) -> tuple[bool, bool, int, date, int, str, bool, Decimal]:
    """Sorts what was found: what is called so, what begins so, cash before futures before options, near before far.

    Of one share that both exchanges list the one at BSE comes second.
    """
    said = row.name.upper()
    return (
        not (terms.name(said) or terms.name(underlying_of(said))),
        not terms.begins(said),
        _ORDER[row.kind],
        row.expiry or date.min,
        len(said),
        said,
        row.exchange == "BSE",
        row.strike or _NOTHING,
    )


_NOTHING: Final = Decimal(0)
_ORDER: Final = {Kind.INDEX: 0, Kind.CASH: 1, Kind.FUTURE: 2, Kind.CALL: 3, Kind.PUT: 3}


def distinct(rows: Iterable[Instrument], key: Callable[[Instrument], Hashable]) -> list[Instrument]:
    """Of the rows with the same `key` the first, in their order."""
    found: dict[Hashable, Instrument] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return list(found.values())


def listed(row: Instrument) -> Key:
    """What is one row of a master."""
    return row.exchange, row.broker_symbol


def contract(row: Instrument) -> Contract:
    """What is one at all brokers."""
    return row.contract
