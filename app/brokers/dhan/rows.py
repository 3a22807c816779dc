"""One JSON object of Dhan's answers read strictly, its sentinels for "nothing" understood (section 13).

Dhan writes "NA", "0", 0, null, 0001-01-01 or 01/01/1980 where it has nothing to say; whole numbers come as 5 or 5.0.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from app.brokers import exact
from app.domain import IST, WireSurprise

V = TypeVar("V")
Row = Mapping[str, Any]
_TIME: Final = "%Y-%m-%d %H:%M:%S"  # naive, IST (section 4.7)
_UNSET_YEARS: Final = range(1981)  # 0001-01-01 and 01/01/1980 mean "never"
NOTHING: Final = frozenset({"", "NA", "0"})
"""Texts that stand where there is none."""


def an_object(value: object, what: str) -> Row:
    """`value` as an object."""
    if not isinstance(value, dict):
        raise WireSurprise(f"{what}: not an object")
    return value


def objects(value: object, what: str) -> list[Row]:
    """`value` as a list of objects."""
    if not isinstance(value, list):
        raise WireSurprise(f"{what}: not a list")
    return [an_object(item, what) for item in value]


def text(row: Row, name: str) -> str:
    """A text that must be there and not empty; ids are texts too."""
    value = row.get(name)
    if not isinstance(value, str) or not (stripped := value.strip()):
        raise WireSurprise(f"{name}: not a text")
    return stripped


def text_or(row: Row, name: str, default: str = "") -> str:
    """A text, or `default` when it is absent, null or a sentinel."""
    value = row.get(name)
    if not (value is None or isinstance(value, str)):
        raise WireSurprise(f"{name}: not a text")
    return default if value is None or (stripped := value.strip()) in NOTHING else stripped


def money(row: Row, name: str) -> Decimal:
    """A finite number that must be there, exact as it was printed."""
    return exact.money(row.get(name), name)


def price_or_none(row: Row, name: str) -> Decimal | None:
    """A price, or None when it is absent, null or 0: "price is zero" is never meant (section 4.9)."""
    return None if row.get(name) is None else money(row, name) or None


def whole(row: Row, name: str) -> int:
    """A whole number that must be there; 5.0 is one."""
    return exact.whole(row.get(name), name)


def whole_or(row: Row, name: str, default: int = 0) -> int:
    """A whole number, or `default` when it is absent or null."""
    return default if row.get(name) is None else whole(row, name)


def flag(row: Row, name: str) -> bool:
    """A switch; absent or null is off."""
    value = row.get(name)
    if not (value is None or isinstance(value, bool)):
        raise WireSurprise(f"{name}: neither true nor false")
    return bool(value)


def word(table: Mapping[str, V], row: Row, name: str) -> V:
    """A word of a closed set on which money depends: an unknown one is loud."""
    value = text(row, name)
    found = table.get(value) or table.get(value.upper())
    if found is None:
        raise WireSurprise(f"{name}: {value!r} is not known")
    return found


def moment(value: object) -> datetime | None:
    """Dhan's 19 characters of Indian time as an aware moment; None for a sentinel or anything else."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=8192)  # a book's times are those of the refresh before; strptime takes 6 us
def _moment(text_: str) -> datetime | None:
    try:
        found = datetime.strptime(text_, _TIME).replace(tzinfo=IST)
    except ValueError:
        return None
    return None if found.year in _UNSET_YEARS else found
