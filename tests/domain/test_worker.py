import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import Worker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test-worker")
    yield worker
    worker.stop()


async def test_calls_run_in_order_on_one_daemon_thread(worker: Worker) -> None:
    order: list[tuple[int, str, bool]] = []

    def call(number: int) -> None:
        order.append((number, threading.current_thread().name, threading.current_thread().daemon))

    await asyncio.gather(*(worker.run(lambda number=number: call(number)) for number in range(50)))  # type: ignore[misc]  # a default binds the number

    assert order == [(number, "test-worker", True) for number in range(50)]


async def test_the_result_comes_back(worker: Worker) -> None:
    assert await worker.run(lambda: 6 * 7) == 42


async def test_the_error_comes_back_and_the_next_call_works(worker: Worker) -> None:
    with pytest.raises(ZeroDivisionError):
        await worker.run(lambda: 1 // 0)

    assert await worker.run(lambda: 1) == 1


async def test_the_loop_goes_on_while_a_call_blocks(worker: Worker) -> None:
    release = threading.Event()
    call = asyncio.ensure_future(worker.run(lambda: release.wait(10)))

    for _ in range(10):
        await asyncio.sleep(0)

    assert not call.done()
    release.set()
    assert await call


async def test_a_call_that_nobody_awaits_any_more_is_not_begun(worker: Worker) -> None:
    release = threading.Event()
    begun: list[str] = []
    first = asyncio.ensure_future(worker.run(lambda: release.wait(10)))
    second = asyncio.ensure_future(worker.run(lambda: begun.append("second")))
    await asyncio.sleep(0)

    second.cancel()
    await asyncio.sleep(0)
    release.set()
    await first
    await worker.run(lambda: None)

    assert begun == []


async def test_a_cancelled_await_does_not_spoil_the_next(worker: Worker) -> None:
    release = threading.Event()
    call = asyncio.ensure_future(worker.run(lambda: release.wait(10)))
    await asyncio.sleep(0)
    call.cancel()
    release.set()

    assert await worker.run(lambda: "next") == "next"


async def test_a_stopped_worker_takes_no_more_calls(worker: Worker) -> None:
    await worker.run(lambda: None)
    worker.stop()
    worker.stop()

    with pytest.raises(RuntimeError, match="stopped"):
        await worker.run(lambda: None)


_HUNG = """
import asyncio, threading
from app.domain import Worker
async def main():
    try:
        await asyncio.wait_for(Worker("hung").run(threading.Event().wait), 0.1)
    except TimeoutError:
        print("left", flush=True)
asyncio.run(main())
"""


def test_a_call_that_never_ends_does_not_hold_up_the_end_of_the_program() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HUNG], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "left\n", "")


async def test_loop_goes_on_while_the_thread_has_no_core_yet(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    core, live = threading.Event(), threading.Thread.start
    monkeypatch.setattr(threading.Thread, "start", lambda thread: (core.wait(10), live(thread)))
    call = asyncio.ensure_future(worker.run(lambda: 42))

    for _ in range(10):
        await asyncio.sleep(0)

    assert not call.done()
    core.set()
    assert await call == 42


async def test_machine_without_another_thread_is_told_and_the_next_call_tries_again(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="start new thread"):
            await worker.run(lambda: 1)

    assert await worker.run(lambda: 2) == 2
