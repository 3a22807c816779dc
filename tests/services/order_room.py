"""A desk for orders over a played exchange: a journal on a real disk, the real sender and search, a day's list."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from app.domain import (
    IST,
    Funds,
    Instrument,
    Kind,
    MemoryInstruments,
    NotFound,
    Order,
    OrderRequest,
    Product,
    Quote,
    TradingError,
)
from app.domain import Exchange as Listed
from app.domain.intents import Mode
from app.services.book_views import Book, BookView, FundsView, HoldingsView, OrdersView, PositionsView, Refreshed
from app.services.books import blank
from app.services.events import Events
from app.services.order_cancels import resting_in
from app.services.order_desk import OrderDesk
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.services.order_views import ExitPhase, ExitPlan, ExitScope, ExitView, Preview
from app.services.views import PreferencesView
from app.store.journal import Journal
from tests.fakes.clock import ManualClock
from tests.fakes.exchange import Exchange
from tests.fakes.orders import ticket

MORNING: Final = datetime(2026, 11, 18, 10, 0, tzinfo=IST)  # a Wednesday, the markets are open
EVENING: Final = datetime(2026, 11, 18, 20, 0, tzinfo=IST)
TODAY: Final = date(2026, 11, 18)
SHARE: Final = Instrument(
    "NSE", "RELIANCE", "738561", "RELIANCE", Kind.CASH, None, None, Decimal("0.05"), 1, isin="INE002A01018"
)
CALL: Final = Instrument(
    "NFO", "NIFTY26N2426000CE", "1", "NIFTY", Kind.CALL, date(2026, 11, 24), Decimal(26000), Decimal("0.05"), 75
)  # fmt: skip
INDEX: Final = Instrument("NSE", "NIFTY 50", "2", "NIFTY 50", Kind.INDEX, None, None, Decimal("0.05"), 1)
NOTHING_SET: Final = PreferencesView(order_value_cap=None, orders_a_minute_cap=None)


def option(**other: Any) -> OrderRequest:
    """One lot of a call."""
    fields: dict[str, Any] = {"symbol": CALL.symbol, "exchange": Listed.NFO, "product": Product.NRML, "quantity": 75}
    return ticket(**(fields | {"price": Decimal("437.50")} | other))


class Shelf:
    """The books; the order book is read from the exchange."""

    def __init__(self, exchange: Exchange, clock: ManualClock) -> None:
        self._exchange = exchange
        self._clock = clock
        self.views: dict[Book, BookView] = {}
        self.reads: list[frozenset[Book]] = []
        self.failing: TradingError | None = None
        self.gate: asyncio.Event | None = None

    def book(self, book: Book, user_id: str) -> BookView:
        return self.views.get(book) or blank(book, user_id)

    async def refresh(self, user_id: str | None = None, books: Iterable[Book] | None = None) -> Refreshed:
        if user_id not in (None, "u1"):
            raise NotFound(str(user_id))
        self.reads.append(frozenset(books or Book))
        if self.gate is not None:
            await self.gate.wait()
        if self.failing is not None:
            return Refreshed(0, (("u1", Book.ORDERS, self.failing),))
        self.show_orders()
        return Refreshed(1)

    def show_orders(self, rows: Sequence[Order] | None = None) -> None:
        found = tuple(self._exchange.rows.values()) if rows is None else tuple(rows)
        self.views[Book.ORDERS] = OrdersView("u1", found, self._clock.now(), current=True, error=None)

    def show(self, *views: FundsView | HoldingsView | PositionsView) -> None:
        self.views |= {view.book: view for view in views}

    def show_money(self, rupees: int) -> None:
        """Nothing held, nothing open, so much money."""
        now = self._clock.now()
        self.show(
            FundsView("u1", Funds(Decimal(rupees), Decimal(0)), now, current=True, error=None),
            HoldingsView("u1", (), now, current=True, error=None),
            PositionsView("u1", (), now, current=True, error=None),
        )


class Chosen:
    """What the user has set: no caps, unless a test sets some."""

    def __init__(self) -> None:
        self.view = NOTHING_SET

    def set(self, **caps: int | None) -> None:
        self.view = replace(self.view, **caps)  # type: ignore[arg-type]  # of the caps each is one


class Gates:
    """`said` is what the broker says about this address."""

    said: bool | None = None
    asked = 0

    async def told(self, user_id: str) -> bool | None:
        assert user_id == "u1"
        self.asked += 1
        return self.said


class NoExits:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    async def plans(self, scopes: Sequence[ExitScope]) -> tuple[ExitPlan, ...]:
        self.asked += scopes
        return tuple(ExitPlan("p1", MORNING, scope, (), ()) for scope in scopes)

    async def carry_out(self, plan: ExitPlan) -> ExitView:
        self.asked.append(plan)
        return ExitView(plan, ExitPhase.DONE)


class Room:
    """The desk and everything about it."""

    def __init__(self, path: Path, *, mode: Mode | None = Mode.LIVE, at: datetime = MORNING) -> None:
        self.path = path
        self.clock = ManualClock(at)
        self.mode = mode
        self.exchange = Exchange(self.clock)
        self.exchange.quotes[SHARE.symbol, Listed.NSE] = Quote(Decimal(2500))
        self.exchange.quotes[CALL.symbol, Listed.NFO] = Quote(Decimal("438.90"))
        self.shelf = Shelf(self.exchange, self.clock)
        self.shelf.show_money(10_00_00_000)
        self.instruments = MemoryInstruments()
        self.chosen, self.gates, self.exits = Chosen(), Gates(), NoExits()

    async def open(self) -> None:
        await self.list_of(TODAY)
        self.journal = await Journal.open(self.path)
        self.sender = OrderSender(self.journal, self.exchange, Events(), self.clock, resting_in(self.shelf))
        self.search = OrderSearch(self.sender, self.exchange, Events(), self.clock)
        self.desk = self.new_desk()

    def new_desk(self) -> OrderDesk:
        return OrderDesk(
            sender=self.sender,
            search=self.search,
            accounts=self.exchange,
            portfolio=self.shelf,
            instruments=self.instruments,
            preferences=self.chosen,
            gates=self.gates,
            exits=self.exits,
            journal=self.journal,
            clock=self.clock,
            mode=self.mode,
        )

    async def close(self) -> None:
        await self.sender.close()
        await self.desk.close()
        await self.journal.close()

    async def list_of(self, day: date) -> None:
        await self.instruments.replace("zerodha", [SHARE, CALL, INDEX], day=day)

    async def preview(self, request: OrderRequest | None = None) -> Preview:
        return await self.desk.preview("u1", request or ticket())

    async def placed(self, request: OrderRequest | None = None) -> Order:
        """An order that was sent and rests, and is in the book."""
        preview = await self.preview(request)
        sent = await self.desk.send(preview, preview.asks)
        self.shelf.show_orders()
        return self.exchange.rows[sent.records[0].order_id]


@asynccontextmanager
async def room(path: Path, **other: Any) -> AsyncIterator[Room]:
    """A room, opened, and closed at the end."""
    made = Room(path / "orders.db", **other)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
