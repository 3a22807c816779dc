"""What Fyers' JSON masters say of a contract beyond the CSV files: its freeze quantity and the units of a contract.

The largest of these files is as long as all CSV files together, so it is never decoded as a whole (section 8). An order
counts contracts of commodities and currencies; without the units of one nobody could tell 100 units from 100 contracts.
"""

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

from app.brokers.packed import Packed
from app.domain import WireSurprise
from app.domain.instruments import ONE

FILES: Final = ("NSE_CD", "NSE_COM", "MCX_COM", "BSE_FO", "NSE_FO")
"""Of these segments, the largest last; shares are counted as they are."""

SPARE: Final = frozenset({"BSE_FO", "NSE_FO"})
"""Without these all is known but the freeze quantity: other brokers' masters may say it, and Fyers refuses what is
above it."""

FILE: Final = "{}_sym_master.json"
_CHUNK: Final = 64 * 1024  # characters decoded at once: a millisecond
_LONGEST_ENTRY: Final = 64 * 1024
_BETWEEN: Final = "},"
_QUANTITY: Final = re.compile(r"\d{1,12}(\.0{1,4})?", re.ASCII)
_LARGEST: Final = 10**7


class Detail(NamedTuple):
    """`freeze` in contracts, None where the master has none; `units` of one contract, 0 where they are not known."""

    freeze: int | None
    units: Decimal


NOT_KNOWN: Final = Detail(None, Decimal(0))


def read(name: str, packed: Packed) -> dict[str, Detail]:
    """The details of the file `name` by ticker; raises `WireSurprise` when it is not whole."""
    try:
        with packed.open() as body, io.TextIOWrapper(body, encoding="utf-8-sig") as text:
            return {ticker: _detail(entry) for ticker, entry in _entries(text)}
    except (ValueError, TypeError, RecursionError) as error:  # bad UTF-8 and bad JSON are ValueErrors
        raise WireSurprise(f"details of {name}: {error}") from None


def _entries(reader: io.TextIOWrapper) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ticker and entry, some dozens at a time in memory; an entry has no object in it, so that it ends at its brace."""
    rest = reader.read(_CHUNK).lstrip()
    if not rest.startswith("{"):
        raise ValueError("no object")
    rest = rest[1:]
    while chunk := reader.read(_CHUNK):
        entries, comma, rest = (rest + chunk).rpartition(_BETWEEN)
        if comma:
            yield from _decoded(entries + "}")
        elif len(rest) > _LONGEST_ENTRY:
            raise ValueError("no end of an entry")
    entries, brace, after = rest.rpartition("}")
    if not brace or after.strip():
        raise ValueError("the object does not end")
    yield from _decoded(entries)


def _decoded(entries: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for ticker, entry in json.loads(f"{{{entries}}}", parse_float=Decimal).items():
        if not isinstance(entry, dict):
            raise TypeError("an entry that is none")
        yield ticker, entry


def _detail(entry: dict[str, Any]) -> Detail:
    freeze = _whole(entry.get("qtyFreeze"))
    units = entry.get("qtyMultiplier")
    if type(units) is int or isinstance(units, Decimal):
        units = Decimal(units)
        return Detail(freeze, ONE if units == 1 else units if 0 < units < _LARGEST else NOT_KNOWN.units)
    return Detail(freeze, NOT_KNOWN.units)


def _whole(said: object) -> int | None:
    """A quantity printed as text or number (section 13); "", 0 and what is none say nothing."""
    text = str(said).strip() if isinstance(said, str | int | Decimal) else ""
    return int(Decimal(text)) or None if _QUANTITY.fullmatch(text) else None
