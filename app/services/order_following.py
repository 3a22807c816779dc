"""Follows the orders of every account while it is connected: one follower each, gone with the session.

Fills that stand in an order book, whoever read it, have positions, trades and funds read, too.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from app.domain import IST, Clock, Order
from app.domain.intents import Record
from app.domain.market import SEGMENTS, is_open
from app.domain.order_life import Fate, is_settled
from app.services.accounts import Accounts
from app.services.book_views import Book, OrdersView
from app.services.order_follower import Follower
from app.services.portfolio import Portfolio
from app.services.sessions import Coordinator
from app.services.views import AccountChanged, AccountRemoved, BookChanged, Event, IntentChanged

_IN_FLIGHT: Final = (Fate.SENDING, Fate.UNKNOWN)
_FRESH: Final = timedelta(minutes=1)  # so long an order is looked at although its market is closed
_Stand = tuple[int, bool]  # filled, settled
_NEW: Final[_Stand] = (0, False)


class OrderFollowing:
    """The followers of all accounts. `records` gives what was sent since the start (`OrderSender.records`)."""

    def __init__(
        self, accounts: Accounts, portfolio: Portfolio, clock: Clock, records: Callable[[], Sequence[Record]]
    ) -> None:
        self._accounts = accounts
        self._portfolio = portfolio
        self._clock = clock
        self._records = records
        self._followers: dict[str, Follower] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._stands: dict[str, dict[str, _Stand]] = {}
        self._runs = False

    async def run(self) -> None:
        """Follow until cancelled; then nothing is left of it."""
        self._runs = True
        try:
            for one in self._accounts:
                self._follow(one)
            await asyncio.get_running_loop().create_future()
        finally:
            self._runs = False
            for user_id in tuple(self._followers):
                self._leave(user_id)
            await asyncio.gather(*self._leaving)

    def hear(self, event: Event) -> None:
        """Begin and end with the sessions, wake at orders and fills; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._leave(event.user_id)
            self._stands.pop(event.user_id, None)
        elif isinstance(event, AccountChanged) and event.view.user_id in self._accounts:
            self._follow(self._accounts.find(event.view.user_id))
        elif isinstance(event, IntentChanged):
            follower = self._followers.get(event.record.intent.user_id)
            if follower is not None:
                follower.wake()
        elif isinstance(event, BookChanged) and isinstance(event.view, OrdersView):
            self._compare(event.view)

    # ------------------------------------------------------------------ followers

    def _follow(self, one: Coordinator) -> None:
        follower = self._followers.get(one.user_id)
        if follower is not None and (not one.is_connected or follower.generation != one.generation):
            self._leave(one.user_id)
            follower = None
        if follower is None and self._runs and one.is_connected and not one.retired:
            working = partial(self._is_working, one.user_id)
            self._followers[one.user_id] = Follower(one, self._portfolio, self._clock, working)

    def _leave(self, user_id: str) -> None:
        follower = self._followers.pop(user_id, None)
        if follower is not None:
            task = asyncio.create_task(follower.stop(), name="leave-orders")
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    # ------------------------------------------------------------------ what is to be looked at

    def _is_working(self, user_id: str) -> bool:
        """Whether an order of ours is in flight, or stands in the book and may still trade."""
        rows = self._rows(user_id)
        return any(
            record.fate in _IN_FLIGHT or (record.fate is Fate.ACCEPTED and self._may_trade(record, rows))
            for record in self._records()
            if record.intent.user_id == user_id
        )

    def _may_trade(self, record: Record, rows: dict[str, Order]) -> bool:
        now, order, said_at = self._clock.now(), rows.get(record.order_id), record.steps[-1].at
        if is_settled(order) or said_at.astimezone(IST).date() != now.astimezone(IST).date():
            return False
        segment = SEGMENTS.get(order.exchange) if order is not None else None
        return now - said_at < _FRESH or (segment is not None and is_open([segment], now))

    def _rows(self, user_id: str) -> dict[str, Order]:
        view = self._portfolio.book(Book.ORDERS, user_id)
        return {order.order_id: order for order in _orders(view)}

    def _compare(self, view: OrdersView) -> None:
        """Whether orders were filled or came to their end since the reading before; the first one is no news."""
        before = self._stands.get(view.user_id)
        stands = {order.order_id: (order.filled_quantity, is_settled(order)) for order in _orders(view)}
        if view.rows is not None:
            self._stands[view.user_id] = stands
        follower = self._followers.get(view.user_id)
        moved = before is not None and any(stand != before.get(key, _NEW) for key, stand in stands.items())
        if follower is not None and moved:
            follower.fills()


def _orders(view: object) -> Iterable[Order]:
    return (view.rows or ()) if isinstance(view, OrdersView) else ()
