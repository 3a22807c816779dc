"""The data file of trading days: what may stand in it, and its reading, strict in every point.

    {"name": "NSE, 2027", "years": [2027],
     "holidays": [{"date": "2027-01-26", "name": "Republic Day", "evening": false}],
     "sessions": [{"date": "2027-10-29", "name": "Muhurat trading", "opens": "18:00", "closes": "19:15"}],
     "hours": [{"segment": "cash", "since": "2026-08-03", "pre_open": "09:00", "opens": "09:15", "auction": "15:15",
                "closes": "15:30"}]}

Times are Indian. `evening` says whether commodities trade in the evening of that holiday. A holiday or session may name
its `segments` (cash, derivatives, currency, commodity); without them it concerns all. `sessions`, `hours` and `about`
may be left out.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, TypeVar

from app.domain import InvalidRequest
from app.domain.market import Calendar, Holiday, Hours, Segment, Special
from app.domain.tongue import tr

LARGEST: Final = 256 * 1024  # bytes; a year's list has three thousand
_YEARS: Final = range(2020, 2100)
_LONGEST_NAME: Final = 80
_NO_DEFAULT: Final = object()
T = TypeVar("T")


def calendar_of(text: str) -> Calendar:
    """The calendar that `text` says. Raises `InvalidRequest` (field `calendar`) with the place that cannot be right."""
    try:
        found = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise wrong("the file", "it is not JSON, or says the same thing twice") from error
    top = _Part(found, tr("the file"))
    calendar = Calendar(
        name=top.take("name", _name),
        years=frozenset(top.take_all("years", _year)),
        hours=tuple(_hours(part) for part in top.parts("hours", ())),
        holidays=_by_day(top, "holidays", [_holiday(part) for part in top.parts("holidays")]),
        specials=_by_day(top, "sessions", [_special(part) for part in top.parts("sessions", ())]),
    )
    top.take("about", str, "")
    top.end()
    _check_years(calendar)
    return calendar


def wrong(place: str, what: str) -> InvalidRequest:
    """The refusal of a file, with the place in it."""
    return InvalidRequest(
        f"calendar: {place}: {what}",
        title=tr("This is no calendar that Kunji can read"),
        next_step=tr("In {place}: {what}. The calendar in use was kept.", place=place, what=what),
        field="calendar",
    )


# ------------------------------------------------------------------ what stands in it


def _holiday(part: "_Part") -> Holiday:
    holiday = Holiday(
        part.take("date", _day),
        part.take("name", _name),
        part.take("evening", _bool),
        frozenset(part.take_all("segments", Segment, tuple(Segment))),
    )
    part.end()
    return holiday


def _special(part: "_Part") -> Special:
    special = Special(
        part.take("date", _day),
        part.take("name", _name),
        part.take("opens", _time),
        part.take("closes", _time),
        frozenset(part.take_all("segments", Segment, tuple(Segment))),
    )
    part.end()
    part.in_order(special.opens, special.closes)
    return special


def _hours(part: "_Part") -> Hours:
    hours = Hours(
        part.take("segment", Segment),
        part.take("opens", _time),
        part.take("closes", _time),
        part.take("since", _day, date.min),
        *(part.take(name, _time, None) for name in ("pre_open", "auction", "evening")),
    )
    part.end()
    part.in_order(hours.pre_open, hours.opens, hours.auction, hours.closes)
    part.in_order(hours.opens, hours.evening, hours.closes)
    return hours


def _by_day(top: "_Part", name: str, found: list[Any]) -> Mapping[date, Any]:
    days = {one.day: one for one in found}
    if len(days) != len(found):
        raise wrong(f"{top.place}, {name}", "a day stands there twice")
    return MappingProxyType(days)


def _check_years(calendar: Calendar) -> None:
    if not calendar.years:
        raise wrong("years", "no year is named")
    for day in (*calendar.holidays, *calendar.specials):
        if day.year not in calendar.years:
            raise wrong("years", f"{day} lies in none of the years that are named")
    for year in sorted(calendar.years):
        if not any(day.year == year for day in calendar.holidays):
            raise wrong("holidays", f"there is none of {year}")


# ------------------------------------------------------------------ reading


class _Part:
    """One object of the file: every name in it must be asked for, and be of the right kind."""

    def __init__(self, found: object, place: str) -> None:
        if not isinstance(found, dict):
            raise wrong(place, "there is no object with names in it")
        self.place = place
        self._left = dict(found)

    def take(self, name: str, read: Callable[[Any], T], default: object = _NO_DEFAULT) -> T:
        """The value of `name`, as `read` makes it of the JSON."""
        if name not in self._left:
            if default is _NO_DEFAULT:
                raise wrong(self.place, f"{name} is missing")
            return default  # type: ignore[return-value]  # a default is of the kind that is read
        return self._read(name, self._left.pop(name), read)

    def take_all(self, name: str, read: Callable[[Any], T], default: Iterable[T] | None = None) -> list[T]:
        """The values of the list `name`."""
        if name not in self._left and default is not None:
            return list(default)
        return [self._read(name, value, read) for value in self.take(name, _list)]

    def parts(self, name: str, default: object = _NO_DEFAULT) -> list["_Part"]:
        """The objects of the list `name`."""
        found = self.take(name, _list, default)
        return [
            _Part(value, tr("{name}, entry {number}", name=name, number=number))
            for number, value in enumerate(found, 1)
        ]

    def end(self) -> None:
        """Nothing else may stand there: a name with a slip of the pen must not be passed over."""
        if self._left:
            raise wrong(self.place, f"{_short(next(iter(self._left)))} is nothing that Kunji knows")

    def in_order(self, *moments: time | None) -> None:
        """The times that are given must follow each other."""
        given = [moment for moment in moments if moment is not None]
        if any(later <= earlier for earlier, later in pairwise(given)):
            raise wrong(self.place, "the times are not in their order")

    def _read(self, name: str, value: object, read: Callable[[Any], T]) -> T:
        try:
            return read(value)
        except (TypeError, ValueError):
            raise wrong(self.place, f"{_short(value)} cannot be its {name}") from None


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    shown = "".join(sign if sign.isprintable() else " " for sign in text[:40])
    return f"\u201c{shown}\u201d"


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("the same name twice")
    return found


def _no_number(word: str) -> object:
    raise ValueError(word)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else _refuse()


def _bool(value: object) -> bool:
    return value if isinstance(value, bool) else _refuse()


def _name(value: object) -> str:
    is_name = isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= _LONGEST_NAME
    return str(value).strip() if is_name else _refuse()


def _year(value: object) -> int:
    return value if isinstance(value, int) and value in _YEARS else _refuse()


def _day(value: str) -> date:
    found = date.fromisoformat(value)
    return found if found.isoformat() == value else _refuse()


def _time(value: str) -> time:
    found = time.fromisoformat(value)
    return found if found.tzinfo is None and f"{found:%H:%M}" == value else _refuse()


def _refuse() -> Any:
    raise ValueError
