"""A broker that a test plays for orders alone: what it books, how it answers, how often it was asked."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from app.brokers.base import USUAL, Ability, BaseBroker
from app.domain import Exchange as Listed
from app.domain import (
    NotFound,
    Order,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    OrderStatus,
    Quote,
    Quotes,
    TradingError,
)
from app.services.views import AccountState, AccountView, Action
from tests.fakes.clock import ManualClock
from tests.fakes.orders import row

T = TypeVar("T")


def account_view(**other: Any) -> AccountView:
    """The account of the exchange, ready."""
    fields: dict[str, Any] = {
        "user_id": "u1",
        "name": "HUF",
        "broker_type": "zerodha",
        "broker_label": "Zerodha",
        "client_id": "HS2096",
        "colour": "blue",
        "state": AccountState.READY,
        "action": Action.NONE,
    }
    silent = ("since", "connected_at", "token_since", "token_expires_at", "last_check_at", "last_good_at")
    return AccountView(**(fields | dict.fromkeys((*silent, "open_positions", "error")) | other))


@dataclass
class Exchange:
    """Fulfils what sending needs of accounts, of one account and of its adapter.

    `answers` are taken one a request: None is a good one, an error is raised after the order was booked when it stands
    in `books`, else instead. `hidden` orders are in the market and not in the book yet.
    """

    clock: ManualClock
    answers: list[BaseException | None] = field(default_factory=list)
    books: bool = True
    hidden: set[str] = field(default_factory=set)
    rows: dict[str, Order] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    readings: list[float] = field(default_factory=list)
    refuses: TradingError | None = None  # the account itself
    unread: TradingError | None = None  # the book cannot be read
    gate: asyncio.Event | None = None  # an answer waits for it
    shown: AccountView = field(default_factory=account_view)
    clock_behind: float | None = None
    checked: TradingError | None = None  # what the broker says of the session
    is_connected: bool = True
    abilities: Ability = USUAL
    largest: int = 2**31 - 1  # the freeze quantity
    no_plan: dict[bool, TradingError] = field(default_factory=dict)  # by after-market: why no order is planned
    notes: tuple[str, ...] = ()  # of every plan
    quotes: dict[tuple[str, Listed], Quote] = field(default_factory=dict)
    no_price: TradingError | None = None
    asked_prices: int = 0
    tags: int = 0

    def __iter__(self) -> Iterator["Exchange"]:
        return iter((self,))

    def find(self, user_id: str) -> "Exchange":
        if user_id != "u1":
            raise NotFound(user_id)
        return self

    async def ready(self) -> BaseBroker:
        if self.refuses is not None:
            raise self.refuses
        return cast("BaseBroker", self)

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other", evidence: bool = True) -> T:
        assert kind in ("order", "orders", "plan", "quotes")
        assert evidence is (kind != "plan")
        return await use(cast("BaseBroker", self))

    def view(self) -> AccountView:
        return self.shown

    def is_able(self, ability: Ability) -> bool:
        return ability in self.abilities

    async def check(self) -> TradingError | None:
        return self.checked

    def fresh_tag(self) -> str:
        self.tags += 1
        return f"KJ{self.tags:06d}"

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        error = self.no_plan.get(order.amo)
        if error is not None:
            raise error
        full, rest = divmod(order.quantity, self.largest)
        parts = [self.largest] * full + [rest] * (rest > 0)
        return OrderPlan(tuple(replace(order, quantity=part) for part in parts), self.notes)

    async def get_quotes(self, wanted: Collection[tuple[str, Listed]]) -> Quotes:
        self.asked_prices += 1
        if self.no_price is not None:
            raise self.no_price
        return Quotes({pair: self.quotes[pair] for pair in wanted if pair in self.quotes})

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        self.sent.append(order.tag)
        order_id = f"o{len(self.sent)}"
        booked = row(order, order_id=order_id, placed_at=self.clock.now())
        await self._answer(lambda: self.rows.__setitem__(order_id, booked))
        return OrderResponse(order_id, OrderStatus.PENDING, order.symbol, order.quantity, order.side, order.price)

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        self.sent.append(order.order_id)
        changed = replace(
            order,
            quantity=change.quantity,
            price=change.price,
            trigger_price=change.trigger_price,
            validity=change.validity,
            disclosed_quantity=change.disclosed_quantity,
        )
        await self._answer(lambda: self.rows.__setitem__(order.order_id, changed))

    async def cancel_order(self, order: Order) -> None:
        self.sent.append(order.order_id)
        gone = replace(order, status=OrderStatus.CANCELLED)
        await self._answer(lambda: self.rows.__setitem__(order.order_id, gone))

    async def get_orders(self) -> Sequence[Order]:
        self.readings.append(self.clock.monotonic())
        if self.unread is not None:
            raise self.unread
        return [row for row in self.rows.values() if row.tag not in self.hidden]

    def resting(self, user_id: str, order_id: str) -> Order:
        return self.rows[order_id]

    async def _answer(self, book: Callable[[], None]) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or self.books:
            book()
        if self.gate is not None:
            await self.gate.wait()
        if answer is not None:
            raise answer
