"""How often each book is read: what somebody looks at in market hours often, all else seldom. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain import NotSubscribed, PermissionDenied, TradingError, Unsupported
from app.domain.records import dataclass
from app.services.book_views import Book

NEVER: Final = float("inf")
USUAL: Final = 5.0
_CLOSED: Final = 60.0  # looked at while nothing trades: money still moves, and somebody may wait for a payment
_REFUSED: Final = 900.0  # a plan that was just bought is found out within a quarter of an hour, or by F5


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two readings in market hours: while somebody looks, and while nobody does."""

    looked_at: float
    beside: float


PACES: Final[Mapping[Book, Pace]] = MappingProxyType(
    {  # far inside what the brokers allow: the tightest gives a second for one call of a kind
        Book.POSITIONS: Pace(5.0, 60.0),  # beside: often enough to know what a death would leave open
        Book.ORDERS: Pace(5.0, 300.0),
        Book.TRADES: Pace(10.0, 300.0),
        Book.FUNDS: Pace(15.0, 300.0),
        Book.HOLDINGS: Pace(30.0, 300.0),
    }
)


def interval(book: Book, *, looked_at: bool, is_open: bool, usual: float = USUAL) -> float:
    """Seconds until a book is read again; `usual` is what the user wants for positions, the others keep their share."""
    pace = PACES[book]
    if not is_open:
        return _CLOSED if looked_at else NEVER
    return pace.looked_at * usual / USUAL if looked_at else max(pace.beside, pace.looked_at * usual / USUAL)


def rest(error: TradingError | None) -> float:
    """Seconds between two readings at least while the last one failed with `error`: long after a lasting no."""
    if isinstance(error, Unsupported):
        return NEVER
    return _REFUSED if isinstance(error, NotSubscribed | PermissionDenied) else 0.0
