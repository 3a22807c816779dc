"""Whose a row is and since when it is so: what all tables say alike. No Qt."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from app.domain.tongue import tr
from app.qt.models.figures import UNKNOWN
from app.qt.tables.rows import Row
from app.services.words import clock_time


def owner(row: Row[Any]) -> str:
    """The account, or how many of them a merged line has."""
    owners = {part.account.user_id: part.account.title for part in row.leaves if part.account is not None}
    return next(iter(owners.values()), "") if len(owners) == 1 else tr("{count} accounts", count=len(owners))


def colours(row: Row[Any]) -> Sequence[str]:
    """The accounts' colours, each once."""
    owners = {part.account.user_id: part.account.colour for part in row.leaves if part.account is not None}
    return tuple(owners.values())


def broker(row: Row[Any]) -> str:
    """Who says what the row says."""
    return row.account.broker_label if row.account is not None else tr("The broker")


def since(row: Row[Any], now: Callable[[], datetime]) -> str:
    """Empty while it is current; else a time, or "part" when some of a merged line's parts are old."""
    stale = [part for part in row.leaves if not part.current]
    if not stale:
        return ""
    if len(stale) < len(row.leaves):
        return tr("part")
    return clock_time(row.as_of, now()) if row.as_of is not None else UNKNOWN
