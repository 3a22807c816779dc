"""What can be asked of Kunji without its window: one function each from a JSON request to a JSON answer.

The owner of the profile answers them, be it the window over its local socket or the command line itself. A request is
{"op": "status", "account": "HUF", ...}; an answer always has `ok`, `code` and `error` (docs/cli.md).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.brokers.base import BrokerSpec, Field
from app.domain import Credentials, InvalidRequest, LoginCancelled, NotFound, Secret, TradingError
from app.domain.tongue import tr
from app.services.account_reads import names
from app.services.answers import Yes
from app.services.book_views import Book
from app.services.command_views import (
    Code,
    Json,
    account_json,
    answer_json,
    failure,
    own_mistake,
    positions_json,
    profile_json,
    status_code,
    status_json,
    success,
)
from app.services.diagnosis_views import diagnosis_json
from app.services.following import Follower
from app.services.journal_commands import JournalCommands
from app.services.read_commands import read_commands
from app.services.reconnect_commands import ReconnectCommands
from app.services.setting_commands import SettingCommands
from app.services.stays_words import stays_words
from app.services.views import AccountView, Draft
from app.services.watch_command import WatchCommand
from app.system.talk import Message, Question, Talk

if TYPE_CHECKING:
    from app.services.core import Services

_log: Final = logging.getLogger(__name__)
_LOOK: Final = 5.0  # seconds for what stays at a broker: an account can be erased also where nobody answers
_OWN_FIELDS: Final = ("api_key", "api_secret", "access_token", "client_id")
_TOKEN: Final = Field("access_token", "Access token", hint="of today's session", secret=True, required=False)
_Command = Callable[[Message, Talk], Awaitable[Json]]


class Commands:
    """The commands over one set of services.

    `show_window` is there when there is a window, `give_way` when one that is opened may have the profile.
    """

    def __init__(
        self,
        services: "Services",
        show_window: Callable[[], None] | None = None,
        *,
        give_way: Callable[[], None] | None = None,
    ) -> None:
        self._services = services
        self._show_window = show_window
        self._give_way = give_way
        self._commands: Mapping[str, _Command] = {
            "status": self.status,
            "connect": self.connect,
            "validate": self.validate,
            "disconnect": self.disconnect,
            "positions": self.positions,
            "show": self.show,
            "doctor": self.doctor,
            **ReconnectCommands(services, self._account).commands,
            **WatchCommand(services, self._account).commands,
            **SettingCommands(services, self._account).commands,
            **JournalCommands(services).commands,
            **read_commands(services, self._account, self._spec),
        }

    async def handle(self, request: Message, talk: Talk) -> Json:
        """Answer `request`; whatever fails becomes an answer, too."""
        try:
            return await self._command(request)(request, talk)
        except TradingError as error:
            return failure(error)
        except Exception:  # noqa: BLE001 - the caller gets an answer whatever happens here; it is logged whole
            _log.exception("command failed op=%s", request.get("op"))
            return own_mistake()

    async def status(self, request: Message, _talk: Talk) -> Json:
        """How the accounts stand, asked of their brokers at most a minute ago."""
        wanted = [self._account(request)] if request.get("account") else list(self._services.brokers.accounts())
        statuses = await asyncio.gather(*(self._services.brokers.broker_status(view.user_id) for view in wanted))
        now = self._services.clock.now()
        pairs = [
            (self._services.brokers.view(view.user_id), status) for view, status in zip(wanted, statuses, strict=True)
        ]
        code = status_code(pairs)
        accounts = [status_json(view, status, now) for view, status in pairs]
        return success(accounts=accounts) | {"ok": code == Code.YES, "code": code}

    async def connect(self, request: Message, talk: Talk) -> Json:
        """Connect a new account: with a token that the user has (`token`), else by signing in at the broker."""
        spec = self._spec(request)
        name = await self._name(request, spec, talk)
        credentials = await _ask_credentials(spec, talk, with_token=bool(request.get("token")))
        if credentials.access_token:
            answer = await self._services.brokers.connect_broker(name, spec.key, credentials)
            return self._account_answer(answer)
        running = self._services.sign_ins.start(Draft(name, spec.key, credentials))
        follower = Follower(running, talk, self._services.clock, shared=False)
        return self._account_answer(await follower.result(self._services.events))

    async def validate(self, request: Message, talk: Talk) -> Json:
        """Ask the broker about what is stored, or, with `new`, about credentials that are not stored."""
        if request.get("new"):
            spec = self._spec(request)
            credentials = await _ask_credentials(spec, talk, with_token=True)
            answer = await self._services.brokers.test_credentials(spec.key, credentials)
            content: Json = {"account": None, "stored": False}
        else:
            view = self._account(request)
            answer = await self._services.brokers.validate_broker(view.user_id)
            content = {"account": self._picture(view.user_id), "stored": True}
        if isinstance(answer, Yes):
            content["profile"] = profile_json(answer.value)
        return answer_json(answer, **content)

    async def disconnect(self, request: Message, talk: Talk) -> Json:
        """Erase an account from this machine, after a yes (`yes`, or asked for)."""
        view = self._account(request)
        stays = await self._stays(view)
        if not request.get("yes"):
            words = tr("Erase the credentials of {title} from this computer? Type yes", title=view.title)
            question = Question("confirm", words, hint=stays)
            if (await talk.ask(question)).lower() != "yes":
                raise LoginCancelled(title=tr("Nothing was erased"), next_step=tr("The account is as it was before."))
        answer = await self._services.brokers.disconnect_broker(view.user_id)
        content: Json = {"user_id": view.user_id, "name": view.name, "stays": stays}
        if isinstance(answer, Yes):
            content["revoked"] = answer.value.revoked
        return answer_json(answer, **content)

    async def positions(self, request: Message, talk: Talk) -> Json:
        """Read the positions of one account or of all."""
        wanted = [self._account(request)] if request.get("account") else list(self._services.brokers.accounts())
        await asyncio.gather(*(self._services.portfolio.refresh(view.user_id, {Book.POSITIONS}) for view in wanted))
        await names(self._services, talk)
        views = [self._services.portfolio.view(view.user_id) for view in wanted]
        accounts = [positions_json(account, view) for account, view in zip(wanted, views, strict=True)]
        error = next((view.error for view in views if view.error is not None), None)
        return success(accounts=accounts) if error is None else failure(error, accounts=accounts)

    async def show(self, request: Message, _talk: Talk) -> Json:
        """Bring the window to the front (not for a `hidden` start); an owner without one gives way to the caller's."""
        if self._give_way is not None:
            self._give_way()
            return success(gives_way=True)
        if self._show_window is None:
            raise NotFound("this owner has no window", next_step=tr("A command is running in a terminal. Let it end."))
        if not request.get("hidden"):
            self._show_window()
        return success()

    async def doctor(self, _request: Message, _talk: Talk) -> Json:
        """How everything stands that Kunji rests on."""
        return diagnosis_json(await self._services.diagnostics.run())

    # -------------------------------------------------------------- parts

    async def _stays(self, view: AccountView) -> str:
        """What would stay at the broker, read now where that works; else by the last readings, which say of when."""
        portfolio, user_id = self._services.portfolio, view.user_id
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK):
                await portfolio.refresh(user_id, {Book.ORDERS, Book.POSITIONS})
        orders, positions = (portfolio.book(book, user_id) for book in (Book.ORDERS, Book.POSITIONS))
        return stays_words(view, orders, positions, self._services.clock.now())

    def _command(self, request: Message) -> _Command:
        command = self._commands.get(str(request.get("op")))
        if command is None:
            raise InvalidRequest(f"no such command: {request.get('op')}", field="op")
        return command

    def _account_answer(self, answer: Any) -> Json:
        if isinstance(answer, Yes):
            return success(account=self._picture(answer.value.user_id))
        return answer_json(answer)

    def _picture(self, user_id: str) -> Json:
        return account_json(self._services.brokers.view(user_id), self._services.clock.now())

    def _account(self, request: Message) -> AccountView:
        """The account that the request means: by its name, its client id or its own id; the only one when unnamed."""
        wanted = str(request.get("account") or "").strip()
        views = self._services.brokers.accounts()
        found = [view for view in views if not wanted or _is_named(view, wanted)]
        if not found:
            raise _unknown_account(wanted)
        if len(found) > 1:
            names = ", ".join(sorted(view.name for view in found))
            raise InvalidRequest(
                names,
                title=tr("There are several such accounts"),
                next_step=tr("Say which one with --account."),
                field="account",
            )
        return found[0]

    def _spec(self, request: Message) -> BrokerSpec:
        """The broker that the request means; the only one when unnamed."""
        wanted = str(request.get("broker") or "").strip().casefold()
        specs = self._services.brokers.specs()
        found = [spec for spec in specs if wanted in ("", spec.key)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(spec.key for spec in specs)
        title = tr("Say which broker") if found else tr("{wanted} is not a broker that Kunji supports", wanted=wanted)
        raise InvalidRequest(names, title=title, next_step=tr("Supported: {names}.", names=names), field="broker")

    async def _name(self, request: Message, spec: BrokerSpec, talk: Talk) -> str:
        given = str(request.get("account") or "").strip()
        return given or await talk.ask(Question("name", tr("Account name"), default=spec.label)) or spec.label


async def _ask_credentials(spec: BrokerSpec, talk: Talk, *, with_token: bool) -> Credentials:
    """Ask for every field that the broker declares; for a token only where one is needed or the user has one."""
    given: dict[str, str | Secret] = {}
    for field in _asked(spec, with_token=with_token):
        question = Question(field.name, field.label, field.hint, field.secret, "" if field.secret else field.default)
        answer = await talk.ask_secret(question) if question.secret else await talk.ask(question)
        given[field.name] = answer or field.default
        if field.required and not given[field.name]:
            raise InvalidRequest(
                f"{field.label} is empty", title=tr("{label} is missing", label=field.label), field=field.name
            )
    key, secret, token = (Secret(given.get(name, "")) for name in ("api_key", "api_secret", "access_token"))
    extras = {name: Secret(value) for name, value in given.items() if name not in _OWN_FIELDS}
    return Credentials(key, secret, token, client_id=str(given.get("client_id", "")), extras=extras)


def _asked(spec: BrokerSpec, *, with_token: bool) -> list[Field]:
    """The fields to ask for: a token that only some have is asked for only from those who say so."""
    token = next((field for field in spec.fields if field.name == _TOKEN.name), _TOKEN)
    fields = [field for field in spec.fields if field.name != token.name]
    return [*fields, replace(token, required=True)] if with_token or token.required else fields


def _is_named(view: AccountView, wanted: str) -> bool:
    return wanted == view.user_id or wanted.casefold() in (view.name.casefold(), view.client_id.casefold())


def _unknown_account(wanted: str) -> NotFound:
    if wanted:
        return NotFound(
            wanted, title=tr("There is no account {wanted}", wanted=wanted), next_step=tr("kunji status lists them.")
        )
    return NotFound(title=tr("No account is connected"), next_step=tr("kunji connect connects one."))
