"""One press is one order: double clicks, repeated keys, two windows, and everything else that is pressed too fast."""

import random
from functools import partial

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.qt.desk import Desk
from app.qt.ticket.course import Stage
from app.qt.ticket.window import PAUSE_MS, TicketWindow
from app.services.order_views import Finding, Weight
from tests.qt.conftest import Desks
from tests.qt.ticket_house import begun, heard, keys, opened, press, reviewed, street, words
from tests.qt.waiting import until

CAP = Finding("cap_value", Weight.ASK, "It is worth 32,812.50", "Send it all the same only if you mean it.", "quantity")


def held_down(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier, times: int) -> None:
    """A key that is pressed once and repeats."""
    for repeat in range(times):
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, modifiers, "", repeat > 0))


def double_click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton)


async def test_a_double_click_on_the_confirm_button_is_one_order(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await reviewed(ticket)

    double_click(ticket.buttons.confirm)

    await until(lambda: not ticket.errand.course.sending)
    assert len(house.posts) == len(house.sent) == 1


async def test_the_second_of_two_clicks_copies_nothing_from_the_result(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    await reviewed(ticket)
    QGuiApplication.clipboard().setText("mine")

    press(ticket, "confirm")
    await until(lambda: not ticket.errand.course.sending)
    ticket.buttons.copy.click()
    at_once = QGuiApplication.clipboard().text()
    await until(lambda: not ticket.pause.isActive())
    ticket.buttons.copy.click()

    assert at_once == "mine"
    assert "took the order" in QGuiApplication.clipboard().text()


async def test_a_double_click_on_review_confirms_nothing(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)

    double_click(ticket.buttons.review)
    await until(lambda: ticket.errand.course.stage is Stage.REVIEW)
    press(ticket, "confirm", "back")

    assert ticket.errand.course.stage is Stage.REVIEW
    assert house.sent == []


async def test_the_confirm_button_takes_no_press_for_400_ms(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    press(ticket, "review")
    await until(lambda: ticket.errand.course.stage is Stage.REVIEW)

    at_once = ticket.pause.interval(), ticket.pause.isActive()
    press(ticket, "confirm")
    too_early = list(house.sent)
    await until(lambda: not ticket.pause.isActive())
    press(ticket, "confirm")

    assert at_once == (PAUSE_MS, True) == (400, True)
    await until(lambda: len(house.posts) == 1)
    assert too_early == []


async def test_the_confirm_button_is_not_where_review_was(desks: Desks) -> None:
    ticket, _, _ = await begun(desks)
    before = ticket.buttons.review.geometry()
    await reviewed(ticket)

    confirm = ticket.buttons.confirm.geometry()

    assert not confirm.intersects(before)


async def test_enter_in_the_price_leads_to_review_and_never_further(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)

    QTest.keyClick(ticket.pages.fields.price.edit, Qt.Key.Key_Return)
    await until(lambda: ticket.errand.course.stage is Stage.REVIEW)
    held_down(ticket, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, 20)
    held_down(ticket.buttons.back, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, 20)

    assert house.sent == []
    assert ticket.focusWidget() is ticket.buttons.back


async def test_ctrl_enter_confirms_on_review_only(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    ticket.activateWindow()
    keys(ticket, "Ctrl+Return")
    before = ticket.errand.course.stage, list(house.sent)
    await reviewed(ticket)

    keys(ticket, "Ctrl+Return")
    keys(ticket, "Ctrl+Enter")
    held_down(ticket, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, 30)

    await until(lambda: not ticket.errand.course.sending)
    assert before == (Stage.WRITE, [])
    assert len(house.posts) == len(house.sent) == 1


async def test_a_question_is_not_answered_with_keys_that_repeat(desks: Desks) -> None:
    ticket, house, _ = await begun(desks, found=(CAP,))
    await reviewed(ticket)

    keys(ticket, "Ctrl+Return")
    await heard(ticket, Stage.ASK)
    keys(ticket, "Ctrl+Return")
    held_down(ticket, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, 30)

    assert house.sent == []


async def test_the_same_once_more_is_asked_before_it_is_sent(desks: Desks) -> None:
    ticket, house, desk = await begun(desks)
    press(await reviewed(ticket), "confirm")
    await until(lambda: len(house.posts) == 1)
    second = await reviewed(await opened(desk))

    press(second, "confirm")
    asked = await heard(second, Stage.ASK)
    said, sent = words(asked), len(house.sent)
    press(second, "agree")

    await until(lambda: len(house.posts) == 2)
    assert "You sent the same order" in said
    assert second.buttons.agree.text() == "Send a second order"
    assert sent == 1
    assert house.sent[-1][1] == {"same_again"}


async def test_going_back_from_the_question_sends_nothing(desks: Desks) -> None:
    ticket, house, _ = await begun(desks, found=(CAP,))
    press(await reviewed(ticket), "confirm")
    await heard(ticket, Stage.ASK)

    press(ticket, "go_back")

    assert ticket.errand.course.stage is Stage.WRITE
    assert house.sent == []


async def test_two_windows_confirmed_at_once_are_one_order_and_a_question(desks: Desks) -> None:
    first, house, desk = await begun(desks)
    second = await opened(desk)
    await reviewed(first)
    await reviewed(second)

    press(first, "confirm")
    press(second, "confirm")

    await until(lambda: second.errand.course.stage is Stage.ASK)
    assert len(house.posts) == 1
    assert "You sent the same order" in words(second)


async def test_each_of_several_questions_is_asked(desks: Desks) -> None:
    funds = Finding("funds", Weight.ASK, "It takes more than is available", "The broker will refuse it.", "quantity")
    ticket, house, _ = await begun(desks, found=(CAP, funds))
    press(await reviewed(ticket), "confirm")
    asked = []

    for _ in range(2):
        await heard(ticket, Stage.ASK)
        asked.append(ticket.pages.question.title.text())
        sent = len(house.sent)
        press(ticket, "agree")

    await until(lambda: len(house.posts) == 1)
    assert asked == [CAP.text, funds.text]
    assert sent == 0
    assert house.sent[0][1] == {"cap_value", "funds"}


async def test_a_double_click_answers_one_of_several_questions(desks: Desks) -> None:
    funds = Finding("funds", Weight.ASK, "It takes more than is available", "The broker will refuse it.", "quantity")
    ticket, house, _ = await begun(desks, found=(CAP, funds))
    press(await reviewed(ticket), "confirm")
    await heard(ticket, Stage.ASK)

    double_click(ticket.buttons.agree)

    assert ticket.pages.question.title.text() == funds.text
    assert house.sent == []


# ------------------------------------------------------------------ a thousand times

WAYS = ("double click", "repeated Ctrl+Enter", "repeated Space", "two windows")
SAMPLE = 24


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("times", [SAMPLE, pytest.param(1000, marks=pytest.mark.slow)])
async def test_a_thousand_times_one_confirmed_order_is_one_order(desks: Desks, times: int) -> None:
    """Without the window's pause, which only makes it harder to press twice."""
    chance = random.Random(times)
    services, house = street()
    desk = desks(services)
    for number in range(times):
        house.records = ()
        way = chance.choice(WAYS)
        shown = [await on_review(desk) for _ in range(2 if way == "two windows" else 1)]
        hasty(shown, way, chance.randint(2, 12))
        await until(partial(settled, shown))
        assert len(house.posts) == number + 1, way
        for one in shown:
            one.reject()


def settled(shown: list[TicketWindow]) -> bool:
    return not any(one.errand.course.sending for one in shown)


async def on_review(desk: Desk) -> TicketWindow:
    ticket = await opened(desk)
    press(ticket, "review")
    await until(lambda: ticket.errand.course.stage is Stage.REVIEW)
    ticket.pause.stop()
    return ticket


def hasty(shown: list[TicketWindow], way: str, presses: int) -> None:
    confirm = shown[0].buttons.confirm
    if way == "double click":
        for _ in range(presses):
            double_click(confirm)
    elif way == "repeated Space":
        held_down(confirm, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, presses)
    elif way == "two windows":
        for _ in range(presses):
            for one in shown:
                press(one, "confirm")
    else:
        for _ in range(presses):
            keys(shown[0], "Ctrl+Return")
