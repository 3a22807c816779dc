"""A daemon thread of our own that runs blocking calls one after another and gives awaitable results.

Why not the default executor: its threads are joined when the loop closes, so one hung keychain prompt or one silent
socket would hold up the exit of the program (desktop-session notes, section 6). A daemon thread is left behind.
"""

import asyncio
import os
import queue
import sys
import threading
from collections.abc import Callable
from functools import cache, partial
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Worker:
    """One thread, started at the first call, ended by `stop`; calls run in the order they were asked for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._begun = False
        self._stopped = False

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` on the thread and return its result or raise its exception.

        Cancelling the await gives up the result; a call that has begun runs to its end on the thread.
        """
        if self._stopped:
            raise RuntimeError(f"{self._name} is stopped")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if not self._begun:
            _starter().put(partial(self._begin, loop))
            self._begun = True
        self._jobs.put((call, loop, future))
        return await future

    def stop(self) -> None:
        """Take no more calls; the thread ends after the one it is in. Never waits."""
        if not self._stopped:
            self._stopped = True
            self._jobs.put(None)

    def _begin(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()
        except RuntimeError as error:  # the machine gives no thread more
            _tell(loop, partial(self._refuse, error))

    def _refuse(self, error: RuntimeError) -> None:
        """Tell who waits that there is no thread; the next call tries again."""
        self._begun = False
        while not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                _, _, future = job
                if not future.done():
                    future.set_exception(error)

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            _run(*job)


@cache
def _starter() -> "queue.SimpleQueue[Callable[[], None]]":
    """Where a thread is asked for: `Thread.start` waits until the new one has had a core.

    On a busy machine that is a tenth of a second, in which a window would stand still. One thread does this waiting.
    """
    asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def start_each() -> None:
        while True:
            asked.get()()

    threading.Thread(target=start_each, name="kunji-starter", daemon=True).start()
    return asked


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_starter.cache_clear)  # a forked process has none of its parent's threads


def _run(call: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: "asyncio.Future[Any]") -> None:
    if future.cancelled():  # nobody waits any more: do not begin
        return
    try:
        result = call()
    except BaseException as caught:  # noqa: BLE001 - whatever it is belongs to the one who awaits, not to this thread
        error = caught
        _deliver(loop, future, lambda: future.set_exception(error))
    else:
        _deliver(loop, future, lambda: future.set_result(result))


def _deliver(loop: asyncio.AbstractEventLoop, future: "asyncio.Future[Any]", settle: Callable[[], None]) -> None:
    def unless_done() -> None:
        if not future.done():
            settle()

    _tell(loop, unless_done)


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(what)
    except RuntimeError:  # the loop closed meanwhile: the program is leaving and nobody is there to be told
        return
