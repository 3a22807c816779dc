"""The table of funds as data: one row an account, also of one that told nothing yet. No Qt."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain import Funds, TradingError
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.tables.rows import Group, Row, group_of
from app.qt.tables.spec import Align, ColumnSpec, TableSpec, TableWords, Tone
from app.services.book_views import Book, FundsView
from app.services.words import clock_time


@dataclass(frozen=True, slots=True)
class Purse:
    """The money of one account, None until it was read; `error` is why the last reading failed."""

    funds: Funds | None
    error: TradingError | None = None


PurseRow = Row[Purse]


def groups(board: Board) -> list[Group[Purse]]:
    """Every account with its money, in the user's order."""
    made = []
    for account in board.accounts:
        view = board.book(Book.FUNDS, account.user_id)
        funds = view.funds if isinstance(view, FundsView) else None
        current, as_of, error = (view.current, view.as_of, view.error) if view is not None else (False, None, None)
        row = Row(account.user_id, Purse(funds, error), account, current, as_of)
        made.append(group_of(account, view, (row,), read=funds is not None))
    return made


def _figure(of: Callable[[Funds], Decimal | None]) -> Callable[[PurseRow], Decimal | None]:
    """One of the figures of a row that has any."""
    return lambda row: of(row.record.funds) if row.record.funds is not None else None


_AVAILABLE = _figure(lambda funds: funds.available)
_USED = _figure(lambda funds: funds.used)
_COLLATERAL = _figure(lambda funds: funds.collateral)
_OPENING = _figure(lambda funds: funds.opening)


def _account(row: PurseRow) -> str:
    return row.account.title if row.account is not None else ""


def _client(row: PurseRow) -> str:
    return row.account.client_id if row.account is not None else ""


def read_words(row: PurseRow, now: datetime) -> str:
    """How current the money is: "09:32:17", "as of 09:12", "not read yet" or why it was not."""
    if row.as_of is None:
        return row.record.error.title if row.record.error is not None else tr("not read yet")
    time = clock_time(row.as_of, now, seconds=row.current)
    return time if row.current else tr("as of {time}", time=time)


def _amount(
    key: str,
    title: str,
    of: Callable[[PurseRow], Decimal | None],
    *,
    least: int = 138,
    hide: int | None = None,
    strong: bool = False,
    meaning: str = "",
) -> ColumnSpec[Purse]:
    """A column of rupees with its sum."""
    return ColumnSpec(
        key,
        title,
        lambda row, figures: figures.money(of(row)),
        of,
        least=least,
        hide=hide,
        strong=strong,
        total=of,
        signed=False,
        meaning=meaning,
    )


_COLUMNS: Final[tuple[ColumnSpec[Purse], ...]] = (
    ColumnSpec(
        "account", "Account", lambda row, _: _account(row), _account, align=Align.LEFT, least=200, second=_client
    ),
    _amount("available", "Available \u20b9", _AVAILABLE, strong=True, meaning="What can be used for new orders"),
    _amount("used", "Used \u20b9", _USED, meaning="Blocked by positions and orders"),
    _amount("collateral", "Collateral \u20b9", _COLLATERAL, hide=2, meaning="What pledged shares are worth as margin"),
    _amount("opening", "Opening \u20b9", _OPENING, hide=1, meaning="At the start of the day"),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Purse]:
    """The table; `now` is the services' time."""
    read: ColumnSpec[Purse] = ColumnSpec(
        "read",
        tr("Read"),
        lambda row, _: read_words(row, now()),
        lambda row: read_words(row, now()),
        align=Align.LEFT,
        least=110,
        tone=Tone.MUTED,
        meaning=tr("When the broker said so, in India"),
    )
    return TableSpec(
        name="funds",
        title=tr("Funds"),
        columns=(*_COLUMNS, read),
        words=lambda row: f"{_account(row)} {_client(row)}",
        said=TableWords(
            count=lambda count: tr("1 account") if count == 1 else tr("{count} accounts", count=count),
            none=tr("No funds"),
            unread=tr("No account was connected yet."),
            filter=tr("Filter accounts"),
        ),
        by_account=False,
        details=_details,
    )


def _details(row: PurseRow, figures: Figures) -> list[tuple[str, str]]:
    """The broker's own figures under its own names, then why the last reading failed."""
    raw = row.record.funds.raw if row.record.funds is not None else {}
    own = [(name, figures.money(amount)) for name, amount in raw.items()]
    error = row.record.error
    return own + ([(tr("Last reading"), f"{error.title}. {error.next_step}")] if error is not None else [])
