"""The calendar of trading days that is in force: the one that Kunji brings, or the user's own in its place.

The user's own file stands for the years that it names; the other years, and hours that it does not name, stay those of
Kunji's. A file that cannot be read is refused by name of the place in it, and what was in force stays.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain import IST, Clock, DiskFull, InvalidRequest, ReadOnly, TradingError
from app.domain.market import Calendar, Hours, in_force, use
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.calendar_file import LARGEST, calendar_of, wrong
from app.system.resources import resource

if TYPE_CHECKING:
    from app.system.paths import Profile

_log: Final = logging.getLogger(__name__)
_LAST_MONTH: Final = 12
_BROUGHT: Final = "market/holidays.json"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What is in force, for people. `own` is the user's file, `error` why it is not read; `unknown` a year to come."""

    name: str
    years: tuple[int, ...]
    days: tuple[tuple[date, str], ...]  # holidays and days with hours of their own, from today on
    own: bool
    error: TradingError | None
    notice: str


class Calendars:
    """The calendar of one profile, for the faces: shown, replaced and put back while Kunji runs."""

    def __init__(self, profile: "Profile", clock: Clock) -> None:
        """Reads the profile's calendar and puts it in force."""
        self._profile = profile
        self._clock = clock
        load(profile)

    async def show(self) -> CalendarView:
        """See the function of that name."""
        return await self._apart(lambda: show(self._profile, self._clock.now().astimezone(IST).date()))

    async def install(self, path: Path) -> CalendarView:
        """See the function of that name."""
        await self._apart(lambda: install(self._profile, path))
        return await self.show()

    async def remove(self) -> CalendarView:
        """See the function of that name."""
        await self._apart(lambda: remove(self._profile))
        return await self.show()

    async def _apart(self, work: Callable[[], T]) -> T:
        """Files are read and written off the loop."""
        from app.domain import Worker  # loaded on first use: start-up

        worker = Worker("kunji-calendar")
        try:
            return await worker.run(work)
        finally:
            worker.stop()


def brought() -> Calendar:
    """The calendar that this version of Kunji brings."""
    return calendar_of(resource(_BROUGHT).read_text("utf-8"))


def load(profile: "Profile") -> Calendar:
    """The calendar of `profile`, put in force. A file of the user's that cannot be read is passed over; see `show`."""
    calendar = brought()
    try:
        own = _own(profile)
    except TradingError as error:
        _log.warning("own calendar not read kind=%s detail=%s", error.kind, error.detail)
        own = None
    found = calendar if own is None else merged(own, calendar)
    use(found)
    return found


def install(profile: "Profile", path: Path) -> Calendar:
    """Take the file at `path` as the user's own, and put it in force.

    Raises `InvalidRequest` (field `calendar`) when it is no calendar, `ReadOnly` or `DiskFull` when it cannot be kept;
    then nothing has changed.
    """
    text = _read(path)
    calendar_of(text)
    _write(profile.holidays_path, text)
    return load(profile)


def remove(profile: "Profile") -> Calendar:
    """Forget the user's own file; Kunji's own is in force again. Raises `ReadOnly`."""
    try:
        profile.holidays_path.unlink(missing_ok=True)
    except OSError as error:
        raise ReadOnly(str(error.strerror), title=tr("The calendar cannot be removed")) from error
    return load(profile)


def show(profile: "Profile", today: date) -> CalendarView:
    """What is in force, from `today` on."""
    calendar, error = in_force(), None
    try:
        own = _own(profile)
    except TradingError as trouble:
        own, error = None, trouble
    days = {day: holiday.name for day, holiday in calendar.holidays.items()}
    days |= {
        day: tr("{name}, {opens:%H:%M} to {closes:%H:%M}", name=one.name, opens=one.opens, closes=one.closes)
        for day, one in calendar.specials.items()
    }
    coming = tuple(sorted((day, name) for day, name in days.items() if day >= today))
    years = tuple(sorted(calendar.years))
    return CalendarView(calendar.name, years, coming, own is not None, error, unknown_line(calendar, today))


def unknown_line(calendar: Calendar, today: date) -> str:
    """That the holidays of a year are not known, from a month before it begins; empty when nothing is amiss."""
    year = today.year if not calendar.holidays_known(today) else today.year + (today.month == _LAST_MONTH)
    if year in calendar.years:
        return ""
    return tr(
        "Holidays of {year} are not known: every weekday counts as a trading day. "
        "Import the exchanges' list when it is out.",
        year=year,
    )


def merged(own: Calendar, brought_along: Calendar) -> Calendar:
    """`own` for its years and the segments whose hours it gives, the other for the rest."""
    given = {rule.segment for rule in own.hours}
    kept: tuple[Hours, ...] = tuple(rule for rule in brought_along.hours if rule.segment not in given)
    return Calendar(
        own.name,
        own.years | brought_along.years,
        kept + own.hours,
        _of_years(own.holidays, brought_along.holidays, own.years),
        _of_years(own.specials, brought_along.specials, own.years),
    )


def _of_years(own: Mapping[date, T], other: Mapping[date, T], years: frozenset[int]) -> Mapping[date, T]:
    return MappingProxyType({day: one for day, one in other.items() if day.year not in years} | dict(own))


# ------------------------------------------------------------------ files


def _own(profile: "Profile") -> Calendar | None:
    path = profile.holidays_path
    return calendar_of(_read(path)) if path.exists() else None


def _read(path: Path) -> str:
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise wrong(path.name, "it is no file")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise InvalidRequest(
            f"calendar: {error.strerror}",
            title=tr("The calendar's file cannot be opened"),
            next_step=tr(
                "{value}: {path}. The calendar in use was kept.", value=error.strerror or "It cannot be read", path=path
            ),
            field="calendar",
        ) from error
    if len(data) > LARGEST:
        raise wrong("the file", "it is far too large for a list of holidays")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong("the file", "it is no text") from error


def _write(path: Path, text: str) -> None:
    """Whole or not at all: what was there stays until the new one is complete."""
    import errno  # only when a file is imported
    import os  # as above

    draft = path.with_name(f"{path.name}.new")
    try:
        with open(draft, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):  # of what is wrong there the user is told already
            draft.unlink(missing_ok=True)
        kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else ReadOnly
        raise kind(str(error.strerror), title=tr("The calendar could not be kept")) from error
