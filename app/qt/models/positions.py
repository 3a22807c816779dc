"""The positions table as pure values: columns, cell texts, sort keys, filter, groups of accounts. No Qt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Final

from app.domain import Position
from app.qt.models.board import Board
from app.qt.models.figures import UNKNOWN, Figures, direction
from app.services.views import AccountState, AccountView, PositionsView
from app.services.words import DERIVED, clock_time, state_word


class Column(IntEnum):
    """The columns in their order."""

    INSTRUMENT = 0
    PRODUCT = 1
    QUANTITY = 2
    AVERAGE = 3
    LAST = 4
    DAY = 5
    OPEN = 6
    BOOKED = 7
    PNL = 8


TITLES: Final = {
    Column.INSTRUMENT: "Instrument",
    Column.PRODUCT: "Product",
    Column.QUANTITY: "Qty",
    Column.AVERAGE: "Average",
    Column.LAST: "LTP",
    Column.DAY: "Day %",
    Column.OPEN: "Open P&L",
    Column.BOOKED: "Booked",
    Column.PNL: "P&L",
}
LEAST_WIDTHS: Final = {
    Column.INSTRUMENT: 240,
    Column.PRODUCT: 68,
    Column.QUANTITY: 60,
    Column.AVERAGE: 102,
    Column.LAST: 102,
    Column.DAY: 66,
    Column.OPEN: 102,
    Column.BOOKED: 96,
    Column.PNL: 138,
}
HIDE_ORDER: Final = (Column.DAY, Column.BOOKED, Column.PRODUCT, Column.AVERAGE, Column.OPEN)
"""What goes first when the window is narrow; the other four never go (design.md section 6)."""

MONEY: Final = frozenset({Column.OPEN, Column.BOOKED, Column.PNL})
_HUNDRED: Final = Decimal(100)

Identity = tuple[str, str, str]


def identity(position: Position) -> Identity:
    """What makes it the same position at the next reading."""
    return (position.exchange, position.broker_symbol, position.product)


@dataclass(frozen=True, slots=True)
class Group:
    """One account with the positions that the filter lets through, in the order of the table."""

    account: AccountView
    positions: PositionsView | None
    rows: tuple[Position, ...]

    @property
    def current(self) -> bool:
        """Whether its figures are today's and now."""
        return self.positions is not None and self.positions.current

    @property
    def read(self) -> bool:
        """Whether there was a good reading at all."""
        return self.positions is not None and self.positions.rows is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants to see: words of the filter, closed rows, a column to sort by."""

    words: str = ""
    closed: bool = True
    column: Column | None = None
    descending: bool = False


def groups(board: Board, wish: Wish, held: dict[str, list[Identity]] | None = None) -> tuple[Group, ...]:
    """Every account with its rows; `held` keeps an earlier order of rows while sorting is paused."""
    made = []
    for account in board.accounts:
        positions = board.positions(account.user_id)
        rows = [row for row in (positions.rows or () if positions else ()) if _wanted(row, wish)]
        made.append(Group(account, positions, tuple(_ordered(rows, wish, (held or {}).get(account.user_id)))))
    return tuple(made)


def _wanted(row: Position, wish: Wish) -> bool:
    if row.quantity == 0 and not wish.closed:
        return False
    text = f"{row.symbol} {row.exchange} {row.product}".casefold()
    return all(word in text for word in wish.words.casefold().split())


def _ordered(rows: list[Position], wish: Wish, held: list[Identity] | None) -> list[Position]:
    if held is not None:
        places = {key: at for at, key in enumerate(held)}
        return sorted(rows, key=lambda row: places.get(identity(row), len(places)))
    if wish.column is None:
        return rows  # the broker's own order
    key = _KEYS[wish.column]
    known = [row for row in rows if key(row) is not None]
    unknown = [row for row in rows if key(row) is None]  # last in both directions: not known is not small
    return sorted(known, key=lambda row: _sortable(key(row)), reverse=wish.descending) + unknown


_Key = Callable[[Position], "Decimal | int | str | None"]


def _sortable(value: "Decimal | int | str | None") -> tuple[int, str, Decimal]:
    """Texts by their letters, figures by their size."""
    return (0, value.casefold(), Decimal(0)) if isinstance(value, str) else (1, "", Decimal(value or 0))


def day_change(row: Position) -> Decimal | None:
    """The instrument's change against the previous close, per cent."""
    if row.last_price is None or not row.close_price:
        return None
    return (row.last_price - row.close_price) / row.close_price * _HUNDRED


_KEYS: Final[dict[Column, _Key]] = {
    Column.INSTRUMENT: lambda row: row.symbol,
    Column.PRODUCT: lambda row: str(row.product),
    Column.QUANTITY: lambda row: row.quantity,
    Column.AVERAGE: lambda row: row.average_price if row.quantity else None,
    Column.LAST: lambda row: row.last_price,
    Column.DAY: day_change,
    Column.OPEN: lambda row: row.unrealised if row.quantity else None,
    Column.BOOKED: lambda row: row.realised,
    Column.PNL: lambda row: row.pnl,
}


def derived_sign(row: Position) -> str:
    """What stands before the last price if the broker did not send it."""
    return DERIVED if row.price_is_derived else ""


def cell(row: Position, column: Column, figures: Figures) -> str:
    """The text of one cell."""
    return _TEXTS[column](row, figures)


_TEXTS: Final[dict[Column, Callable[[Position, Figures], str]]] = {
    Column.INSTRUMENT: lambda row, _: row.symbol,
    Column.PRODUCT: lambda row, _: str(row.product),
    Column.QUANTITY: lambda row, figures: figures.units(row.quantity),
    Column.AVERAGE: lambda row, figures: figures.price(row.average_price, row.exchange) if row.quantity else UNKNOWN,
    Column.LAST: lambda row, figures: derived_sign(row) + figures.price(row.last_price, row.exchange),
    Column.DAY: lambda row, figures: figures.per_cent(day_change(row)),
    Column.OPEN: lambda row, figures: figures.signed(row.unrealised) if row.quantity else UNKNOWN,
    Column.BOOKED: lambda row, figures: figures.signed(row.realised),
    Column.PNL: lambda row, figures: figures.signed(row.pnl),
}


def sign(row: Position) -> int:
    """Which way the triangle of a row points."""
    return direction(row.pnl)


def group_words(group: Group, now: datetime) -> str:
    """What a group's head says after its name: "live", "signed out, as of 09:12", why nothing was read."""
    positions, ready = group.positions, group.account.state is AccountState.READY
    word = state_word(group.account, now).lower()
    if positions is not None and positions.current:
        return "live" if ready else f"live, {word}"
    error = positions.error if positions else None
    told = error.title if ready and error else word  # the session lives: it is this reading that failed
    if positions is None or positions.rows is None:
        return f"{told}, not read yet"
    return f"{told}, as of {clock_time(positions.as_of, now)}" if positions.as_of else f"{told}, not current"


def totals_words(made: Sequence[Group]) -> tuple[str, str]:
    """("18 positions", "17 open, 1 closed; 6 of them not current")."""
    rows = [row for group in made for row in group.rows]
    closed = sum(row.quantity == 0 for row in rows)
    stale = sum(len(group.rows) for group in made if not group.current)
    count = f"{len(rows)} position{'' if len(rows) == 1 else 's'}"
    more = f"{len(rows) - closed} open, {closed} closed"
    return count, more + (f"; {stale} not current" if stale else "")


def empty_words(board: Board, wish: Wish, now: datetime) -> tuple[str, str] | None:
    """Why the table is empty, in words, or None when it is not for these reasons."""
    read = [view for account in board.accounts if (view := board.positions(account.user_id)) and view.rows is not None]
    rows = [row for view in read for row in view.rows or ()]
    if rows and wish.words:
        return f"Nothing matches \u201c{wish.words}\u201d in {len(rows)} positions.", ""
    if rows:
        return f"No open positions; {len(rows)} closed today are hidden.", ""
    if not read:
        return "Positions were not read yet.", "They appear as soon as an account answers."
    current = [view for view in read if view.current]
    missing = len(board.accounts) - len(current)
    said = f"No open positions in {_accounts(len(current) or len(read))}."
    moments = [view.as_of for view in current or read if view.as_of]
    when = f"Read {clock_time(min(moments), now, seconds=True)}." if moments else ""
    verb = "is" if missing == 1 else "are"
    return said, f"{when} {_accounts(missing)} {verb} not current.".strip() if missing else when


def _accounts(count: int) -> str:
    return f"{count} account{'' if count == 1 else 's'}"
