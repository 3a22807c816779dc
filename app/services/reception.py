"""The door of a window: open from its first moment, also before the services are there and when they cannot be."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from app.domain import Busy, TradingError
from app.domain.tongue import tr
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.command_views import Json
    from app.services.commands import Commands
    from app.services.diagnostics import Diagnostics
    from app.system.paths import Profile

_OPENING: Final = 20.0  # seconds that a caller waits for the services of a window that has just started


class Reception:
    """Requests wait for the services, or are told what keeps them from opening."""

    def __init__(self, profile: "Profile", diagnostics: "Diagnostics | None" = None) -> None:
        """`diagnostics` answers for as long as there are no services that could."""
        self._profile = profile
        self._diagnostics = diagnostics
        self._commands: Commands | None = None
        self._trouble: TradingError | None = None
        self._news = asyncio.Event()
        self._door: asyncio.Task[None] | None = None

    def open_door(self) -> None:
        """Let callers in, from the running loop; more than once is the same as once."""
        if self._door is None:
            self._door = asyncio.get_running_loop().create_task(self._let_in(), name="door")

    def refuse(self, trouble: TradingError) -> None:
        """The services cannot be opened, for the time being."""
        self._trouble = trouble
        self._news.set()

    def begin(self, commands: "Commands") -> None:
        """The services are there."""
        self._commands, self._trouble = commands, None
        self._news.set()

    async def attend(self, commands: "Commands") -> None:
        """Answer with `commands` until cancelled; the door is shut before this ends."""
        self.begin(commands)
        try:
            await asyncio.Event().wait()
        finally:
            await self.close_door()

    async def close_door(self) -> None:
        """Let nobody in any more, and send away who is there."""
        if self._door is not None:
            self._door.cancel()
            await asyncio.gather(self._door, return_exceptions=True)
            self._door = None

    async def _let_in(self) -> None:
        from app.system import ipc  # loaded on first use: start-up

        server = await ipc.serve(self._profile, self.handle)
        try:
            await asyncio.Event().wait()
        finally:
            await server.close()

    async def handle(self, request: Message, talk: Talk) -> "Json":
        """See `Commands.handle`."""
        from app.services.command_views import failure  # after the first paint, and only for callers
        from app.services.diagnosis_views import diagnosis_json  # as above

        if self._commands is None and self._diagnostics is not None and request.get("op") == "doctor":
            return diagnosis_json(await self._diagnostics.run())  # it is asked just because nothing opens
        with suppress(TimeoutError):
            async with asyncio.timeout(_OPENING):
                await self._news.wait()
        if self._commands is not None:
            return await self._commands.handle(request, talk)
        return failure(self._trouble or _still_opening())


def _still_opening() -> Busy:
    return Busy(title=tr("Kunji is still opening your credential store"), next_step=tr("Look at its window."))
