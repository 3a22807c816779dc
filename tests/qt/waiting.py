"""Waits for a condition with a deadline, never for luck."""

import asyncio
from collections.abc import Callable

from PySide6.QtWidgets import QWidget


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a condition of widgets has no event to wait for
            await asyncio.sleep(0.005)


async def at_rest(window: QWidget, seconds: float = 30.0) -> None:
    """Until three turns of the loop in a row have moved nothing in `window`, however busy the machine is."""
    before: list[object] = []
    same = 0
    async with asyncio.timeout(seconds):
        while same < 3:
            await asyncio.sleep(0.005)
            now: list[object] = [(part.geometry(), part.isVisible()) for part in window.findChildren(QWidget)]
            same = same + 1 if now == before else 0
            before = now
