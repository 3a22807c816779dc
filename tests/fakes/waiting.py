"""Waits for a condition with a deadline, never for luck: in a loop, and where a process or a thread is waited for."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Return when `condition` holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - any condition of any object has no event
            await asyncio.sleep(0.002)


def wait_until(
    condition: Callable[[], object],
    seconds: float = 40.0,
    *,
    of: subprocess.Popen[str] | None = None,
    seen: Callable[[], object] = str,
) -> None:
    """Return when `condition` holds; fail with what was `seen` when it does not in time, or the process `of` ended."""

    def holds_or_may() -> object:
        if held := condition():
            return held
        assert of is None or of.poll() is None, (seen(), of.communicate())
        return None

    assert found_within(seconds, holds_or_may), seen()


def found_within(seconds: float, look: Callable[[], T | None], pause: float = 0.01) -> T | None:
    """What `look` gives as soon as it is true, None when it is not in time; `pause` seconds between two looks."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(pause)
    return found or None
