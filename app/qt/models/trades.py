"""The table of the day's trades as data. No Qt."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain import Trade
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.columns import as_of, figure, instrument, order_id, price, quantity, side, time, whose, word
from app.qt.models.figures import Figures
from app.qt.tables.rows import Group, Row, group_of, rows_of
from app.qt.tables.spec import ColumnSpec, Merge, TableSpec, TableWords, Tone
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
    instrument(lambda row: row.record),
    time(lambda row: row.record.traded_at, hide=5, meaning="When it was filled, in India"),
    whose(),
    side(),
    word("product", "Product", lambda row: str(row.record.product), least=68, hide=3, tone=Tone.SOFT),
    quantity(lambda row: row.record.quantity),
    price("price", "Price", lambda row: row.record.price),
    figure(
        "value",
        "Value",
        Figures.money,
        worth,
        hide=4,
        total=worth,
        signed=False,
        meaning="Quantity at the price, without charges; the sum is what was turned over",
    ),
    order_id(lambda row: row.record.order_id, hide=2),
    word("trade_id", "Trade id", lambda row: row.record.trade_id, least=110, hide=1, tone=Tone.MUTED),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Trade]:
    """The table; `now` is the services' time."""
    return TableSpec(
        name="trades",
        title=tr("Trades"),
        columns=(*_COLUMNS[:3], as_of(now), *_COLUMNS[3:]),
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
