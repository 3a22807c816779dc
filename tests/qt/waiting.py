"""Waits for a condition with a deadline, never for luck."""

import asyncio

from PySide6.QtWidgets import QWidget

from tests.fakes.waiting import until

__all__ = ["at_rest", "until"]


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
