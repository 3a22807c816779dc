"""The books of every account: read regularly while somebody looks, kept and marked stale when a read fails (O7).

Nothing turns to empty or to 0 because a read failed: the rows stay, with the time of the last good answer.
"""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Final, cast

from app.domain import Clock, TradingError
from app.domain.market import is_open
from app.services import book_pace
from app.services.accounts import Accounts
from app.services.book_views import Book, BookView, PositionsView, Refreshed
from app.services.books import READINGS, after, blank, filled, lacking, stale
from app.services.events import Events
from app.services.pacing import Background, Pause
from app.services.sessions import Coordinator
from app.services.traded import Traded
from app.services.views import AccountChanged, AccountRemoved, BookChanged, Event, PositionsChanged, PreferencesChanged

_LONGEST: Final = 60.0  # seconds until the loop looks again: a market may have opened
_Key = tuple[str, Book]


class Portfolio:
    """Positions, holdings, funds, orders and trades of every account."""

    def __init__(self, accounts: Accounts, events: Events, clock: Clock, traded: Traded) -> None:
        self._accounts = accounts
        self._events = events
        self._clock = clock
        self._traded = traded
        self._views: dict[_Key, BookView] = {}
        self._began: dict[_Key, float] = {}  # when the last read began; absent: not read yet in this session
        self._waits: dict[_Key, float] = {}  # until when a broker asked to wait; an account may come and go meanwhile
        self._reading: dict[tuple[str, Book, int], asyncio.Task[TradingError | None]] = {}  # the last: generation
        self._work = Background()
        self._pause = Pause(clock)
        self._looked: frozenset[Book] = frozenset()
        self._usual = book_pace.USUAL

    def book(self, book: Book, user_id: str) -> BookView:
        """A book as it was last read."""
        return self._views.get((user_id, book)) or blank(book, user_id)

    def view(self, user_id: str) -> PositionsView:
        """The positions as they were last read."""
        return cast("PositionsView", self.book(Book.POSITIONS, user_id))

    def look(self, looked: frozenset[Book]) -> None:
        """What somebody looks at from now on; what is looked at anew is read at once, unless it just was."""
        if looked != self._looked:
            self._looked = looked
            self._pause.end()

    def keep_pace(self, seconds: float) -> None:
        """Read positions that somebody looks at so often; the other books at their share of it."""
        self._usual = seconds
        self._pause.end()

    def restore(self, views: Iterable[BookView]) -> None:
        """Take up what an earlier run read, as no longer current; what was read meanwhile is newer."""
        for view in views:
            self._views.setdefault((view.user_id, view.book), stale(view, view.error))

    async def refresh(self, user_id: str | None = None, books: Iterable[Book] | None = None) -> Refreshed:
        """Read now, one account or all, all books or those of `books`. Only an unknown account raises (`NotFound`)."""
        accounts = list(self._accounts) if user_id is None else [self._accounts.find(user_id)]
        chosen = list(Book) if books is None else [book for book in Book if book in set(books)]
        asked = [(one, book) for one in accounts for book in chosen if not self._is_lacking(one, book)]
        errors = await asyncio.gather(*(self._read(one, book) for one, book in asked))
        failed = [(one.user_id, book, error) for (one, book), error in zip(asked, errors, strict=True) if error]
        return Refreshed(len(asked) - len(failed), tuple(failed))

    async def anew(self, user_id: str, books: Iterable[Book]) -> Refreshed:
        """As `refresh`, by readings that begin now: one under way may have begun before what is to be seen."""
        chosen = frozenset(books)
        old = [task for (whose, book, _), task in self._reading.items() if whose == user_id and book in chosen]
        if old:
            await asyncio.wait(old)
        return await self.refresh(user_id, chosen)

    def hear(self, event: Event) -> None:
        """Mark as stale what can no longer be read, read what can be again; a listener of `Events`."""
        if isinstance(event, AccountRemoved):
            for book in Book:
                for known in (self._views, self._began, self._waits):
                    known.pop((event.user_id, book), None)
        elif isinstance(event, PreferencesChanged):
            self.keep_pace(event.view.refresh)
        elif isinstance(event, AccountChanged) and event.view.user_id in self._accounts:
            self._follow(self._accounts.find(event.view.user_id))

    async def run(self) -> None:
        """Read what is due until cancelled."""
        try:
            while True:
                for one in self._accounts:
                    self._start_due(one)
                await self._pause.sleep(self._until_next())
        finally:
            await self._work.close()

    # ------------------------------------------------------------------ when

    def _due_in(self, one: Coordinator, book: Book, *, is_open: bool) -> float:
        """Seconds until a book is read next."""
        key, now = (one.user_id, book), self._clock.monotonic()
        due = self._waits.get(key, now)
        if key in self._began:
            often = book_pace.interval(book, looked_at=book in self._looked, is_open=is_open, usual=self._usual)
            due = max(due, self._began[key] + max(often, book_pace.rest(self.book(book, one.user_id).error)))
        return due - now

    def _dues(self, one: Coordinator) -> dict[Book, float]:
        """Nothing is read while nobody answers there: the watch asks for all."""
        if one.retired or not one.is_connected:
            return {}
        can_trade = is_open(self._traded.known(one.user_id), self._clock.now())
        return {book: self._due_in(one, book, is_open=can_trade) for book in Book}

    def _start_due(self, one: Coordinator) -> None:
        for book, due_in in self._dues(one).items():
            if due_in <= 0 and not self._is_lacking(one, book):
                self._work.start(f"{book} {one.user_id}", partial(self._read, one, book))

    def _until_next(self) -> float:
        return max(0.1, min([_LONGEST, *(due for one in self._accounts for due in self._dues(one).values())]))

    def _is_lacking(self, one: Coordinator, book: Book) -> bool:
        """Whether the broker cannot be asked for it, which is then said in the view."""
        error = lacking(one.spec, book)
        if error is None:
            return False
        if (one.user_id, book) not in self._views:
            self._tell(blank(book, one.user_id, error))
        self._began[one.user_id, book] = self._clock.monotonic()
        return True

    def _follow(self, one: Coordinator) -> None:
        if one.is_connected:
            if (one.user_id, Book.POSITIONS) not in self._began:
                self._pause.end()
            return
        for book in Book:
            self._began.pop((one.user_id, book), None)  # read at once when it is back
            if self.book(book, one.user_id).current:
                self._tell(stale(self.book(book, one.user_id), one.error))

    # ------------------------------------------------------------------ reading

    async def _read(self, one: Coordinator, book: Book) -> TradingError | None:
        """Read once, why it failed; who asks while a read is in flight shares it."""
        key = (one.user_id, book, one.generation)
        task = self._reading.get(key)
        if task is None:
            task = asyncio.create_task(self._read_once(one, book), name=f"read-{book}")
            self._reading[key] = task
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        return await asyncio.shield(task)

    async def _read_once(self, one: Coordinator, book: Book) -> TradingError | None:
        generation, key = one.generation, (one.user_id, book)
        self._began[key] = self._clock.monotonic()
        try:
            answer = await one.call(READINGS[book].ask, kind=book)
        except TradingError as error:
            if generation == one.generation:  # else about an older token: the newer one has a read of its own
                if error.retry_after:
                    self._waits[key] = self._clock.monotonic() + error.retry_after
                self._tell(stale(self.book(book, one.user_id), error))
            return error
        self._waits.pop(key, None)
        if one.user_id in self._accounts:  # not removed while it was read
            view = filled(book, one.user_id, answer, self._clock.now(), current=one.is_connected)
            self._take(one, after(self.book(book, one.user_id), view))
        return None

    def _take(self, one: Coordinator, view: BookView) -> None:
        if isinstance(view, PositionsView):
            one.open_positions = sum(row.quantity != 0 for row in view.rows or ())
        self._tell(view)
        one.changed()

    def _tell(self, view: BookView) -> None:
        key = (view.user_id, view.book)
        if view.user_id in self._accounts and view != self._views.get(key):
            self._views[key] = view
            self._events.publish(PositionsChanged(view) if isinstance(view, PositionsView) else BookChanged(view))

    async def close(self) -> None:
        """Give up reads that somebody asked for."""
        tasks = list(self._reading.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
