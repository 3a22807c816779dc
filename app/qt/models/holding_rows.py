"""The rows of the table of holdings: where they come from, what is worked out of one, what several make. No Qt."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.domain import Holding
from app.domain.reckoning import check_holding
from app.qt.models.board import Board
from app.qt.models.figures import total
from app.qt.tables.rows import Group, Row, group_of
from app.services.book_views import Book, HoldingsView

HoldingRow = Row[Holding]
_HUNDRED: Final = Decimal(100)


def groups(board: Board) -> list[Group[Holding]]:
    """Every account with its holdings, in the user's order."""
    made = []
    for account in board.accounts:
        view = board.book(Book.HOLDINGS, account.user_id)
        held = view.rows if isinstance(view, HoldingsView) else None
        current, as_of = (view.current, view.as_of) if view is not None else (False, None)
        keys = _keys(held or ())
        rows = tuple(
            Row((account.user_id, key), one, account, current, as_of) for key, one in zip(keys, held or (), strict=True)
        )
        made.append(group_of(account, view, rows, read=held is not None))
    return made


def _keys(held: Sequence[Holding]) -> list[Hashable]:
    """A broker may send a share in two rows, delivered and not: the second of a name is told apart by its number."""
    seen: Counter[Hashable] = Counter()
    found: list[Hashable] = []
    for one in held:
        name = (one.exchange, one.broker_symbol)
        found.append((*name, seen[name]))
        seen[name] += 1
    return found


def worth(row: HoldingRow) -> Decimal | None:
    """What is owned at the last price, rupees."""
    return None if row.record.last_price is None else row.record.last_price * row.record.quantity


def spent(row: HoldingRow) -> Decimal:
    """What was paid for what is owned, rupees."""
    return row.record.average_price * row.record.quantity


def day_change(row: HoldingRow) -> Decimal | None:
    """The share's change against its previous close, per cent."""
    last, close = row.record.last_price, row.record.close_price
    return None if last is None or not close else (last - close) / close * _HUNDRED


def day_gain(row: HoldingRow) -> Decimal | None:
    """What the day brought so far, rupees."""
    last, close = row.record.last_price, row.record.close_price
    return None if last is None or not close else (last - close) * row.record.quantity


def gain_in_per_cent(row: HoldingRow) -> Decimal | None:
    """The gain as a part of what was paid."""
    paid, gain = spent(row), row.record.pnl
    return gain / paid * _HUNDRED if gain is not None and paid > 0 else None


def differs(row: HoldingRow) -> bool:
    """Whether the gain of the row, or of a part, is another at the broker so that somebody should know."""
    return any(check_holding(part.record).differs for part in row.leaves)


def together(row: HoldingRow) -> Hashable:
    """One share is the same at every exchange and broker; without its number it is known by its name there."""
    return row.record.isin or (row.record.symbol, row.record.exchange)


def merged(rows: Sequence[HoldingRow]) -> Holding:
    """The line of one share at several accounts."""
    held = [row.record for row in rows]
    best = next((row.record for row in rows if row.current and row.record.last_price), held[0])
    quantity = sum(one.quantity for one in held)
    told = [one.pnl_told for one in held if one.pnl_told is not None]
    return replace(
        best,
        free=sum(one.free for one in held),
        t1=sum(one.t1 for one in held),
        pledged=sum(one.pledged for one in held),
        used_today=sum(one.used_today for one in held),
        average_price=total(one.average_price * one.quantity for one in held) / quantity if quantity else Decimal(0),
        pnl_told=total(told) if len(told) == len(held) else None,
    )
