"""What orders need of an account and of everything about it, as shapes; real ones are named beside each."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from app.domain.intents import Intent, Record
from app.services.book_views import Book, BookView, Refreshed
from app.services.views import AccountView

if TYPE_CHECKING:
    from app.brokers.base import Ability, BaseBroker
    from app.domain import TradingError

T = TypeVar("T")


class OrderAccount(Protocol):
    """One account (`services.sessions.Coordinator`)."""

    @property
    def is_connected(self) -> bool:
        """The broker said yes last."""
        ...

    @property
    def clock_behind(self) -> float | None:
        """By how many seconds our clock is behind the broker's; None while nobody knows."""
        ...

    def view(self) -> AccountView:
        """As it stands now."""
        ...

    def is_able(self, ability: "Ability") -> bool:
        """Whether the broker can do it here."""
        ...

    def fresh_tag(self) -> str:
        """A client tag in the broker's own letters, unique."""
        ...

    async def check(self) -> "TradingError | None":
        """Ask the broker whether the session lives; why not, or why nobody knows."""
        ...

    async def ready(self) -> "BaseBroker":
        """The adapter with its credentials in it. Raises why there is none."""
        ...

    async def call(
        self, use: "Callable[[BaseBroker], Awaitable[T]]", *, kind: str = "other", evidence: bool = True
    ) -> T:
        """Let `use` ask the broker something, and learn from the answer."""
        ...


class OrderAccounts(Protocol):
    """All of them (`services.accounts.Accounts`)."""

    def __iter__(self) -> Iterator[OrderAccount]:
        """In the user's order."""
        ...

    def find(self, user_id: str) -> OrderAccount:
        """The account of that id. Raises `NotFound`."""
        ...


class Sender(Protocol):
    """The one way out (`services.order_sender.OrderSender`)."""

    @property
    def records(self) -> tuple[Record, ...]:
        """What was sent, or was to be; oldest first."""
        ...

    async def send(self, intents: Sequence[Intent]) -> tuple[Record, ...]:
        """Write all of them down, then send each once, in order."""
        ...


class Search(Protocol):
    """Who looks for lost orders (`services.order_search.OrderSearch`)."""

    async def ready(self) -> None:
        """Return when what an earlier run left is known here. Raises the `VaultError` of the journal."""
        ...

    def is_searching(self, user_id: str) -> bool:
        """Whether an order of this account is unknown and was not looked for since the start."""
        ...


class Gates(Protocol):
    """From where orders are taken (`services.order_gates.OrderGates`)."""

    async def told(self, user_id: str) -> bool | None:
        """Ask the broker now whether it takes orders from here; None where it lets nobody ask, or does not answer."""
        ...


class Written(Protocol):
    """What was written down (`store.journal.Journal`)."""

    async def probe(self) -> None:
        """Raise the `VaultError` that would keep an intent from the disk now."""
        ...

    async def since(self, moment: datetime) -> tuple[Record, ...]:
        """Everything from `moment` on, oldest first."""
        ...


class Shelf(Protocol):
    """The books of every account (`services.portfolio.Portfolio`)."""

    def book(self, book: Book, user_id: str) -> BookView:
        """A book as it was last read."""
        ...

    async def refresh(self, user_id: str | None = None, books: Iterable[Book] | None = None) -> Refreshed:
        """Read now. Only an unknown account raises (`NotFound`)."""
        ...
