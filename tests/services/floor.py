"""A trading floor that a test plays: accounts with positions at brokers that fill, refuse, lose and fall silent.

Everything above it is real (portfolio, sender, search, exits); the journal is kept in memory, the clock is moved.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, Final, TypeVar, cast

from app.brokers.base import Ability, BaseBroker
from app.domain import (
    IST,
    Exchange,
    InvalidRequest,
    IpNotRegistered,
    NotFound,
    NotReachable,
    Order,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    OrderSide,
    OrderStatus,
    OrderType,
    Position,
    Product,
    TooMuchAtOnce,
    TradingError,
    VaultError,
)
from app.domain.calls import LimitUse
from app.domain.intents import Intent, Mode, Record, Step
from app.services.accounts import Accounts
from app.services.events import Events
from app.services.exit_books import Key
from app.services.exits import Exits
from app.services.order_cancels import resting_in
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.services.order_views import ExitView, Finding
from app.services.portfolio import Portfolio
from app.services.traded import Traded
from app.services.views import AccountState, AccountView, Action, Event, ExitChanged
from app.store.journal import Journal
from tests.fakes import orders
from tests.fakes.clock import ManualClock

T = TypeVar("T")
MORNING: Final = datetime(2026, 11, 18, 10, 0, tzinfo=IST)
NIFTY: Final = "NIFTY 24NOV26 26000 CE"


def key(symbol: str, product: Product = Product.NRML, exchange: Exchange = Exchange.NFO) -> Key:
    return exchange, symbol, product


@dataclass
class Fate:
    """What becomes of one order: an error instead of an answer, whether it is booked, and its fills (after, units).

    After its fills `ends` closes what is left of it; None lets it rest. `hidden` keeps it out of the book so long.
    """

    error: TradingError | None = None
    booked: bool = True
    fills: tuple[tuple[float, int], ...] = ((0.0, 1 << 31),)
    ends: OrderStatus | None = None
    hidden: float = 0.0
    message: str = ""


@dataclass
class Resting:
    """An order at the broker as it is in truth."""

    order: Order
    fate: Fate
    since: float
    ours: bool = True
    cancels_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self.order.status is OrderStatus.OPEN


@dataclass
class Client:
    """One account; fulfils `ExitAccount`, what the portfolio reads, and its adapter."""

    user_id: str
    clock: ManualClock
    freeze: int = 100
    most: int = 10  # slices of one ticket
    fates: list[Fate] = field(default_factory=list)  # of the next orders; then all are filled at once
    cancel_errors: list[TradingError | None] = field(default_factory=list)
    cancels_take: float | None = 0.0  # None: they are registered and never done
    late_fills: dict[str, int] = field(default_factory=dict)  # by order: what is filled before its cancellation is done
    down: TradingError | None = None
    down_after: int | None = None  # requests until the broker falls silent
    refused: TradingError | None = None  # orders, from this address
    unplanned: TradingError | None = None
    unplannable: frozenset[str] = frozenset()  # what it takes no orders for
    order_limits: tuple[LimitUse, ...] = ()
    lag: float = 0.0  # by how many seconds positions are behind the order book
    answers_in: float = 0.0  # seconds, of order requests
    reads_in: float = 0.0  # of the order book
    read_at: list[float] = field(default_factory=list)  # when the order book was asked for
    truth: dict[Key, int] = field(default_factory=dict)
    as_read: dict[Key, int] = field(default_factory=dict)  # the truth when positions were read last
    rows: dict[str, Resting] = field(default_factory=dict)
    sent: list[tuple[float, str]] = field(default_factory=list)  # every order request, when and what
    crossed: list[str] = field(default_factory=list)  # fills of ours that opened the other side
    working: int = 0
    most_working: int = 0
    orders_refused: TradingError | None = None
    generation: int = 0
    retired: bool = False
    is_connected: bool = True
    open_positions: int | None = None
    spec: None = None
    error: TradingError | None = None
    clock_behind: float | None = None
    _moved: list[tuple[float, Key, int]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # -------------------------------------------------------------- the account

    def view(self) -> AccountView:
        fields: dict[str, Any] = dict.fromkeys(AccountView.__dataclass_fields__)
        fields |= {"user_id": self.user_id, "name": self.user_id, "broker_type": "zerodha", "broker_label": "Zerodha"}
        fields |= {"client_id": f"C{self.user_id}", "state": AccountState.READY, "action": Action.NONE}
        return AccountView(**fields)

    def is_able(self, ability: Ability) -> bool:
        return True

    def fresh_tag(self) -> str:
        return f"T{self.user_id}{next(self._numbers):04d}"

    async def check(self) -> TradingError | None:
        return self.down

    async def ready(self) -> BaseBroker:
        return cast("BaseBroker", self)

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other", evidence: bool = True) -> T:
        return await use(cast("BaseBroker", self))

    def changed(self) -> None:
        """Nobody looks."""

    # -------------------------------------------------------------- the adapter

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        if self.unplanned is not None:
            raise self.unplanned
        if order.symbol in self.unplannable:
            raise InvalidRequest("product: not for this symbol", field="product")
        if order.quantity > self.most * self.freeze:
            raise TooMuchAtOnce("too many slices", at_most=self.most * self.freeze, field="quantity")
        sizes = [self.freeze] * (order.quantity // self.freeze) + [order.quantity % self.freeze]
        return OrderPlan(tuple(replace(order, quantity=size) for size in sizes if size), ("Protected at 2 %.",))

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        fate = await self._asked(f"{order.side} {order.quantity} {order.symbol}")
        error = fate.error or self._refuse()
        order_id = f"{self.user_id}-{len(self.rows) + 1}"
        if fate.booked and self.refused is None:
            self.rows[order_id] = Resting(self._row(order_id, order), fate, self.clock.monotonic())
        if error is not None:
            raise error
        return OrderResponse(order_id, OrderStatus.OPEN, order.symbol, order.quantity, order.side, None)

    async def cancel_order(self, order: Order) -> None:
        await self._asked(f"cancel {order.order_id}", cancels=True)
        error = (self.cancel_errors.pop(0) if self.cancel_errors else None) or self._refuse()
        if self.cancels_take is not None and self.refused is None:
            self.rows[order.order_id].cancels_at = self.clock.monotonic() + self.cancels_take
        if error is not None:
            raise error

    async def get_orders(self) -> list[Order]:
        self.read_at.append(self.clock.monotonic())
        await self.clock.sleep(self.reads_in)
        self._answer()
        self.move()
        now = self.clock.monotonic()
        return [row.order for row in self.rows.values() if now - row.since >= row.fate.hidden]

    async def get_positions(self) -> list[Position]:
        self._answer()
        self.move()
        self.as_read = dict(self.truth)
        late = self.clock.monotonic() - self.lag
        held = dict(self.truth)
        for at, which, units in self._moved:
            if at > late:
                held[which] -= units
        return [_position(which, units) for which, units in held.items()]

    # -------------------------------------------------------------- the market

    def rests(self, which: Key, side: OrderSide, quantity: int, fate: Fate | None = None) -> Resting:
        """An order of the trader's own that rests."""
        asked = OrderRequest(which[1], which[0], which[2], side, OrderType.LIMIT, quantity, Decimal(100))
        order_id = f"{self.user_id}-{len(self.rows) + 1}"
        row = Resting(self._row(order_id, asked), fate or Fate(fills=()), self.clock.monotonic(), ours=False)
        self.rows[order_id] = row
        return row

    def move(self) -> None:
        """Let happen what is due."""
        for row in self.rows.values():
            age = self.clock.monotonic() - row.since
            if row.is_open:
                due = sum(units for after, units in row.fate.fills if after <= age)
                self._fill(row, due - row.order.filled_quantity)
            if row.is_open and row.cancels_at is not None and self.clock.monotonic() >= row.cancels_at:
                self._fill(row, self.late_fills.pop(row.order.order_id, 0))
                self._end(row, OrderStatus.CANCELLED)
            ended = all(after <= age for after, _ in row.fate.fills)
            if row.is_open and ended and row.fate.ends is not None:
                self._end(row, row.fate.ends)

    def _fill(self, row: Resting, units: int) -> None:
        units = min(units, row.order.remaining)
        if units <= 0 or not row.is_open:
            return
        which = (row.order.exchange, row.order.symbol, row.order.product)
        before = self.truth.get(which, 0)
        after = before + (units if row.order.side is OrderSide.BUY else -units)
        if row.ours and (not before or before * after < 0):
            self.crossed.append(row.order.order_id)
        self.truth[which] = after
        self._moved.append((self.clock.monotonic(), which, after - before))
        filled = row.order.filled_quantity + units
        status = OrderStatus.COMPLETE if filled == row.order.quantity else row.order.status
        row.order = replace(row.order, filled_quantity=filled, status=status)

    def _end(self, row: Resting, status: OrderStatus) -> None:
        if row.is_open:
            row.order = replace(row.order, status=status, message=row.fate.message)

    async def _asked(self, what: str, *, cancels: bool = False) -> Fate:
        self.sent.append((self.clock.monotonic(), what))
        self.working += 1
        self.most_working = max(self.most_working, self.working)
        await self.clock.sleep(self.answers_in)
        self.working -= 1
        if self.down_after is not None:
            self.down_after -= 1
            if self.down_after < 0:
                self.down = NotReachable()
        if self.down is not None:
            return Fate(error=self.down, booked=False)
        return self.fates.pop(0) if self.fates and not cancels else Fate()

    def _answer(self) -> None:
        if self.down is not None:
            raise self.down

    def _row(self, order_id: str, asked: OrderRequest) -> Order:
        return orders.row(asked, order_id=order_id, placed_at=self.clock.now())

    def _refuse(self) -> TradingError | None:
        if self.refused is not None:
            self.orders_refused = self.refused
        return self.refused


def _position(which: Key, units: int) -> Position:
    exchange, symbol, product = which
    zero, price = Decimal(0), Decimal(100)
    return Position(symbol, exchange, product, units, price, price, zero, zero, zero, symbol)


class Memory:
    """Fulfils what the sender needs of a `Journal`; `trouble` keeps everything from the disk."""

    def __init__(self) -> None:
        self.intents: list[Intent] = []
        self.steps: list[Step] = []
        self.trouble: VaultError | None = None

    async def write(self, intents: Sequence[Intent]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.intents += intents

    async def note(self, steps: Sequence[Step]) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.steps += steps

    async def unsettled(self) -> tuple[Record, ...]:
        return ()


class Floor:
    """All of it."""

    def __init__(self, *names: str, mode: Mode = Mode.LIVE, turns: int = 20) -> None:
        self.clock = ManualClock(MORNING, turns=turns)
        self.clients = {name: Client(name, self.clock) for name in names or ("u1",)}
        self.journal = Memory()
        self.events = Events()
        self.told: list[Event] = []
        self.findings: list[Finding] = []
        self.cap: int | None = None  # the user's own, of orders a minute
        self.events.subscribe(self.told.append)
        accounts = cast("Accounts", self)
        self.portfolio = Portfolio(accounts, self.events, self.clock, cast("Traded", None))
        journal, resting = cast("Journal", self.journal), resting_in(self.portfolio)
        self.sender = OrderSender(journal, self, self.events, self.clock, resting)
        self.search = OrderSearch(self.sender, self, self.events, self.clock)
        self.events.subscribe(self.search.hear)
        self.exits = Exits(
            accounts=self,
            portfolio=self.portfolio,
            sender=self.sender,
            look=self._look,
            clock=self.clock,
            events=self.events,
            mode=mode,
            cap=lambda: self.cap,
        )

    def __iter__(self) -> Iterator[Client]:
        return iter(self.clients.values())

    def __contains__(self, user_id: str) -> bool:
        return user_id in self.clients

    def find(self, user_id: str) -> Client:
        if user_id not in self.clients:
            raise NotFound(user_id)
        return self.clients[user_id]

    async def _look(self, user_id: str, exchange: Exchange) -> Sequence[Finding]:
        return self.findings

    @property
    def client(self) -> Client:
        return self.clients["u1"]

    @property
    def exits_told(self) -> list[ExitView]:
        return [event.view for event in self.told if isinstance(event, ExitChanged)]

    async def pass_time(self, awaited: Awaitable[T]) -> T:
        """What `awaited` comes to, while time passes."""
        task = asyncio.ensure_future(awaited)
        while not task.done():
            await self.clock.advance(0.5)
        return await task

    async def close(self) -> None:
        await self.exits.close()
        await self.sender.close()
        await self.portfolio.close()


@asynccontextmanager
async def floor(*names: str, mode: Mode = Mode.LIVE, turns: int = 20) -> AsyncIterator[Floor]:
    made = Floor(*names, mode=mode, turns=turns)
    searching = asyncio.create_task(made.search.run())
    try:
        yield made
    finally:
        searching.cancel()
        with suppress(asyncio.CancelledError):
            await searching
        await made.close()


REFUSED: Final = IpNotRegistered("198.51.100.7")
