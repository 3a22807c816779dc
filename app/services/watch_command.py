"""The command that watches: how the accounts stand, then each change of it and each notice, until the caller goes.

What is told of an account is its state in words, never a countdown: a line a second would say nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.domain import IST
from app.services.command_views import Json, account_json, moment, state_code, success, worst_code
from app.services.views import AccountChanged, AccountRemoved, AccountView, Event, Notice, NoticePosted, NoticeWithdrawn
from app.system.talk import Message, Talk

if TYPE_CHECKING:
    from app.services.account_reads import Command
    from app.services.core import Services


class WatchCommand:
    """The command over one set of services. `find` gives the one account that a request means, or raises."""

    def __init__(self, services: "Services", find: Callable[[Message], AccountView]) -> None:
        self._services = services
        self._find = find
        self.commands: Mapping[str, Command] = MappingProxyType({"watch": self.watch})

    async def watch(self, request: Message, talk: Talk) -> Json:
        """Tell as events; with `once` only how the accounts stand now. Ends by being cancelled otherwise."""
        wanted = self._find(request).user_id if request.get("account") else None
        watcher = _Watcher(self._services, talk, wanted)
        await watcher.ask_brokers()
        news: asyncio.Queue[Event] = asyncio.Queue()
        unsubscribe = self._services.events.subscribe(partial(_take_down, news))
        try:
            await watcher.begin(once=bool(request.get("once")))
            while not request.get("once"):
                await watcher.hear(await news.get())
        finally:
            unsubscribe()
        return watcher.answer()


class _Watcher:
    """One caller of the command, and what it was told; of one account only when it `wanted` that one."""

    def __init__(self, services: "Services", talk: Talk, wanted: str | None) -> None:
        self._services = services
        self._talk = talk
        self._wanted = wanted
        self._told: dict[str, tuple[object, ...]] = {}  # last, by account or by the key of a notice

    async def ask_brokers(self) -> None:
        """Ask about what nobody has asked about since Kunji was started."""
        asked = [one for one in self._services.accounts if one.is_unanswered and one.last_check_at is None]
        await asyncio.gather(*(one.check() for one in asked if self._is_wanted(one.user_id)))

    async def begin(self, *, once: bool) -> None:
        """Tell of every account as it stands at this moment; what changes meanwhile is heard afterwards."""
        views = [view for view in self._services.brokers.accounts() if self._is_wanted(view.user_id)]
        notices = () if once else self._services.notices.open
        await self._emit({"kind": "begun", "accounts": len(views), "once": once})
        for view in views:
            await self._account(view)
        for notice in notices:
            await self._notice(notice)

    async def hear(self, event: Event) -> None:
        """Tell what is news of it."""
        if isinstance(event, AccountChanged):
            await self._account(event.view)
        elif isinstance(event, NoticePosted):
            await self._notice(event.notice)
        elif isinstance(event, NoticeWithdrawn):
            self._told.pop(event.key, None)  # told again when it comes again
        elif isinstance(event, AccountRemoved) and self._told.pop(event.user_id, None) is not None:
            await self._emit({"kind": "removed", "user_id": event.user_id})

    def answer(self) -> Json:
        """How they stand together."""
        views = [view for view in self._services.brokers.accounts() if self._is_wanted(view.user_id)]
        code = worst_code([state_code(view) for view in views])
        return success() | {"ok": code == 0, "code": code}

    def _is_wanted(self, user_id: str | None) -> bool:
        return self._wanted is None or user_id == self._wanted

    async def _account(self, view: AccountView) -> None:
        mark = _mark(view)
        if self._is_wanted(view.user_id) and self._told.get(view.user_id) != mark:
            self._told[view.user_id] = mark
            state = account_json(view, self._services.clock.now())
            state |= {"token_expires_at": moment(view.token_expires_at), "certainty": view.certainty.value}
            await self._emit({"kind": "state", **state, "code": state_code(view)})

    async def _notice(self, notice: Notice) -> None:
        words = (notice.title, notice.text)
        if self._is_wanted(notice.user_id) and self._told.get(notice.key) != words:
            self._told[notice.key] = words
            await self._emit({
                "kind": "notice",
                "key": notice.key,
                "title": notice.title,
                "text": notice.text,
                "user_id": notice.user_id,
                "urgent": notice.urgent,
            })  # fmt: skip

    async def _emit(self, event: Json) -> None:
        await self._talk.emit({"at": moment(self._services.clock.now().astimezone(IST)), **event})


def _take_down(news: "asyncio.Queue[Event]", event: Event) -> None:
    """Keep `event` for the teller; a notice after the change that it tells of, from which it comes."""
    if isinstance(event, NoticePosted | NoticeWithdrawn):
        asyncio.get_running_loop().call_soon(news.put_nowait, event)
    else:
        news.put_nowait(event)


def _mark(view: AccountView) -> tuple[object, ...]:
    """What makes a change worth a line."""
    trouble = view.error.kind if view.error is not None else ""
    return (view.name, view.state, trouble, view.token_since, view.token_expires_at)
