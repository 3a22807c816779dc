"""The accounts that are stored, each with its coordinator, and the only ways to change what is stored."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.brokers.base import BaseBroker, BrokerSpec
from app.domain import Credentials, InvalidRequest, NotFound, Token, VaultError
from app.domain.forecast import Death
from app.domain.tongue import tr
from app.services.complete import unconfirmed, with_token
from app.services.second_factor import as_stored
from app.services.sessions import LET_GO, Coordinator, Desk
from app.services.views import AccountRemoved, Trace

if TYPE_CHECKING:
    from app.vault import StoredAccount

_log: Final = logging.getLogger(__name__)
T = TypeVar("T")
COLOURS: Final = ("blue", "teal", "violet", "brown", "olive", "rose", "slate", "clay")  # design section 3
_NONE_DIED: Final[Mapping[str, tuple[Death, ...]]] = MappingProxyType({})
_LONGEST_NAME: Final = 60
_TURNS_TEXT: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # a name could be made to lie


class Accounts:
    """Every account by its user id, in the user's order."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._all: dict[str, Coordinator] = {}
        self._adding = asyncio.Lock()  # two that are added at once must not both find a name or a client free
        self._changes: set[asyncio.Task[Any]] = set()

    def __iter__(self) -> Iterator[Coordinator]:
        return iter(tuple(self._all.values()))

    def __contains__(self, user_id: str) -> bool:
        return user_id in self._all

    def __len__(self) -> int:
        return len(self._all)

    def find(self, user_id: str) -> Coordinator:
        """The account's coordinator. Raises `NotFound`."""
        try:
            return self._all[user_id]
        except KeyError:
            raise NotFound(
                user_id, title=tr("There is no such account"), next_step=tr("It may have been removed meanwhile.")
            ) from None

    async def restore(self, deaths: Mapping[str, tuple[Death, ...]] = _NONE_DIED) -> None:
        """Take up what is stored, `deaths` being how earlier sessions ended, by user.

        It needs no key: accounts whose credentials cannot be read are shown locked.
        """
        for account in await self._desk.vault.accounts():
            one = self._take_up(account, *await self._declared(account.broker_type))
            one.deaths = deaths.get(account.user_id, ())
            one.lock(self._desk.vault.key_error)
        if self._desk.vault.is_open:
            await self._learn()

    async def begin(self) -> None:
        """Make the adapters that were left for later, and ask for the key; accounts without it are shown locked."""
        for one in self:
            await asyncio.sleep(0)  # the first account of a broker loads its adapter: a turn of the loop each
            one.equip()
        if not self._desk.vault.is_open and self._all:
            with suppress(VaultError):
                await self.unlock()

    async def unlock(self) -> None:
        """Ask the keychain for the key again. Raises the `VaultError` it gives."""
        try:
            await self._desk.vault.unlock()
        finally:
            for one in self:
                one.lock(self._desk.vault.key_error)
        await self._learn()

    async def add(
        self, name: str, colour: str, broker: BaseBroker, credentials: Credentials, token: Token, *, confirmed: bool
    ) -> Coordinator:
        """Store a new account, whose adapter is `broker`.

        Raises `VaultError`, or `InvalidRequest` when the name or the client is there already; then nothing is stored.
        """
        async with self._adding:
            name = self.check_name(name)
            self.check_new(broker.spec, credentials.client_id)
            account = await self._desk.vault.add(
                name,
                colour or self._free_colour(),
                broker.spec.key,
                credentials,
                token_since=token.issued_at,
                token_expires_at=token.expires_at,
                confirmed=confirmed,
            )
            coordinator = self._take_up(account, None)
        coordinator.tracer.arrival = Trace.CONNECTED
        coordinator.adopt(broker, account, None if confirmed else credentials)
        coordinator.learn(credentials)
        coordinator.changed()
        return coordinator

    async def replace_token(
        self, coordinator: Coordinator, broker: BaseBroker, credentials: Credentials, token: Token, *, confirmed: bool
    ) -> None:
        """Store a new token over the old one and go on with `broker`, which holds it.

        Raises `VaultError` when it could not be stored. With a token just issued (not `confirmed`) the session goes on
        all the same until Kunji is closed, because the old one is dead.
        """
        fresh = None if confirmed else credentials
        async with coordinator.writing:
            try:
                credentials = await self._as_stored(coordinator.user_id, broker.spec, credentials)
                account = await self._desk.vault.update(
                    coordinator.user_id,
                    credentials,
                    token_since=token.issued_at,
                    token_expires_at=token.expires_at,
                    confirmed=confirmed,
                )
            except VaultError:
                if not confirmed:
                    coordinator.adopt(broker, unconfirmed(coordinator.account, token), fresh)
                raise
            coordinator.learn(credentials)
            coordinator.adopt(broker, account, fresh)

    async def _as_stored(self, user_id: str, spec: BrokerSpec, credentials: Credentials) -> Credentials:
        if not spec.second_factor:
            return credentials
        return as_stored(spec, credentials, await self._desk.vault.credentials(user_id))

    async def keep_renewed(self, coordinator: Coordinator, generation: int, known: Credentials, token: Token) -> None:
        """Store the token that the account's own adapter was given for the living one, and go on with it.

        `generation` is that of the token which was renewed: where a newer one came meanwhile, this one is dead and
        dropped. `known` are the credentials of before, for a vault that can be read no more. Raises `VaultError` when
        it could not be stored: the session goes on all the same, as after `replace_token`.
        """
        async with coordinator.writing:
            if coordinator.generation != generation or coordinator.retired:
                return
            account, complete = unconfirmed(coordinator.account, token), with_token(known, token)
            try:
                account, complete = await self._write_renewed(coordinator.user_id, token)
            finally:
                coordinator.go_on(account, complete)

    async def save_renewed(self, coordinator: Coordinator, generation: int, token: Token) -> None:
        """Store a token that is in use and could not be stored; nothing where it is in use no more."""
        async with coordinator.writing:
            if coordinator.generation == generation and not coordinator.retired:
                account, _ = await self._write_renewed(coordinator.user_id, token)
                coordinator.rewrite(account)

    async def _write_renewed(self, user_id: str, token: Token) -> "tuple[StoredAccount, Credentials]":
        complete = with_token(await self._desk.vault.credentials(user_id), token)
        account = await self._desk.vault.update(
            user_id, complete, token_since=token.issued_at, token_expires_at=token.expires_at, confirmed=False
        )
        return account, complete

    async def remove(self, coordinator: Coordinator) -> None:
        """Erase the account here. Raises `VaultError`; then it is still there."""
        async with coordinator.writing:
            await self._desk.vault.remove(coordinator.user_id)
        await coordinator.close()
        self._all.pop(coordinator.user_id, None)
        self._desk.events.publish(AccountRemoved(coordinator.user_id))

    async def finish(self, change: Coroutine[Any, Any, T]) -> T:
        """Carry `change` out to its end, also when who asked for it goes away: file and memory must not part."""
        task = asyncio.create_task(change, name="change-accounts")
        self._changes.add(task)
        task.add_done_callback(self._changes.discard)
        return await asyncio.shield(task)

    def check_name(self, name: str, *, but: str = "") -> str:
        """`name` in one line. Raises `InvalidRequest` when it is no name, or taken by another than `but`."""
        name = " ".join(name.split())
        if not name:
            raise InvalidRequest("name: empty", title=tr("The account name is empty"), field="name")
        if len(name) > _LONGEST_NAME or any(map(_cannot_be_shown, name)):
            raise InvalidRequest(
                "name: too long, or of signs that cannot be shown",
                title=tr("This cannot be an account name"),
                next_step=tr(
                    "Choose one of at most {longest_name} letters, digits and signs.", longest_name=_LONGEST_NAME
                ),
                field="name",
            )
        taken = any(one.account.name.casefold() == name.casefold() for one in self if one.user_id != but)
        if taken:
            raise InvalidRequest(
                name,
                title=tr("There is already an account named {name}", name=name),
                next_step=tr("Give this one another name."),
                field="name",
            )
        return name

    def check_new(self, spec: BrokerSpec, client_id: str) -> None:
        """Raise `InvalidRequest` when that client of that broker is connected already."""
        for one in self:
            theirs = (one.account.broker_type, one.account.client_id.casefold())
            if client_id and theirs == (spec.key, client_id.casefold()):
                raise InvalidRequest(
                    client_id,
                    title=tr(
                        "{client_id} at {label} is already connected as {name}",
                        client_id=client_id,
                        label=spec.label,
                        name=one.account.name,
                    ),
                    next_step=tr("Reconnect that account instead. Nothing was stored."),
                    field="client_id",
                )

    async def close(self) -> None:
        """Let go of every adapter, all at once; a change under way has a moment to end."""
        if self._changes:
            await asyncio.wait(self._changes, timeout=LET_GO)
        await asyncio.gather(*(one.close() for one in self))

    async def _learn(self) -> None:
        """What is kept of second factors; accounts that cannot be read do not say."""
        for one in self:
            if one.spec is not None and one.spec.second_factor and one.keeps is None:
                with suppress(VaultError):
                    one.learn(await self._desk.vault.credentials(one.user_id))
                    one.changed()

    def _take_up(
        self, account: "StoredAccount", broker: BaseBroker | None, spec: BrokerSpec | None = None
    ) -> Coordinator:
        coordinator = Coordinator(account, broker, self._desk, spec)
        self._all[account.user_id] = coordinator
        return coordinator

    async def _declared(self, broker_type: str) -> tuple[BaseBroker | None, BrokerSpec | None]:
        """What an account begins with: what its broker declares, or an adapter where that is all that says it."""
        spec = self._desk.spec_of(broker_type)
        if spec is not None:
            return None, spec
        await asyncio.sleep(0)  # as in `begin`
        return self._adapter(broker_type), None

    def _adapter(self, broker_type: str) -> BaseBroker | None:
        with suppress(ValueError):  # stored by a version that knew this broker
            return self._desk.make_broker(broker_type)
        _log.warning("unknown broker in the vault broker=%s", broker_type)
        return None

    def _free_colour(self) -> str:
        used = {one.account.colour for one in self}
        free = [colour for colour in COLOURS if colour not in used]
        return free[0] if free else COLOURS[len(self) % len(COLOURS)]


def _cannot_be_shown(sign: str) -> bool:
    return sign < " " or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff" or sign in _TURNS_TEXT
