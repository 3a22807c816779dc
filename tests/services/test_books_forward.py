"""The order book only goes forward within its day, and a reading that must be new never is an older one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain import Order, OrderSide, OrderStatus
from app.services.book_views import Book, OrdersView
from app.services.books import after
from tests.fakes.clock import settle
from tests.services.floor import MORNING, NIFTY, Floor, floor, key


@pytest.fixture
async def hall() -> AsyncIterator[Floor]:
    async with floor() as made:
        yield made


@pytest.fixture
def filled(hall: Floor) -> Order:
    order = hall.client.rests(key(NIFTY), OrderSide.BUY, 50).order
    return replace(order, filled_quantity=50, status=OrderStatus.COMPLETE)


def view(*rows: Order, days: int = 0) -> OrdersView:
    return OrdersView("u1", rows, MORNING + timedelta(days=days), current=True, error=None)


def test_filled_units_never_fall(filled: Order) -> None:
    part = replace(filled, filled_quantity=30, status=OrderStatus.OPEN)
    earlier = replace(part, filled_quantity=10)

    seen = after(view(part), view(earlier))

    assert isinstance(seen, OrdersView)
    assert [row.filled_quantity for row in seen.rows or ()] == [30]


def test_final_order_stays_final(filled: Order) -> None:
    earlier = replace(filled, filled_quantity=10, status=OrderStatus.OPEN)

    assert after(view(filled), view(earlier)) == view(filled)


def test_next_day_begins_a_new_book(filled: Order) -> None:
    other = replace(filled, filled_quantity=0, status=OrderStatus.OPEN)

    assert after(view(filled), view(other, days=1)) == view(other, days=1)


def test_order_that_the_newer_book_lacks_is_gone(filled: Order) -> None:
    assert after(view(filled), view()) == view()


def test_first_book_stands_as_it_is_read(filled: Order) -> None:
    nothing = OrdersView("u1", None, None, current=False, error=None)

    assert after(nothing, view(filled)) == view(filled)


async def test_older_picture_that_comes_last_changes_nothing_that_is_shown(hall: Floor) -> None:
    row = hall.client.rests(key(NIFTY), OrderSide.BUY, 50)
    old = row.order
    hall.client.move()
    row.order = replace(old, filled_quantity=50, status=OrderStatus.COMPLETE)
    await hall.portfolio.anew("u1", [Book.ORDERS])

    row.order = old
    await hall.portfolio.anew("u1", [Book.ORDERS])

    shown = hall.portfolio.book(Book.ORDERS, "u1")
    assert isinstance(shown, OrdersView)
    assert [one.status for one in shown.rows or ()] == [OrderStatus.COMPLETE]


async def test_reading_that_must_be_new_waits_for_the_older_one_and_reads_again(hall: Floor) -> None:
    hall.client.reads_in = 1.0
    older = asyncio.create_task(hall.portfolio.refresh("u1", [Book.ORDERS]))
    await settle()

    await hall.pass_time(hall.portfolio.anew("u1", [Book.ORDERS]))

    assert (older.done(), hall.client.read_at) == (True, [1000.0, 1001.0])


async def test_readings_that_must_be_new_are_shared_by_those_who_ask_at_once(hall: Floor) -> None:
    hall.client.reads_in = 1.0

    await hall.pass_time(asyncio.gather(*(hall.portfolio.anew("u1", [Book.ORDERS]) for _ in range(5))))

    assert len(hall.client.read_at) == 1
