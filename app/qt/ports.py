"""What the window asks of the rest of the product, as shapes: the services fulfil them, a test's fakes do too.

What it asks of accounts and sign-ins stands in `account_ports`, of orders in `order_ports`, all others here, with the
whole of them at the end.

Said here, by the one who uses it, so that no heavy module is imported before the first paint and the window can be
tried without a broker, a keychain or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from app.domain import Clock, Instrument, TradingError, VaultError
from app.qt.account_ports import BrokersPort, ReconnectAllPort, SignInsPort
from app.qt.order_ports import OrdersPort
from app.services.book_views import Book, BookView, GaugeView, PositionsView, Refreshed
from app.services.events import Events
from app.services.moving_views import ImportView, MoveView
from app.services.views import MasterView, Notice, PreferencesView

if TYPE_CHECKING:
    from app.services.diagnostics import Diagnosis, Face


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
    @property
    def orders(self) -> OrdersPort: ...

    async def start(self) -> None:
        """Begin to watch."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...
