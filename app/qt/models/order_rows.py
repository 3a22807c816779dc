"""The rows of the table of orders: the broker's book, and what Kunji sent that does not stand in it (yet). No Qt."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from operator import itemgetter
from typing import Final

from app.domain import IST, Exchange, Order, OrderSide, OrderStatus, SubState
from app.domain.intents import Deed, Record
from app.domain.last_words import said
from app.domain.order_life import Fate, is_late
from app.domain.records import dataclass
from app.qt.models.board import Board
from app.qt.tables.rows import Group, Row, ViewLike, group_of, rows_of
from app.services.book_views import Book, OrdersView
from app.services.views import AccountView

_UNTOLD: Final = "\u2013"  # what the broker has said nothing of yet


@dataclass(frozen=True, slots=True)
class Shown:
    """One order. With `fate` it is ours alone: no reading of the broker's book has it, and `order` is what was asked.

    `record` is the last thing that Kunji asked about it, where that says more than the book does.
    """

    order: Order
    fate: Fate | None = None
    record: Record | None = None

    @property
    def symbol(self) -> str:
        """What the instrument is called."""
        return self.order.symbol

    @property
    def exchange(self) -> Exchange:
        """Where it is listed."""
        return self.order.exchange

    @property
    def side(self) -> OrderSide:
        """Bought or sold."""
        return self.order.side

    @property
    def filled(self) -> int | None:
        """Units; None where the broker has said nothing."""
        return None if self.fate is not None else self.order.filled_quantity

    @property
    def asked(self) -> Deed | None:
        """What is on its way to the broker, or was and has no certain answer."""
        open_ = self.record is not None and (self.record.fate.is_open or self.record.fate is Fate.WRITTEN)
        return self.record.intent.deed if self.record is not None and open_ else None

    @property
    def is_unsettled(self) -> bool:
        """Whether something about it was sent whose fate is not known: no control may send that again."""
        return self.record is not None and self.record.fate in {Fate.UNKNOWN, Fate.NOT_CONFIRMED}

    @property
    def awaits_cancel(self) -> bool:
        """Whether a cancellation is on its way, or is looked for and was not missed long enough to be told so."""
        missed = self.record is not None and self.record.fate is Fate.NOT_CONFIRMED
        return self.asked is Deed.CANCEL and not missed

    def still_open_in(self, view: ViewLike | None) -> bool:
        """Whether `view` was read after the answer to what was asked about it was lost: then it still rests."""
        read = view.as_of if view is not None and view.current else None
        lost = self.record.steps[-1].at if self.record is not None and self.record.fate is Fate.UNKNOWN else None
        return self.may_trade and read is not None and lost is not None and read > lost

    @property
    def is_refused(self) -> bool:
        """Whether the broker said no, at once or later."""
        return self.fate is Fate.REJECTED or self.order.status is OrderStatus.REJECTED

    @property
    def turned_up_late(self) -> bool:
        """Whether it stands in the book after something else was told of it."""
        if self.record is None or self.record.intent.deed is not Deed.PLACE:
            return False
        return any(is_late(one.fate, other.evidence) for one, other in pairwise(self.record.steps))

    @property
    def may_trade(self) -> bool:
        """Whether it is in the broker's book and not over there; a word that nobody knows is not an end."""
        return self.fate is None and (self.order.status is None or self.order.status.is_working)


OrderRow = Row[Shown]


def groups(board: Board, now: datetime) -> list[Group[Shown]]:
    """Every account with the orders of its day, in the user's order; what is not in its book stands first."""
    made = []
    for account in board.accounts:
        view = board.book(Book.ORDERS, account.user_id)
        known = view.rows if isinstance(view, OrdersView) else None
        records = board.records(account.user_id)
        rows = _rows(account, view, known, records)
        ours = tuple(_own(account, record) for record in missing(records, known or (), now))
        made.append(group_of(account, view, ours + rows, read=known is not None))
    return made


def missing(records: Sequence[Record], known: Sequence[Order], now: datetime) -> list[Record]:
    """The orders that were to be placed and are not in the book, the newest first.

    What has an end is told on the day it was sent; what has none is told until it has one.
    """
    ids, tags = {order.order_id for order in known}, {order.tag for order in known if order.tag}
    today = now.astimezone(IST).date()
    return [
        record
        for record in reversed(records)
        if record.intent.deed is Deed.PLACE
        and record.order_id not in ids
        and record.intent.tag not in tags
        and (record.fate.is_open or record.intent.at.astimezone(IST).date() == today)
    ]


def unsettled(groups: Iterable[Group[Shown]]) -> list[OrderRow]:
    """The rows about which something is not known that was sent."""
    return [row for group in groups for row in group.rows if row.record.is_unsettled]


def worth_telling(groups: Sequence[Group[Shown]]) -> list[OrderRow]:
    """What is told without being asked for: the first that is not confirmed, else the order that was refused last."""
    if found := unsettled(groups):
        return found[:1]
    rows = [row for group in groups for row in group.rows if row.current and row.record.is_refused]
    moments = ((row.record.order.placed_at, row) for row in rows)
    timed = [(at, row) for at, row in moments if at is not None]
    return [max(timed, key=itemgetter(0))[1]] if timed else rows[:1]


def _rows(
    account: AccountView, view: ViewLike | None, known: Sequence[Order] | None, records: Sequence[Record]
) -> tuple[OrderRow, ...]:
    last = {record.order_id: record for record in records if record.order_id}
    tagged = {record.intent.tag: record for record in records if record.intent.tag}
    shown = [Shown(order, None, last.get(order.order_id) or tagged.get(order.tag)) for order in known or ()]
    return rows_of(account, view, shown, key=lambda one: one.order.order_id)


def _own(account: AccountView, record: Record) -> OrderRow:
    """A row of what was asked; it is as current as the journal is."""
    return Row((account.user_id, "ours", record.intent.intent_id), Shown(_asked(record), record.fate, record), account)


def _asked(record: Record) -> Order:
    request = record.intent.request
    if request is None:
        raise ValueError("an intent to place says what")
    return Order(
        order_id=record.order_id,
        symbol=request.symbol,
        exchange=request.exchange,
        product=request.product,
        side=request.side,
        order_type=request.order_type,
        quantity=request.quantity,
        filled_quantity=0,
        price=request.price,
        trigger_price=request.trigger_price,
        average_price=None,
        status=None,
        sub_state=SubState.NONE,
        raw_status=_UNTOLD,
        message=said(record),
        placed_at=record.intent.at,
        tag=record.intent.tag,
        broker_symbol=request.symbol,
        validity=request.validity,
        disclosed_quantity=request.disclosed_quantity,
    )
