"""The end of an exit is told over the desktop, unless its own window is before the trader and shows it."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from app.qt.window import Window
from app.services.exit_notices import broken_notice, exit_key, exit_notice
from app.services.order_views import ExitLine, ExitPhase, ExitPlan, ExitScope, ExitView
from app.services.views import NoticePosted
from tests.qt.conftest import Show
from tests.qt.fakes import FakeNotifier, FakeServices
from tests.qt.order_scenes import part, plan, to_exit
from tests.qt.waiting import at_rest, until

ONE = plan(part(quantity=75))
OTHER = plan(part(quantity=75, user_id="spouse"), scope=ExitScope("spouse"), plan_id="other")
FLAT = ExitView(ONE, ExitPhase.DONE, (ExitLine(ONE.parts[0], 0),))
NOTICE = exit_notice(FLAT, str)


async def begun(show: Show) -> tuple[FakeServices, FakeNotifier, QWidget, QWidget]:
    services, desktop = to_exit(ONE), FakeNotifier()
    window = show(services, desktop=desktop)
    window.commands.perform("exit_all")
    assert window.desk is not None
    [dialog] = window.desk.exits.dialogs.values()
    await until(dialog.deed.isVisible)
    dialog.activateWindow()
    await until(dialog.isActiveWindow)
    return services, desktop, window, dialog


async def test_no_notice_while_the_exits_window_shows_it(show: Show) -> None:
    services, desktop, _, _ = await begun(show)

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: services.notices.answers == [NOTICE.key])
    assert desktop.posted == []


async def test_a_notice_when_another_window_is_before_it(show: Show) -> None:
    services, desktop, _, _ = await begun(show)
    other = QWidget()
    other.show()
    other.activateWindow()
    await until(other.isActiveWindow)

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: [one[0] for one in desktop.posted] == [NOTICE])
    other.close()


async def test_a_notice_when_its_window_was_closed(show: Show) -> None:
    services, desktop, _, dialog = await begun(show)
    dialog.close()

    services.events.publish(NoticePosted(NOTICE))

    await until(lambda: [one[0] for one in desktop.posted] == [NOTICE])
    assert services.notices.answers == []


@pytest.mark.parametrize("desktop", [None, FakeNotifier(available=False)], ids=["none", "without a service"])
@pytest.mark.parametrize("first", ["receipt", "notice"])
async def test_an_exit_whose_window_was_closed_is_told_once_in_the_message_line(
    show: Show, desktop: FakeNotifier | None, first: str
) -> None:
    services, window = await left_alone(show, desktop)

    if first == "notice":
        services.events.publish(NoticePosted(NOTICE))
    services.orders.go_on(FLAT)
    if first == "receipt":
        services.events.publish(NoticePosted(NOTICE))
    await until(lambda: window.message.title.text() == "Exit all positions: The position is flat")
    await at_rest(window)

    assert len(window.message.keys) == 1
    assert "Show receipt" in [one.text() for one in window.message.findChildren(QPushButton) if one.isVisible()]


@pytest.mark.parametrize("first", ["failure", "notice"])
async def test_an_exit_that_broke_off_before_its_first_step_is_told_when_its_window_was_closed(
    show: Show, first: str
) -> None:
    services, window = await left_alone(show, None)
    services.orders.error = RuntimeError("a mistake")

    if first == "notice":
        services.events.publish(NoticePosted(broken_notice(ONE, str)))
    assert services.orders.hold is not None
    services.orders.hold.set()
    await at_rest(window)
    if first == "failure":
        services.events.publish(NoticePosted(broken_notice(ONE, str)))

    await until(lambda: window.message.keys)
    assert len(window.message.keys) == 1


async def test_what_becomes_of_another_plan_is_told_after_one_broke_off(show: Show) -> None:
    services, window = await left_alone(show, None, ONE, OTHER)
    services.orders.error = RuntimeError("a mistake")  # of the first that is asked
    assert services.orders.hold is not None
    services.orders.views.append(ExitView(OTHER, ExitPhase.CANCELLING))
    services.orders.hold.set()
    await until(lambda: len(window.message.keys) == 1)

    services.events.publish(NoticePosted(exit_notice(replace(FLAT, plan=OTHER), str)))

    await until(lambda: len(window.message.keys) == 2)


@pytest.mark.parametrize("press", ["Show receipt", "Show orders", "Dismiss message"])
async def test_the_notice_is_answered_by_whatever_is_pressed_in_that_line(show: Show, press: str) -> None:
    services, window = await left_alone(show, FakeNotifier())
    services.orders.go_on(FLAT)
    await until(lambda: window.message.keys)
    await at_rest(window)  # the buttons are in sight

    button_of(window.message, press).click()

    assert services.notices.answers == [exit_key(ONE.plan_id)]
    assert window.message.keys == ()


def button_of(place: QWidget, words: str) -> QAbstractButton:
    found = place.findChildren(QAbstractButton)
    return next(one for one in found if words in {one.text(), one.accessibleName()} and one.isVisible())


async def left_alone(show: Show, desktop: FakeNotifier | None, *plans: ExitPlan) -> tuple[FakeServices, Window]:
    """An exit that goes on after its window was closed."""
    services = to_exit(*(plans or (ONE,)))
    window = show(services, desktop=desktop)
    assert window.desk is not None
    window.desk.exits.begin([one.scope for one in plans] or [ExitScope()])
    [dialog] = window.desk.exits.dialogs.values()
    await until(lambda: dialog.deed.isVisible() and dialog.deed.isEnabled())
    services.orders.hold = asyncio.Event()
    dialog.deed.click()
    await until(lambda: services.orders.exited)
    dialog.close()
    return services, window
