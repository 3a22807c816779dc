"""The command that signs in again: to one account, or to all that need it, asked and told at a terminal."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.domain import InvalidRequest, LoginCancelled
from app.domain.tongue import tr
from app.services.answers import Yes
from app.services.command_views import Json, account_json, answer_json, state_code, success, worst_code
from app.services.following import Follower
from app.services.replacing import before_replacing
from app.services.views import AccountView, Walked
from app.services.walk_following import WalkFollower
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.account_reads import Command
    from app.services.core import Services


class ReconnectCommands:
    """The command over one set of services. `find` gives the one account that a request means, or raises."""

    def __init__(self, services: "Services", find: Callable[[Message], AccountView]) -> None:
        self._services = services
        self._find = find
        self.commands: Mapping[str, Command] = MappingProxyType({"reconnect": self.reconnect})

    async def reconnect(self, request: Message, talk: Talk) -> Json:
        """Sign in again; what happens meanwhile is told as events, an address may be pasted."""
        if request.get("all"):
            return await self._all(request, talk)
        view = self._find(request)
        shared = self._services.sign_ins.running(view.user_id) is not None  # begun in the window: not ours to cancel
        if not shared and not request.get("yes"):
            await self._confirm(view, talk)
        running = self._services.sign_ins.start(view.user_id)
        answer = await Follower(running, talk, self._services.clock, shared=shared).result(self._services.events)
        if not isinstance(answer, Yes):
            return answer_json(answer)
        return success(account=account_json(self._services.brokers.view(view.user_id), self._services.clock.now()))

    async def _confirm(self, view: AccountView, talk: Talk) -> None:
        """Ask before a session that lives is replaced. Raises `LoginCancelled` when it is to be kept."""
        one = self._services.accounts.find(view.user_id)
        if one.is_unanswered or self._services.sign_ins.living(view.user_id) is not None:
            await one.check()  # nobody is asked about a session that died unnoticed
        living = self._services.sign_ins.living(view.user_id)
        if living is None:
            return
        shared = any(spec.one_token for spec in self._services.brokers.specs() if spec.key == view.broker_type)
        told = before_replacing(view, living, self._services.clock.now(), shared=shared)
        if (await talk.ask(Question("replace", f"{told} Type yes to replace it"))).lower() != "yes":
            raise LoginCancelled(title=tr("The session was kept"), next_step=tr("Nothing was changed."))

    async def _all(self, request: Message, talk: Talk) -> Json:
        """Walk over the accounts that are signed out; one line of the answer for every account."""
        if request.get("account"):
            raise InvalidRequest(title="--all means every account", next_step=tr("Name one account, or say --all."))
        views = self._services.brokers.accounts() or (self._find({}),)  # raises: there is none
        await asyncio.gather(*(self._services.brokers.broker_status(view.user_id) for view in views))
        shared = self._services.reconnect_all.running is not None
        walk = self._services.reconnect_all.start()
        follower = WalkFollower(walk, talk, self._services.clock, shared=shared)
        return self._answer(await follower.result(self._services.events))

    def _answer(self, walked: Sequence[Walked]) -> Json:
        results = {one.user_id: answer_json(one.answer) for one in walked}
        now = self._services.clock.now()
        accounts = []
        for view in self._services.brokers.accounts():
            result = results.get(view.user_id)
            code = state_code(view) if result is None else result["code"]
            accounts.append(account_json(view, now) | {"code": code, "result": result})
        code = worst_code([one["code"] for one in accounts])
        return success(accounts=accounts) | {"ok": code == 0, "code": code}
