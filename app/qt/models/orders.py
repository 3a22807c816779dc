"""The table of the day's orders as data: its columns, what an order's details say. No Qt."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.domain import OrderType
from app.domain.tongue import tr
from app.qt.models.columns import as_of, instrument, order_id, price, side, time, whose, word
from app.qt.models.figures import UNKNOWN, Figures
from app.qt.models.order_rows import OrderRow, Shown
from app.qt.models.order_said import sentence, state_said, state_text, state_token
from app.qt.tables.spec import Align, ColumnSpec, Merge, TableSpec, TableWords, Tone

_ROOM: Final = 40  # letters of a message

# ------------------------------------------------------------------ one cell


def filled(row: OrderRow, figures: Figures) -> str:
    """How much of it is done: "50 of 75"; the quantity alone when nothing or all of it is."""
    order = row.record.order
    if order.filled_quantity in {0, order.quantity}:
        return figures.units(order.quantity)
    return tr(
        "{filled} of {quantity}", filled=figures.units(order.filled_quantity), quantity=figures.units(order.quantity)
    )


def limit(row: OrderRow, figures: Figures) -> str:
    """The price of a limit order; a market order says so."""
    order = row.record.order
    if order.price is None and order.order_type in {OrderType.MARKET, OrderType.SL_M}:
        return tr("market")
    return figures.price(order.price, order.exchange)


def shortened(message: str) -> str:
    """The beginning of a message, which says most; the whole of it is a tooltip and stands in the details."""
    return message if len(message) <= _ROOM else message[: _ROOM - 1].rstrip(" ,.;:") + "\u2026"


def _units(of: Callable[[Shown], int | None]) -> Callable[[OrderRow, Figures], str]:
    """A quantity that only the broker can tell."""
    return lambda row, figures: UNKNOWN if (found := of(row.record)) is None else figures.units(found)


def _left(shown: Shown) -> int | None:
    """Units that may still trade; of an order that is over none."""
    return None if shown.filled is None else shown.order.remaining if shown.may_trade else 0


# ------------------------------------------------------------------ the table

_COLUMNS: Final[tuple[ColumnSpec[Shown], ...]] = (
    instrument(lambda row: row.record),
    time(lambda row: row.record.order.placed_at, hide=7, meaning="When it was placed, in India"),
    whose(),
    side(),
    word(
        "type",
        "Type",
        lambda row: str(row.record.order.order_type),
        least=66,
        hide=5,
        tone=Tone.SOFT,
        second=lambda row: str(row.record.order.product),
    ),
    ColumnSpec(
        "quantity",
        "Qty",
        filled,
        lambda row: row.record.order.quantity,
        least=60,
        strong=True,
        meaning="Units; how many of them are filled, where only a part is",
    ),
    ColumnSpec(
        "filled",
        "Filled",
        _units(lambda shown: shown.filled),
        lambda row: row.record.filled,
        least=60,
        hide=1,
        optional=True,
    ),
    ColumnSpec(
        "left",
        "Left",
        _units(_left),
        lambda row: _left(row.record),
        least=60,
        hide=1,
        optional=True,
        meaning="Units that may still trade",
    ),
    ColumnSpec("price", "Price", limit, lambda row: row.record.order.price, least=88, hide=6, meaning="The limit"),
    ColumnSpec(
        "trigger",
        "Trigger",
        lambda row, figures: (
            figures.price(row.record.order.trigger_price, row.record.exchange)
            if row.record.order.trigger_price is not None
            else ""
        ),
        lambda row: row.record.order.trigger_price,
        least=88,
        hide=3,
        meaning="At this price it becomes active",
    ),
    price(
        "average",
        "Average",
        lambda row: row.record.order.average_price,
        hide=4,
        meaning="What its filled part was bought or sold at",
    ),
    ColumnSpec(
        "status",
        "Status",
        lambda row, _: state_text(row.record),
        lambda row: state_said(row.record),
        align=Align.LEFT,
        least=96,
        tone=Tone.STATE,
        token=lambda row: state_token(row.record),
        spoken=lambda row, _: state_said(row.record),
        tip=lambda row, figures: figures.words(row.record.order.message),
    ),
    order_id(lambda row: row.record.order.order_id, hide=1),
    ColumnSpec(
        "message",
        "Message",
        lambda row, figures: shortened(figures.words(row.record.order.message)),
        lambda row: row.record.order.message or None,
        align=Align.LEFT,
        least=160,
        most=320,
        hide=2,
        tone=Tone.SOFT,
        tip=lambda row, figures: figures.words(row.record.order.message),
        meaning="What the broker says of an order that was refused or has ended; its details say all of it",
    ),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Shown]:
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
        details=lambda row, figures: _details(row, figures, now()),
        order=("time", True),
        segments=(tr("By account"), tr("All by time")),
    )


def _words(row: OrderRow) -> str:
    shown, owner = row.record, row.account.title if row.account is not None else ""
    order = shown.order
    kind = f"{order.side} {order.order_type} {order.product}"
    return f"{order.symbol} {order.exchange} {kind} {state_said(shown)} {order.order_id} {order.message} {owner}"


def _details(row: OrderRow, figures: Figures, now: datetime) -> list[tuple[str, str]]:
    """What the columns leave out."""
    order, message = row.record.order, figures.words(row.record.order.message)
    told = sentence(row, figures, now)
    fields = [
        (tr("What it means"), told),
        (tr("Whole message"), message if message != shortened(message) and message not in told else ""),
        (tr("Not filled"), figures.units(order.remaining) if row.record.fate is None else UNKNOWN),
        (tr("Broker's word"), order.raw_status),
        (tr("Tag"), order.tag),
        (tr("Broker's symbol"), order.broker_symbol),
    ]
    return [(title, said) for title, said in fields if said]
