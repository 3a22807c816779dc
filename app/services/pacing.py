"""What background loops are made of: a pause that news can end, and tasks whose errors are not lost."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from app.domain import Clock

_log: Final = logging.getLogger(__name__)


class Pause:
    """The sleep of one background loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news = asyncio.Event()

    def end(self) -> None:
        """Let the loop run on now; news that comes while it is awake ends its next pause at once."""
        self._news.set()

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds`, or earlier with news."""
        asleep = asyncio.ensure_future(self._clock.sleep(seconds))
        news = asyncio.ensure_future(self._news.wait())
        try:
            await asyncio.wait({asleep, news}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asleep.cancel()
            news.cancel()
            await asyncio.gather(asleep, news, return_exceptions=True)
            self._news.clear()


class Background:
    """Work that belongs to one owner, one piece a name at a time: no error of it is lost, all of it ends together."""

    def __init__(self, ended: Callable[[], None] = lambda: None) -> None:
        """`ended` is called after each piece of work, however it went."""
        self._tasks: dict[str, asyncio.Task[object]] = {}
        self._tell = ended

    def __contains__(self, name: str) -> bool:
        """Whether work of that name is under way."""
        return name in self._tasks

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Begin `work`, unless work of that name is under way."""
        if name not in self._tasks:
            task: asyncio.Task[object] = asyncio.create_task(work(), name=name)
            self._tasks[name] = task
            task.add_done_callback(self._ended)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._tasks)

    async def finish(self) -> None:
        """Wait until everything under way has come to its own end."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Cancel everything and wait until it has let go."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: "asyncio.Task[object]") -> None:
        self._tasks.pop(task.get_name(), None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("background work failed name=%s", task.get_name(), exc_info=error)
        self._tell()


async def let_end(tasks: Iterable[asyncio.Future[Any]], seconds: float = 0.1) -> None:
    """Give `tasks` a moment to come to their own end, cancel the others, and wait until these have let go."""
    pending = [task for task in tasks if not task.done()]
    if pending:
        await asyncio.wait(pending, timeout=seconds)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
