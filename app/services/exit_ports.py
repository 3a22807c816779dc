"""What exits need of accounts, books and of what must hold before an order leaves, as shapes."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from app.domain import Exchange
from app.services.book_views import Book, Refreshed
from app.services.order_accounts import OrderAccount, Shelf
from app.services.order_views import Finding

if TYPE_CHECKING:
    from app.domain import TradingError
    from app.domain.calls import LimitUse

Look = Callable[[str, Exchange], Awaitable[Sequence[Finding]]]
"""What keeps orders of an account for an exchange back now (`services.order_ground.Ground.look`)."""


class ExitAccount(OrderAccount, Protocol):
    """One account (`services.sessions.Coordinator`)."""

    @property
    def user_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def order_limits(self) -> "tuple[LimitUse, ...]":
        """How much is used of each limit of a minute and more that a new order counts in."""
        ...

    @property
    def orders_refused(self) -> "TradingError | None":
        """Why orders are refused from here; None while nobody knows that they are."""
        ...


class ExitAccounts(Protocol):
    """All of them, in the user's order (`services.accounts.Accounts`)."""

    def __iter__(self) -> Iterator[ExitAccount]:
        """One after the other."""
        ...

    def find(self, user_id: str) -> ExitAccount:
        """The account of that id. Raises `NotFound`."""
        ...


class ExitShelf(Shelf, Protocol):
    """The books of every account (`services.portfolio.Portfolio`)."""

    async def anew(self, user_id: str, books: Iterable[Book]) -> Refreshed:
        """Read by readings that begin now. Only an unknown account raises (`NotFound`)."""
        ...
