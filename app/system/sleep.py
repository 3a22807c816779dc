"""The machine's sleep on Linux: logind tells when it begins and when it is over.

Where nobody tells, the token watch sees the gap between the clocks; this one is only sooner.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any, Final

_log: Final = logging.getLogger(__name__)
_ADDRESS: Final = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_WAIT: Final = 3.0  # seconds for one call
_SIGNAL: Final = "PrepareForSleep"


async def watch_sleep(on_wake: Callable[[], None]) -> None:
    """Call `on_wake` each time the machine has woken up, until cancelled; returns where nobody tells of it."""
    if sys.platform != "linux":
        return
    from app.system.dbus import Bus  # only where there is a bus

    def hear(name: str, body: tuple[Any, ...]) -> None:
        if name == _SIGNAL and body == (False,):  # True: it is about to sleep
            on_wake()

    try:
        bus = await Bus.open(hear, "SYSTEM")
    except OSError as error:
        _log.info("nobody tells of sleep reason=%s", error)
        return
    try:
        await bus.listen(_ADDRESS, _WAIT)
        await bus.closed()
    except OSError as error:
        _log.info("nobody tells of sleep reason=%s", error)
    finally:
        await asyncio.shield(bus.close())
