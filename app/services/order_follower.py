"""One connected account's orders, near the truth: by the broker's pushes, and by looking while an order works.

A push only says that something changed; what else it says is not believed, the book is read.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Final

from app.domain import AccountError, Clock, TradingError, Unsupported
from app.services.book_views import Book
from app.services.pacing import Pause
from app.services.portfolio import Portfolio
from app.services.sessions import Coordinator

_log: Final = logging.getLogger(__name__)
MERGED: Final = 0.3  # seconds that pushes are gathered for
BETWEEN: Final = 1.0  # seconds from one reading to the next at least: the tightest broker gives one a second
UNPUSHED: Final = 2.0  # seconds between two looks while an order works and this connection has pushed nothing yet
PUSHED: Final = 15.0  # the same where pushes come: a safety net
BACK_OFF: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)  # seconds before the next connection
LASTED: Final = 60.0  # seconds after which a connection was a good one: the next is tried at once
_JITTER: Final = 0.25  # of the wait: four brokers that come back are not asked in the same moment
_ORDERS: Final = (Book.ORDERS,)
_AFTER_FILLS: Final = (Book.POSITIONS, Book.TRADES, Book.FUNDS)


class Follower:
    """Follows one account from its making until `stop`. `is_working` says whether an order of ours may still trade."""

    def __init__(self, one: Coordinator, portfolio: Portfolio, clock: Clock, is_working: Callable[[], bool]) -> None:
        self.generation = one.generation
        self._one = one
        self._portfolio = portfolio
        self._clock = clock
        self._is_working = is_working
        self._pushes = False  # whether anything was pushed on the connection that stands
        self._news = False
        self._looked_at = clock.monotonic() - PUSHED
        self._pause = Pause(clock)
        self._woken = asyncio.Event()
        self._filled = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"orders {one.user_id}")
        self._task.add_done_callback(_report)

    def wake(self) -> None:
        """An order was sent, or its fate is better known: it may have to be looked at."""
        self._woken.set()
        self._pause.end()

    def fills(self) -> None:
        """Orders were filled or came to their end: money and positions have moved."""
        self._filled.set()

    async def stop(self) -> None:
        """Let go of the connection and of every reading."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as together:
            for work in (self._listen(), self._look(), self._catch_up()):
                together.create_task(work)

    # ------------------------------------------------------------------ pushes

    def _heard(self, order_id: str) -> None:
        _log.debug("order pushed account=%s order=%s", self._one.user_id, order_id)
        self._pushes = self._news = True
        self.wake()

    async def _listen(self) -> None:
        """Connect again and again while the account answers; never where the broker pushes nothing."""
        tries = 0
        while True:
            began = self._clock.monotonic()
            try:
                await (await self._one.ready()).follow_orders(self._heard)
            except Unsupported:
                return
            except TradingError as error:
                await self._doubt(error)
            was_heard, self._pushes = self._pushes, False
            self._news = self._news or was_heard  # whatever came while nobody listened
            self.wake()
            tries = 0 if self._clock.monotonic() - began >= LASTED else tries
            wait = BACK_OFF[min(tries, len(BACK_OFF) - 1)]
            await self._clock.sleep(wait * (1 + random.uniform(0, _JITTER)))  # noqa: S311 - spreads load, guards nothing
            tries += 1

    async def _doubt(self, error: TradingError) -> None:
        """A no on this connection ends no session by itself: the broker is asked where its answer counts."""
        _log.info("orders are not pushed account=%s kind=%s", self._one.user_id, error.kind)
        if isinstance(error, AccountError):
            await self._one.check()

    # ------------------------------------------------------------------ readings

    async def _look(self) -> None:
        """Read the order book whenever it is due; sleep without a limit while nothing works."""
        while True:
            due = self._due_in()
            if due is None:
                await self._woken.wait()
            elif due > 0:
                await self._pause.sleep(due)
            else:
                await self._read()
            self._woken.clear()

    def _due_in(self) -> float | None:
        """Seconds until the next reading; None: nothing is waited for."""
        often = BETWEEN if self._news else PUSHED if self._pushes else UNPUSHED
        if not self._news and not self._is_working():
            return None
        return self._looked_at + often - self._clock.monotonic()

    async def _read(self) -> None:
        if self._news:
            await self._clock.sleep(MERGED)
        self._news, self._looked_at = False, self._clock.monotonic()
        await self._portfolio.anew(self._one.user_id, _ORDERS)

    async def _catch_up(self) -> None:
        while True:
            await self._filled.wait()
            self._filled.clear()
            await self._portfolio.anew(self._one.user_id, _AFTER_FILLS)
            await self._clock.sleep(BETWEEN)


def _report(task: "asyncio.Task[None]") -> None:
    """A follower that ended by itself is a mistake of ours and must be seen."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("follower ended name=%s", task.get_name(), exc_info=error)
