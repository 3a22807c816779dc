"""What the window asks of the rest of the product, as shapes: the services fulfil them, a test's fakes do too.

Said here, by the one who uses it, so that no heavy module is imported before the first paint and the window can be
tried without a broker, a keychain or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import Flag
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.domain import Clock, Credentials, Instrument, Profile, Secret, TradingError, VaultError
from app.services.answers import Answer
from app.services.book_views import Book, BookView, GaugeView, PositionsView, Refreshed
from app.services.events import Events
from app.services.views import (
    AccountView,
    Asked,
    BrokerStatus,
    Draft,
    ImportView,
    MasterView,
    MoveView,
    Notice,
    PreferencesView,
    SignInView,
    WalkView,
)

if TYPE_CHECKING:
    from app.services.diagnostics import Diagnosis, Face


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


class PortfolioPort(Protocol):
    """The books of the accounts (`services.portfolio.Portfolio`)."""

    def view(self, user_id: str) -> PositionsView:
        """The last known positions."""
        ...

    def book(self, book: Book, user_id: str) -> BookView:
        """The last known of any book."""
        ...

    async def refresh(self, user_id: str | None = None, books: Iterable[Book] | None = None) -> Refreshed:
        """Read again, one account or all, these books or all, and say what came of it."""
        ...

    def look(self, looked: frozenset[Book]) -> None:
        """What somebody looks at now."""
        ...


class WatchPort(Protocol):
    """The token watch (`services.token_watch.TokenWatch`)."""

    def set_visible(self, visible: bool) -> None:
        """Whether the window is open: the watch asks more often then."""
        ...


class EntryLike(Protocol):
    """One line of the diary (`store.AccountEvent`, kind: the state's word; `store.AccountTrace`, kind: a `Trace`)."""

    @property
    def at(self) -> datetime: ...
    @property
    def user_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...


class HistoryPort(Protocol):
    """The diary of each day, and what each account went through."""

    async def of_day(self, day: date, *, user_id: str | None = None) -> Sequence[EntryLike]:
        """What happened on the Indian calendar day `day`, oldest first."""
        ...

    async def of_account(self, user_id: str) -> Sequence[EntryLike]:
        """What the account went through in the last 90 days, oldest first."""
        ...


class InstrumentsPort(Protocol):
    """The brokers' lists of instruments, as they lie on this computer (`domain.Instruments`)."""

    async def search(self, broker: str | None, text: str, limit: int = 50) -> list[Instrument]:
        """What a trader means by `text`, the likeliest first; with `broker` None of all lists, each contract once."""
        ...


class StorePort(Protocol):
    """The application's own database."""

    @property
    def history(self) -> HistoryPort: ...
    @property
    def instruments(self) -> InstrumentsPort: ...


class MastersPort(Protocol):
    """The brokers' lists of instruments (`services.masters.Masters`)."""

    @property
    def views(self) -> tuple[MasterView, ...]:
        """How those stand that are known."""
        ...


class NoticesPort(Protocol):
    """What was told (`services.notices.Notices`)."""

    @property
    def open(self) -> tuple[Notice, ...]:
        """What is still so, oldest first."""
        ...

    def answered(self, key: str) -> None:
        """The user has pressed a button of it or put it away."""
        ...

    def snooze(self, key: str) -> None:
        """The user wants it away now, and told once more after a while."""
        ...


class PreferencesPort(Protocol):
    """What the user sets (`services.preferences.Preferences`)."""

    @property
    def view(self) -> PreferencesView:
        """All of it."""
        ...

    async def put_text(self, name: str, text: str) -> PreferencesView:
        """Change one as the command line writes it; raises `InvalidRequest`, or the `VaultError` of the disk."""
        ...


class UiStatePort(Protocol):
    """What is arranged and not set (`services.ui_state.UiState`)."""

    def get(self, name: str) -> Any:
        """The value of `name`, None when there is none; whoever reads it checks that it is what it should be."""
        ...

    def put(self, name: str, value: Any) -> None:
        """Keep `value`, anything that JSON can hold; it is written behind."""
        ...

    async def flush(self) -> None:
        """Write what has gathered, now."""
        ...


class GaugesPort(Protocol):
    """How calls to the brokers go (`services.gauges.Gauges`)."""

    def view(self, user_id: str) -> GaugeView:
        """Of one account, since Kunji was started."""
        ...


class PortablePort(Protocol):
    """What can be taken to another computer (`services.portable.Portable`)."""

    async def export_to(self, path: Path) -> Path:
        """Write settings without secrets; raises `InvalidRequest` (field `file`), `DiskFull` or `ReadOnly`."""
        ...

    async def look(self, path: Path) -> ImportView:
        """What a file would change; raises `InvalidRequest` (field `file`)."""
        ...

    async def take(self, path: Path) -> ImportView:
        """Change it."""
        ...

    def moving(self) -> MoveView:
        """The way there, step by step."""
        ...

    def put_columns_back(self) -> None:
        """The columns of all tables as they were delivered."""
        ...


class CalendarLike(Protocol):
    """The trading days in force (`services.calendar.CalendarView`)."""

    @property
    def name(self) -> str: ...
    @property
    def years(self) -> Sequence[int]: ...
    @property
    def days(self) -> Sequence[tuple[date, str]]: ...
    @property
    def own(self) -> bool: ...
    @property
    def error(self) -> TradingError | None: ...
    @property
    def notice(self) -> str: ...


class CalendarsPort(Protocol):
    """The calendar (`services.calendar.Calendars`)."""

    async def show(self) -> CalendarLike:
        """What is in force."""
        ...

    async def install(self, path: Path) -> CalendarLike:
        """Take a file as the user's own; raises `InvalidRequest` (field `calendar`), `ReadOnly` or `DiskFull`."""
        ...

    async def remove(self) -> CalendarLike:
        """Go back to Kunji's own; raises `ReadOnly`."""
        ...


class VaultPort(Protocol):
    """The credential store."""

    @property
    def key_error(self) -> VaultError | None:
        """Why nothing can be decrypted, or None."""
        ...


class DiagnosticsPort(Protocol):
    """Looks at everything that Kunji rests on (`services.diagnostics.Diagnostics`)."""

    face: Callable[[], Face] | None

    @property
    def log_dir(self) -> Path:
        """Where the log lies."""
        ...

    async def run(self) -> Diagnosis:
        """Look; ends within eight seconds."""
        ...


class ServicesPort(Protocol):
    """The services as a whole (`services.core.Services`)."""

    @property
    def clock(self) -> Clock: ...
    @property
    def events(self) -> Events: ...
    @property
    def vault(self) -> VaultPort: ...
    @property
    def brokers(self) -> BrokersPort: ...
    @property
    def sign_ins(self) -> SignInsPort: ...
    @property
    def reconnect_all(self) -> ReconnectAllPort: ...
    @property
    def portfolio(self) -> PortfolioPort: ...
    @property
    def watch(self) -> WatchPort: ...
    @property
    def notices(self) -> NoticesPort: ...
    @property
    def preferences(self) -> PreferencesPort: ...
    @property
    def ui_state(self) -> UiStatePort: ...
    @property
    def portable(self) -> PortablePort: ...
    @property
    def calendars(self) -> CalendarsPort: ...
    @property
    def masters(self) -> MastersPort: ...
    @property
    def gauges(self) -> GaugesPort: ...
    @property
    def store(self) -> StorePort: ...
    @property
    def diagnostics(self) -> DiagnosticsPort: ...

    async def start(self) -> None:
        """Begin to watch."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
