"""What is read of an account, and how its calls went: the frozen pictures of it that the faces show."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from app.domain import Funds, Holding, Order, Position, Trade, TradingError
from app.domain.calls import LimitUse
from app.domain.records import dataclass


class Book(StrEnum):
    """What is read of an account, each in its own time."""

    POSITIONS = "positions"
    HOLDINGS = "holdings"
    FUNDS = "funds"
    ORDERS = "orders"
    TRADES = "trades"


@dataclass(frozen=True, slots=True)
class PositionsView:
    """The positions of one account.

    `rows` is None until the first good read; not `current` means stale since `as_of`.
    """

    book: ClassVar = Book.POSITIONS
    user_id: str
    rows: tuple[Position, ...] | None
    as_of: datetime | None
    current: bool
    error: TradingError | None


@dataclass(frozen=True, slots=True)
class HoldingsView:
    """The holdings of one account; as `PositionsView`."""

    book: ClassVar = Book.HOLDINGS
    user_id: str
    rows: tuple[Holding, ...] | None
    as_of: datetime | None
    current: bool
    error: TradingError | None


@dataclass(frozen=True, slots=True)
class FundsView:
    """The money of one account; `funds` is None until the first good read; else as `PositionsView`."""

    book: ClassVar = Book.FUNDS
    user_id: str
    funds: Funds | None
    as_of: datetime | None
    current: bool
    error: TradingError | None


@dataclass(frozen=True, slots=True)
class OrdersView:
    """The day's order book of one account; as `PositionsView`."""

    book: ClassVar = Book.ORDERS
    user_id: str
    rows: tuple[Order, ...] | None
    as_of: datetime | None
    current: bool
    error: TradingError | None


@dataclass(frozen=True, slots=True)
class TradesView:
    """The day's trades of one account; as `PositionsView`."""

    book: ClassVar = Book.TRADES
    user_id: str
    rows: tuple[Trade, ...] | None
    as_of: datetime | None
    current: bool
    error: TradingError | None


BookView = PositionsView | HoldingsView | FundsView | OrdersView | TradesView


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh by hand did: how many readings were good, and for each that was not, whose, of what and why."""

    good: int
    failed: tuple[tuple[str, Book, TradingError], ...] = ()


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from question to answer, waiting for a turn included, of the last good calls of a kind (at most 100)."""

    kind: str
    count: int
    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class PastError:
    """A failed call of a `kind`; `at` is the last of `times` that it came in a row. `error` is the error's kind."""

    at: datetime
    kind: str
    error: str
    title: str
    next_step: str
    detail: str
    times: int = 1


@dataclass(frozen=True, slots=True)
class GaugeView:
    """How the calls of one account went since Kunji was started; `errors` the newest first."""

    user_id: str
    latencies: tuple[Latency, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    errors: tuple[PastError, ...] = ()
