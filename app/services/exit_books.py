"""Positions and orders of one account as an exit needs them: read together, and believed once they agree.

A broker's positions may lag behind its order book. Closing what a fill has closed already would open the other side, so
a position counts only when it has changed by what the orders of its contract were filled since the reading before.
"""

from collections.abc import Collection, Iterable
from typing import Final

from app.domain import (
    IST,
    Clock,
    Exchange,
    NotFound,
    Order,
    OrderRequest,
    OrderSide,
    Position,
    Product,
    TradingError,
    Unsupported,
)
from app.domain.order_life import is_settled
from app.domain.records import dataclass
from app.services.book_views import Book, OrdersView, PositionsView
from app.services.exit_ports import ExitShelf
from app.services.order_views import ExitPart

Key = tuple[Exchange, str, Product]
"""What a position is known by within its account: exchange, Kunji's name, product."""

_BOOKS: Final = (Book.POSITIONS, Book.ORDERS)


def key_of(row: "Position | Order | OrderRequest | ExitPart") -> Key:
    """The key of a row."""
    return row.exchange, row.symbol, row.product


def closing_side(quantity: int) -> OrderSide:
    """The side that makes a position of `quantity` smaller."""
    return OrderSide.SELL if quantity > 0 else OrderSide.BUY


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of an account; with an `error` the rows are those of an earlier one, and prove nothing."""

    user_id: str
    positions: tuple[Position, ...] = ()
    orders: tuple[Order, ...] = ()
    error: TradingError | None = None

    def held(self, key: Key) -> int:
        """Units of that position, negative when short; 0 without one."""
        return sum(row.quantity for row in self.positions if key_of(row) == key)

    def resting(self, key: Key) -> tuple[Order, ...]:
        """The orders of that contract and product that may still trade, those of an unknown state included."""
        return tuple(order for order in self.resting_all() if key_of(order) == key)

    def resting_all(self) -> tuple[Order, ...]:
        """All orders of the account that may still trade."""
        return tuple(order for order in self.orders if not is_settled(order))

    def filled(self, key: Key) -> int:
        """What the orders of that contract and product were filled in all: bought less sold."""
        return sum(_signed(order) for order in self.orders if key_of(order) == key)

    def open_keys(self) -> tuple[Key, ...]:
        """The open positions, in the broker's order."""
        return tuple(dict.fromkeys(key_of(row) for row in self.positions if row.quantity))

    def keys(self) -> frozenset[Key]:
        """Whatever stands in one of the books."""
        return frozenset((*map(key_of, self.positions), *map(key_of, self.orders)))

    def order(self, order_id: str) -> Order | None:
        """The row of that order."""
        return next((order for order in self.orders if order.order_id == order_id), None)


def expected(before: Seen, after: Seen, key: Key) -> int:
    """What the position must be at `after`, by the fills since `before`."""
    return before.held(key) + after.filled(key) - before.filled(key)


def agrees(before: Seen, after: Seen, key: Key) -> bool:
    """Whether the position of `after` shows the fills of `after`."""
    return after.error is None and after.held(key) == expected(before, after, key)


def _signed(order: Order) -> int:
    return order.filled_quantity if order.side is OrderSide.BUY else -order.filled_quantity


class Reader:
    """Reads accounts through the portfolio, so that whatever is read is shown, too."""

    def __init__(self, portfolio: ExitShelf, clock: Clock) -> None:
        self._portfolio = portfolio
        self._clock = clock

    def known(self, user_id: str, error: TradingError | None = None) -> Seen:
        """What was read last."""
        positions = self._portfolio.book(Book.POSITIONS, user_id)
        orders = self._portfolio.book(Book.ORDERS, user_id)
        held = positions.rows if isinstance(positions, PositionsView) else None
        rows = orders.rows if isinstance(orders, OrdersView) else None
        return Seen(user_id, held or (), rows or (), error)

    async def read(self, user_id: str, books: Iterable[Book] = _BOOKS) -> Seen:
        """Both books, or those of `books`, by readings that begin now; why they could not be read is in the answer."""
        wanted = tuple(books)
        try:
            failed = (await self._portfolio.anew(user_id, wanted)).failed
        except NotFound as gone:  # removed in this moment
            return Seen(user_id, error=gone)
        error = next((error for _, _, error in failed), None) or self._lacking(user_id, wanted)
        return self.known(user_id, error)

    async def read_settled(self, user_id: str, seconds: float) -> Seen:
        """Both books; where today's earlier reading shows that positions lag, up to `seconds` later.

        Two books are never read in one moment: that they still differ then proves nothing, and they stand as they are.
        """
        before = self._of_today(user_id)
        deadline = self._clock.monotonic() + seconds
        while True:
            seen = await self.read(user_id)
            settled = before is None or all(agrees(before, seen, key) for key in {*before.keys(), *seen.keys()})
            if settled or seen.error is not None or self._clock.monotonic() >= deadline:
                return seen
            await self._clock.sleep(PAUSE)

    async def read_agreed(self, before: Seen, keys: Collection[Key], seconds: float) -> Seen:
        """Both books as soon as they agree for all of `keys`, or as they stand after `seconds`."""
        deadline = self._clock.monotonic() + seconds
        while True:
            seen = await self.read(before.user_id)
            if all(agrees(before, seen, key) for key in keys) or self._clock.monotonic() >= deadline:
                return seen
            await self._clock.sleep(PAUSE)

    def _of_today(self, user_id: str) -> Seen | None:
        """What was read last, when both books are of this Indian day."""
        today = self._clock.now().astimezone(IST).date()
        reads = [self._portfolio.book(book, user_id).as_of for book in _BOOKS]
        return self.known(user_id) if all(at and at.astimezone(IST).date() == today for at in reads) else None

    def _lacking(self, user_id: str, books: Iterable[Book]) -> TradingError | None:
        """A book that the broker does not tell at all."""
        views = [self._portfolio.book(book, user_id) for book in books]
        return next((view.error or Unsupported() for view in views if view.as_of is None), None)


PAUSE: Final = 1.0  # seconds between two readings: inside the tightest limit of the brokers
