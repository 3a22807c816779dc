"""The books behind a demo broker: one client's orders, positions, holdings and money, tied together."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Final

from app.domain import IST
from app.simulators.demo import DemoUser
from app.simulators.funds import Margins, needed, segment_of
from app.simulators.hours import Market, session
from app.simulators.ledger import Ledger
from app.simulators.legs import ZERO, Holding
from app.simulators.listing import Contract
from app.simulators.order_states import BookOrder, Fill, Ticket
from app.simulators.orders import OrderBook
from app.simulators.prices import Prices

SEGMENTS: Final = ("equity", "commodity")
Opening = Callable[["Account"], None]
"""Gives a fresh account what it begins with."""


class Numbers:
    """Ids of 19 digits (sheet section 4: never to be read as a number), each only once."""

    def __init__(self) -> None:
        self._serial = count(1)

    def __call__(self, at: datetime) -> str:
        """The next one."""
        return f"{int(at.timestamp() * 1000):013d}{next(self._serial) % 1_000_000:06d}"


class Account:
    """Everything of one client. Call `settle` before reading."""

    def __init__(self, user: DemoUser, market: Market, prices: Prices, numbers: Numbers, opening: Opening) -> None:
        self.user = user
        self.market = market
        self.prices = prices
        self._blocked: dict[str, tuple[str, Decimal]] = {}  # order id -> purse and what it holds back there
        self._waiting = dict.fromkeys(SEGMENTS, ZERO)
        self.ledger = Ledger(prices, user.equity_cash, user.commodity_cash)
        self.book = OrderBook(
            price=prices.traded, closes=self._closes, take=self._take, number=numbers, block=self._block
        )
        self.authorised = bool(user.consent)
        self._ends: dict[tuple[str, date], datetime | None] = {}
        self._day = market.today
        opening(self)

    def settle(self) -> None:
        """Bring the books to the present moment, over a change of day if there was one."""
        if self.market.today != self._day:
            self._day = self.market.today
            self.book.clear()
            self._recount()
            self.ledger.roll(self._day)
        self.book.settle(self.market.now())

    def margins(self, segment: str) -> Margins:
        """The money of "equity" or "commodity", open orders included."""
        return self.ledger.margins(segment, self._waiting[segment])

    def missing(self, ticket: Ticket) -> tuple[Decimal, Decimal] | None:
        """(needed, available) when the money does not reach for `ticket`, else None."""
        contract = ticket.contract
        if self._closes_a_position(ticket):
            return None
        price = ticket.price or self.prices.last(contract)
        need = needed(contract, ticket.product, ticket.side, ticket.quantity, price)
        have = self.margins(segment_of(contract)).net
        return (need, have) if need > have else None

    def hold(self, contract: Contract, quantity: int, average: Decimal, *, unsettled: int = 0) -> None:
        """Put shares into the depository."""
        self.ledger.holdings[contract.symbol] = Holding(contract, quantity, unsettled, average)

    def _closes_a_position(self, ticket: Ticket) -> bool:
        leg = self.ledger.legs.get((*ticket.contract.key, ticket.product))
        held = leg.quantity if leg else 0
        return -held >= ticket.quantity if ticket.side == "BUY" else held >= ticket.quantity

    def _block(self, order: BookOrder) -> None:
        """Hold back what `order` needs as it stands now, in place of what it needed before."""
        where, amount = self._blocked.pop(order.order_id, ("", ZERO))
        if where:
            self._waiting[where] -= amount
        if not order.is_final:
            where, amount = self._blocked[order.order_id] = self._needs(order)
            self._waiting[where] += amount

    def _needs(self, order: BookOrder) -> tuple[str, Decimal]:
        ticket = order.now.ticket
        if self._closes_a_position(ticket):
            return segment_of(ticket.contract), ZERO
        price = ticket.price or self.prices.last(ticket.contract)
        return segment_of(ticket.contract), needed(ticket.contract, ticket.product, ticket.side, order.rest, price)

    def forget_orders(self) -> None:
        """Empty the book, whatever waits, and give back what was held for it."""
        self.book.forget()
        self._recount()

    def _recount(self) -> None:
        self._blocked.clear()
        self._waiting = dict.fromkeys(SEGMENTS, ZERO)
        for order in self.book:
            self._block(order)

    def _take(self, order: BookOrder, fill: Fill) -> None:
        ticket = order.now.ticket
        self.ledger.take(ticket.contract, ticket.product, ticket.side, fill.quantity, fill.price)

    def _closes(self, contract: Contract, placed: datetime) -> datetime | None:
        """When an order placed at `placed` dies unfilled; never while a market is forced open."""
        if self.market.forced:
            return None
        key = contract.exchange, placed.astimezone(IST).date()
        if key not in self._ends:
            hours = session(*key)
            self._ends[key] = hours[1] if hours else None
        return self._ends[key]


def begin(account: Account, rows: Iterable[tuple[Contract, str, int, int, Decimal, Decimal | None]]) -> None:
    """Open positions: (contract, product, carried quantity, today's signed quantity, price, exit price or None)."""
    for contract, product, carried, today, price, exit_price in rows:
        leg = account.ledger.leg(contract, product)
        leg.overnight, leg.overnight_price = carried, price if carried else ZERO
        if today:
            leg.take("BUY" if today > 0 else "SELL", abs(today), price)
        if exit_price is not None:
            leg.take("SELL" if leg.quantity > 0 else "BUY", abs(leg.quantity), exit_price)
