"""Moments and spans in words: Indian time, 24 hours, English names whatever the machine's language."""

from datetime import date, datetime, timedelta
from typing import Final

from app.domain.clock import IST
from app.domain.tongue import tr

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE: Final = 60
_HOUR: Final = 3600


def clock_time(moment: datetime, now: datetime, *, seconds: bool = False) -> str:
    """`moment` as a person in India says it at `now`: "09:46", "06:00 tomorrow", "Fri 28 Nov 06:00"."""
    there, here = moment.astimezone(IST), now.astimezone(IST)
    time = f"{there:%H:%M:%S}" if seconds else f"{there:%H:%M}"
    days = (there.date() - here.date()).days
    near = {
        0: time,
        1: tr("00:00 tonight") if time in ("00:00", "00:00:00") else tr("{time} tomorrow", time=time),
        -1: tr("{time} yesterday", time=time),
    }
    if days in near:
        return near[days]
    return f"{tr(_DAYS[there.weekday()])} {there.day} {tr(_MONTHS[there.month - 1])} {time}"


def full_time(moment: datetime) -> str:
    """`moment` in a line that is read on another day: "Thu 19 Nov 06:00"."""
    there = moment.astimezone(IST)
    return f"{tr(_DAYS[there.weekday()])} {there.day} {tr(_MONTHS[there.month - 1])} {there:%H:%M}"


def day_name(day: date) -> str:
    """A day of this year: "20 Nov"."""
    return f"{day.day} {tr(_MONTHS[day.month - 1])}"


def week_day(day: date) -> str:
    """A day with its place in the week: "Mon 23 Nov"."""
    return f"{_DAYS[day.weekday()]} {day_name(day)}"


def age(since: datetime, now: datetime) -> str:
    """How long ago: "4 s ago", after a minute a clock time; a moment of the future (the clock was set) likewise."""
    seconds = (now - since).total_seconds()
    if 0 <= seconds < _MINUTE:
        return tr("{seconds} s ago", seconds=int(seconds))
    return clock_time(since, now)


def countdown(left: timedelta) -> str:
    """What is left: "13:42" under an hour, "5 h 57 min" above; never below zero."""
    seconds = max(0, int(left.total_seconds()))
    if seconds < _HOUR:
        return f"{seconds // _MINUTE}:{seconds % _MINUTE:02d}"
    return tr("{hours} h {minutes} min", hours=seconds // _HOUR, minutes=seconds % _HOUR // _MINUTE)


def minutes(left: timedelta) -> str:
    """What is left in a sentence: "60 minutes", "1 minute", "1 h 5 min"; rounded up: a second is not none."""
    whole = max(1, -(-int(left.total_seconds()) // _MINUTE))
    if whole <= _MINUTE:
        return tr("{whole} minute", whole=whole) + ("s" if whole > 1 else "")
    return countdown(timedelta(minutes=whole))
