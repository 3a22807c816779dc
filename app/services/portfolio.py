"""Positions: read regularly while somebody looks, kept and marked stale when a read fails (promise O7).

Nothing turns to empty or to 0 because a read failed: the rows stay, with the time of the last good answer.
"""

import asyncio
from dataclasses import replace
from typing import Final

from app.domain import Clock, Position, TradingError
from app.domain.market import is_open
from app.services.accounts import Accounts
from app.services.events import Events
from app.services.pacing import Background, Pause
from app.services.sessions import Coordinator
from app.services.traded import Traded
from app.services.views import AccountChanged, AccountRemoved, Event, PositionsChanged, PositionsView

_LIVE: Final = 5.0  # seconds between two reads while the market is open and somebody looks
_SLOW: Final = 60.0
_NEVER: Final = float("inf")


class Portfolio:
    """The positions of every account."""

    def __init__(self, accounts: Accounts, events: Events, clock: Clock, traded: Traded) -> None:
        self._accounts = accounts
        self._events = events
        self._clock = clock
        self._traded = traded
        self._views: dict[str, PositionsView] = {}
        self._read_at: dict[str, float] = {}  # when the last read of this session began; absent: not read yet
        self._reading: dict[tuple[str, int], asyncio.Task[None]] = {}  # by account and generation of its token
        self._work = Background()
        self._pause = Pause(clock)
        self._visible = False

    def view(self, user_id: str) -> PositionsView:
        """The positions as they were last read."""
        return self._views.get(user_id, PositionsView(user_id, None, None, current=False, error=None))

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - the contract's name for it
        """Whether somebody looks at positions; the first look reads at once."""
        if visible and not self._visible:
            self._read_at.clear()
        self._visible = visible
        self._pause.end()

    async def refresh(self, user_id: str | None = None) -> None:
        """Read now, one account or all. Failures are in the views; only an unknown account raises (`NotFound`)."""
        wanted = list(self._accounts) if user_id is None else [self._accounts.find(user_id)]
        await asyncio.gather(*(self._read(one) for one in wanted))

    def hear(self, event: Event) -> None:
        """Mark as stale what can no longer be read, read what can be again; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            self._views.pop(event.user_id, None)
            self._read_at.pop(event.user_id, None)
        elif isinstance(event, AccountChanged) and event.view.user_id in self._accounts:
            self._follow(self._accounts.find(event.view.user_id))

    async def run(self) -> None:
        """Read what is due until cancelled."""
        try:
            while True:
                for one in self._accounts:
                    if self._due_in(one) <= 0:
                        self._start(one)
                await self._pause.sleep(self._until_next())
        finally:
            await self._work.close()

    # ------------------------------------------------------------------ when

    def _interval(self, user_id: str) -> float:
        can_trade = is_open(self._traded.known(user_id), self._clock.now())
        if self._visible:
            return _LIVE if can_trade else _SLOW
        return _SLOW if can_trade else _NEVER  # hidden: often enough to know what a death would leave open

    def _due_in(self, one: Coordinator) -> float:
        """Seconds until the account is read next; never while nobody answers there: the watch asks for all."""
        if one.retired or not one.is_connected:
            return _NEVER
        last = self._read_at.get(one.user_id)
        return 0.0 if last is None else last + self._interval(one.user_id) - self._clock.monotonic()

    def _until_next(self) -> float:
        return max(0.1, min([_SLOW, *(self._due_in(one) for one in self._accounts)]))

    def _follow(self, one: Coordinator) -> None:
        if one.is_connected:
            if one.user_id not in self._read_at:
                self._pause.end()
            return
        self._read_at.pop(one.user_id, None)  # read at once when it is back
        if self.view(one.user_id).current:
            self._tell(replace(self.view(one.user_id), current=False, error=one.error))

    # ------------------------------------------------------------------ reading

    def _start(self, one: Coordinator) -> None:
        self._work.start(f"positions {one.user_id}", lambda: self._read(one))

    async def _read(self, one: Coordinator) -> None:
        """Read once; who asks while a read is in flight shares it."""
        key = (one.user_id, one.generation)
        task = self._reading.get(key)
        if task is None:
            task = asyncio.create_task(self._read_once(one), name="read-positions")
            self._reading[key] = task
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        await asyncio.shield(task)

    async def _read_once(self, one: Coordinator) -> None:
        generation = one.generation
        began = self._read_at[one.user_id] = self._clock.monotonic()
        try:
            rows = await one.call(lambda broker: broker.get_positions())
        except TradingError as error:
            if generation != one.generation:  # about an older token: the newer one has a read of its own
                return
            if error.retry_after and one.is_connected:
                self._read_at[one.user_id] = began + max(0.0, error.retry_after - self._interval(one.user_id))
            self._tell(replace(self.view(one.user_id), current=False, error=error))
            return
        self._take(one, tuple(rows))

    def _take(self, one: Coordinator, rows: tuple[Position, ...]) -> None:
        if one.user_id not in self._accounts:  # removed while it was read
            return
        one.open_positions = sum(row.quantity != 0 for row in rows)
        view = PositionsView(one.user_id, rows, self._clock.now(), current=one.is_connected, error=None)
        self._tell(view)
        one.changed()

    def _tell(self, view: PositionsView) -> None:
        if view.user_id in self._accounts and view != self._views.get(view.user_id):
            self._views[view.user_id] = view
            self._events.publish(PositionsChanged(view))

    async def close(self) -> None:
        """Give up reads that somebody asked for."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
