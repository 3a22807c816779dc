"""What opens a ticket, filled in: an action, two letters once they are allowed, the palette; and none of it sends."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain import Exchange, Order, OrderChange, OrderSide, OrderStatus, OrderType, Product, Validity
from app.qt.ticket.course import Stage
from app.qt.ticket.errand import Errand
from app.qt.ticket.window import TicketWindow
from app.qt.window import Window
from tests.qt.books import holdings, order, orders
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, position, positions, signed_out
from tests.qt.test_actions import front
from tests.qt.ticket_house import House, desk_of, opened, press, reviewed, street, tickets, words
from tests.qt.ticket_scenes import INDEX, SYMBOL
from tests.qt.waiting import at_rest, until

RESTING = order(
    2, SYMBOL, exchange=Exchange.NFO, product=Product.NRML, side=OrderSide.SELL, quantity=150, filled_quantity=75,
    price=Decimal("182.40"), status=OrderStatus.OPEN,
)  # fmt: skip


async def allowed(show: Show, view: str, services: FakeServices) -> Window:
    """A window on a table, with the letters allowed."""
    await services.preferences.put_text("ticket_keys", "on")
    window = show(services)
    await front(window)
    window.go(view)
    await at_rest(window)
    return window


def choose(window: Window, symbol: str) -> None:
    page = window.pages.currentWidget()
    table: Any = getattr(page, "page", page)
    at = next(line.at for line in table.model.shown() if symbol in str(line.row.record))
    table.view.selectRow(at)
    table.view.setFocus()


async def test_an_action_opens_an_empty_ticket_of_the_first_ready_account(show: Show) -> None:
    services, house = street()
    services.brokers.by_id = {"out": signed_out("out"), **services.brokers.by_id}
    window = show(services)
    await front(window)

    QTest.keySequence(window, "Ctrl+T")

    [ticket] = tickets(window)
    assert (ticket.errand.draft.user_id, ticket.errand.course.stage) == ("self", Stage.FIND)
    assert house.sent == []


async def test_the_account_that_was_taken_last_is_the_usual_one(show: Show) -> None:
    services, _ = street()
    services.ui_state.put("ticket.account", "dhan")
    window = show(services)

    window.commands.perform("order")

    assert tickets(window)[0].errand.draft.user_id == "dhan"


async def test_without_an_account_the_action_says_why(show: Show) -> None:
    window = show(FakeServices())

    done = window.commands.perform("order")

    assert (done, tickets(window)) == (False, [])
    assert window.message.words.text() == "There is no account yet"


async def test_letters_open_nothing_until_they_are_allowed(show: Show) -> None:
    services, _ = street()
    window = show(services)
    await front(window)
    window.go("positions")
    await at_rest(window)
    choose(window, SYMBOL)

    QTest.keyClick(window, Qt.Key.Key_B)
    before = list(tickets(window))
    await services.preferences.put_text("ticket_keys", "on")
    await until(lambda: window.desk is not None and window.desk.tickets.letters)
    QTest.keyClick(window, Qt.Key.Key_B)

    assert before == []
    assert len(tickets(window)) == 1


@pytest.mark.parametrize(
    ("key", "side", "quantity"), [(Qt.Key.Key_B, OrderSide.BUY, ""), (Qt.Key.Key_S, OrderSide.SELL, "150")]
)
async def test_a_letter_opens_the_chosen_position_and_closes_with_its_quantity(
    show: Show, key: Qt.Key, side: OrderSide, quantity: str
) -> None:
    services, house = street()
    window = await allowed(show, "positions", services)
    choose(window, SYMBOL)

    QTest.keyClick(window.pages.positions.view, key)

    draft = tickets(window)[0].errand.draft
    assert (draft.user_id, draft.symbol, draft.side, draft.product) == ("self", SYMBOL, side, Product.NRML)
    assert draft.quantity == quantity
    assert house.sent == []


async def test_a_letter_opens_the_chosen_holding_and_order(show: Show) -> None:
    services, _ = street()
    services.portfolio.others |= {(one.book, "self"): one for one in (holdings("self"), orders("self"))}
    window = await allowed(show, "holdings", services)
    choose(window, "INFY")
    QTest.keyClick(window.pages.holdings.view, Qt.Key.Key_S)
    await front(window)
    window.go("orders")
    await at_rest(window)
    choose(window, "BANKNIFTY")

    QTest.keyClick(window.pages.orders.page.view, Qt.Key.Key_B)

    drafts = [one.errand.draft for one in tickets(window)]
    assert [(one.symbol, one.quantity) for one in drafts] == [("INFY", "100"), ("BANKNIFTY 24NOV26 58200 PE", "")]


async def test_a_letter_with_no_row_chosen_says_what_to_do(show: Show) -> None:
    services, _ = street()
    window = await allowed(show, "overview", services)

    window.commands.perform("buy")

    assert window.message.words.text() == "Choose one row of a table first"


async def test_a_line_of_several_accounts_closes_nothing_at_one_of_them(show: Show) -> None:
    services, _ = street()
    services.portfolio.by_id["dhan"] = positions("dhan", rows=(position("RELIANCE", quantity=30),))
    window = await allowed(show, "positions", services)
    window.pages.positions.toggle_merged()
    await at_rest(window)
    window.pages.positions.view.selectRow(0)

    window.commands.perform("sell")

    draft = tickets(window)[0].errand.draft
    assert (draft.user_id, draft.symbol, draft.quantity) == ("self", "RELIANCE", "")


async def test_letters_that_are_typed_into_a_field_stay_letters(show: Show) -> None:
    services, _ = street()
    window = await allowed(show, "positions", services)
    window.pages.positions.focus_filter()

    QTest.keyClicks(window.pages.positions.filter, "bs")

    assert window.pages.positions.filter.text() == "bs"
    assert tickets(window) == []


async def test_the_menu_of_a_row_opens_a_ticket_for_it(show: Show) -> None:
    services, house = street()
    window = show(services)
    await front(window)
    window.go("positions")
    await at_rest(window)
    choose(window, SYMBOL)
    page = window.pages.positions
    page.view.menu_wanted.emit(page.view.visualRect(page.view.currentIndex()).center())
    assert page.menus.open is not None
    actions = {action.text(): action for action in page.menus.open.actions()}

    actions["Sell"].trigger()

    assert tickets(window)[0].errand.draft.side is OrderSide.SELL
    assert house.sent == []


async def test_every_ticket_is_a_window_of_its_own(show: Show) -> None:
    services, _ = street()
    window = show(services)

    first, second = await opened(desk_of(window)), await opened(desk_of(window))
    first.pages.fields.quantity.edit.setText("150")

    assert second.pages.fields.quantity.value() == "75"


# ------------------------------------------------------------------ a resting order


async def changed(show: Show, resting: Order = RESTING) -> tuple[Window, House]:
    services, house = street()
    window = show(services)
    assert window.desk is not None
    window.desk.tickets.open_change("self", resting)
    await until(lambda: tickets(window)[0].errand.draft.instrument is not None)
    return window, house


async def test_a_resting_order_is_changed_with_its_own_values_to_begin_with(show: Show) -> None:
    window, house = await changed(show)
    [ticket] = tickets(window)
    ticket.pages.fields.price.edit.setText("183.05")

    await reviewed(ticket)
    press(ticket, "confirm")

    await until(lambda: len(house.posts) == 1)
    assert house.posts == [OrderChange(150, OrderType.LIMIT, Decimal("183.05"))]
    assert house.changes[-1][:2] == ("self", RESTING)


async def test_a_change_of_the_price_keeps_validity_and_what_is_shown_and_shows_both(show: Show) -> None:
    window, house = await changed(show, replace(RESTING, validity=Validity.IOC, disclosed_quantity=75))
    [ticket] = tickets(window)
    ticket.pages.fields.price.edit.setText("183.05")

    assert (ticket.pages.fields.disclosed.isVisible(), ticket.pages.fields.validity.isVisible()) == (True, True)
    await reviewed(ticket)
    press(ticket, "confirm")

    await until(lambda: len(house.posts) == 1)
    assert house.posts == [OrderChange(150, OrderType.LIMIT, Decimal("183.05"), None, Validity.IOC, 75)]


async def test_what_cannot_be_changed_is_said_in_words(show: Show) -> None:
    window, _ = await changed(show)
    [ticket] = tickets(window)

    fields = ticket.pages.fields
    assert ticket.windowTitle() == f"Change order: {SYMBOL}"
    assert (fields.chip.text(), fields.side.isVisible(), fields.product.box.isEnabled()) == ("SELL", False, False)
    assert "150, 75 of it filled" in words(ticket)
    assert not ticket.head.box.isVisible()


async def test_the_confirm_button_of_a_change_names_the_new_quantity(show: Show) -> None:
    window, _ = await changed(show)
    [ticket] = tickets(window)
    ticket.pages.fields.quantity.edit.setText("225")

    await reviewed(ticket)

    assert ticket.buttons.confirm.text() == "Change to 225 now"


async def test_the_same_order_has_one_ticket(show: Show) -> None:
    window, _ = await changed(show)
    assert window.desk is not None

    window.desk.tickets.open_change("self", RESTING)

    assert len(tickets(window)) == 1


async def test_a_market_stop_order_keeps_its_trigger_and_has_no_price(show: Show) -> None:
    stop = order(3, SYMBOL, order_type=OrderType.SL_M, price=None, trigger_price=Decimal("408.50"), quantity=75)
    window, _ = await changed(show, stop)
    [ticket] = tickets(window)

    assert ticket.pages.fields.trigger.value() == "408.50"
    assert (ticket.pages.fields.price.value(), ticket.pages.fields.price.edit.isEnabled()) == ("", False)


async def test_closing_the_window_ends_every_ticket(show: Show) -> None:
    services, _ = street()
    services.brokers.by_id["self"] = account("self", name="Self")
    window = show(services)
    ticket = await opened(desk_of(window))

    assert ticket.parent() is window


async def test_tickets_that_were_closed_leave_nothing_behind(show: Show) -> None:
    services, house = street()
    window = show(services)
    for number in range(6):
        ticket = await opened(desk_of(window))
        if number % 2:
            press(await reviewed(ticket), "confirm")
            house.records = ()
            await until(lambda: not ticket.errand.course.sending)  # noqa: B023 - awaited here
        ticket.close()

    await until(lambda: window.findChildren(TicketWindow) == [] and window.findChildren(Errand) == [])
    assert tickets(window) == []


async def test_a_ticket_that_is_closed_while_it_asks_for_a_preview_ends_in_silence(show: Show) -> None:
    services, house = street()
    window = show(services)
    ticket = await opened(desk_of(window))
    house.hold = asyncio.Event()
    press(ticket, "review")
    ticket.close()

    house.hold.set()

    await until(lambda: window.findChildren(TicketWindow) == [])
    assert not window.message.isVisible()
    assert house.sent == []


async def test_an_index_of_the_palette_opens_no_ticket(show: Show) -> None:
    services, _ = street()
    services.store.instruments.rows = [INDEX]
    window = show(services)
    await front(window)
    window.commands.perform("palette")
    assert window.finder is not None
    found = window.finder.palette
    QTest.keyClicks(found.field, "nifty 50")
    await until(lambda: "NIFTY 50" in [entry.title for entry in found.results])

    QTest.keyClick(found.field, Qt.Key.Key_Return)

    assert (tickets(window), window.topbar.title) == ([], "Positions")
