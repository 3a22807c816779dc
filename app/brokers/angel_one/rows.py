"""One JSON object of Angel One's answers read through one tolerant converter (section 13).

Numbers come as texts (blanks between sign and digits included), ids as numbers, "nothing" as null, "" or "null". What
is none of these is a surprise, never turned into something else.
"""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from app.brokers.rows import Row, text
from app.domain import IST, WireSurprise

MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), start=1
    )
}  # English whatever the machine's locale
_LARGEST: Final = Decimal(10) ** 15  # a thousand lakh crore
_FINEST: Final = -40  # binary noise of a float ends long before
_LARGEST_COUNT: Final = 2**53
_NUMBER: Final = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?|[+-]?\.\d{1,40}", re.ASCII)
_TIME: Final = re.compile(r"(\d{2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2})", re.ASCII)
NOTHING: Final = (None, "", "null")
"""What stands where there is nothing."""


def text_or(row: Row, name: str, default: str = "") -> str:
    """A text, or `default` where there is nothing."""
    value = row.get(name)
    if value in NOTHING:
        return default
    if not isinstance(value, str):
        raise WireSurprise(f"{name}: not a text")
    return value.strip() or default


def said(row: Row, name: str) -> str:
    """A text that is only shown, "" where there is none."""
    value = row.get(name)
    return text_or(row, name) if isinstance(value, str) else ""


def ident(row: Row, name: str) -> str:
    """An id that must be there, always a text: some samples print it as a bare number (section 4.2)."""
    return ident_or(row, name) or text(row, name)


def ident_or(row: Row, name: str) -> str:
    """An id as text, "" where there is nothing."""
    value = row.get(name)
    return str(value) if type(value) is int else text_or(row, name)  # not a bool


def number_or_none(row: Row, name: str) -> Decimal | None:
    """A finite number, printed as number or as text, exact; None where there is nothing."""
    value = row.get(name)
    try:
        return printed(value) if isinstance(value, str) else _sent(value)
    except ValueError as error:
        raise WireSurprise(f"{name}: {error}") from None


def number(row: Row, name: str) -> Decimal:
    """A number that must be there."""
    found = number_or_none(row, name)
    if found is None:
        raise WireSurprise(f"{name}: no number")
    return found


def number_or(row: Row, name: str, default: Decimal) -> Decimal:
    """A number, or `default` where there is nothing."""
    found = number_or_none(row, name)
    return default if found is None else found


def price_or_none(row: Row, name: str) -> Decimal | None:
    """A price, or None where there is nothing or 0: 0 is no price."""
    return number_or_none(row, name) or None


def whole(row: Row, name: str) -> int:
    """A whole number of units that must be there."""
    return _whole(number(row, name), name)


def whole_or(row: Row, name: str, default: int = 0) -> int:
    """A whole number of units, or `default` where there is nothing."""
    found = number_or_none(row, name)
    return default if found is None else _whole(found, name)


def disclosed(value: object) -> int | None:
    """How much of a booked order is shown, units; None where nothing is said, or no possible count."""
    try:
        found = printed(value) if isinstance(value, str) else _sent(value)
        count = -1 if found is None else _whole(found, "disclosedquantity")
    except (ValueError, WireSurprise):
        return None
    return count if count >= 0 else None


def moment(value: object) -> datetime | None:
    """`dd-MMM-yyyy HH:mm:ss` of Indian time as an aware moment; None for anything else."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=8192)  # a book's times are those of the refresh before
def _moment(text_: str) -> datetime | None:
    found = _TIME.fullmatch(text_.strip())
    if found is None or found[2].upper() not in MONTHS:
        return None
    day, _, *rest = found.groups()
    year, hour, minute, second = map(int, rest)
    try:
        return datetime(year, MONTHS[found[2].upper()], int(day), hour, minute, second, tzinfo=IST)
    except ValueError:  # the 31st of February
        return None


def _whole(found: Decimal, name: str) -> int:
    value = int(found)
    if value != found or not -_LARGEST_COUNT < value < _LARGEST_COUNT:
        raise WireSurprise(f"{name}: not a whole number")
    return value


@lru_cache(maxsize=16384)  # rows repeat themselves, and one refresh the last
def printed(text_: str) -> Decimal | None:
    """`text_` as a number, None where it says nothing; raises `ValueError` when it is none, `TypeError` for no text."""
    packed = "".join(str.split(text_))  # "- 1234.00" stands in the official sample
    if packed in NOTHING:
        return None
    if not _NUMBER.fullmatch(packed):
        raise ValueError("not a number")
    return _possible(Decimal(packed))


@lru_cache(maxsize=4096)
def counted(text_: str) -> int:
    """`text_` as a whole number; raises like `printed`, and `ValueError` where it says nothing."""
    found = printed(text_)
    if found is None or found != int(found):
        raise ValueError("not a whole number")
    return int(found)


def _sent(value: object) -> Decimal | None:
    if value is None:
        return None
    if type(value) is int:  # not a bool
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise ValueError("not a number")  # noqa: TRY004 - the caller names the field for both
    return _possible(value)


def _possible(value: Decimal) -> Decimal:
    if not value.is_finite() or not -_LARGEST < value < _LARGEST or value.adjusted() < _FINEST:
        raise ValueError("not a possible number")
    return value
