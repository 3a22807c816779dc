"""What a refresh by hand did, in words: "5 accounts read at 09:32:17", or which were not, and why. Pure."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.domain import TradingError
from app.domain.tongue import tr
from app.services.book_views import Book, Refreshed
from app.services.times import clock_time

_NAMES: Final[Mapping[Book, str]] = MappingProxyType(
    {
        Book.POSITIONS: "positions",
        Book.HOLDINGS: "holdings",
        Book.FUNDS: "funds",
        Book.ORDERS: "orders",
        Book.TRADES: "trades",
    }
)


def refreshed_words(done: Refreshed, titles: Mapping[str, str], now: datetime) -> tuple[str, str]:
    """A title and, of each account with a failure, what was not read of it and why; `titles` by account."""
    failures: dict[str, dict[Book, TradingError]] = {user_id: {} for user_id in titles}
    for user_id, book, error in done.failed:
        if user_id in failures:
            failures[user_id][book] = error
    whole = sum(not theirs for theirs in failures.values())
    lines = [_line(titles[user_id], theirs) for user_id, theirs in failures.items() if theirs]
    return _title(whole, len(titles), clock_time(now, now, seconds=True)), " ".join(lines)


def _title(whole: int, all_of_them: int, time: str) -> str:
    if whole == all_of_them == 1:
        return tr("1 account read at {time}", time=time)
    if whole == all_of_them:
        return tr("{count} accounts read at {time}", count=whole, time=time)
    return tr("{whole} of {count} accounts read at {time}", whole=whole, count=all_of_them, time=time)


def _line(title: str, failures: Mapping[Book, TradingError]) -> str:
    """One reason where all books have it, else each book with its own."""
    reasons = {error.kind: tr(error.title) for error in failures.values()}
    if len(failures) > 1 and len(reasons) == 1:
        return tr("{title}: {why}.", title=title, why=next(iter(reasons.values())))
    told = "; ".join(tr("{book}: {why}", book=tr(_NAMES[book]), why=tr(one.title)) for book, one in failures.items())
    return tr("{title}, {told}.", title=title, told=told)
