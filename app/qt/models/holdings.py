"""The table of holdings as data: its columns, and what a row's details say. No Qt."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.domain import Holding
from app.domain.reckoning import check_holding
from app.domain.tongue import tr
from app.qt.models.figures import UNKNOWN, Figures
from app.qt.models.holding_rows import (
    HoldingRow,
    day_change,
    day_gain,
    differs,
    gain_in_per_cent,
    merged,
    spent,
    together,
    worth,
)
from app.qt.models.owners import account_column, broker, since_column
from app.qt.tables.spec import Align, ColumnSpec, Merge, TableSpec, TableWords, Tone
from app.services.words import check_words

_DIFFERS: Final = "\u2260"


def _units(count: Callable[[Holding], int]) -> Callable[[HoldingRow, Figures], str]:
    """A quantity, nothing where there is none: most shares are neither pledged nor undelivered."""
    return lambda row, figures: figures.units(count(row.record)) if count(row.record) else ""


# ------------------------------------------------------------------ the table

_COLUMNS: Final[tuple[ColumnSpec[Holding], ...]] = (
    ColumnSpec(
        "instrument",
        "Share",
        lambda row, _: row.record.symbol,
        lambda row: row.record.symbol,
        align=Align.LEFT,
        least=200,
        second=lambda row: str(row.record.exchange),
    ),
    account_column(),
    ColumnSpec(
        "quantity",
        "Qty",
        lambda row, figures: figures.units(row.record.quantity),
        lambda row: row.record.quantity,
        least=60,
        strong=True,
        meaning="All that is owned: free, T1 and pledged",
    ),
    ColumnSpec(
        "free",
        "Free",
        _units(lambda held: held.free),
        lambda row: row.record.free,
        least=56,
        hide=4,
        meaning="Can be sold now",
    ),
    ColumnSpec(
        "t1",
        "T1",
        _units(lambda held: held.t1),
        lambda row: row.record.t1,
        least=48,
        hide=3,
        meaning="Bought, not delivered yet",
    ),
    ColumnSpec(
        "pledged",
        "Pledged",
        _units(lambda held: held.pledged),
        lambda row: row.record.pledged,
        least=66,
        hide=2,
        meaning="Given as collateral",
    ),
    ColumnSpec(
        "used_today",
        "Sold today",
        _units(lambda held: held.used_today),
        lambda row: row.record.used_today,
        least=80,
        hide=1,
        optional=True,
    ),
    ColumnSpec(
        "average",
        "Average",
        lambda row, figures: figures.price(row.record.average_price),
        lambda row: row.record.average_price,
        least=88,
        hide=6,
        meaning="What a share was bought at",
    ),
    ColumnSpec(
        "last",
        "LTP",
        lambda row, figures: figures.price(row.record.last_price),
        lambda row: row.record.last_price,
        least=88,
        meaning="Last traded price",
    ),
    ColumnSpec(
        "day",
        "Day %",
        lambda row, figures: figures.per_cent(day_change(row)),
        day_change,
        least=66,
        hide=1,
        meaning="Against the previous close",
    ),
    ColumnSpec(
        "day_gain",
        "Day's gain",
        lambda row, figures: figures.signed(day_gain(row)),
        day_gain,
        hide=2,
        optional=True,
        total=day_gain,
        meaning="What the day brought so far",
    ),
    ColumnSpec(
        "spent",
        "Invested",
        lambda row, figures: figures.money(spent(row)),
        spent,
        hide=2,
        optional=True,
        total=spent,
        signed=False,
        meaning="What was paid for what is owned",
    ),
    ColumnSpec(
        "value",
        "Value",
        lambda row, figures: figures.money(worth(row)),
        worth,
        hide=7,
        total=worth,
        signed=False,
        meaning="All that is owned at the last price",
    ),
    ColumnSpec(
        "told",
        "Broker's P&L",
        lambda row, figures: figures.signed(row.record.pnl_told),
        lambda row: row.record.pnl_told,
        hide=3,
        optional=True,
        meaning="As the broker says; the column P&L is worked out here",
    ),
    ColumnSpec(
        "check",
        _DIFFERS,
        lambda row, _: _DIFFERS if differs(row) else "",
        lambda row: 1 if differs(row) else 0,
        least=32,
        hide=8,
        tone=Tone.LINK,
        spoken=lambda row, _: tr("figures differ, Enter says why") if differs(row) else tr("figures agree"),
        meaning="Marks shares whose gain is another at the broker; a click says why",
    ),
    ColumnSpec(
        "pnl",
        "P&L",
        lambda row, figures: figures.signed(row.record.pnl),
        lambda row: row.record.pnl,
        least=138,
        tone=Tone.MONEY,
        total=lambda row: row.record.pnl,
        meaning="Price less average for all that is owned, worked out here",
    ),
    ColumnSpec(
        "gain",
        "P&L %",
        lambda row, figures: figures.per_cent(gain_in_per_cent(row)),
        gain_in_per_cent,
        least=72,
        hide=5,
        meaning="Of what was paid",
    ),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Holding]:
    """The table; `now` is the services' time."""
    return TableSpec(
        name="holdings",
        title=tr("Holdings"),
        columns=(*_COLUMNS[:2], since_column(now), *_COLUMNS[2:]),
        words=lambda row: f"{row.record.symbol} {row.record.exchange} {row.record.isin} {_title(row)}",
        said=TableWords(
            count=lambda count: tr("1 holding") if count == 1 else tr("{count} holdings", count=count),
            none=tr("No shares"),
            unread=tr("Holdings were not read yet."),
            parts=lambda count: tr("1 share") if count == 1 else tr("{count} shares", count=count),
            filter=tr("Filter shares"),
        ),
        merge=Merge(together, merged),
        details=_details,
    )


def _title(row: HoldingRow) -> str:
    return row.account.title if row.account is not None else ""


def _details(row: HoldingRow, figures: Figures) -> list[tuple[str, str]]:
    said = []
    for part in row.leaves:
        whose = f"{_title(part)}: " if row.parts else ""
        said.append((tr("Check"), whose + check_words(check_holding(part.record), part.record, broker(part), figures)))
    held = row.record
    close = (tr("Previous close"), figures.price(held.close_price))
    return [*said, close, (tr("ISIN"), held.isin or UNKNOWN), (tr("Broker's symbol"), held.broker_symbol)]
