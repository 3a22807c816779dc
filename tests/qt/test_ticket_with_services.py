"""A ticket over the real services and four demo brokers: what is confirmed is one order, and its fate is shown."""

from decimal import Decimal

import pytest

from app.domain import Exchange, Order, OrderSide, Product
from app.qt.desk import Desk
from app.qt.ticket.course import Stage
from app.qt.ticket.window import TicketWindow
from app.qt.window import Window
from app.services.book_views import Book, OrdersView
from tests.qt.test_orders_with_services import Room, room
from tests.qt.ticket_house import desk_of, heard, press, words
from tests.qt.waiting import until
from tests.services.quarter import KEYS, Quarter

__all__ = ["room"]


def written(window: Window, quarter: Quarter, key: str) -> TicketWindow:
    """A buy that is too low to be filled."""
    user_id = quarter.accounts[key].user_id
    ticket = desk_of(window).tickets.open_ticket(user_id, Exchange.NSE, "INFY", OrderSide.BUY, 10, product=Product.MIS)
    ticket.pages.fields.price.edit.setText(f"{int(quarter.price(key, 'INFY') * Decimal('0.98'))}")
    return ticket


async def confirmed(ticket: TicketWindow) -> TicketWindow:
    press(ticket, "review")
    await heard(ticket, Stage.REVIEW)
    press(ticket, "confirm", "confirm", "confirm")
    return await heard(ticket, Stage.RESULT)


def done(quarter: Quarter, key: str) -> list[str]:
    return [call.operation for call in quarter.calls(key)]


def found(desk: Desk, user_id: str, order_id: str) -> Order | None:
    view = desk.board.book(Book.ORDERS, user_id)
    rows = view.rows if isinstance(view, OrdersView) else None
    return next((one for one in rows or () if one.order_id == order_id), None)


@pytest.mark.parametrize("key", KEYS)
async def test_what_is_confirmed_is_one_order_at_the_broker(room: Room, key: str) -> None:
    async with room as (window, quarter):
        ticket = await confirmed(written(window, quarter, key))

        await until(lambda: "Open, 0 of 10 filled" in words(ticket))
        assert "took the order" in ticket.pages.came.title.text()
        assert done(quarter, key) == ["place_order"]


async def test_a_lost_answer_is_looked_for_and_what_is_found_is_shown(room: Room) -> None:
    async with room as (window, quarter):
        quarter.controls("zerodha").fault("place_order", "reset-in-body", times=1, lands=True)
        ticket = await confirmed(written(window, quarter, "zerodha"))

        await until(lambda: "Do not send it again." in words(ticket) or "took the order" in words(ticket))
        await until(lambda: "took the order" in words(ticket))
        assert "It was found in the order book." in words(ticket)
        assert done(quarter, "zerodha") == ["place_order"]


async def test_a_price_between_two_steps_is_told_at_its_field(room: Room) -> None:
    async with room as (window, quarter):
        ticket = written(window, quarter, "dhan")

        ticket.pages.fields.price.edit.setText("1400.01")

        await until(lambda: ticket.pages.fields.price.edit.property("wrong") == "true")
        assert done(quarter, "dhan") == []


async def test_a_resting_order_is_changed_at_the_broker(room: Room) -> None:
    async with room as (window, quarter):
        desk, user_id = desk_of(window), quarter.accounts["zerodha"].user_id
        number = await quarter.rests("zerodha", "INFY", Product.MIS)
        await quarter.services.portfolio.refresh(user_id)
        await until(lambda: found(desk, user_id, number) is not None)
        resting = found(desk, user_id, number)
        assert resting is not None
        assert resting.price is not None
        ticket = desk.tickets.open_change(user_id, resting)
        ticket.pages.fields.price.edit.setText(f"{resting.price + 1:f}")

        await confirmed(ticket)

        await until(lambda: "took the change" in ticket.pages.came.title.text())
        assert done(quarter, "zerodha") == ["place_order", "modify_order"]
