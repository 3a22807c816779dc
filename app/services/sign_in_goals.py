"""What a sign-in is for: a stored account that needs a new token, or an account that is to be stored."""

from collections.abc import Callable
from typing import Final, Protocol

from app.brokers.base import BaseBroker, BrokerSpec, wrong_account
from app.domain import Credentials, InvalidRequest, Token, VaultError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.services.accounts import Accounts
from app.services.complete import prepared, with_token
from app.services.sessions import Coordinator, Desk, let_go
from app.services.views import Draft

_NOT_YET: Final = "access_token"  # the one field that a sign-in is there to fill


@dataclass(frozen=True, slots=True)
class Target:
    """The adapter and the credentials to sign in with."""

    broker: BaseBroker
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Kept:
    """The account whose token was taken over; `trouble` says why it could not be written down."""

    coordinator: Coordinator
    trouble: VaultError | None = None


class Goal(Protocol):
    """What a sign-in is for."""

    @property
    def user_id(self) -> str | None:
        """The account; None before it is stored."""
        ...

    @property
    def title(self) -> str:
        """The account's name for people."""
        ...

    @property
    def client_id(self) -> str:
        """The broker's id of the account, empty when not known yet."""
        ...

    def begin(self) -> None:
        """The sign-in runs."""
        ...

    def end(self) -> None:
        """It has ended; may be said more than once."""
        ...

    async def target(self) -> Target:
        """Everything it needs. Raises why it cannot begin."""
        ...

    async def keep(self, target: Target, token: Token) -> Kept:
        """Take the issued token over, and the adapter with it; raises and takes nothing when it is another's."""
        ...


class Renewal:
    """A new token for an account that is stored."""

    def __init__(self, user_id: str, accounts: Accounts, desk: Desk) -> None:
        self.user_id: str = user_id
        self._accounts = accounts
        self._desk = desk
        self._running = False

    @property
    def title(self) -> str:
        """See `Goal.title`."""
        return self._accounts.find(self.user_id).view().title if self.user_id in self._accounts else ""

    @property
    def client_id(self) -> str:
        """See `Goal.client_id`."""
        return self._accounts.find(self.user_id).account.client_id if self.user_id in self._accounts else ""

    def begin(self) -> None:
        """See `Goal.begin`."""
        self._accounts.find(self.user_id).begin_sign_in()
        self._running = True

    def end(self) -> None:
        """See `Goal.end`."""
        if self._running:
            self._running = False
            if self.user_id in self._accounts:
                self._accounts.find(self.user_id).end_sign_in()

    async def target(self) -> Target:
        """See `Goal.target`."""
        coordinator = self._accounts.find(self.user_id)
        credentials = await self._desk.vault.credentials(self.user_id)
        return Target(adapter_of(self._desk.make_broker, coordinator.account.broker_type), credentials)

    async def keep(self, target: Target, token: Token) -> Kept:
        """See `Goal.keep`."""
        coordinator = self._accounts.find(self.user_id)
        check_same_client(token.client_id, coordinator.account.client_id, target.broker.spec)
        complete = with_token(target.credentials, token)
        try:
            await self._accounts.replace_token(coordinator, target.broker, complete, token, confirmed=False)
        except VaultError as trouble:
            return Kept(coordinator, trouble)
        return Kept(coordinator)


class NewAccount:
    """The first token of an account that is stored when the broker issued it."""

    user_id: None = None

    def __init__(self, draft: Draft, accounts: Accounts, desk: Desk) -> None:
        self._draft = draft
        self._accounts = accounts
        self._desk = desk

    @property
    def title(self) -> str:
        """See `Goal.title`."""
        return self._draft.name.strip()

    @property
    def client_id(self) -> str:
        """See `Goal.client_id`."""
        return self._draft.credentials.client_id

    def begin(self) -> None:
        """See `Goal.begin`; there is no account yet that could be told."""

    def end(self) -> None:
        """See `Goal.end`."""

    async def target(self) -> Target:
        """See `Goal.target`."""
        self._accounts.check_name(self._draft.name)
        if not self._desk.vault.is_open:  # a token that cannot be stored must not be asked for
            await self._accounts.unlock()
        broker = adapter_of(self._desk.make_broker, self._draft.broker_type)
        try:
            self._accounts.check_new(broker.spec, self.client_id)
            return Target(broker, prepared(broker.spec, self._draft.credentials, but=_NOT_YET))
        except InvalidRequest:
            await let_go(broker)
            raise

    async def keep(self, target: Target, token: Token) -> Kept:
        """See `Goal.keep`."""
        check_same_client(token.client_id, self.client_id, target.broker.spec)
        complete = with_token(target.credentials, token)
        name, colour = self._draft.name, self._draft.colour
        return Kept(await self._accounts.add(name, colour, target.broker, complete, token, confirmed=False))


def adapter_of(make_broker: Callable[[str], BaseBroker], broker_type: str) -> BaseBroker:
    """A new adapter. Raises `InvalidRequest` for a broker that is not supported."""
    try:
        return make_broker(broker_type)
    except ValueError as error:
        raise InvalidRequest(
            str(error),
            title=tr("Kunji does not know this broker"),
            next_step=tr("Choose one of the brokers in the list."),
            field="broker_type",
        ) from error


def check_same_client(found: str, expected: str, spec: BrokerSpec) -> None:
    """Raise `WrongAccount`, in the words of design section 10, when the broker names another client."""
    if expected and found.casefold() != expected.casefold():  # a person types his id as he likes
        raise wrong_account(spec, found, expected)
