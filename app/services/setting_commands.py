"""The commands around being told: the user's settings, the calendar of trading days, an account's history, its PIN."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from app.domain import InvalidRequest, LoginCancelled
from app.domain.tongue import tr
from app.services.answers import Yes
from app.services.command_views import Json, account_json, allowed_json, answer_json, error_json, moment, success
from app.services.portable_commands import COLUMNS, FILES, PortableCommands
from app.services.preferences import text_of
from app.services.setting_table import NAMES
from app.services.trade_words import orders_words
from app.services.views import AccountView
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.account_reads import Command
    from app.services.core import Services

_NONE: Final = "none"


class SettingCommands:
    """The commands over one set of services. `find` gives the one account that a request means, or raises."""

    def __init__(self, services: "Services", find: Callable[[Message], AccountView]) -> None:
        self._services = services
        self._find = find
        self._portable = PortableCommands(services)
        self.commands: Mapping[str, Command] = MappingProxyType({
            "settings": self.settings,
            "move": self._portable.move,
            "calendar": self.calendar,
            "history": self.history,
            "forget-pin": self.forget_pin,
            "address": self.address,
        })  # fmt: skip

    async def settings(self, request: Message, talk: Talk) -> Json:
        """What the user has set; with `name` and `value` after changing one, or exporting or importing a file."""
        name, value = str(request.get("name") or ""), str(request.get("value") or "")
        if name and not value:
            step = tr("kunji settings {name} {value}", name=name, value="FILE" if name in FILES else "VALUE")
            raise InvalidRequest(title=tr("There is no value for {name}", name=name), next_step=step, field="value")
        if name in FILES:
            return await self._portable.file(request, talk)
        if name == COLUMNS:
            return self._portable.columns(value)
        preferences = self._services.preferences
        view = await preferences.put_text(name, value) if name else preferences.view
        return success(settings={one: text_of(view, one) for one in NAMES})

    async def calendar(self, request: Message, _talk: Talk) -> Json:
        """The trading days in force; `import` takes the `file` as the user's own, `reset` goes back to Kunji's."""
        calendars, file = self._services.calendars, str(request.get("file") or "")
        match request.get("action"):
            case "import":
                if not file:
                    raise InvalidRequest(
                        title=tr("No file is named"), next_step=tr("kunji calendar import FILE"), field="file"
                    )
                view = await calendars.install(Path(file))
            case "reset":
                view = await calendars.remove()
            case _:
                view = await calendars.show()
        days = [{"day": day.isoformat(), "name": name} for day, name in view.days]
        return success(
            calendar=view.name,
            years=list(view.years),
            own=view.own,
            notice=view.notice,
            trouble=error_json(view.error),
            days=days,
        )

    async def history(self, request: Message, _talk: Talk) -> Json:
        """What one account, or each, went through in the last 90 days, oldest first."""
        views = [self._find(request)] if request.get("account") else self._services.brokers.accounts()
        found = await asyncio.gather(*(self._services.store.history.of_account(view.user_id) for view in views))
        titles = {view.user_id: view.title for view in views}
        traces = sorted((trace for traces in found for trace in traces), key=lambda trace: trace.at)
        lines = [
            {
                "at": moment(one.at),
                "user_id": one.user_id,
                "account": titles[one.user_id],
                "kind": one.kind,
                "says": one.text,
            }
            for one in traces
        ]
        return success(history=lines)

    async def address(self, request: Message, _talk: Talk) -> Json:
        """From which internet address orders of one account are sent; with `address` after noting it, or "none"."""
        view, text = self._find(request), str(request.get("address") or "").strip()
        if text:
            noted = "" if text.lower() == _NONE else text
            answer = await self._services.brokers.note_address(view.user_id, noted)
            if not isinstance(answer, Yes):
                return answer_json(answer)
            view = answer.value
        return success(
            account=account_json(view, self._services.clock.now()),
            address=view.address,
            orders=allowed_json(view.orders, orders_words(view)),
        )

    async def forget_pin(self, request: Message, talk: Talk) -> Json:
        """Erase the PIN and the TOTP secret that are kept for an account, after a yes (`yes`, or asked for)."""
        view = self._find(request)
        if view.keeps is not None and not view.keeps:
            return success(account=account_json(view, self._services.clock.now()), forgotten=False)
        if not request.get("yes"):
            question = Question(
                "confirm", tr("Erase the kept PIN and TOTP secret of {title}? Type yes", title=view.title)
            )
            if (await talk.ask(question)).lower() != "yes":
                raise LoginCancelled(title=tr("Nothing was erased"), next_step=tr("The account is as it was before."))
        answer = await self._services.brokers.forget_second_factor(view.user_id)
        if not isinstance(answer, Yes):
            return answer_json(answer)
        return success(account=account_json(answer.value, self._services.clock.now()), forgotten=True)
