"""One object of Fyers' answers read strictly, and the envelope around it (sections 4 and 13).

Whole numbers come as 5 or 5.0; everything else of a wrong type is a surprise.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeVar

from app.brokers.rows import Row, an_object, objects, text, whole
from app.domain import IST, WireSurprise

V = TypeVar("V")
_OK: Final = "ok"
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")  # no locale's
_FEWEST_YEAR_DIGITS: Final = 4


def success(answer: object) -> Row:
    """`answer` as a success envelope; raises `WireSurprise` for anything else."""
    row = an_object(answer, "answer")
    if row.get("s") != _OK:
        raise WireSurprise("not a success envelope")
    return row


def listed(answer: object, key: str) -> list[Row]:
    """The rows under `key` of a success envelope. A null is a surprise: nothing says that it means "none"."""
    return objects(success(answer).get(key), key)


def counted(answer: object, key: str) -> list[Row]:
    """Like `listed`, for what comes with its own count: where that is 0 a null or missing list is an empty one."""
    envelope = success(answer)
    if envelope.get(key) is None:
        overall = envelope.get("overall")
        if not isinstance(overall, dict) or overall.get("count_total") != 0:
            raise WireSurprise(f"{key}: missing")
        return []
    return objects(envelope[key], key)


def text_or(row: Row, name: str, default: str = "") -> str:
    """A text where nothing depends on it: absent, null or odd gives `default`."""
    value = row.get(name)
    return value.strip() if isinstance(value, str) and value.strip() else default


def ident(row: Row, name: str) -> str:
    """An id that must be there, always a text: some answers print ids as bare numbers (section 13)."""
    return ident_or(row, name) or text(row, name)


def ident_or(row: Row, name: str) -> str:
    """An id as text, "" where there is none."""
    value = row.get(name)
    return str(value) if type(value) is int else text_or(row, name)  # not a bool


def flag(row: Row, name: str) -> bool:
    """A mere mark, on when it is true, 1 or a text that says so (section 13); anything else is off."""
    value = row.get(name)
    return value.strip().lower() == "true" if isinstance(value, str) else value in (True, 1)


def coded(table: Mapping[int, V], row: Row, name: str) -> V:
    """A number of a closed set on which money depends: an unknown one is loud."""
    value = whole(row, name)
    if value not in table:
        raise WireSurprise(f"{name}: {value} is not known")
    return table[value]


def worded(table: Mapping[str, V], row: Row, name: str) -> V:
    """A word of a closed set on which money depends: an unknown one is loud."""
    value = text(row, name)
    if value not in table:
        raise WireSurprise(f"{name}: {value!r} is not known")
    return table[value]


def moment(value: object) -> datetime | None:
    """`dd-Mmm-yyyy HH:MM:SS` or `dd-mm-yyyy HH:MM:SS` of Indian time, aware; None for anything else, a day alone too.

    Month names are English whatever the language of the machine: hence no strptime.
    """
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=8192)  # a book's times are those of the refresh before
def _moment(text_: str) -> datetime | None:
    try:
        date_part, time_part = text_.split()
        day, month, year = date_part.split("-")
        number = _MONTHS.index(month.lower()) + 1 if month.isalpha() else int(month)
        hour, minute, second = map(int, time_part.split(":"))
        return datetime(int(year), number, int(day), hour, minute, second, tzinfo=IST) if _is_year(year) else None
    except (ValueError, OverflowError):  # too few parts, no such month, no such day
        return None


def _is_year(digits: str) -> bool:
    return len(digits) == _FEWEST_YEAR_DIGITS
