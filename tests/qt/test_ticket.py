"""The ticket as it is written: whose it is, what it costs, what is wrong at which field, and that nothing moves."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.domain import NotReachable, OrderSide, OrderType, Product, Validity
from app.domain.intents import Mode
from app.qt.ticket.course import Stage
from app.qt.ticket.window import TicketWindow
from app.services.order_views import Finding, Weight
from app.services.views import Allowed, MasterView, Permit
from tests.qt.conftest import Desks
from tests.qt.fakes import NOW, account, signed_out
from tests.qt.ticket_house import begun, opened, press, reviewed, street, words
from tests.qt.ticket_scenes import INDEX, SHARE, SYMBOL
from tests.qt.waiting import at_rest, until

LOT = Finding("lot", Weight.STOP, "It trades in lots of 75", "Order 75 or 150 units.", "quantity")
TICK = Finding("tick", Weight.STOP, "It moves in steps of 0.05", "The nearest are 437.50 and 437.55.", "price")
CAP = Finding("cap_value", Weight.ASK, "It is worth much", "Send it all the same only if you mean it.", "quantity")
CLOCK = Finding("clock", Weight.STOP, "This computer's clock is 80 s off", "Set it, then look once more.")


async def test_it_stands_beside_the_window_and_blocks_nothing(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    parent = ticket.parentWidget()

    assert ticket.isWindow()
    assert ticket.windowModality() is Qt.WindowModality.NonModal
    assert parent is not None
    assert parent.isEnabled()


@pytest.mark.parametrize(
    ("mode", "word", "title", "deed"),
    [
        (Mode.LIVE, "LIVE", f"Order: {SYMBOL}", "Buy 75 now"),
        (Mode.DEMO, "DEMO", f"Order: {SYMBOL} (demo)", "Buy 75 now (demo)"),
    ],
)
async def test_demo_and_live_differ_in_word_title_colour_and_button(
    desks: Desks, mode: Mode, word: str, title: str, deed: str
) -> None:
    services, _ = street(mode)
    ticket = await opened(desks(services))

    head = ticket.head.mode.text(), ticket.head.mode.property("mode"), ticket.windowTitle()
    await reviewed(ticket)

    assert head == (word, mode.value, title)
    assert ticket.head.mode.isVisible()
    assert ticket.buttons.confirm.text() == deed


async def test_the_account_stands_above_every_page_and_is_chosen_on_the_first_only(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    writing = ticket.head.box.isVisible(), ticket.head.box.currentText()
    await reviewed(ticket)

    assert writing == (True, "Self \u00b7 Zerodha")
    assert (ticket.head.box.isVisible(), ticket.head.title.isVisible()) == (False, True)
    assert ticket.head.title.text() == "Self \u00b7 Zerodha"


async def test_another_account_is_asked_for_the_instrument_and_checked(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)

    ticket.head.chosen.emit("dhan")

    await until(lambda: "dhan" in [user_id for user_id, _ in house.previewed])
    assert ticket.errand.draft.user_id == "dhan"
    assert ticket.errand.desk.services.ui_state.get("ticket.account") == "dhan"


async def test_the_last_price_begins_the_limit_and_never_changes_what_was_typed(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    began = ticket.pages.fields.price.value()
    ticket.pages.fields.price.edit.setText("430")

    ticket.errand.ask_price()
    await until(lambda: len(house.priced) == 2)
    await at_rest(ticket)

    assert (began, ticket.pages.fields.price.value()) == ("438.90", "430")


async def test_the_last_price_says_how_old_it_is_and_why_there_is_no_newer_one(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    fresh = ticket.pages.fields.last.text()
    house.error = NotReachable("timed out")

    ticket.errand.ask_price()

    await until(lambda: "No newer price" in ticket.pages.fields.last.text())
    assert fresh == "Last \u20b9438.90, 1 s ago. You hold 150 NRML."


async def test_available_money_and_value_are_shown_and_hidden_with_the_amounts(desks: Desks) -> None:
    ticket, _, desk = await begun(desks)
    await until(lambda: ticket.pages.fields.value.text() == "\u20b975.00")
    seen = ticket.pages.fields.available.text()

    desk.figures.hidden = True
    desk.tickets.redraw()

    assert seen == "\u20b94,18,250.75"
    assert ticket.pages.fields.available.text() == ticket.pages.fields.value.text() == "\u2022\u2022\u2022\u2022"
    assert "150" not in ticket.pages.fields.last.text()


async def test_lots_are_shown_and_stepped(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)

    QTest.keyClick(ticket.pages.fields.quantity.edit, Qt.Key.Key_Up)
    ticket.pages.fields.price.more.click()

    assert (ticket.pages.fields.quantity.value(), ticket.pages.fields.price.value()) == ("150", "438.95")
    assert "2 lots of 75" in words(ticket)


async def test_the_wheel_changes_no_number(desks: Desks) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    ticket, _, _ = await begun(desks)
    at = QPointF(5, 5)
    turned = QWheelEvent(
        at, at, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip

    QApplication.sendEvent(ticket.pages.fields.quantity.edit, turned)

    assert ticket.pages.fields.quantity.value() == "75"


async def test_no_side_is_chosen_for_the_trader(desks: Desks) -> None:
    services, house = street()
    ticket = await opened(desks(services), side=None)

    press(ticket, "review")

    assert not any(made.isChecked() for made in ticket.pages.fields.side.buttons.values())
    assert "Choose BUY or SELL." in words(ticket)
    assert house.previewed == []


async def test_the_side_is_a_colour_and_a_word(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    ticket.pages.fields.side.buttons[OrderSide.SELL].click()
    await until(lambda: ticket.errand.draft.side is OrderSide.SELL)
    await reviewed(ticket)

    assert (ticket.pages.review.chip.text(), ticket.pages.review.chip.property("side")) == ("SELL", "SELL")
    assert ticket.buttons.confirm.text() == "Sell 75 now"


async def test_findings_stand_at_their_fields(desks: Desks) -> None:
    ticket, _, _ = await begun(desks, found=(LOT, TICK, CLOCK))

    await until(lambda: "It trades in lots of 75. Order 75 or 150 units." in words(ticket))

    assert (
        ticket.pages.fields.quantity.edit.property("wrong")
        == ticket.pages.fields.price.edit.property("wrong")
        == "true"
    )
    assert ticket.pages.fields.price.edit.accessibleDescription().startswith("It moves in steps of 0.05")
    assert "clock is 80 s off" in ticket.pages.fields.rest.text()


async def test_review_with_something_in_the_way_stays_and_puts_the_keyboard_there(desks: Desks) -> None:
    ticket, house, _ = await begun(desks, found=(TICK,))
    ticket.activateWindow()

    press(ticket, "review")

    await until(ticket.pages.fields.price.edit.hasFocus)
    assert ticket.errand.course.stage is Stage.WRITE
    assert house.sent == []


async def test_what_is_asked_later_is_told_at_its_field_before(desks: Desks) -> None:
    ticket, _, _ = await begun(desks, found=(CAP,))

    await until(lambda: "It is worth much." in words(ticket))

    assert ticket.pages.fields.quantity.edit.property("wrong") == "false"


async def test_a_finding_moves_nothing(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await at_rest(ticket)
    before = places(ticket), ticket.height()

    house.found = (LOT, TICK)
    ticket.pages.fields.quantity.edit.setText("100")
    await until(lambda: "It trades in lots of 75." in words(ticket))
    await at_rest(ticket)

    assert (places(ticket), ticket.height()) == before


def places(ticket: TicketWindow) -> dict[str, object]:
    fields = ticket.pages.fields
    parts: dict[str, QWidget] = {
        "quantity": fields.quantity, "price": fields.price, "type": fields.type, "product": fields.product,
        "value": fields.value, "review": ticket.buttons.review,
    }  # fmt: skip
    return {called: part.mapTo(ticket, part.rect().topLeft()) for called, part in parts.items() if called != "value"}


async def test_a_draft_is_checked_once_after_the_typing(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await until(lambda: len(house.previewed) > 0)
    before = len(house.previewed)

    for text in ("1", "15", "150"):
        ticket.pages.fields.quantity.edit.setText(text)

    await until(lambda: len(house.previewed) > before)
    assert [request.quantity for _, request in house.previewed[before:]] == [150]


async def test_a_market_order_needs_no_price_and_a_stop_order_shows_its_trigger(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)

    ticket.pages.fields.type.pick(OrderType.MARKET)
    market = ticket.pages.fields.price.edit.isEnabled(), ticket.pages.fields.trigger.isVisible()
    ticket.pages.fields.type.pick(OrderType.SL)
    stop = ticket.pages.fields.price.edit.isEnabled(), ticket.pages.fields.trigger.isVisible()

    assert (market, stop) == ((False, False), (True, True))


async def test_seldom_used_fields_are_one_press_away_and_reach_the_request(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    hidden = ticket.pages.fields.amo.isVisible()
    press(ticket, "more")
    ticket.pages.fields.validity.pick(Validity.IOC)
    ticket.pages.fields.disclosed.edit.setText("75")
    ticket.pages.fields.product.pick(Product.MIS)
    ticket.pages.fields.amo.click()

    await reviewed(ticket)

    _, request = house.previewed[-1]
    assert hidden is False
    assert (request.validity, request.disclosed_quantity, request.product, request.amo) == (
        Validity.IOC, 75, Product.MIS, True,
    )  # fmt: skip


async def test_review_says_the_exact_request_and_every_finding(desks: Desks) -> None:
    note = Finding("holidays", Weight.NOTE, "Holidays of 2027 are not known: today may be one")
    ticket, _, _ = await begun(desks, found=(note, CAP))
    await reviewed(ticket)
    await at_rest(ticket)

    said = words(ticket)

    assert [part in said for part in (f"Buy 75 {SYMBOL}.", "today may be one.", "It is worth much.")] == [True] * 3


async def test_a_draft_that_was_changed_meanwhile_is_not_reviewed(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)

    press(ticket, "review")
    ticket.pages.fields.quantity.edit.setText("150")

    await until(ticket.buttons.review.isEnabled)
    assert ticket.errand.course.stage is Stage.WRITE


async def test_a_ticket_that_looks_for_another_instrument_meanwhile_is_not_reviewed(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    before = len(house.previewed)

    press(ticket, "review")
    ticket.pages.fields.other.click()

    await until(lambda: len(house.previewed) > before and ticket.buttons.review.isEnabled())
    assert ticket.errand.course.stage is Stage.FIND


# ------------------------------------------------------------------ finding the instrument


async def found_by(desks: Desks, text: str) -> TicketWindow:
    services, _ = street()
    services.store.instruments.rows.append(INDEX)
    services.masters.by_type["zerodha"] = MasterView("zerodha", NOW.date(), 3)
    ticket = desks(services).tickets.open_ticket()
    ticket.pages.found.field.setText(text)
    await until(lambda: services.store.instruments.asked != [])
    await at_rest(ticket)
    return ticket


async def test_an_instrument_is_taken_from_the_brokers_list(desks: Desks) -> None:
    ticket = await found_by(desks, "nifty")

    QTest.keyClick(ticket.pages.found.field, Qt.Key.Key_Return)

    draft = ticket.errand.draft
    assert (draft.symbol, draft.product, draft.quantity) == (SYMBOL, Product.NRML, "75")
    assert ticket.errand.course.stage is Stage.WRITE


async def test_enter_takes_nothing_that_was_found_for_fewer_letters(desks: Desks) -> None:
    ticket = await found_by(desks, "nifty")
    ticket.pages.found.field.setText("nifty bank")

    QTest.keyClick(ticket.pages.found.field, Qt.Key.Key_Return)

    assert ticket.errand.course.stage is Stage.FIND


async def test_what_was_typed_before_the_list_was_loaded_is_looked_for_again_once_it_is(desks: Desks) -> None:
    services, _ = street()
    listed, services.store.instruments.rows = services.store.instruments.rows, []
    found = desks(services).tickets.open_ticket().pages.found
    found.field.setText("nifty")
    await until(lambda: "not loaded yet" in found.words.text())

    services.store.instruments.rows = listed
    services.list_stands(MasterView("zerodha", NOW.date(), 3))

    await until(lambda: found.words.text() == "Enter takes the marked one.")


async def test_another_account_searches_its_own_brokers_list(desks: Desks) -> None:
    ticket = await found_by(desks, "nifty")
    services = ticket.errand.desk.services
    before = len(services.store.instruments.asked)  # type: ignore[attr-defined]  # played

    ticket.head.chosen.emit("dhan")

    await until(lambda: len(services.store.instruments.asked) > before)  # type: ignore[attr-defined]  # as above
    assert ticket.errand.draft.user_id == "dhan"


async def test_an_index_is_not_offered(desks: Desks) -> None:
    ticket = await found_by(desks, "nifty")

    assert ticket.pages.found.list.model().rowCount() == 1


async def test_nothing_found_says_so(desks: Desks) -> None:
    ticket = await found_by(desks, "qqq")

    assert "Nothing matches \u201cqqq\u201d." in words(ticket)


async def test_another_instrument_forgets_what_was_typed_for_the_one_before(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    ticket.pages.fields.price.edit.setText("1.05")
    ticket.pages.fields.other.click()

    ticket.errand.choose(SHARE)

    await until(lambda: ticket.pages.fields.price.value() == "438.90")
    assert (ticket.pages.fields.quantity.value(), ticket.pages.fields.product.value) == ("1", Product.CNC)


# ------------------------------------------------------------------ the account


async def test_an_account_that_is_signed_out_says_so_in_the_head(desks: Desks) -> None:
    services, _ = street()
    ticket = await opened(desks(services))

    services.change(signed_out("self", name="Self"))

    await until(lambda: "signed out" in words(ticket).lower())
    assert "orders:" not in words(ticket)


@pytest.mark.parametrize(
    ("permit", "said"), [(Permit.YES, "orders: yes"), (Permit.REFUSED, "orders: refused"), (Permit.NOT_KNOWN, "ready")]
)
async def test_the_head_says_whether_orders_are_taken_as_far_as_is_known(
    desks: Desks, permit: Permit, said: str
) -> None:
    services, _ = street()
    services.brokers.by_id["self"] = account("self", name="Self", orders=Allowed(permit))

    ticket = await opened(desks(services))

    assert said in words(ticket).split(" / ")


async def test_an_account_that_is_gone_says_so(desks: Desks) -> None:
    services, _ = street()
    ticket = await opened(desks(services))

    services.remove("self")
    await until(lambda: ticket.errand.account is None)
    ticket.refresh()

    assert ticket.head.title.text() == "The account is gone"


async def test_the_colour_of_the_account_is_that_of_its_bar(desks: Desks) -> None:
    services, _ = street()
    services.brokers.by_id = {"self": replace(account("self"), colour="violet")}
    ticket = await opened(desks(services))

    assert ticket.head.bar.isVisible()
    assert ticket.head.bar.grab().toImage().pixelColor(2, 9).name() == "#8e6bbf"
