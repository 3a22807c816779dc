"""The table of positions as data: its columns, what merges into one line, what a row's details say. No Qt."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from app.domain import Position
from app.domain.market import SEGMENTS, Segment
from app.domain.reckoning import Check, check_position
from app.domain.records import dataclass
from app.domain.tongue import tr
from app.qt.models.board import Board
from app.qt.models.columns import as_of, check, clock, figure, instrument, quantity, whose, word
from app.qt.models.figures import UNKNOWN, Figures, total
from app.qt.tables.rows import Group, Row, group_of, rows_of
from app.qt.tables.spec import Align, Chip, ColumnSpec, Merge, TableSpec, TableWords, Tone
from app.services.words import DERIVED, derived_price

_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Held:
    """A position in the table; of a merged line the sums, `mixed` when long and short are among its parts."""

    position: Position
    mixed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether anything is held, on either side."""
        return self.position.quantity != 0 or self.mixed


HeldRow = Row[Held]


def identity(position: Position) -> Hashable:
    """What makes it the same position of its account at the next reading."""
    return (position.exchange, position.broker_symbol, position.product)


def groups(board: Board) -> list[Group[Held]]:
    """Every account with its positions, in the user's order."""
    made = []
    for account in board.accounts:
        view = board.positions(account.user_id)
        known = view.rows if view is not None else None
        held = [Held(position) for position in known or ()]
        rows = rows_of(account, view, held, key=lambda one: identity(one.position))
        made.append(group_of(account, view, rows, read=known is not None))
    return made


# ------------------------------------------------------------------ one cell


def day_change(row: HeldRow) -> Decimal | None:
    """The instrument's change against the previous close, per cent."""
    position = row.record.position
    if position.last_price is None or not position.close_price:
        return None
    return (position.last_price - position.close_price) / position.close_price * _HUNDRED


def worth(row: HeldRow) -> Decimal | None:
    """What is held at the last price, rupees; a short position is negative."""
    position = row.record.position
    return None if position.last_price is None else position.last_price * position.quantity


def lots(row: HeldRow) -> Decimal | None:
    """How many lots, where the broker says how many units make one."""
    position = row.record.position
    return None if position.multiplier == 1 else Decimal(position.quantity) / position.multiplier


def _lots(row: HeldRow, figures: Figures) -> str:
    found = lots(row)
    if found is None:
        return UNKNOWN
    return figures.units(int(found)) if found == int(found) else figures.money(found)


def check_of(row: HeldRow) -> Check | None:
    """Our reckoning beside the broker's figure; None of a merged line, whose parts have one each."""
    return None if row.parts else check_position(row.record.position)


def differs(row: HeldRow) -> bool:
    """Whether the figures of the row, or of a part, differ so that somebody should know."""
    return any(check_position(part.record.position).differs for part in row.leaves)


def _average(row: HeldRow, figures: Figures) -> str:
    position = row.record.position
    if row.record.mixed:
        return tr("long, short")
    return figures.price(position.average_price, position.exchange) if position.quantity else UNKNOWN


def _average_value(row: HeldRow) -> Decimal | None:
    return row.record.position.average_price if row.record.position.quantity and not row.record.mixed else None


def _last(row: HeldRow, figures: Figures) -> str:
    position = row.record.position
    sign = DERIVED if position.price_is_derived else ""
    return sign + figures.price(position.last_price, position.exchange)


def _why_derived(row: HeldRow) -> str:
    """What the sign before a last price means."""
    derived = [part for part in row.leaves if part.record.position.price_is_derived]
    if not derived or not row.record.position.price_is_derived:
        return ""
    account = derived[0].account
    return derived_price(account.broker_label) if account is not None else ""


def _open(row: HeldRow, figures: Figures) -> str:
    return figures.signed(row.record.position.unrealised) if row.record.is_open else UNKNOWN


def _reckoned(row: HeldRow) -> Decimal | None:
    checks = [check_position(part.record.position).ours for part in row.leaves]
    return total(one for one in checks if one is not None) if None not in checks else None


def _difference(row: HeldRow) -> Decimal | None:
    ours = _reckoned(row)
    return None if ours is None else row.record.position.pnl - ours


# ------------------------------------------------------------------ the table

_COLUMNS: Final[tuple[ColumnSpec[Held], ...]] = (
    instrument(lambda row: row.record.position, least=240),
    whose(
        least=150,
        hide=8,
        second=lambda row: "" if row.parts else str(row.record.position.product),
        part=lambda row, _: str(row.record.position.product),
    ),
    word(
        "product",
        "Product",
        lambda row: str(row.record.position.product),
        least=68,
        hide=3,
        tone=Tone.SOFT,
        merged=False,
    ),
    quantity(
        lambda row: row.record.position.quantity,
        token=lambda row: "text" if row.record.is_open else "text.muted",
        meaning="Units, not lots; short is negative",
    ),
    ColumnSpec("average", "Average", _average, _average_value, hide=4, meaning="What a unit was bought or sold at"),
    ColumnSpec(
        "last",
        "LTP",
        _last,
        lambda row: row.record.position.last_price,
        tip=lambda row, _: _why_derived(row),
        meaning="Last traded price",
    ),
    ColumnSpec(
        "price_time",
        "LTP time",
        lambda row, _: clock(row.as_of),
        lambda row: clock(row.as_of),
        least=84,
        hide=2,
        optional=True,
        tone=Tone.MUTED,
        meaning="When the price was read, in India",
    ),
    figure(
        "day",
        "Day %",
        Figures.per_cent,
        day_change,
        least=66,
        hide=1,
        meaning="The instrument's change against its previous close",
    ),
    ColumnSpec(
        "open",
        "Open P&L",
        _open,
        lambda row: row.record.position.unrealised if row.record.is_open else None,
        hide=5,
        total=lambda row: row.record.position.unrealised,
        meaning="What closing it now would bring",
    ),
    figure(
        "booked",
        "Booked",
        Figures.signed,
        lambda row: row.record.position.realised,
        least=96,
        hide=2,
        total=lambda row: row.record.position.realised,
        meaning="What is earned or lost for good",
    ),
    figure(
        "value",
        "Value",
        Figures.money,
        worth,
        hide=4,
        optional=True,
        total=worth,
        meaning="Quantity at the last price; short is negative",
    ),
    ColumnSpec(
        "lots",
        "Lots",
        _lots,
        lots,
        least=60,
        hide=1,
        optional=True,
        meaning="Where the broker says how many units make a lot",
    ),
    figure(
        "reckoned",
        "Our P&L",
        Figures.signed,
        _reckoned,
        hide=5,
        optional=True,
        meaning="Worked out here from quantity, average and price; the column P&L is the broker's own",
    ),
    figure(
        "difference",
        "Difference",
        Figures.signed,
        _difference,
        hide=6,
        optional=True,
        meaning="The broker's P&L less ours",
    ),
    check(differs, hide=6, meaning="Marks rows whose P&L is another than ours; a click says why"),
    figure(
        "pnl",
        "P&L",
        Figures.signed,
        lambda row: row.record.position.pnl,
        least=138,
        tone=Tone.MONEY,
        total=lambda row: row.record.position.pnl,
        meaning="Open and booked together, as the broker says",
    ),
)

_CHIPS: Final[tuple[Chip[Held], ...]] = (
    Chip("equity", "Equity", lambda row: _segment(row) is Segment.CASH),
    Chip("fo", "F&O", lambda row: _segment(row) in {Segment.DERIVATIVES, Segment.CURRENCY}),
    Chip("commodity", "Commodity", lambda row: _segment(row) is Segment.COMMODITY),
)


def _segment(row: HeldRow) -> Segment | None:
    return SEGMENTS.get(row.record.position.exchange)


def spec(now: Callable[[], datetime]) -> TableSpec[Held]:
    """The table; `now` is the services' time."""
    place = [column.key for column in _COLUMNS].index("day")
    return TableSpec(
        name="positions",
        title=tr("Positions"),
        columns=(*_COLUMNS[:place], as_of(now, align=Align.RIGHT, least=58, hide=7), *_COLUMNS[place:]),
        words=_words,
        said=TableWords(
            count=lambda count: tr("1 position") if count == 1 else tr("{count} positions", count=count),
            none=tr("No open positions"),
            unread=tr("Positions were not read yet."),
            closed=lambda count: tr("{count} closed today are hidden.", count=count),
            parts=lambda count: tr("1 instrument") if count == 1 else tr("{count} instruments", count=count),
        ),
        merge=Merge(lambda row: (row.record.position.symbol, row.record.position.exchange), _merged),
        chips=_CHIPS,
        over=lambda row: not row.record.is_open,
        details=_details,
    )


def _words(row: HeldRow) -> str:
    position = row.record.position
    owner = row.account.title if row.account is not None else ""
    return f"{position.symbol} {position.exchange} {position.product} {owner}"


def _merged(rows: Sequence[HeldRow]) -> Held:
    """The line of one contract at several accounts; long and short are shown net and named, never netted in silence."""
    held = [row.record.position for row in rows]
    best = next((row.record.position for row in rows if row.current and row.record.position.last_price), held[0])
    mixed = any(one.quantity > 0 for one in held) and any(one.quantity < 0 for one in held)
    quantity = sum(one.quantity for one in held)
    paid = total(one.average_price * one.quantity for one in held)
    sums = replace(
        best,
        quantity=quantity,
        average_price=paid / quantity if quantity and not mixed else Decimal(0),
        pnl=total(one.pnl for one in held),
        realised=total(one.realised for one in held),
        unrealised=total(one.unrealised for one in held),
    )
    return Held(sums, mixed)


def _details(row: HeldRow, figures: Figures) -> list[tuple[str, str]]:
    from app.services.figure_words import check_words  # loaded on first use: start-up

    said = []
    for part in row.leaves:
        position, account = part.record.position, part.account
        broker = account.broker_label if account is not None else tr("The broker")
        words = check_words(check_position(position), position, broker, figures)
        whose = f"{account.title}: " if row.parts and account is not None else ""
        said.append((tr("Check"), whose + words))
    position = row.record.position
    close = figures.price(position.close_price, position.exchange)
    return [*said, (tr("Previous close"), close), (tr("Broker's symbol"), position.broker_symbol)]
