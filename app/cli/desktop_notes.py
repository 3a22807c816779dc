"""Notices on the desktop while no window is there: without buttons, which would have nothing behind them."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self

from app.services.events import Events
from app.services.views import Action, Event, Notice, NoticePosted, NoticeWithdrawn

if TYPE_CHECKING:
    from types import TracebackType


_LAST_NOTE: Final = 1.0  # seconds for a desktop that is just showing one
_HOW: Final = " Open Kunji, or say kunji reconnect in a terminal."


class DesktopNotes:
    """Shows what is told from entering to leaving; where the desktop shows nothing, the lines alone tell it."""

    def __init__(self, events: Events) -> None:
        from app.system.notifications import DesktopNotifier  # only an owner without a window needs it

        self._desktop: DesktopNotifier = DesktopNotifier()
        self._events = events
        self._news: asyncio.Queue[NoticePosted | NoticeWithdrawn | None] = asyncio.Queue()
        self._leaving = False

    async def __aenter__(self) -> Self:
        await self._desktop.start()  # also one that shows no buttons will do
        self._unsubscribe = self._events.subscribe(self._hear)
        self._task = asyncio.create_task(self._show(), name="desktop-notes")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: "TracebackType | None"
    ) -> None:
        self._unsubscribe()
        self._leaving = True
        self._news.put_nowait(None)
        await asyncio.wait({self._task}, timeout=_LAST_NOTE)  # what is just being shown must be taken away again
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._desktop.close()

    def _hear(self, event: Event) -> None:
        if isinstance(event, NoticePosted | NoticeWithdrawn):
            self._news.put_nowait(event)

    async def _show(self) -> None:
        """In their order: what is withdrawn must not come after its withdrawal."""
        while (event := await self._news.get()) is not None and not self._leaving:
            if isinstance(event, NoticePosted):
                await self._desktop.post(_told(event.notice))
            else:
                await self._desktop.withdraw(event.key)


def _told(notice: Notice) -> Notice:
    return notice if notice.action in (Action.NONE, Action.SHOW_ORDERS) else replace(notice, text=notice.text + _HOW)
