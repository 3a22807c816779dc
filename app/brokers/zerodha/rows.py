"""One JSON object of a broker's answer read strictly: a wrong type is a surprise, never turned into something else."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeVar

from app.domain import WireSurprise

E = TypeVar("E", bound=StrEnum)
_LARGEST: Final = Decimal(10) ** 15  # a thousand lakh crore
_FINEST: Final = -40  # binary noise of a float ends long before
_LARGEST_COUNT: Final = 2**53


def must_be_object(value: object, what: str) -> Mapping[str, Any]:
    """`value` as an object."""
    if not isinstance(value, dict):
        raise WireSurprise(f"{what}: not an object")
    return value


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
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WireSurprise(f"{name}: not a number")
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < _FINEST or abs(number) > _LARGEST:
        raise WireSurprise(f"{name}: not a possible number")
    return number


def money_or_none(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A number, or None when it is absent or null."""
    return None if row.get(name) is None else money(row, name)


def price_or_none(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A price, or None when it is absent, null or 0: Kite writes 0 for "there is none"."""
    return money_or_none(row, name) or None


def whole(row: Mapping[str, Any], name: str) -> int:
    """A whole number that must be there."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST_COUNT:
        raise WireSurprise(f"{name}: not a whole number")
    return value


def must_map(kind: type[E], row: Mapping[str, Any], name: str) -> E:
    """A word of a closed set on which money depends: an unknown one is loud."""
    value = text(row, name)
    try:
        return kind(value)
    except ValueError:
        raise WireSurprise(f"{name}: {value!r} is not known") from None
