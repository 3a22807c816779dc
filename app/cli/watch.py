"""`kunji watch`: the owner of the profile without a window, or a listener to the window that owns it.

An owner watches, warns and renews as the window does, and answers the other commands meanwhile. It gives way to a
window that is opened, listens to it, and takes the profile again when that window ends.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from app.cli import render
from app.cli.desktop_notes import DesktopNotes
from app.cli.lines import Lines
from app.cli.run import as_owner, ended, find_owner, printed
from app.domain import Busy, TradingError
from app.services.command_views import failure
from app.system import ipc
from app.system.channel import Channel
from app.system.instance import InstanceLock
from app.system.paths import Profile
from app.system.talk import Message

if TYPE_CHECKING:
    from app.cli.run import OpenServices

_PAUSE: Final = 1.0  # seconds that another process has to take a profile that was given up


def watch(request: Message, profile: Profile, open_services: "OpenServices", *, as_json: bool) -> int:
    """Print until told to end; the exit code says how the worst account stands."""
    lines = Lines(as_json=as_json)
    try:
        answer = ended(_Watch(request, profile, open_services, lines).run())
    finally:
        lines.close()
    return printed([], [] if as_json else render.complaint(answer), answer)


class _Watch:
    """One run of the command."""

    def __init__(self, request: Message, profile: Profile, open_services: "OpenServices", lines: Lines) -> None:
        self._request = request
        self._profile = profile
        self._open_services = open_services
        self._lines = lines

    async def run(self) -> Message:
        """Watch until told to end, or until it cannot go on."""
        try:
            answer = await self._watched()
        except asyncio.CancelledError:  # the usual end: Ctrl+C, a signal, a reader that has gone
            answer = self._lines.answer
        except TradingError as error:
            answer = failure(error)
        await self._lines.end(answer)
        return answer

    async def _watched(self) -> Message:
        while True:
            with InstanceLock(self._profile) as lock:
                answer = await self._as_owner_or_caller(lock)
            if answer is not None:
                return answer
            await asyncio.sleep(_PAUSE)

    async def _as_owner_or_caller(self, lock: InstanceLock) -> Message | None:
        """The answer, or None when the owner has changed. Raises `Busy` for an owner that never answered."""
        try:
            channel = await find_owner(self._profile, lock)
        except Busy as error:
            await self._lost(error)
            return None
        if channel is not None:
            return await self._as_caller(channel)
        if self._request.get("once"):
            return await as_owner(self._profile, self._request, self._lines, self._open_services)
        return await self._as_owner()

    async def _as_caller(self, channel: Channel) -> Message | None:
        """Listen to the owner; None when it has gone: what follows it is looked for."""
        try:
            return await ipc.call(channel, self._request, self._lines)
        except Busy:
            if not self._lines.begun:
                raise
            return None

    async def _lost(self, error: Busy) -> None:
        """There is an owner that does not answer: at the beginning that is the end, later it may come back."""
        if not self._lines.begun:
            raise error
        await self._lines.lost(error)

    async def _as_owner(self) -> Message | None:
        """Watch with the door open for other commands; None when a window wants the profile."""
        from app.services.commands import Commands  # an owner elsewhere makes it needless
        from app.services.reception import Reception  # as above
        from app.system import logs  # as above

        async with AsyncExitStack() as stack:  # in reverse order
            stack.callback(logs.start(self._profile).stop)
            reception = Reception(self._profile)
            reception.open_door()
            stack.push_async_callback(reception.close_door)
            services = await self._open_services()
            stack.push_async_callback(services.close)
            stack.push_async_callback(reception.close_door)  # before them
            give_way = asyncio.Event()
            commands = Commands(services, give_way=give_way.set)
            reception.begin(commands)
            await stack.enter_async_context(DesktopNotes(services.events))
            await services.start()
            return await _unless(give_way, commands.handle(self._request, self._lines))


async def _unless(event: asyncio.Event, work: Awaitable[Message]) -> Message | None:
    """What `work` gives, or None when `event` comes first."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, waiting):
            task.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)
