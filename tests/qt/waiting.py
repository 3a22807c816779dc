"""Waits for a condition with a deadline, never for luck."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a condition of widgets has no event to wait for
            await asyncio.sleep(0.005)
