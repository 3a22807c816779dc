"""What a panel hands to a table: rows, and the accounts they were read from. No Qt."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from app.domain import TradingError
from app.domain.records import dataclass
from app.services.views import AccountView

R = TypeVar("R")


class ViewLike(Protocol):
    """How a book stands (`services.book_views.BookView`)."""

    @property
    def as_of(self) -> datetime | None:
        """When it was read."""
        ...

    @property
    def current(self) -> bool:
        """Whether its figures are today's and now."""
        ...

    @property
    def error(self) -> TradingError | None:
        """Why the last reading failed."""
        ...


@dataclass(frozen=True, slots=True)
class Row(Generic[R]):
    """One row. `key` makes it the same row at the next reading and is unique in the table.

    Not `current` means: what it says is as of `as_of`. `parts` are the rows that a merged line is made of; such a line
    has no account of its own, is current as long as one of them is, and its `as_of` is that of the oldest that is not.
    """

    key: Hashable
    record: R
    account: AccountView | None = None
    current: bool = True
    as_of: datetime | None = None
    parts: "tuple[Row[R], ...]" = ()

    @property
    def leaves(self) -> "tuple[Row[R], ...]":
        """The parts of a merged line, else the row itself."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Group(Generic[R]):
    """The rows of one account in its own order, and how it stands; `read` False: there was no good reading at all.

    Rows that belong to no account stand in a group with `account` None, which has no head.
    """

    account: AccountView | None
    rows: tuple[Row[R], ...]
    current: bool = True
    read: bool = True
    as_of: datetime | None = None
    error: TradingError | None = None

    @property
    def user_id(self) -> str:
        """The account's id, empty for none."""
        return self.account.user_id if self.account else ""


def rows_of(
    account: AccountView, view: ViewLike | None, records: Iterable[R] | None, *, key: Callable[[R], Hashable]
) -> tuple[Row[R], ...]:
    """The rows of a reading; `key` tells the records of one account apart."""
    current, as_of = (view.current, view.as_of) if view is not None else (False, None)
    return tuple(
        Row((account.user_id, key(record)), record, account, current, as_of)
        for record in (records if records is not None else ())
    )


def group_of(account: AccountView, view: ViewLike | None, rows: tuple[Row[R], ...], *, read: bool = True) -> Group[R]:
    """The group of a reading; `read` says whether there was a good one."""
    if view is None:
        return Group(account, rows, current=False, read=False)
    return Group(account, rows, view.current, read, view.as_of, view.error)
