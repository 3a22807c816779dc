"""I2 and L5: nothing that escapes is lost, everything is told once, masked, and a crash leaves no memory image."""

import asyncio
import gc
import logging
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import Secret, SessionExpired
from app.system.crash import EARLIER, Crash, CrashNet, crash_of
from tests.fakes.clock import ManualClock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def told() -> list[Crash]:
    return []


@pytest.fixture
def net(told: list[Crash]) -> Iterator[CrashNet]:
    net = CrashNet(told.append, ManualClock())
    net.install()
    yield net
    net.remove()


def summaries(told: list[Crash]) -> list[str]:
    return [crash.summary for crash in told]


def fail() -> None:
    raise ValueError("on purpose")


def test_an_exception_that_leaves_a_slot_is_logged_and_told(
    net: CrashNet, told: list[Crash], caplog: pytest.LogCaptureFixture
) -> None:
    try:
        fail()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)

    assert summaries(told) == ["ValueError: on purpose"]
    assert "where=program" in caplog.text


def test_an_exception_that_ends_a_thread_is_logged_and_told(
    net: CrashNet, told: list[Crash], caplog: pytest.LogCaptureFixture
) -> None:
    thread = threading.Thread(target=fail, name="busy")

    thread.start()
    thread.join()

    assert summaries(told) == ["ValueError: on purpose"]
    assert "where=thread busy" in caplog.text


def test_an_exception_in_a_destructor_is_logged_and_told(
    net: CrashNet, told: list[Crash], caplog: pytest.LogCaptureFixture
) -> None:
    class Fragile:
        def __del__(self) -> None:
            fail()

    Fragile()
    gc.collect()

    assert summaries(told) == ["ValueError: on purpose"]
    assert "where=destructor" in caplog.text


async def test_an_exception_in_a_callback_is_logged_and_the_loop_goes_on(net: CrashNet, told: list[Crash]) -> None:
    loop = asyncio.get_running_loop()
    net.watch(loop)

    loop.call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert summaries(told) == ["ValueError: on purpose"]


async def test_half_a_secret_in_what_asyncio_says_of_a_callback_is_left_out(
    net: CrashNet, told: list[Crash], caplog: pytest.LogCaptureFixture
) -> None:
    text = "canary" + secrets.token_urlsafe(40)
    Secret(text)
    net.watch(asyncio.get_running_loop())

    asyncio.get_running_loop().call_soon(int, text)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert len(told) == 1
    assert [piece for piece in (text[:8], text[-8:]) if piece in caplog.records[-1].getMessage() + repr(told)] == []


async def test_a_task_that_nobody_awaits_does_not_lose_its_exception(net: CrashNet, told: list[Crash]) -> None:
    net.watch(asyncio.get_running_loop())

    async def work() -> None:
        fail()

    task = asyncio.get_running_loop().create_task(work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()

    assert summaries(told) == ["ValueError: on purpose"]


def test_an_error_of_ours_is_told_by_its_title(net: CrashNet, told: list[Crash]) -> None:
    net.report("slot", SessionExpired("code 403"))

    assert summaries(told) == ["The session has ended"]


def test_a_secret_in_an_exception_reaches_neither_window_nor_log(
    net: CrashNet, told: list[Crash], caplog: pytest.LogCaptureFixture
) -> None:
    text = "canary" + secrets.token_urlsafe(20)
    Secret(text)

    net.report("slot", ValueError(text))

    assert text not in repr(told)
    assert told[0].summary == "ValueError: \u2022\u2022\u2022\u2022"


def test_a_window_that_fails_to_show_it_does_not_lose_the_exception(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Crash) -> None:
        raise RuntimeError("the window is gone")

    CrashNet(broken).report("slot", ValueError("the first"))

    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.ERROR]
    assert "the first" in caplog.text


def test_what_happens_before_there_is_a_window_waits_for_it(told: list[Crash]) -> None:
    net = CrashNet(clock=ManualClock())
    net.report("slot", ValueError("early"))

    net.follow(told.append)
    net.report("slot", ValueError("late"))

    assert summaries(told) == ["ValueError: early", "ValueError: late"]


def test_what_the_last_run_left_is_told_and_a_good_end_is_not(told: list[Crash]) -> None:
    net = CrashNet(told.append, ManualClock())

    net.report_earlier("")
    net.report_earlier("Fatal Python error: Segmentation fault")

    assert [(crash.where, crash.trace) for crash in told] == [(EARLIER, "Fatal Python error: Segmentation fault")]


def test_the_same_line_of_code_is_the_same_mistake(told: list[Crash]) -> None:
    net = CrashNet(told.append, ManualClock())

    for call in (fail, fail, lambda: int("no number")):
        try:
            call()
        except ValueError as error:
            net.report("slot", error)

    first, second, other = told
    assert first.fault == second.fault != other.fault


def test_an_error_that_cannot_be_printed_is_told_by_its_kind() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert crash_of("slot", Broken(), ManualClock().now()).summary.startswith("Broken")


def test_the_user_who_presses_ctrl_c_is_no_crash(
    net: CrashNet, told: list[Crash], capsys: pytest.CaptureFixture[str]
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert told == []


def test_the_hooks_are_given_back(told: list[Crash]) -> None:
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    net = CrashNet(told.append)

    net.install()
    net.remove()

    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


_FALL = """
import os, resource, signal, sys
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
from app.system.crash import forbid_memory_images
forbid_memory_images()
import ctypes
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)
os.kill(os.getpid(), signal.SIGSEGV)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the promise is made for Linux")
def test_a_crash_of_the_process_leaves_no_memory_image(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FALL]

    fallen = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert fallen.returncode == -signal.SIGSEGV
    assert fallen.stdout.split() == ["0", "0"]
    assert list(tmp_path.iterdir()) == []
