"""The named operations on accounts: connect, test, validate, update, disconnect, status (TASK-019 to TASK-026).

Each ends in yes, a definite no, or unknown. Nothing is stored unless the broker said yes, and a failed attempt never
touches what is stored. All values come in clear only inside `Secret`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.brokers.base import BaseBroker, BrokerSpec
from app.domain import (
    BadCredentials,
    Credentials,
    InvalidRequest,
    NotFound,
    NotReachable,
    Profile,
    Secret,
    TradingError,
    VaultError,
)
from app.domain.tongue import tr
from app.services.accounts import Accounts
from app.services.answers import Answer, No, Unknown, Yes
from app.services.complete import pasted, prepared, with_token
from app.services.judging import answer_of
from app.services.order_gates import OrderGates
from app.services.second_factor import SecondFactor, without
from app.services.sessions import Coordinator, Desk, again, let_go
from app.services.sign_in_goals import adapter_of, check_same_client
from app.services.statuses import Statuses
from app.services.views import AccountView, BrokerStatus, Disconnected
from app.services.watched import WatchedBroker

if TYPE_CHECKING:
    from app.services.sign_ins import SignIns

_log: Final = logging.getLogger(__name__)
_REVOKE: Final = 5.0  # seconds that the broker has to end a session before it is erased here
T = TypeVar("T")


class BrokerService:
    """What can be done with accounts. Errors of what was asked (no such account) come as answers, too."""

    def __init__(
        self, desk: Desk, accounts: Accounts, sign_ins: "SignIns", specs: Sequence[BrokerSpec], gates: OrderGates
    ) -> None:
        self._desk = desk
        self._accounts = accounts
        self._sign_ins = sign_ins
        self._specs = tuple(specs)
        self._gates = gates
        self._statuses = Statuses(desk.clock)
        self._watched: dict[str, WatchedBroker] = {}
        self._second_factor = SecondFactor(desk, accounts)

    # ------------------------------------------------------------------ looking

    def specs(self) -> tuple[BrokerSpec, ...]:
        """The brokers that can be connected."""
        return self._specs

    def accounts(self) -> tuple[AccountView, ...]:
        """Every account, in the user's order."""
        return tuple(one.view() for one in self._accounts)

    def view(self, user_id: str) -> AccountView:
        """One account. Raises `NotFound`."""
        return self._accounts.find(user_id).view()

    async def broker_status(self, user_id: str) -> BrokerStatus:
        """How the account stands, asked at most a minute ago. Raises `NotFound`."""
        return await self._statuses.of(self._accounts.find(user_id))

    def get_broker_instance(self, broker_type: str) -> BaseBroker:
        """A new adapter, not connected, that the caller closes. `ValueError` names the supported ones otherwise."""
        return self._desk.make_broker(broker_type)

    async def get_broker_for_user(self, user_id: str) -> BaseBroker:
        """The account's connected adapter: one for all, closed by its owner; each of its answers updates the state.

        Raises `NotFound`, the reason why the account is signed out, or what kept it from being connected.
        """
        coordinator = self._accounts.find(user_id)
        broker = await coordinator.ready()
        if user_id not in self._watched:
            self._watched[user_id] = WatchedBroker(coordinator, broker.spec)
        return self._watched[user_id]

    # ------------------------------------------------------------------ connecting

    async def connect_broker(
        self, name: str, broker_type: str, credentials: Credentials, *, colour: str = ""
    ) -> Answer[AccountView]:
        """Ask the broker about these credentials, which hold a token, and store them when it says yes."""
        try:
            name = self._accounts.check_name(name)
            broker = self._adapter(broker_type)
        except InvalidRequest as error:
            return No(error)
        return await self._answered(self._connected(name, colour, broker, credentials))

    async def _connected(self, name: str, colour: str, broker: BaseBroker, credentials: Credentials) -> AccountView:
        try:
            self._accounts.check_new(broker.spec, credentials.client_id)
            profile = await _belongs_to(broker, credentials)
        except BaseException:  # also a cancelled question must not leave the adapter behind
            await let_go(broker)
            raise
        token = pasted(broker.spec, credentials.access_token, profile, self._desk.clock.now())
        complete = with_token(prepared(broker.spec, credentials), token)
        adding = self._accounts.add(name, colour, broker, complete, token, confirmed=True)
        return (await self._taken_over(broker, adding)).view()

    async def test_credentials(self, broker_type: str, credentials: Credentials) -> Answer[Profile]:
        """Ask the broker about these credentials; nothing is stored."""
        try:
            broker = self._adapter(broker_type)
        except InvalidRequest as error:
            return No(error)
        try:
            return Yes(await _belongs_to(broker, credentials))
        except TradingError as error:
            return answer_of(error)
        finally:
            await let_go(broker)

    # ------------------------------------------------------------------ asking again, updating

    async def validate_broker(self, user_id: str) -> Answer[Profile]:
        """Ask the broker about what is stored. A vault that cannot be read leaves the question open."""
        answer = await self._answered(self._validated(user_id))
        if isinstance(answer, No) and isinstance(answer.error, VaultError):
            return Unknown(answer.error)
        return answer

    async def check_token_validity(self, user_id: str) -> Answer[Profile]:
        """The same question, by the name that the token watch and scripts know it under."""
        return await self.validate_broker(user_id)

    async def _validated(self, user_id: str) -> Profile:
        coordinator = self._accounts.find(user_id)
        error = await coordinator.check()
        if error is not None:
            raise again(error)
        return await coordinator.call(lambda broker: broker.get_profile(), kind="profile")

    async def update_broker_token(self, user_id: str, access_token: Secret | str) -> Answer[AccountView]:
        """Put a token that the user brought in place of the stored one, once the broker said yes to it."""
        return await self._answered(self._updated(user_id, Secret(access_token)))

    async def _updated(self, user_id: str, access_token: Secret) -> AccountView:
        coordinator = self._accounts.find(user_id)
        stored = await self._desk.vault.credentials(user_id)
        broker = self._adapter(coordinator.account.broker_type)
        try:
            profile = await _belongs_to(broker, replace(stored, access_token=access_token))
            check_same_client(profile.client_id, stored.client_id, broker.spec)
            token = pasted(broker.spec, access_token, profile, self._desk.clock.now())
            offered = with_token(stored, replace(token, client_id=stored.client_id))
        except BaseException:  # as above
            await let_go(broker)
            raise
        replacing = self._accounts.replace_token(coordinator, broker, offered, token, confirmed=True)
        await self._taken_over(broker, replacing)
        return coordinator.view()

    async def _taken_over(self, broker: BaseBroker, change: Coroutine[Any, Any, T]) -> T:
        """Finish `change`, which makes `broker` an account's; an adapter that nobody took is closed."""

        async def run() -> T:
            try:
                return await change
            except TradingError:
                await let_go(broker)
                raise

        return await self._accounts.finish(run())

    # ------------------------------------------------------------------ the second factor

    async def keep_second_factor(
        self, user_id: str, pin: Secret | None = None, totp_secret: Secret | None = None
    ) -> Answer[AccountView]:
        """Keep PIN or TOTP secret or both for the next sign-ins; what is not given stays as it is.

        No where the broker documents no sign-in with them, or for a text that cannot be one.
        """
        given = {"pin": pin or Secret(), "totp_secret": totp_secret or Secret()}
        return await self._answered(self._kept(user_id, given))

    async def _kept(self, user_id: str, given: Mapping[str, Secret]) -> AccountView:
        await self._second_factor.keep(user_id, given)
        return self.view(user_id)

    async def forget_second_factor(self, user_id: str) -> Answer[AccountView]:
        """Erase PIN and TOTP secret of the account; afterwards no copy of the file made before gives them away."""
        return await self._answered(self._forgotten(user_id))

    async def _forgotten(self, user_id: str) -> AccountView:
        await self._second_factor.forget(user_id)
        return self.view(user_id)

    # ------------------------------------------------------------------ where orders come from

    async def note_address(self, user_id: str, text: str) -> Answer[AccountView]:
        """Keep the internet address that the user registered at the broker for orders; an empty `text` forgets it.

        No for a text that is no address. What was refused from an earlier one is not known any more.
        """
        return await self._answered(self._gates.note(user_id, text))

    # ------------------------------------------------------------------ removing, renaming, unlocking

    async def disconnect_broker(self, user_id: str) -> Answer[Disconnected]:
        """Erase the account from this computer: end its session at the broker if that works, then forget everything."""
        return await self._answered(self._disconnected(user_id))

    async def _disconnected(self, user_id: str) -> Disconnected:
        coordinator = self._accounts.find(user_id)
        if not self._desk.vault.is_open:  # erasing rotates the key: without it nothing may be begun
            await self._accounts.unlock()
        await self._sign_ins.stop(user_id)
        title = coordinator.view().title
        coordinator.retire()
        try:
            revoke_error = await self._revoke(coordinator)
            await self._accounts.finish(self._erased(coordinator))
        except BaseException:  # also a cancelled removal must leave an account that is watched
            if user_id in self._accounts:
                coordinator.recall()
            raise
        return Disconnected(user_id, title, revoked=revoke_error is None, revoke_error=revoke_error)

    async def _erased(self, coordinator: Coordinator) -> None:
        await self._accounts.remove(coordinator)
        self._watched.pop(coordinator.user_id, None)
        self._statuses.drop(coordinator.user_id)
        await self._sign_ins.stop(coordinator.user_id)  # one that began meanwhile

    async def _revoke(self, coordinator: Coordinator) -> TradingError | None:
        """Best effort: what prevented it is told, never in the way."""
        try:
            async with asyncio.timeout(_REVOKE):
                return None if await coordinator.revoke() else NotFound("no live session")
        except TimeoutError:
            return NotReachable(f"no answer in {_REVOKE:.0f} s")
        except TradingError as error:
            return error

    async def rename(self, user_id: str, name: str | None = None, colour: str | None = None) -> Answer[AccountView]:
        """Another name or colour; the session goes on."""
        return await self._answered(self._renamed(user_id, name, colour))

    async def _renamed(self, user_id: str, name: str | None, colour: str | None) -> AccountView:
        coordinator = self._accounts.find(user_id)
        if name is not None:
            name = self._accounts.check_name(name, but=user_id)
        async with coordinator.writing:
            coordinator.rewrite(await self._desk.vault.rename(user_id, name=name, colour=colour))
        return coordinator.view()

    async def unlock(self) -> None:
        """Ask the keychain for the key again, then ask about every account. Raises the `VaultError` it gives."""
        await self._accounts.unlock()
        await asyncio.gather(*(one.check() for one in self._accounts if one.is_unanswered))

    # ------------------------------------------------------------------ parts

    async def _answered(self, work: Awaitable[T]) -> Answer[T]:
        try:
            return Yes(await work)
        except TradingError as error:
            return answer_of(error)

    def _adapter(self, broker_type: str) -> BaseBroker:
        """A new adapter. Raises `InvalidRequest` for a broker that is not supported."""
        return adapter_of(self._desk.make_broker, broker_type)


async def _belongs_to(broker: BaseBroker, credentials: Credentials) -> Profile:
    """Who the broker says these credentials belong to. Raises what is missing, its no, or what prevented an answer."""
    complete = prepared(broker.spec, credentials)
    if not complete.access_token:
        raise InvalidRequest(
            "access_token: empty",
            title=tr("There is no access token yet"),
            next_step=tr("Sign in to {label}, or paste a token of today.", label=broker.spec.label),
            field="access_token",
        )
    if not await broker.connect(without(broker.spec, complete)):
        raise broker.refusal or BadCredentials()
    return await broker.get_profile()
