"""What is read of an account (`book_views.Book`): the question, the view it is kept in, the ability that it takes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from app.brokers.base import Ability, BaseBroker, BrokerSpec
from app.domain import TradingError, Unsupported
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


def stale(view: BookView, error: TradingError | None) -> BookView:
    """What was read stays as it was, and is no longer current."""
    return replace(view, current=False, error=error)


def lacking(spec: BrokerSpec | None, book: Book) -> TradingError | None:
    """Why a broker cannot be asked for a book at all; None where it can, or nobody knows the broker."""
    reading = READINGS[book]
    if spec is None or reading.ability is None or reading.ability in spec.abilities:
        return None
    return Unsupported(title=tr(reading.lacking, broker=spec.label))
