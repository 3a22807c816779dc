"""What is said before many orders are cancelled, and after. No Qt."""

from collections import Counter
from datetime import datetime
from typing import Final

from app.domain import Order, OrderType
from app.domain.intents import Record
from app.domain.last_words import said
from app.domain.order_life import Fate, is_settled
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.services.book_views import Book, OrdersView
from app.services.order_views import Sent
from app.services.views import AccountView
from app.services.words import clock_time

_STOPS: Final = frozenset({OrderType.SL, OrderType.SL_M})


def resting(board: Board, user_id: str | None) -> list[tuple[AccountView, Order]]:
    """The orders that may trade, by the last reading of one account's book or of all."""
    accounts = [view for view in board.accounts if user_id in {None, view.user_id}]
    found = ((view, board.book(Book.ORDERS, view.user_id)) for view in accounts)
    return [
        (account, order)
        for account, book in found
        if isinstance(book, OrdersView)
        for order in book.rows or ()
        if not is_settled(order)
    ]


def why_none(board: Board, user_id: str | None = None) -> str:
    """Why there is nothing to cancel in an account, or in all; "" when there is."""
    if resting(board, user_id):
        return ""
    books = [board.book(Book.ORDERS, one.user_id) for one in board.accounts if user_id in {None, one.user_id}]
    unread = any(not isinstance(book, OrdersView) or book.rows is None for book in books)
    return tr("Orders were not read yet") if unread else tr("No order rests")


def question(board: Board, user_id: str | None, now: datetime) -> tuple[str, str, str]:
    """Title, words and button: how many orders of whom, that stops are among them, that it is read anew first."""
    orders = resting(board, user_id)
    count = len(orders)
    title = tr("Cancel the one resting order?") if count == 1 else tr("Cancel {count} resting orders?", count=count)
    counts = Counter(account.user_id for account, _ in orders)
    accounts = {account.user_id: account for account, _ in orders}
    lines = [_count(board, accounts[one], number, now) for one, number in counts.items()]
    stops = sum(order.order_type in _STOPS for _, order in orders)
    if stops:
        lines.append(tr("{count} of them are stops: your positions lose their protection.", count=stops))
    lines.append(tr("The books are read once more first; whatever rests then is cancelled."))
    deed = tr("Cancel 1 order") if count == 1 else tr("Cancel {count} orders", count=count)
    return title, "\n".join(lines), deed


def _count(board: Board, account: AccountView, count: int, now: datetime) -> str:
    """How many of an account's orders rest, and since when that is not current."""
    book = board.book(Book.ORDERS, account.user_id)
    if book is None or book.current or book.as_of is None:
        return tr("{title}: {count}.", title=account.title, count=count)
    time = clock_time(book.as_of, now)
    return tr("{title}: {count}, as of {time}.", title=account.title, count=count, time=time)


def came_of(sent: Sent) -> str:
    """What became of the cancellations: taken, refused and why, not known."""
    taken = sum(record.fate is Fate.ACCEPTED for record in sent.records)
    lost = sum(record.fate.is_open or record.fate is Fate.WRITTEN for record in sent.records)
    failed = [record for record in sent.records if record.fate in {Fate.REJECTED, Fate.NOT_SENT}]
    parts = [_taken(taken)] if taken else []
    parts += [tr("Not cancelled: {why}.", why=why) for why in dict.fromkeys(map(_why, failed))]
    if lost:
        parts.append(tr("Of {count} it is not known yet: Kunji looks at the book.", count=lost))
    parts += [f"{finding.text}. {finding.next_step}".strip() for finding in sent.held_back]
    return " ".join(parts) or tr("Nothing rested any more.")


def _taken(count: int) -> str:
    return tr("1 cancellation was taken.") if count == 1 else tr("{count} cancellations were taken.", count=count)


def _why(record: Record) -> str:
    why = said(record) or (tr("it was not sent") if record.fate is Fate.NOT_SENT else tr("no reason was given"))
    return why.rstrip(".")
