"""One JSON object of a broker's answer read strictly: a wrong type is a surprise, never turned into something else.

These run for every field of every row: 500 orders are 9,000 calls. Hence exact types instead of isinstance (JSON gives
no others, and `bool` is then no `int` by itself) and no call where a comparison does.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, TypeVar, cast

from app.brokers import exact
from app.brokers.zerodha.quick import Row
from app.domain import WireSurprise

E = TypeVar("E", bound=StrEnum)
_OBJECTS: Final = (dict, Row)
_SIZES: Final = range(-40, 15)  # powers of ten: below is no noise of a float any more, a thousand lakh crore above
_LARGEST_COUNT: Final = 2**53


def must_be_object(value: object, what: str) -> Mapping[str, Any]:
    """`value` as an object."""
    if not isinstance(value, _OBJECTS):
        raise WireSurprise(f"{what}: not an object")
    return cast("Mapping[str, Any]", value)  # a row of `quick` reads like one


def must_be_list(value: object, what: str) -> list[Any]:
    """`value` as a list."""
    if not isinstance(value, list):
        raise WireSurprise(f"{what}: not a list")
    return value


def text(row: Mapping[str, Any], name: str) -> str:
    """A text that must be there and not empty."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise WireSurprise(f"{name}: not a text")
    return value


def text_or(row: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text where nothing depends on it: absent, null or odd gives `default`."""
    value = row.get(name)
    return value if isinstance(value, str) else default


def texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts where nothing depends on it."""
    value = row.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def money(row: Mapping[str, Any], name: str) -> Decimal:
    """A finite number that must be there, exact as it was printed."""
    value = row.get(name)
    if type(value) is Decimal and value.adjusted() in _SIZES:  # nearly always; one call less
        return value
    return _number(value, name)


def money_or_none(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A number, or None when it is absent or null."""
    value = row.get(name)
    return None if value is None else _number(value, name)


def price_or_none(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A price, or None when it is absent, null or 0: Kite writes 0 for "there is none"."""
    value = row.get(name)
    if type(value) is Decimal and value and value.adjusted() in _SIZES:  # as above
        return value
    return price(value, name)


def price(value: object, name: str) -> Decimal | None:
    """`value` as a price; see `price_or_none`."""
    return None if value is None else _number(value, name) or None


def whole(row: Mapping[str, Any], name: str) -> int:
    """A whole number that must be there; 5.0 is one."""
    value = row.get(name)
    if type(value) is Decimal:
        value = exact.whole(value, name)
    if type(value) is not int or not -_LARGEST_COUNT <= value <= _LARGEST_COUNT:
        raise WireSurprise(f"{name}: not a whole number")
    return value


def whole_or(row: Mapping[str, Any], name: str, default: int = 0) -> int:
    """A whole number, or `default` when it is absent or null."""
    return default if row.get(name) is None else whole(row, name)


def must_map(kind: type[E], row: Mapping[str, Any], name: str) -> E:
    """A word of a closed set on which money depends: an unknown one is loud."""
    value = row.get(name)
    if type(value) is kind:  # a row of `quick`
        return value
    found: E | None = _members(kind).get(text(row, name))
    if found is None:
        raise WireSurprise(f"{name}: {value!r} is not known")
    return found


@cache
def _members(kind: type[E]) -> Mapping[str, E]:
    return {member.value: member for member in kind}


def _number(value: object, name: str) -> Decimal:
    if type(value) is int:
        number = Decimal(value)
    elif type(value) is Decimal:
        number = value
    else:
        raise WireSurprise(f"{name}: not a number")
    if number.adjusted() not in _SIZES:
        raise WireSurprise(f"{name}: not a possible number")
    return number
