"""Waits for a condition with a deadline, never for luck: in a loop, and where a process or a thread is waited for."""

import asyncio
import subprocess
import time
from collections.abc import Callable


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
    deadline = time.monotonic() + seconds
    while not condition():
        assert of is None or of.poll() is None, (seen(), of.communicate())
        assert time.monotonic() < deadline, seen()
        time.sleep(0.01)
