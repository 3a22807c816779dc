"""What is read of an account (`book_views.Book`): the question, the view it is kept in, the ability that it takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from app.brokers.base import Ability, BaseBroker, BrokerSpec
from app.domain import IST, TradingError, Unsupported
from app.domain.order_life import seen_again
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.book_views import Book, BookView, FundsView, HoldingsView, OrdersView, PositionsView, TradesView

ALL: Final = frozenset(Book)
NAMED: Final = ALL - {Book.FUNDS}
"""The books in which instruments stand: a newer list of instruments changes their names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One book: the question, its view, and the ability it takes (None: every broker has it)."""

    ask: Callable[[BaseBroker], Awaitable[Any]]
    view: Callable[..., BookView]
    ability: Ability | None = None
    lacking: str = ""


READINGS: Final[Mapping[Book, Reading]] = MappingProxyType(
    {
        Book.POSITIONS: Reading(
            lambda broker: broker.get_positions(), PositionsView, Ability.POSITIONS, "{broker} tells no positions"
        ),
        Book.HOLDINGS: Reading(
            lambda broker: broker.get_holdings(), HoldingsView, Ability.HOLDINGS, "{broker} tells no holdings"
        ),
        Book.FUNDS: Reading(lambda broker: broker.get_funds(), FundsView, Ability.FUNDS, "{broker} tells no funds"),
        Book.ORDERS: Reading(lambda broker: broker.get_orders(), OrdersView),
        Book.TRADES: Reading(
            lambda broker: broker.get_trades(), TradesView, Ability.TRADES, "{broker} tells no trades"
        ),
    }
)


def blank(book: Book, user_id: str, error: TradingError | None = None) -> BookView:
    """A book of which nothing was read yet; `error` is why."""
    return READINGS[book].view(user_id, None, None, current=False, error=error)


def filled(book: Book, user_id: str, answer: Any, as_of: datetime, *, current: bool) -> BookView:
    """A book with what the broker answered."""
    content = tuple(answer) if isinstance(answer, list) else answer
    return READINGS[book].view(user_id, content, as_of, current=current, error=None)


def after(known: BookView, view: BookView) -> BookView:
    """`view` as it stands after what was `known`: orders of the same day go forward only, however readings overtake."""
    if not isinstance(known, OrdersView) or not isinstance(view, OrdersView) or _day(known) != _day(view):
        return view
    before = {order.order_id: order for order in known.rows or ()}
    return replace(view, rows=tuple(seen_again(before.get(row.order_id), row) for row in view.rows or ()))


def _day(view: OrdersView) -> date | None:
    """The Indian day of a reading: brokers begin a new book with each, and may use its numbers again."""
    return view.as_of.astimezone(IST).date() if view.as_of is not None else None


def stale(view: BookView, error: TradingError | None) -> BookView:
    """What was read stays as it was, and is no longer current."""
    return replace(view, current=False, error=error)


def lacking(spec: BrokerSpec | None, book: Book) -> TradingError | None:
    """Why a broker cannot be asked for a book at all; None where it can, or nobody knows the broker."""
    reading = READINGS[book]
    if spec is None or reading.ability is None or reading.ability in spec.abilities:
        return None
    return Unsupported(title=tr(reading.lacking, broker=spec.label))
