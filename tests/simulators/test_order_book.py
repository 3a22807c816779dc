"""The book itself: how often it looks at the market, and what it remembers of its orders."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.domain import IST
from app.simulators.listing import Contract, Sort
from app.simulators.order_states import BookOrder, Fill, Ticket
from app.simulators.orders import OrderBook

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=IST)
SHARE = Contract("NSE", "RELIANCE", "RELIANCE", Sort.CASH, 1, Decimal(1540))


@dataclass
class Street:
    """A market at one price that counts who looks at it."""

    price: Decimal = Decimal(1540)
    looks: int = 0
    taken: list[Fill] = field(default_factory=list)
    number: int = 0

    def book(self) -> OrderBook:
        return OrderBook(price=self.look, closes=lambda _, __: None, take=self.take, number=self.next)

    def look(self, _: Contract, __: datetime) -> Decimal:
        self.looks += 1
        return self.price

    def take(self, _: BookOrder, fill: Fill) -> None:
        self.taken.append(fill)

    def next(self, _: datetime) -> str:
        self.number += 1
        return f"{self.number:016d}"


@pytest.fixture
def street() -> Street:
    return Street()


def ticket(price: str = "1500", quantity: int = 10) -> Ticket:
    return Ticket(SHARE, "regular", "BUY", "LIMIT", "MIS", quantity, Decimal(price), Decimal(0), "DAY")


def test_resting_orders_are_not_all_looked_at_for_one_more(street: Street) -> None:
    book = street.book()
    for _ in range(1000):
        book.place(ticket(), NOW)
    book.settle(NOW + timedelta(seconds=10))
    before = street.looks
    book.place(ticket(), NOW + timedelta(seconds=10))
    book.settle(NOW + timedelta(seconds=10.1))
    assert street.looks - before <= 2


def test_resting_orders_are_looked_at_when_some_time_has_passed(street: Street) -> None:
    book = street.book()
    orders = [book.place(ticket(), NOW) for _ in range(1000)]
    book.settle(NOW + timedelta(seconds=10))
    street.price = Decimal(1499)
    book.settle(NOW + timedelta(seconds=12))
    book.settle(NOW + timedelta(seconds=14))
    assert all(order.now.status == "COMPLETE" for order in orders)
    assert sum(fill.quantity for fill in street.taken) == 10_000


def test_clock_that_goes_back_does_not_stop_the_book(street: Street) -> None:
    book = street.book()
    book.settle(NOW + timedelta(hours=5))
    order = book.place(ticket("1600"), NOW)
    for seconds in (1, 2):
        book.settle(NOW + timedelta(seconds=seconds))
    assert order.now.status == "COMPLETE"


def test_every_state_is_told_once_and_in_order(street: Street) -> None:
    book = street.book()
    told: list[tuple[str, int]] = []
    book.tell = lambda order, fill: told.append((order.now.status, fill.quantity if fill else 0))
    book.place(ticket("1600"), NOW)
    book.settle(NOW + timedelta(seconds=2))
    assert told == [
        ("PUT ORDER REQ RECEIVED", 0), ("VALIDATION PENDING", 0), ("OPEN PENDING", 0), ("OPEN", 0), ("OPEN", 5),
        ("COMPLETE", 5),
    ]  # fmt: skip


def test_fill_is_booked_before_it_is_told(street: Street) -> None:
    book = street.book()
    seen: list[int] = []
    book.tell = lambda _, __: seen.append(len(street.taken))
    book.place(ticket("1600", quantity=1), NOW)
    book.settle(NOW + timedelta(seconds=2))
    assert seen[-1] == 1


def test_recalled_order_moves_nothing(street: Street) -> None:
    book = street.book()
    done = book.recall(ticket(), NOW, filled=True)
    refused = book.recall(ticket(), NOW, refusal="RMS:Margin Exceeds")
    waiting = book.recall(ticket(), NOW)
    assert [order.now.status for order in (done, refused, waiting)] == ["COMPLETE", "REJECTED", "OPEN"]
    assert (refused.now.raw, done.now.average) == ("RMS:Margin Exceeds", Decimal(1500))
    assert street.taken == []
    assert [fill.quantity for fill in done.fills] == [10]
