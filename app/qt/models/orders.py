"""The table of the day's orders as data: its columns, what an order's details say. No Qt."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.domain import Order, OrderStatus, OrderType
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.columns import as_of, figure, instrument, order_id, price, side, time, whose, word
from app.qt.models.figures import Figures
from app.qt.tables.rows import Group, Row, group_of, rows_of
from app.qt.tables.spec import Align, ColumnSpec, Merge, TableSpec, TableWords, Tone
from app.services.book_views import Book, OrdersView
from app.services.words import order_state

OrderRow = Row[Order]
_TOKENS: Final = {
    OrderStatus.PENDING: "text.soft",
    OrderStatus.OPEN: "accent.text",
    OrderStatus.COMPLETE: "state.ok",
    OrderStatus.CANCELLED: "text.soft",
    OrderStatus.REJECTED: "state.bad",
}
_ROOM: Final = 40  # letters of a message
_UNKNOWN_WORD: Final = "state.warn"


def groups(board: Board) -> list[Group[Order]]:
    """Every account with the orders of its day, in the user's order."""
    made = []
    for account in board.accounts:
        view = board.book(Book.ORDERS, account.user_id)
        known = view.rows if isinstance(view, OrdersView) else None
        rows = rows_of(account, view, known, key=lambda order: order.order_id)
        made.append(group_of(account, view, rows, read=known is not None))
    return made


# ------------------------------------------------------------------ one cell


def filled(row: OrderRow, figures: Figures) -> str:
    """How much of it is done: "50 of 75"; the quantity alone when nothing or all of it is."""
    order = row.record
    if order.filled_quantity in {0, order.quantity}:
        return figures.units(order.quantity)
    return tr(
        "{filled} of {quantity}", filled=figures.units(order.filled_quantity), quantity=figures.units(order.quantity)
    )


def limit(row: OrderRow, figures: Figures) -> str:
    """The price of a limit order; a market order says so."""
    if row.record.price is None and row.record.order_type in {OrderType.MARKET, OrderType.SL_M}:
        return tr("market")
    return figures.price(row.record.price, row.record.exchange)


def shortened(message: str) -> str:
    """The beginning of a message, which says most; the whole of it is a tooltip and stands in the details."""
    return message if len(message) <= _ROOM else message[: _ROOM - 1].rstrip(" ,.;:") + "\u2026"


def _token(row: OrderRow) -> str:
    return _TOKENS[row.record.status] if row.record.status is not None else _UNKNOWN_WORD


# ------------------------------------------------------------------ the table

_COLUMNS: Final[tuple[ColumnSpec[Order], ...]] = (
    instrument(lambda row: row.record),
    time(lambda row: row.record.placed_at, hide=7, meaning="When it was placed, in India"),
    whose(),
    side(),
    word(
        "type",
        "Type",
        lambda row: str(row.record.order_type),
        least=66,
        hide=5,
        tone=Tone.SOFT,
        second=lambda row: str(row.record.product),
    ),
    ColumnSpec(
        "quantity",
        "Qty",
        filled,
        lambda row: row.record.quantity,
        least=60,
        strong=True,
        meaning="Units; how many of them are filled, where only a part is",
    ),
    figure("filled", "Filled", Figures.units, lambda row: row.record.filled_quantity, least=60, hide=1, optional=True),
    ColumnSpec("price", "Price", limit, lambda row: row.record.price, least=88, hide=6, meaning="The limit"),
    ColumnSpec(
        "trigger",
        "Trigger",
        lambda row, figures: (
            figures.price(row.record.trigger_price, row.record.exchange) if row.record.trigger_price is not None else ""
        ),
        lambda row: row.record.trigger_price,
        least=88,
        hide=3,
        meaning="At this price it becomes active",
    ),
    price(
        "average",
        "Average",
        lambda row: row.record.average_price,
        hide=4,
        meaning="What its filled part was bought or sold at",
    ),
    word(
        "status",
        "Status",
        lambda row: order_state(row.record),
        least=96,
        tone=Tone.STATE,
        token=_token,
        tip=lambda row, figures: figures.words(row.record.message),
    ),
    order_id(lambda row: row.record.order_id, hide=1),
    ColumnSpec(
        "message",
        "Message",
        lambda row, figures: shortened(figures.words(row.record.message)),
        lambda row: row.record.message or None,
        align=Align.LEFT,
        least=160,
        hide=2,
        tone=Tone.SOFT,
        tip=lambda row, figures: figures.words(row.record.message),
        meaning="What the broker says of an order that was refused or has ended; its details say all of it",
    ),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Order]:
    """The table; `now` is the services' time."""
    return TableSpec(
        name="orders",
        title=tr("Orders"),
        columns=(*_COLUMNS[:3], as_of(now), *_COLUMNS[3:]),
        words=_words,
        said=TableWords(
            count=lambda count: tr("1 order") if count == 1 else tr("{count} orders", count=count),
            none=tr("No orders today"),
            unread=tr("Orders were not read yet."),
            filter=tr("Filter orders"),
        ),
        merge=Merge(lambda _: None, lambda rows: rows[0].record),
        details=_details,
        order=("time", True),
        segments=(tr("By account"), tr("All by time")),
    )


def _words(row: OrderRow) -> str:
    order, owner = row.record, row.account.title if row.account is not None else ""
    kind = f"{order.side} {order.order_type} {order.product}"
    return f"{order.symbol} {order.exchange} {kind} {order_state(order)} {order.order_id} {order.message} {owner}"


def _details(row: OrderRow, figures: Figures) -> list[tuple[str, str]]:
    """What the columns leave out."""
    order = row.record
    remaining = (tr("Not filled"), figures.units(order.remaining))
    message = figures.words(order.message)
    said = [(tr("Whole message"), message)] if message != shortened(message) else []
    tag = [(tr("Tag"), order.tag)] if order.tag else []
    symbol = (tr("Broker's symbol"), order.broker_symbol)
    return [*said, remaining, (tr("Broker's word"), order.raw_status), *tag, symbol]
