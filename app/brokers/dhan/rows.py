"""One JSON object of Dhan's answers read strictly, its sentinels for "nothing" understood (section 13).

Dhan writes "NA", "0", 0, null, 0001-01-01 or 01/01/1980 where it has nothing to say; whole numbers come as 5 or 5.0.
"""

from datetime import datetime
from functools import lru_cache
from typing import Final

from app.brokers.rows import Row
from app.domain import IST, WireSurprise

_TIME: Final = "%Y-%m-%d %H:%M:%S"  # naive, IST (section 4.7)
_UNSET_YEARS: Final = range(1981)  # 0001-01-01 and 01/01/1980 mean "never"
NOTHING: Final = frozenset({"", "NA", "0"})
"""Texts that stand where there is none."""


def text_or(row: Row, name: str, default: str = "") -> str:
    """A text, or `default` when it is absent, null or a sentinel."""
    value = row.get(name)
    if not (value is None or isinstance(value, str)):
        raise WireSurprise(f"{name}: not a text")
    return default if value is None or (stripped := value.strip()) in NOTHING else stripped


def flag(row: Row, name: str) -> bool:
    """A switch; absent or null is off."""
    value = row.get(name)
    if not (value is None or isinstance(value, bool)):
        raise WireSurprise(f"{name}: neither true nor false")
    return bool(value)


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
