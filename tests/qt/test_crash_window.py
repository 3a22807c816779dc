"""I2: what escapes a slot, a paint, a task, a thread or a destructor is recorded and shown, and the window lives on."""

import asyncio
import gc
import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from app.domain import NotReachable, Secret
from app.qt.window import Window
from app.system.crash import EARLIER, Crash, CrashNet, crash_of
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, account
from tests.qt.waiting import until

Cause = Callable[[Window], object]


def fail() -> None:
    raise ValueError("on purpose")


async def work() -> None:
    fail()


class Painted(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        fail()


class Fragile:
    def __del__(self) -> None:
        fail()


def in_a_slot(window: Window) -> object:
    button = QPushButton(window)
    button.clicked.connect(fail)
    button.click()
    return button


def in_a_timer(window: Window) -> object:
    return QTimer.singleShot(0, window, fail)


def in_a_paint(window: Window) -> object:
    painted = Painted(window)
    painted.resize(10, 10)
    painted.show()
    return painted


def in_a_callback(_: Window) -> object:
    return asyncio.get_running_loop().call_soon(fail)


def in_a_task(_: Window) -> object:
    task = asyncio.get_running_loop().create_task(work())
    task.add_done_callback(lambda _: asyncio.get_running_loop().call_soon(gc.collect))
    return None


def in_a_thread(_: Window) -> object:
    thread = threading.Thread(target=fail, name="busy")
    thread.start()
    thread.join()
    return thread


def in_a_destructor(_: Window) -> object:
    Fragile()
    return gc.collect()


def in_a_question(window: Window) -> object:
    return window._run(window, work())


@pytest.fixture
def net() -> Iterator[CrashNet]:
    """The hooks as the program has them; a window of a test follows."""
    net = CrashNet()
    net.install()
    yield net
    net.remove()


def caught(show: Show, net: CrashNet) -> Window:
    window = show(FakeServices([account()]))
    net.watch(asyncio.get_running_loop())
    net.follow(window.crashed.emit)
    return window


async def shown(window: Window) -> None:
    await until(lambda: "crashes" in window.__dict__ and window.crashes.dialog.isVisible())


def said(window: Window) -> str:
    return " / ".join(label.text() for label in window.crashes.dialog.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize(
    "cause",
    [in_a_slot, in_a_timer, in_a_paint, in_a_callback, in_a_task, in_a_thread, in_a_destructor, in_a_question],
)
async def test_what_escapes_is_recorded_and_shown_and_the_window_lives(
    show: Show, net: CrashNet, caplog: pytest.LogCaptureFixture, cause: Cause
) -> None:
    window = caught(show, net)

    kept = cause(window)
    await shown(window)

    assert "ValueError: on purpose" in said(window)
    assert any(record.levelno >= logging.WARNING and "ValueError: on purpose" in str(record.exc_text or record.exc_info)
               for record in caplog.records)  # fmt: skip
    if isinstance(kept, QWidget):
        kept.hide()
    window.go("settings")
    assert window.pages.current == "settings"


async def test_it_comes_up_beside_the_work_and_takes_no_keyboard(show: Show) -> None:
    window = show(FakeServices([account()]))

    window.crashed.emit(crash_of("loop", ValueError("odd"), NOW))
    await shown(window)

    assert window.crashes.dialog.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not window.crashes.dialog.isModal()
    assert not window.message.isVisible()


async def test_several_share_one_window_with_the_newest_first(show: Show) -> None:
    window = show(FakeServices([account()]))

    for words in ("first", "second", "second"):
        window.crashed.emit(Crash(NOW, "loop", words))
    await shown(window)

    told = said(window)
    assert told.index("second") < told.index("first")
    assert "2 times, last at 2026-11-18 09:32:18 IST" in told


async def test_what_was_read_comes_in_the_message_line_when_it_comes_again(show: Show) -> None:
    window = show(FakeServices([account()]))
    window.crashed.emit(Crash(NOW, "loop", "the same"))
    await shown(window)
    window.crashes.dialog.go_on.click()

    window.crashed.emit(Crash(NOW, "loop", "the same"))
    await until(window.message.isVisible)
    assert window.crashes.dialog.isHidden()
    assert "the same" in window.message.copy.details

    window.crashed.emit(Crash(NOW, "loop", "another"))
    await shown(window)
    assert not window.message.isVisible()


async def test_a_flood_of_them_leaves_the_loop_free(show: Show) -> None:
    window = show(FakeServices([account()]))
    loop, longest, before = asyncio.get_running_loop(), 0.0, 0.0

    for number in range(1000):
        window.crashed.emit(Crash(NOW, "program", f"number {number}"))
    before = loop.time()
    while not window.crashes.dialog.isVisible():
        await asyncio.sleep(0.001)
        longest, before = max(longest, loop.time() - before), loop.time()

    assert len(window.crashes._seen) == 20
    assert "number 999" in said(window)
    assert longest < 0.5


async def test_a_window_that_is_leaving_shows_nothing_more(show: Show) -> None:
    window = show(FakeServices([account()]))
    window.leaving = True

    window.crashed.emit(Crash(NOW, "loop", "late"))
    await asyncio.sleep(0.3)

    assert "crashes" not in window.__dict__


async def test_an_error_with_words_of_its_own_is_no_crash(show: Show) -> None:
    window = show(FakeServices([account()]))

    window._run.untaken(NotReachable())
    await until(window.message.isVisible)

    assert "crashes" not in window.__dict__


async def test_what_ended_the_last_run_is_offered(show: Show) -> None:
    window = show(FakeServices([account()]))

    window.crashed.emit(Crash(NOW, EARLIER, "Kunji ended by itself the last time", "Fatal Python error: Aborted"))
    await shown(window)

    assert "What was stored before is there." in said(window)
    assert "Fatal Python error: Aborted" in window.crashes.dialog.copy.details


async def test_the_report_is_saved_where_the_user_says_without_a_secret(show: Show, tmp_path: Path) -> None:
    text = f"canary{secrets.token_hex(12)}"
    (tmp_path / "kunji.log").write_text(f"the end of the log with {text}\n")
    window = show(FakeServices([account()]))
    window.log_dir = tmp_path
    Secret(text)
    window.crashed.emit(crash_of("loop", ValueError(text), NOW))
    await shown(window)

    window.crashes.dialog.save.click()
    (question,) = window.crashes.dialog.findChildren(QFileDialog)
    question.fileSelected.emit(str(tmp_path / "report.txt"))
    await until(lambda: "Saved as " in said(window))
    question.close()

    report = (tmp_path / "report.txt").read_text()
    assert "ValueError: \u2022\u2022\u2022\u2022" in report
    assert "the end of the log with \u2022\u2022\u2022\u2022" in report
    assert text not in report + window.crashes.dialog.copy.details


async def test_a_report_that_cannot_be_saved_says_why(show: Show, tmp_path: Path) -> None:
    window = show(FakeServices([account()]))
    window.crashed.emit(Crash(NOW, "loop", "odd"))
    await shown(window)

    window.crashes.save(tmp_path)

    await until(lambda: "could not be saved: Is a directory" in said(window))
    assert window.crashes.dialog.save.isEnabled()
