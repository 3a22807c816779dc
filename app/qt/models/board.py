"""What the window knows at a moment: every account and its books, kept from the services' events. No Qt."""

from collections.abc import Iterable
from typing import TypeVar

from app.domain.intents import Record
from app.services.book_views import Book, BookView, FundsView, HoldingsView, OrdersView, PositionsView, TradesView
from app.services.views import (
    AccountChanged,
    AccountRemoved,
    AccountState,
    AccountView,
    BookChanged,
    Event,
    IntentChanged,
    MasterChanged,
    MasterView,
    OrderTurnedUp,
    PositionsChanged,
)
from app.services.words import is_ready, needing_sign_in, worst_first

B = TypeVar("B", PositionsView, HoldingsView, FundsView, OrdersView, TradesView)


class Board:
    """The last picture of each account, in the user's order; panels read it and never write it."""

    def __init__(self) -> None:
        self._accounts: dict[str, AccountView] = {}
        self._positions: dict[str, PositionsView] = {}
        self._books: dict[tuple[Book, str], BookView] = {}
        self._masters: dict[str, MasterView] = {}
        self._records: dict[str, Record] = {}

    @property
    def accounts(self) -> tuple[AccountView, ...]:
        """In the user's order, in every view (design.md principle 6)."""
        return tuple(self._accounts.values())

    @property
    def worst_first(self) -> tuple[AccountView, ...]:
        """What needs somebody, the worst first; among equals the one with open positions, then the user's order."""
        needy = [view for view in self.accounts if view.state is not AccountState.READY]
        return tuple(worst_first(needy))

    @property
    def ready(self) -> int:
        """How many accounts one can trade with now."""
        return sum(is_ready(view) for view in self.accounts)

    @property
    def out(self) -> tuple[AccountView, ...]:
        """The accounts that need a sign-in, worst first."""
        return tuple(needing_sign_in(self.worst_first))

    def account(self, user_id: str) -> AccountView | None:
        """One account, or None when it is gone."""
        return self._accounts.get(user_id)

    def positions(self, user_id: str) -> PositionsView | None:
        """The last positions of an account, or None before the first word about them."""
        return self._positions.get(user_id)

    def book(self, book: Book, user_id: str) -> BookView | None:
        """The last of a book of an account, or None before the first word about it."""
        return self._positions.get(user_id) if book is Book.POSITIONS else self._books.get((book, user_id))

    def read(self, kind: type[B]) -> list[B | None]:
        """The last of a book of every account, in the user's order; None as above."""
        found = (self.book(kind.book, view.user_id) for view in self.accounts)
        return [view if isinstance(view, kind) else None for view in found]

    def master(self, broker_type: str) -> MasterView | None:
        """How the broker's list of instruments stands, or None before the first word about it."""
        return self._masters.get(broker_type)

    def records(self, user_id: str) -> list[Record]:
        """What was sent for an account or was to be, oldest first."""
        return [record for record in self._records.values() if record.intent.user_id == user_id]

    def fill(
        self, accounts: Iterable[AccountView], positions: Iterable[PositionsView], masters: Iterable[MasterView] = ()
    ) -> None:
        """Begin anew with everything that the services know of accounts, and take what they know of `masters`."""
        self._accounts = {view.user_id: view for view in accounts}
        self._positions = {view.user_id: view for view in positions}
        self._masters |= {view.broker_type: view for view in masters}
        self._books = {key: view for key, view in self._books.items() if key[1] in self._accounts}

    def fill_books(self, views: Iterable[BookView]) -> None:
        """Take what the services know of the other books."""
        for view in views:
            self._books[view.book, view.user_id] = view

    def fill_records(self, records: Iterable[Record]) -> None:
        """Take what the services know of what was sent."""
        self._records |= {record.intent.intent_id: record for record in records}

    def take(self, event: Event) -> None:
        """Keep what an event says."""
        match event:
            case AccountChanged(view):
                self._accounts[view.user_id] = view
            case AccountRemoved(user_id):
                self._accounts.pop(user_id, None)
                self._positions.pop(user_id, None)
                self._books = {key: view for key, view in self._books.items() if key[1] != user_id}
            case PositionsChanged(positions):
                self._positions[positions.user_id] = positions
            case BookChanged(book):
                self._books[book.book, book.user_id] = book
            case IntentChanged(record) | OrderTurnedUp(record, _):
                self._records[record.intent.intent_id] = record
            case MasterChanged(master):
                self._masters[master.broker_type] = master
            case _:
                return
