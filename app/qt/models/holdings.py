"""The table of holdings as data: its columns, and what a row's details say. No Qt."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.domain import Holding
from app.domain.reckoning import check_holding
from app.domain.tongue import tr
from app.qt.models.columns import as_of, check, figure, instrument, price, quantity, whose
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
from app.qt.models.owners import broker
from app.qt.tables.spec import ColumnSpec, Merge, TableSpec, TableWords, Tone
from app.services.words import check_words


def _count(
    key: str,
    title: str,
    of: Callable[[Holding], int],
    *,
    least: int,
    hide: int,
    optional: bool = False,
    meaning: str = "",
) -> ColumnSpec[Holding]:
    """A quantity, nothing where there is none: most shares are neither pledged nor undelivered."""
    return ColumnSpec(
        key,
        title,
        lambda row, figures: figures.units(of(row.record)) if of(row.record) else "",
        lambda row: of(row.record),
        least=least,
        hide=hide,
        optional=optional,
        meaning=meaning,
    )


# ------------------------------------------------------------------ the table

_COLUMNS: Final[tuple[ColumnSpec[Holding], ...]] = (
    instrument(lambda row: row.record, title="Share", least=200),
    whose(),
    quantity(lambda row: row.record.quantity, meaning="All that is owned: free, T1 and pledged"),
    _count("free", "Free", lambda held: held.free, least=56, hide=4, meaning="Can be sold now"),
    _count("t1", "T1", lambda held: held.t1, least=48, hide=3, meaning="Bought, not delivered yet"),
    _count("pledged", "Pledged", lambda held: held.pledged, least=66, hide=2, meaning="Given as collateral"),
    _count("used_today", "Sold today", lambda held: held.used_today, least=80, hide=1, optional=True),
    price("average", "Average", lambda row: row.record.average_price, hide=6, meaning="What a share was bought at"),
    price("last", "LTP", lambda row: row.record.last_price, meaning="Last traded price"),
    figure("day", "Day %", Figures.per_cent, day_change, least=66, hide=1, meaning="Against the previous close"),
    figure(
        "day_gain",
        "Day's gain",
        Figures.signed,
        day_gain,
        hide=2,
        optional=True,
        total=day_gain,
        meaning="What the day brought so far",
    ),
    figure(
        "spent",
        "Invested",
        Figures.money,
        spent,
        hide=2,
        optional=True,
        total=spent,
        signed=False,
        meaning="What was paid for what is owned",
    ),
    figure(
        "value",
        "Value",
        Figures.money,
        worth,
        hide=7,
        total=worth,
        signed=False,
        meaning="All that is owned at the last price",
    ),
    figure(
        "told",
        "Broker's P&L",
        Figures.signed,
        lambda row: row.record.pnl_told,
        hide=3,
        optional=True,
        meaning="As the broker says; the column P&L is worked out here",
    ),
    check(differs, hide=8, meaning="Marks shares whose gain is another at the broker; a click says why"),
    figure(
        "pnl",
        "P&L",
        Figures.signed,
        lambda row: row.record.pnl,
        least=138,
        tone=Tone.MONEY,
        total=lambda row: row.record.pnl,
        meaning="Price less average for all that is owned, worked out here",
    ),
    figure("gain", "P&L %", Figures.per_cent, gain_in_per_cent, least=72, hide=5, meaning="Of what was paid"),
)


def spec(now: Callable[[], datetime]) -> TableSpec[Holding]:
    """The table; `now` is the services' time."""
    return TableSpec(
        name="holdings",
        title=tr("Holdings"),
        columns=(*_COLUMNS[:2], as_of(now), *_COLUMNS[2:]),
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
