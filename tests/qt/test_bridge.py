"""Questions from widgets: answered, refused, cancelled, replaced, and never lost (promise I2)."""

import asyncio
import gc

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from app.domain import NotReachable, Secret
from app.qt.bridge import EventBridge, Runner, words_of
from app.services.events import Events
from app.services.views import AccountChanged, Event, MasterChanged, MasterView, Notice, NoticePosted
from tests.qt.fakes import account
from tests.qt.waiting import until


async def give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def fail(error: Exception) -> int:
    await asyncio.sleep(0)
    raise error


async def never() -> None:
    await asyncio.Event().wait()


async def test_the_answer_reaches_the_widget(runner: Runner) -> None:
    got: list[int] = []

    runner(runner, give(7)).done(got.append)
    await until(lambda: got == [7])


async def test_a_busy_button_is_held_down_and_comes_back(runner: Runner) -> None:
    button = QPushButton("Test")
    gate = asyncio.Event()

    runner(runner, gate.wait()).busy(button, "Testing")
    assert (button.text(), button.isEnabled()) == ("Testing", False)
    gate.set()

    await until(button.isEnabled)
    assert button.text() == "Test"


async def test_a_button_comes_back_after_a_failure(runner: Runner) -> None:
    button = QPushButton("Test")

    runner(runner, fail(NotReachable())).busy(button, "Testing").failed(lambda _: None)

    await until(button.isEnabled)


async def test_a_failure_reaches_whoever_takes_it(runner: Runner) -> None:
    got: list[BaseException] = []
    error = NotReachable("timed out")

    runner(runner, fail(error)).failed(got.append)

    await until(lambda: got == [error])


async def test_a_failure_that_nobody_takes_is_told_in_the_window(runner: Runner) -> None:
    told: list[object] = []
    runner.trouble.connect(told.append)
    error = ValueError("odd")

    runner(runner, fail(error))

    await until(lambda: told == [error])


async def test_a_slip_while_showing_an_answer_is_told(runner: Runner) -> None:
    told: list[object] = []
    got: list[int] = []
    runner.trouble.connect(told.append)

    runner(runner, give(0)).done(lambda value: got.append(1 // value))

    await until(lambda: len(told) == 1)
    assert isinstance(told[0], ZeroDivisionError)


async def test_a_slip_while_explaining_a_failure_is_told(runner: Runner) -> None:
    told: list[object] = []
    got: list[int] = []
    runner.trouble.connect(told.append)

    runner(runner, fail(NotReachable())).failed(lambda _: got.remove(1))

    await until(lambda: len(told) == 1)
    assert isinstance(told[0], ValueError)


async def test_the_newest_question_wins(runner: Runner) -> None:
    got: list[int] = []
    runner(runner, never(), newest="refresh").done(lambda _: got.append(1))

    runner(runner, give(2), newest="refresh").done(got.append)

    await until(lambda: got == [2] and runner.running == 0)


async def test_questions_of_other_names_go_on(runner: Runner) -> None:
    gate = asyncio.Event()
    got: list[object] = []
    runner(runner, gate.wait(), newest="a").done(got.append)

    runner(runner, give(2), newest="b")
    gate.set()

    await until(lambda: got == [True])


async def test_closing_cancels_everything(runner: Runner) -> None:
    for _ in range(5):
        runner(runner, never())

    await runner.close()

    assert runner.running == 0


async def test_a_question_cancelled_before_it_began_leaves_nothing_behind(runner: Runner) -> None:
    runner(runner, give(1)).cancel()

    await until(lambda: runner.running == 0)
    gc.collect()  # an un-awaited coroutine would warn here, and warnings are errors


async def test_an_answer_for_a_widget_that_is_gone_is_dropped(runner: Runner) -> None:
    import shiboken6

    parent = QObject()
    got: list[int] = []
    runner(parent, give(1)).done(got.append)

    shiboken6.delete(parent)
    await until(lambda: runner.running == 0)

    assert got == []


def test_words_of_an_unknown_error_hold_no_secret() -> None:
    Secret("planted-canary-17")

    title, words = words_of(RuntimeError("planted-canary-17"))

    assert "planted-canary-17" not in title + words


async def test_of_one_account_only_the_newest_picture_is_told() -> None:
    events = Events()
    bridge = EventBridge(events)
    told: list[list[Event]] = []
    bridge.arrived.connect(told.append)

    for _ in range(50):
        events.publish(AccountChanged(account("a")))
    events.publish(AccountChanged(account("a", name="Newest")))

    await until(lambda: len(told) > 0)
    assert told == [[AccountChanged(account("a", name="Newest"))]]
    bridge.close()


async def test_of_one_list_of_instruments_only_the_newest_picture_is_told() -> None:
    events = Events()
    bridge = EventBridge(events)
    told: list[list[Event]] = []
    bridge.arrived.connect(told.append)

    for rows in range(50):
        events.publish(MasterChanged(MasterView("dhan", None, rows)))
    events.publish(MasterChanged(MasterView("fyers", None)))

    await until(lambda: len(told) > 0)
    assert told == [[MasterChanged(MasterView("dhan", None, 49)), MasterChanged(MasterView("fyers", None))]]
    bridge.close()


async def test_no_notice_is_dropped() -> None:
    events = Events()
    bridge = EventBridge(events)
    told: list[Event] = []
    bridge.arrived.connect(told.extend)

    for number in range(3):
        events.publish(NoticePosted(Notice(str(number), "t", "x")))

    await until(lambda: len(told) == 3)
    bridge.close()


async def test_a_closed_bridge_hears_nothing() -> None:
    events = Events()
    bridge, other = EventBridge(events), EventBridge(events)
    told: list[object] = []
    told_other: list[object] = []
    bridge.arrived.connect(told.append)
    other.arrived.connect(told_other.append)

    bridge.close()
    events.publish(AccountChanged(account("a")))

    await until(lambda: told_other)
    assert told == []
    other.close()
