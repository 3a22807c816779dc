"""The panel of orders: every state in words, what no book has, changing and cancelling, each press once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from app.domain import NotReachable, OrderStatus
from app.domain.intents import Deed, Mode
from app.domain.order_life import Evidence, Fate
from app.qt.models.figures import MASK
from app.qt.models.order_rows import Shown, missing
from app.qt.models.order_said import needs_eyes, state_said
from app.qt.panels.orders_table import OrdersTable
from app.qt.window import Window
from app.services.order_views import Finding, Sent, Weight
from app.services.views import OrderTurnedUp
from tests.qt.books import ORDERS, REFUSAL, fill, order, orders
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, account, five
from tests.qt.order_scenes import BOOK, CALL, DETAIL, asked, placed, unsettled
from tests.qt.reading import shown
from tests.qt.waiting import until


def one(*rows: Any, records: Any = ()) -> FakeServices:
    services = FakeServices([account("self", name="Self")])
    services.portfolio.others |= {(view.book, view.user_id): view for view in (orders("self", rows),)}
    services.orders.records = tuple(records)
    return services


def opened(show: Show, services: FakeServices) -> tuple[Window, OrdersTable]:
    window = show(services)
    window.go("orders")
    return window, window.pages.orders.orders


def column(page: OrdersTable, key: str) -> list[str]:
    return [page.model.text_of(line, page.spec.place(key)) for line in page.model.shown()]


def choose(page: OrdersTable, *symbols: str) -> None:
    page.view.clearSelection()
    flag = page.view.selectionModel().SelectionFlag
    for line in page.model.shown():
        if line.row.record.symbol in symbols:
            page.view.selectionModel().select(page.model.index(line.at, 0), flag.Select | flag.Rows)


RESTING = ORDERS[1:3]  # one partly filled, one that waits for its trigger


# ------------------------------------------------------------------ what is shown


async def test_every_state_of_the_book_is_said_in_words(show: Show) -> None:
    _, page = opened(show, one(*BOOK))

    assert dict(zip(column(page, "instrument"), column(page, "status"), strict=True)) == {
        "RELIANCE": "Complete",
        "NIFTY 30DEC26 26000 CE": "Open, partly filled",
        "BANKNIFTY 24NOV26 58200 PE": "Open, waits for its trigger",
        "INFY": "Rejected",
        "SBIN": "\u201cAWAITING OMS ACK\u201d",
        "TATASTEEL": "Open, after market",
        "ITC": "Open, being changed",
        "WIPRO": "Cancelled, partly filled",
    }


@pytest.mark.parametrize(
    ("fates", "said"),
    [
        ((), "Not sent yet"),
        ((Fate.SENDING,), "Being sent"),
        ((Fate.SENDING, Fate.ACCEPTED), "Accepted, book not read yet"),
        ((Fate.SENDING, Fate.REJECTED), "Rejected"),
        ((Fate.NOT_SENT,), "Not sent"),
        ((Fate.SENDING, Fate.UNKNOWN), "\u25c7 Checking"),
        ((Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED), "\u25c7 Not confirmed"),
    ],
)
async def test_what_was_sent_and_is_in_no_book_has_a_row(show: Show, fates: tuple[Fate, ...], said: str) -> None:
    services = one()
    services.orders.records = (placed(services, 1, *fates),)

    _, page = opened(show, services)

    assert column(page, "status") == [said]
    assert (column(page, "quantity"), column(page, "average")) == (["75"], ["\u2013"])


async def test_an_order_that_appears_in_the_book_has_one_row(show: Show) -> None:
    services = one()
    record = placed(services, 1, Fate.SENDING)
    services.orders.records = (record,)
    _, page = opened(show, services)

    services.read_book(orders("self", (order(1, CALL, tag=record.intent.tag, status=OrderStatus.OPEN),)))

    await until(lambda: column(page, "status") == ["Open"])


async def test_news_of_an_order_are_shown_at_once(show: Show) -> None:
    services = one()
    _, page = opened(show, services)

    services.orders.tell(placed(services, 1, Fate.SENDING, Fate.UNKNOWN))

    await until(lambda: column(page, "status") == ["\u25c7 Checking"])


async def test_a_lost_answer_says_that_nothing_may_be_sent_again(show: Show) -> None:
    _, page = opened(show, unsettled())

    assert page.foot.link.text() == "3 orders are not confirmed"
    assert page.foot.words.text() == (
        f"{CALL}: Checking with Zerodha. The order was sent at 09:31:19 and the answer was lost. "
        "It may be in the market. Do not send it again."
    )
    assert page.foot.words.property("tone") == "state.warn"


async def test_an_order_that_is_not_confirmed_says_where_to_look(show: Show) -> None:
    _, page = opened(show, unsettled())

    choose(page, "BANKNIFTY 30DEC26 FUT")

    assert page.foot.words.text().startswith("Zerodha's order book does not show this order after 2 full readings.")


async def test_the_link_leads_to_the_first_row_that_is_not_confirmed(show: Show) -> None:
    _, page = opened(show, unsettled())

    page.foot.link.click()

    assert [line.row.record.fate for line in page.view.selected()] == [Fate.UNKNOWN]


@pytest.mark.parametrize("fates", [(Fate.SENDING, Fate.UNKNOWN), (Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED)])
async def test_nothing_can_be_done_with_an_order_of_unknown_fate(show: Show, fates: tuple[Fate, ...]) -> None:
    services = one()
    services.orders.records = (placed(services, 1, *fates),)
    _, page = opened(show, services)

    choose(page, CALL)

    assert not page.change.isEnabled()
    assert not page.cancel.isEnabled()
    assert "looked for" in page.cancel.accessibleDescription()


async def test_why_an_order_was_rejected_is_a_line_in_sight(show: Show) -> None:
    _, page = opened(show, one(*ORDERS))

    choose(page, "INFY")

    assert page.foot.words.text() == f"Rejected by Zerodha: {REFUSAL}"


async def test_why_the_last_order_was_refused_is_told_without_being_asked_for(show: Show) -> None:
    services = one(*ORDERS)
    services.orders.records = (placed(services, 1, Fate.SENDING, Fate.REJECTED, detail="Margin (insufficient_funds)"),)

    _, page = opened(show, services)

    assert page.foot.words.text() == f"{CALL}: Zerodha refused it: Margin"


async def test_the_link_finds_its_row_behind_a_filter_and_a_fold(show: Show) -> None:
    _, page = opened(show, unsettled())
    page.bar.filter.setText("wipro")
    page.model.fold("self")

    page.foot.link.click()

    assert [line.row.record.fate for line in page.view.selected()] == [Fate.UNKNOWN]


async def test_a_partly_filled_order_says_how_much_is_left_and_hides_it_with_the_amounts(show: Show) -> None:
    window, page = opened(show, one(*ORDERS))
    choose(page, "NIFTY 30DEC26 26000 CE")
    told = page.foot.words.text()

    window.topbar.privacy.setChecked(True)

    assert told == "75 of 150 filled at 182.45, 75 left."
    assert page.foot.words.text() == f"{MASK} of {MASK} filled at 182.45, {MASK} left."


async def test_an_order_that_turns_up_late_cannot_be_overlooked(show: Show) -> None:
    services = one()
    lost = placed(services, 2, Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED)
    services.orders.records = (lost,)
    _, page = opened(show, services)
    seen = replace(lost.steps[-1], evidence=Evidence.SEEN, fate=Fate.ACCEPTED, order_id="77")
    found = order(1, CALL, order_id="77", status=OrderStatus.OPEN)

    services.read_book(orders("self", (found,)))
    services.events.publish(OrderTurnedUp(replace(lost, steps=(*lost.steps, seen)), found))

    await until(lambda: column(page, "status") == ["\u25c7 Open, turned up late"])
    choose(page, CALL)
    assert "It counts: look at it now." in page.foot.words.text()


@pytest.mark.parametrize("width", [1024, 1276, 1600, 1920])
async def test_a_message_moves_no_column(show: Show, width: int) -> None:
    book = [order(number, f"SHARE{number}") for number in range(1, 4)]
    refused = replace(book[0], status=OrderStatus.REJECTED, message=REFUSAL)
    waiting = replace(refused, message="")

    places = []
    for rows in ([waiting, *book[1:]], [refused, *book[1:]]):
        window = show(one(*rows), size=(width, 800))
        window.go("orders")
        view = window.pages.orders.orders.view
        places.append([(at, view.columnViewportPosition(at), view.columnWidth(at)) for at in view.columns.shown()])

    assert places[0] == places[1]


async def test_a_message_is_in_sight_in_a_window_of_the_usual_width(show: Show) -> None:
    _, page = opened(show, one(order(1, "INFY", status=OrderStatus.REJECTED, message=REFUSAL)))

    assert "message" in shown(page)


async def test_details_say_what_an_unknown_fate_means(show: Show) -> None:
    _, page = opened(show, unsettled())

    page.open_details(page.model.shown()[0])

    assert page.dialog is not None
    fields = dict(page.dialog.fields)  # type: ignore[attr-defined]  # a DetailsDialog
    assert fields["What it means"].endswith("Do not send it again.")
    assert fields["Whole message"] == DETAIL if "Whole message" in fields else fields["Message"] == DETAIL


def test_what_has_an_end_is_told_on_its_day_only_and_what_has_none_until_it_has_one() -> None:
    services = one()
    ended, lost = placed(services, 1, Fate.NOT_SENT), placed(services, 2, Fate.SENDING, Fate.UNKNOWN)

    tomorrow = missing([ended, lost], (), NOW.replace(day=NOW.day + 1))

    assert (missing([ended, lost], (), NOW), tomorrow) == ([lost, ended], [lost])


def test_a_lost_cancellation_is_told_until_the_order_is_over() -> None:
    services = one()
    lost = asked(services, Deed.CANCEL, RESTING[1].order_id, Fate.SENDING, Fate.UNKNOWN)
    resting, over = Shown(RESTING[1], None, lost), Shown(replace(RESTING[1], status=OrderStatus.CANCELLED), None, lost)

    assert (state_said(resting), needs_eyes(resting)) == ("Open, cancel not confirmed", True)
    assert needs_eyes(over) is False


# ------------------------------------------------------------------ cancelling


async def test_a_press_cancels_the_chosen_orders_once_however_often_it_comes(show: Show) -> None:
    services = one(*RESTING)
    services.orders.hold = asyncio.Event()
    _, page = opened(show, services)
    choose(page, *(one.symbol for one in RESTING))

    for _ in range(3):
        page.cancel.click()
        page._cancel()

    await until(lambda: services.orders.cancelled)
    assert services.orders.cancelled == [("self", frozenset(one.order_id for one in RESTING))]
    assert not page.cancel.isEnabled()
    assert page.cancel.toolTip() == "Its cancellation is on its way"


async def test_what_came_of_a_cancellation_is_said_and_the_button_comes_back(show: Show) -> None:
    services = one(*RESTING)
    refused = asked(
        services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, Fate.REJECTED, detail="Already filled (already_final)"
    )
    services.orders.sents.append(Sent((refused,)))
    _, page = opened(show, services)
    choose(page, RESTING[0].symbol)

    page.cancel.click()

    await until(lambda: page.foot.words.text() == "Not cancelled: Already filled.")
    assert page.foot.words.property("tone") == "state.warn"
    assert page.cancel.isEnabled()


async def test_a_failed_cancellation_is_told_and_can_be_tried_again(show: Show) -> None:
    services = one(*RESTING)
    services.orders.error = NotReachable()
    _, page = opened(show, services)
    choose(page, RESTING[0].symbol)

    page.cancel.click()

    await until(lambda: NotReachable.title in page.foot.words.text())
    assert page.cancel.isEnabled()


async def test_what_held_a_cancellation_back_is_told(show: Show) -> None:
    services = one(*RESTING)
    finding = Finding("journal", Weight.STOP, "The journal cannot be written", "Free some space.")
    services.orders.sents.append(Sent((), (finding,)))
    _, page = opened(show, services)
    choose(page, RESTING[0].symbol)

    page.cancel.click()

    await until(lambda: page.foot.words.text() == "The journal cannot be written. Free some space.")


async def test_keys_cancel_the_chosen_order(show: Show) -> None:
    services = one(*RESTING)
    window, page = opened(show, services)
    choose(page, RESTING[0].symbol)

    window.commands.perform("cancel_order")

    await until(lambda: services.orders.cancelled == [("self", frozenset({RESTING[0].order_id}))])


async def test_an_order_that_is_over_cannot_be_cancelled_and_says_so(show: Show) -> None:
    _, page = opened(show, one(*ORDERS))

    choose(page, "RELIANCE")

    assert page.cancel.toolTip() == "It is over: nothing is left to cancel"


async def test_the_menu_of_a_row_repeats_what_the_buttons_do(show: Show) -> None:
    _, page = opened(show, one(*RESTING))
    choose(page, RESTING[0].symbol)

    page._on_menu(page.view.visualRect(page.model.index(1, 0)).center())

    assert page.menus.open is not None
    offered = {action.text().split("\t")[0]: action for action in page.menus.open.findChildren(QAction)}
    assert {"Change order", "Cancel order"} <= set(offered)
    assert offered["Cancel order"].isEnabled()
    page.menus.open.close()


async def test_cancel_all_asks_once_says_how_many_and_keeps_them_by_default(show: Show) -> None:
    services = unsettled()
    window, page = opened(show, services)

    window.commands.perform("cancel_all")
    window.commands.perform("cancel_all")

    dialog = page.cancels.dialog
    assert dialog is not None
    assert dialog.windowTitle() == "Cancel 7 resting orders?"
    assert dialog.cancel.isDefault()
    assert not dialog.deed.isDefault()
    assert "HUF \u00b7 Zerodha: 2, as of 09:12." in dialog.accessibleDescription()
    dialog.reject()
    await asyncio.sleep(0)
    assert services.orders.cancelled_all == []


async def test_cancel_all_is_sent_once(show: Show) -> None:
    services = unsettled()
    services.orders.hold = asyncio.Event()
    window, page = opened(show, services)
    window.commands.perform("cancel_all")
    assert page.cancels.dialog is not None

    page.cancels.dialog.deed.click()
    page.cancels.cancel_all(None)
    window.commands.perform("cancel_all")

    await until(lambda: services.orders.cancelled_all)
    assert services.orders.cancelled_all == [None]
    assert page.all.toolTip() == "Everything that rests is being cancelled"


async def test_cancel_all_leads_from_the_trades_to_the_orders_and_its_question(show: Show) -> None:
    window, page = opened(show, one(*RESTING))
    window.pages.orders.turn(True)

    window.commands.perform("cancel_all")

    assert window.pages.orders.page is page
    assert page.cancels.dialog is not None
    page.cancels.dialog.reject()


@pytest.mark.parametrize(("rows", "said"), [((), "No order rests"), (None, "Orders were not read yet")])
async def test_with_nothing_to_cancel_it_says_why(show: Show, rows: tuple[()] | None, said: str) -> None:
    services = FakeServices([account("self")])
    services.portfolio.others |= {(view.book, view.user_id): view for view in (orders("self", rows),)}

    window, page = opened(show, services)

    assert (page.all.toolTip(), window.commands.offered("cancel_all").reason) == (said, said)


async def test_cancel_all_of_one_account_is_offered_at_its_head(show: Show) -> None:
    services = fill(five())
    _, page = opened(show, services)
    [deed] = page.head_deeds("self")
    assert deed.says is not None
    assert deed.says() == "Cancel all of Self \u00b7 Zerodha"

    deed.run()
    assert page.cancels.dialog is not None
    page.cancels.dialog.deed.click()

    await until(lambda: services.orders.cancelled_all == ["self"])


async def test_the_demo_says_so_in_the_question(show: Show) -> None:
    services = unsettled()
    services.orders.mode = Mode.DEMO
    window, page = opened(show, services)

    window.commands.perform("cancel_all")

    assert page.cancels.dialog is not None
    assert page.cancels.dialog.windowTitle() == "Cancel 7 resting orders? (demo)"
    page.cancels.dialog.reject()


# ------------------------------------------------------------------ changing


async def test_change_opens_the_ticket_of_the_chosen_order(show: Show) -> None:
    window, page = opened(show, one(*RESTING))
    choose(page, RESTING[0].symbol)

    QTest.mouseClick(page.change, Qt.MouseButton.LeftButton)

    assert window.desk is not None
    [ticket] = window.desk.tickets.windows
    assert ticket.errand.draft.order == RESTING[0]
    ticket.close()


async def test_one_order_is_changed_at_a_time(show: Show) -> None:
    _, page = opened(show, one(*RESTING))

    choose(page, *(one.symbol for one in RESTING))

    assert page.change.toolTip() == "Choose one order"


async def test_a_change_whose_answer_was_lost_is_not_offered_again(show: Show) -> None:
    services = one(*BOOK)
    _, page = opened(show, services)

    choose(page, "ITC")

    assert page.change.toolTip() == "The broker is busy with it"
