"""How a broker's list of instruments stands, in words: which day it is of, how far a new one has come, what failed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from app.domain import Progress
from app.domain.clock import IST
from app.domain.money import grouped
from app.domain.tongue import tr
from app.services.times import day_name
from app.services.views import MasterView

_MEGABYTE: Final = 1_000_000
_FINE: Final = 10  # megabytes below which one decimal is said


def master_line(view: MasterView | None, now: datetime) -> str:
    """What is in force and what follows: "1,17,204 of today", "fetching, 12 of 30 MB"; empty for what is not known."""
    if view is None:
        return ""
    if view.fetching is not None:
        return tr("fetching, {far}", far=far) if (far := progress_words(view.fetching)) else "fetching"
    held = _in_force(view, now)
    if view.error is None:
        return held or tr("not fetched yet")
    return (
        tr("{held}; a newer list could not be fetched: {title}", held=held, title=view.error.title)
        if held
        else tr("none: {title}", title=view.error.title)
    )


def progress_words(progress: Progress) -> str:
    """How far it has come: "12 of 30 MB", "12 MB" of nobody knows how many, "45,000 read"; empty for nothing yet."""
    if progress.rows:
        return tr("{grouped} read", grouped=grouped(Decimal(progress.rows), 0))
    if not progress.fetched:
        return ""
    whole = progress.fetched if progress.of is None else progress.of
    fine = whole < _FINE * _MEGABYTE
    parts = [progress.fetched] if progress.of is None else [progress.fetched, progress.of]
    return " of ".join(_megabytes(part, fine=fine) for part in parts) + " MB"


def _megabytes(size: int, *, fine: bool) -> str:
    tenths = size * 10 // _MEGABYTE
    return f"{tenths // 10}.{tenths % 10}" if fine else f"{tenths // 10}"


def _in_force(view: MasterView, now: datetime) -> str:
    if view.day is None:
        return ""
    when = tr("of {day}", day=_day(view.day, now))
    return when if view.rows is None else f"{grouped(Decimal(view.rows), 0)} {when}"


def _day(day: date, now: datetime) -> str:
    days = (now.astimezone(IST).date() - day).days
    near = {0: tr("today"), 1: tr("yesterday")}
    return near.get(days) or tr("{day}, {days} days old", day=day_name(day), days=days)
