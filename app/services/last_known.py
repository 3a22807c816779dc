"""What was read last of every account, kept in app.db: at the next start it is shown at once, grey and with its time.

Written behind: prices change every five seconds, and what a crash may cost is only how old the figures look. The
numbers are exact (JSON with decimals as text), the times aware; no secret is in a book.
"""

import logging
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.domain import Clock, Funds, Holding, Order, Position, Trade, VaultError, redact
from app.services.book_views import Book, BookView, FundsView, HoldingsView, OrdersView, PositionsView, TradesView
from app.services.pacing import Background
from app.services.views import AccountRemoved, BookChanged, Event, PositionsChanged

if TYPE_CHECKING:
    from app.store import AppStore, LastRead

_log: Final = logging.getLogger(__name__)
_BEHIND: Final = 15.0  # seconds at most between a reading and the disk
_VIEWS: Final[dict[Book, tuple[type[BookView], Any]]] = {
    Book.POSITIONS: (PositionsView, tuple[Position, ...]),
    Book.HOLDINGS: (HoldingsView, tuple[Holding, ...]),
    Book.FUNDS: (FundsView, Funds),
    Book.ORDERS: (OrdersView, tuple[Order, ...]),
    Book.TRADES: (TradesView, tuple[Trade, ...]),
}
_BOOKS: Final = {kind: book for book, (kind, _) in _VIEWS.items()}


class LastKnown:
    """Takes down each good reading; one write every 15 seconds at most, and one at the end."""

    def __init__(self, store: "AppStore", clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[tuple[str, Book], BookView] = {}
        self._gone: set[str] = set()
        self._work = Background()

    async def views(self, user_ids: Collection[str]) -> tuple[BookView, ...]:
        """What is kept of these accounts, none of it current; all that is kept of others is erased.

        Files that cannot be read now cost the picture of yesterday and nothing else.
        """
        try:
            reads = await self._store.last_reads.of_users(user_ids)
        except VaultError as error:
            _log.warning("last readings not read kind=%s", error.kind)
            return ()
        return tuple(view for read in reads if (view := _view(read)) is not None)

    def hear(self, event: Event) -> None:
        """Take down what was read; a listener of `Events`."""
        match event:
            case PositionsChanged(view) | BookChanged(view) if view.current and view.as_of is not None:
                self._waiting[view.user_id, _BOOKS[type(view)]] = view
                self._work.start("last-known", self._write_soon)
            case AccountRemoved(user_id):
                self._waiting = {key: view for key, view in self._waiting.items() if key[0] != user_id}
                self._gone.add(user_id)
                self._work.start("last-known-erase", self._write)
            case _:
                pass

    async def close(self) -> None:
        """Write what is left."""
        await self._work.close()
        await self._write()

    async def _write_soon(self) -> None:
        await self._clock.sleep(_BEHIND)
        await self._write()

    async def _write(self) -> None:
        """One transaction; what could not be written waits for the next one, unless it was read again meanwhile."""
        waiting, self._waiting = self._waiting, {}
        gone, self._gone = self._gone, set()
        if not waiting and not gone:
            return
        try:
            await self._store.last_reads.keep([_read(book, view) for (_, book), view in waiting.items()], gone)
        except BaseException as error:  # also a cancelled write has to be written at the end
            self._gone |= gone
            self._waiting = {key: view for key, view in waiting.items() if key[0] not in self._gone} | self._waiting
            if not isinstance(error, VaultError):
                raise
            _log.warning("last readings not written kind=%s", error.kind)


def _read(book: Book, view: BookView) -> "LastRead":
    import msgspec  # loaded on first use: start-up

    from app.store import LastRead  # loaded on first use: start-up

    if view.as_of is None:
        raise ValueError("a reading without its time")
    # what is no plain object of JSON is a read-only mapping
    return LastRead(view.user_id, book.value, view.as_of, msgspec.json.encode(_content(view), enc_hook=dict))


def _content(view: BookView) -> object:
    match view:
        case FundsView():
            return view.funds
        case OrdersView(rows=rows) if rows is not None:  # what the broker says of an order is the only free text
            return [replace(row, message=redact(row.message)) for row in rows]
        case _:
            return view.rows


def _view(read: "LastRead") -> BookView | None:
    """The view as it was, not current; None for what this version does not understand."""
    import msgspec  # loaded on first use: start-up

    try:
        kind, content = _VIEWS[Book(read.book)]
        found = msgspec.json.decode(read.body, type=content)
    except (ValueError, KeyError) as error:  # msgspec's own errors are ValueErrors
        _log.warning("last reading not understood book=%s error=%s", read.book, type(error).__name__)
        return None
    return kind(read.user_id, found, read.as_of, current=False, error=None)
