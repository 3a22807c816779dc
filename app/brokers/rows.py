"""One object of a broker's JSON read strictly, where the brokers do not differ; `exact` judges its numbers.

What a broker writes for "nothing", its ids and its times are read by its own `rows.py`.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, TypeVar

from app.brokers import exact
from app.domain import Validity, WireSurprise

V = TypeVar("V")
Row = Mapping[str, Any]
_VALIDITIES: Final = MappingProxyType({each.value: each for each in Validity})  # the same words at every broker


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
    """A text that must be there and not empty."""
    value = row.get(name)
    if not isinstance(value, str) or not (stripped := value.strip()):
        raise WireSurprise(f"{name}: not a text")
    return stripped


def money(row: Row, name: str) -> Decimal:
    """A finite number that must be there, exact as it was printed."""
    return exact.money(row.get(name), name)


def price_or_none(row: Row, name: str) -> Decimal | None:
    """A price, or None when it is absent, null or 0: 0 is no price."""
    return None if row.get(name) is None else money(row, name) or None


def whole(row: Row, name: str) -> int:
    """A whole number that must be there; 5.0 is one."""
    return exact.whole(row.get(name), name)


def whole_or(row: Row, name: str, default: int = 0) -> int:
    """A whole number, or `default` when it is absent or null."""
    return default if row.get(name) is None else whole(row, name)


def word(table: Mapping[str, V], row: Row, name: str) -> V:
    """A word of a closed set on which money depends, in its case or in capitals: an unknown one is loud."""
    value = text(row, name)
    found = table.get(value) or table.get(value.upper())
    if found is None:
        raise WireSurprise(f"{name}: {value!r} is not known")
    return found


def validity(value: object) -> Validity | None:
    """How long a booked order stays; None where it is not said, or in a word that is not known."""
    return _VALIDITIES.get(value.strip().upper()) if isinstance(value, str) else None


def disclosed(value: object) -> int | None:
    """How much of a booked order is shown, as the broker counts; None where it is not said as a possible count.

    An order book is not refused for it: whoever changes an order is told that it is not known.
    """
    try:
        count = exact.whole(value, "disclosed quantity")
    except WireSurprise:
        return None
    return count if count >= 0 else None
