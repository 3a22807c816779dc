"""What the window asks of brokers, of their accounts and of the sign-ins to them, as shapes; the others: `ports`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Flag
from typing import Protocol

from app.domain import Credentials, Profile, Secret
from app.services.answers import Answer
from app.services.views import AccountView, Asked, BrokerStatus, Draft, SignInView, WalkView


class FieldLike(Protocol):
    """One input of the connect form (`brokers.base.Field`)."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def hint(self) -> str: ...
    @property
    def secret(self) -> bool: ...
    @property
    def required(self) -> bool: ...
    @property
    def default(self) -> str: ...
    @property
    def kept(self) -> bool: ...


class StepLike(Protocol):
    """One step of the guide (`brokers.base.GuideStep`)."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def copy_field(self) -> str: ...


class SpecLike(Protocol):
    """What a broker declares (`brokers.base.BrokerSpec`)."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def login(self) -> str: ...
    @property
    def fields(self) -> Sequence[FieldLike]: ...
    @property
    def guide(self) -> Sequence[StepLike]: ...
    @property
    def portal(self) -> str: ...
    @property
    def abilities(self) -> Flag: ...
    @property
    def one_token(self) -> str: ...
    @property
    def second_factor(self) -> Sequence[FieldLike]: ...


class BrokersPort(Protocol):
    """The named operations of an account (`services.broker_service.BrokerService`)."""

    def specs(self) -> Sequence[SpecLike]:
        """The brokers that can be connected, in the order of the list."""
        ...

    def accounts(self) -> tuple[AccountView, ...]:
        """Every account, in the user's order."""
        ...

    async def connect_broker(
        self, name: str, broker_type: str, credentials: Credentials, *, colour: str = ""
    ) -> Answer[AccountView]:
        """Ask the broker about a token that the user has, and keep it when it says yes."""
        ...

    async def test_credentials(self, broker_type: str, credentials: Credentials) -> Answer[Profile]:
        """Ask without storing."""
        ...

    async def validate_broker(self, user_id: str) -> Answer[Profile]:
        """Ask about what is stored."""
        ...

    async def update_broker_token(self, user_id: str, access_token: Secret) -> Answer[AccountView]:
        """Put a token that the user has in place of the stored one, once the broker said yes to it."""
        ...

    async def disconnect_broker(self, user_id: str) -> Answer[object]:
        """Erase the account from this computer."""
        ...

    async def broker_status(self, user_id: str) -> BrokerStatus:
        """How the account stands, at most a minute old."""
        ...

    async def rename(self, user_id: str, name: str | None = None, colour: str | None = None) -> Answer[AccountView]:
        """Another name or colour."""
        ...

    async def keep_second_factor(
        self, user_id: str, pin: Secret | None = None, totp_secret: Secret | None = None
    ) -> Answer[AccountView]:
        """Keep what is given for the next sign-ins; what is not stays as it is."""
        ...

    async def forget_second_factor(self, user_id: str) -> Answer[AccountView]:
        """Erase what is kept of the account's second factor, from earlier copies of the file, too."""
        ...

    async def note_address(self, user_id: str, text: str) -> Answer[AccountView]:
        """Keep the internet address that the user registered for orders; an empty one is none."""
        ...

    async def unlock(self) -> object:
        """Ask the keychain once more; raises the `VaultError` it gives."""
        ...


class RunningSignIn(Protocol):
    """A sign-in in flight (`services.sign_ins.RunningSignIn`)."""

    @property
    def view(self) -> SignInView:
        """How it stands."""
        ...

    def paste(self, text: str) -> object:
        """The address or code that the user copied from the broker's page."""
        ...

    def answer(self, text: Secret, asked: Asked | None = None) -> None:
        """What the user typed, as the answer to `asked`."""
        ...

    def cancel(self) -> None:
        """Give it up; the account stays as it was."""
        ...

    def open_again(self) -> object:
        """Open the broker's page once more."""
        ...

    async def result(self) -> Answer[AccountView]:
        """How it ended."""
        ...


class SignInsPort(Protocol):
    """The sign-ins (`services.sign_ins.SignIns`)."""

    def start(self, target: str | Draft) -> RunningSignIn:
        """Sign in to an account that exists, or to a new one that is stored only when the broker says yes."""
        ...

    def living(self, user_id: str) -> datetime | None:
        """Until when the stored token still works, a moment of the past for an end that nobody knows; else None."""
        ...


class RunningWalk(Protocol):
    """A walk over several accounts (`services.reconnect_all.RunningWalk`)."""

    @property
    def view(self) -> WalkView:
        """How far it has come."""
        ...

    def sign_in(self, user_id: str) -> RunningSignIn | None:
        """The account's sign-in, also after its end; None when it was not begun (yet)."""
        ...

    def cancel(self) -> None:
        """Give up: what waits is left as it is, what the walk began is cancelled."""
        ...


class ReconnectAllPort(Protocol):
    """Walks over several accounts (`services.reconnect_all.ReconnectAll`)."""

    def start(self, user_ids: Iterable[str] | None = None) -> RunningWalk:
        """Walk over these accounts, or over those that need it; a walk under way takes them in and is given back."""
        ...
