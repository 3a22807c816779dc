"""The table of the day's trades as data. No Qt."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain import Trade
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.models.orders import clock, exact, side
from app.qt.models.owners import account_column, since_column
from app.qt.tables.rows import Group, Row, group_of, rows_of
from app.qt.tables.spec import Align, ColumnSpec, Merge, TableSpec, TableWords, Tone
from app.services.book_views import Book, TradesView

TradeRow = Row[Trade]


def groups(board: Board) -> list[Group[Trade]]:
    """Every account with the trades of its day, in the user's order."""
    made = []
    for account in board.accounts:
        view = board.book(Book.TRADES, account.user_id)
        known = view.rows if isinstance(view, TradesView) else None
        rows = rows_of(account, view, known, key=lambda trade: (trade.exchange, trade.trade_id, trade.order_id))
        made.append(group_of(account, view, rows, read=known is not None))
    return made


def worth(row: TradeRow) -> Decimal:
    """What was paid or got, rupees, without charges."""
    return row.record.price * row.record.quantity


_COLUMNS: Final[tuple[ColumnSpec[Trade], ...]] = (
    ColumnSpec(
        "instrument",
        "Instrument",
        lambda row, _: row.record.symbol,
        lambda row: row.record.symbol,
        align=Align.LEFT,
        least=220,
        second=lambda row: str(row.record.exchange),
    ),
    ColumnSpec(
        "time",
        "Time",
        lambda row, _: clock(row.record.traded_at),
        lambda row: exact(row.record.traded_at),
        align=Align.LEFT,
        least=70,
        hide=5,
        tone=Tone.SOFT,
        meaning="When it was filled, in India",
    ),
    account_column(),
    ColumnSpec(
        "side",
        "Side",
        lambda row, _: str(row.record.side),
        lambda row: side(row.record),
        align=Align.LEFT,
        least=48,
        tone=Tone.SIDE,
        strong=True,
    ),
    ColumnSpec(
        "product",
        "Product",
        lambda row, _: str(row.record.product),
        lambda row: str(row.record.product),
        align=Align.LEFT,
        least=68,
        hide=3,
        tone=Tone.SOFT,
    ),
    ColumnSpec(
        "quantity",
        "Qty",
        lambda row, figures: figures.units(row.record.quantity),
        lambda row: row.record.quantity,
        least=60,
        strong=True,
    ),
    ColumnSpec(
        "price",
        "Price",
        lambda row, figures: figures.price(row.record.price, row.record.exchange),
        lambda row: row.record.price,
        least=88,
    ),
    ColumnSpec(
        "value",
        "Value",
        lambda row, figures: figures.money(worth(row)),
        worth,
        hide=4,
        total=worth,
        signed=False,
        meaning="Quantity at the price, without charges; the sum is what was turned over",
    ),
    ColumnSpec(
        "order_id",
        "Order id",
        lambda row, _: row.record.order_id,
        lambda row: row.record.order_id,
        align=Align.LEFT,
        least=130,
        hide=2,
        tone=Tone.MUTED,
    ),
    ColumnSpec(
        "trade_id",
        "Trade id",
        lambda row, _: row.record.trade_id,
        lambda row: row.record.trade_id,
        align=Align.LEFT,
        least=110,
        hide=1,
        tone=Tone.MUTED,
    ),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Trade]:
    """The table; `now` is the services' time."""
    return TableSpec(
        name="trades",
        title=tr("Trades"),
        columns=(*_COLUMNS[:3], since_column(now), *_COLUMNS[3:]),
        words=_words,
        said=TableWords(
            count=lambda count: tr("1 trade") if count == 1 else tr("{count} trades", count=count),
            none=tr("No trades today"),
            unread=tr("Trades were not read yet."),
            filter=tr("Filter trades"),
        ),
        merge=Merge(lambda _: None, lambda rows: rows[0].record),
        details=_details,
        order=("time", True),
        segments=(tr("By account"), tr("All by time")),
    )


def _words(row: TradeRow) -> str:
    trade, owner = row.record, row.account.title if row.account is not None else ""
    kind = f"{trade.side} {trade.product}"
    return f"{trade.symbol} {trade.exchange} {kind} {trade.order_id} {trade.trade_id} {owner}"


def _details(row: TradeRow, _: Figures) -> list[tuple[str, str]]:
    return [(tr("Broker's symbol"), row.record.broker_symbol)]
