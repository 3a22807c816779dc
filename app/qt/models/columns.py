"""The columns that several tables have, and the makers of the others: what differs is handed in. No Qt."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypedDict, TypeVar, Unpack

from app.domain import IST, Exchange, OrderSide
from app.domain.tongue import tr
from app.qt.models.figures import UNKNOWN, Figures
from app.qt.models.owners import colours, owner, since
from app.qt.tables.rows import Row
from app.qt.tables.spec import Align, ColumnSpec, Tone, Value

R = TypeVar("R")
V = TypeVar("V", bound=Value)
_DIFFERS: Final = "\u2260"


class Traded(Protocol):
    """Anything that is listed at an exchange."""

    @property
    def symbol(self) -> str:
        """What it is called there."""
        ...

    @property
    def exchange(self) -> Exchange:
        """Where."""
        ...


class Sided(Protocol):
    """Anything that is bought or sold."""

    @property
    def side(self) -> OrderSide:
        """Which of both."""
        ...


T = TypeVar("T", bound=Traded)
S = TypeVar("S", bound=Sided)


class Options(TypedDict, Generic[R], total=False):
    """What else there is to a column, as in `ColumnSpec`."""

    hide: int | None
    optional: bool
    tone: Tone
    token: Callable[[Row[R]], str] | None
    strong: bool
    total: Callable[[Row[R]], Decimal | None] | None
    second: Callable[[Row[R]], str] | None
    tip: Callable[[Row[R], Figures], str] | None
    part: Callable[[Row[R], Figures], str] | None
    merged: bool | None
    meaning: str
    signed: bool


# ------------------------------------------------------------------ makers


def word(key: str, title: str, of: Callable[[Row[R]], str], *, least: int, **more: Unpack[Options[R]]) -> ColumnSpec[R]:
    """A text, which sorts as it reads."""
    return ColumnSpec(key, title, lambda row, _: of(row), of, align=Align.LEFT, least=least, **more)


def figure(
    key: str,
    title: str,
    write: Callable[[Figures, V], str],
    of: Callable[[Row[R]], V],
    *,
    least: int = 102,
    **more: Unpack[Options[R]],
) -> ColumnSpec[R]:
    """A figure; `write` is the way of `Figures` in which it is written."""
    return ColumnSpec(key, title, lambda row, figures: write(figures, of(row)), of, least=least, **more)


def price(key: str, title: str, of: Callable[[Row[T]], Decimal | None], **more: Unpack[Options[T]]) -> ColumnSpec[T]:
    """A price, in as many places as its exchange trades in."""
    return ColumnSpec(
        key, title, lambda row, figures: figures.price(of(row), row.record.exchange), of, least=88, **more
    )


# ------------------------------------------------------------------ columns


def instrument(of: Callable[[Row[R]], Traded], *, title: str = "Instrument", least: int = 220) -> ColumnSpec[R]:
    """What a row is called by, and after it the exchange."""
    return word("instrument", title, lambda row: of(row).symbol, least=least, second=lambda row: str(of(row).exchange))


def quantity(
    of: Callable[[Row[R]], int], *, token: Callable[[Row[R]], str] | None = None, meaning: str = ""
) -> ColumnSpec[R]:
    """How many units."""
    return figure("quantity", "Qty", Figures.units, of, least=60, strong=True, token=token, meaning=meaning)


def side() -> ColumnSpec[S]:
    """Bought or sold; 1 buys, -1 sells."""
    return ColumnSpec(
        "side",
        "Side",
        lambda row, _: str(row.record.side),
        lambda row: 1 if row.record.side is OrderSide.BUY else -1,
        align=Align.LEFT,
        least=48,
        tone=Tone.SIDE,
        strong=True,
    )


def time(of: Callable[[Row[R]], datetime | None], *, hide: int, meaning: str) -> ColumnSpec[R]:
    """A moment of the day, Indian time; exact for an export, and to sort by."""
    return ColumnSpec(
        "time",
        "Time",
        lambda row, _: clock(of(row)),
        lambda row: _exact(of(row)),
        align=Align.LEFT,
        least=70,
        hide=hide,
        tone=Tone.SOFT,
        meaning=meaning,
    )


def order_id(of: Callable[[Row[R]], str], *, hide: int) -> ColumnSpec[R]:
    """The broker's number of an order."""
    return word("order_id", "Order id", of, least=130, hide=hide, tone=Tone.MUTED)


def check(differs: Callable[[Row[R]], bool], *, hide: int, meaning: str) -> ColumnSpec[R]:
    """A mark where the broker's figures and ours are not the same; the row's details say why."""
    return ColumnSpec(
        "check",
        _DIFFERS,
        lambda row, _: _DIFFERS if differs(row) else "",
        lambda row: 1 if differs(row) else 0,
        least=32,
        hide=hide,
        tone=Tone.LINK,
        spoken=lambda row, _: tr("figures differ, Enter says why") if differs(row) else tr("figures agree"),
        meaning=meaning,
    )


def whose(
    *,
    least: int = 140,
    hide: int | None = None,
    second: Callable[[Row[R]], str] | None = None,
    part: Callable[[Row[R], Figures], str] = lambda _row, _figures: "",  # it stands in the first column there
) -> ColumnSpec[R]:
    """Whose it is; by account the heads say so."""
    return ColumnSpec(
        "account",
        "Account",
        lambda row, _: owner(row),
        owner,
        align=Align.LEFT,
        least=least,
        hide=hide,
        tone=Tone.SOFT,
        second=second,
        part=part,
        bars=colours,
        merged=True,
    )


def as_of(now: Callable[[], datetime], *, align: Align = Align.LEFT, least: int = 66, hide: int = 3) -> ColumnSpec[Any]:
    """Since when a row is not current; by account the heads say so."""
    return ColumnSpec(
        "as_of",
        "As of",
        lambda row, _: since(row, now),
        lambda row: since(row, now) or None,
        align=align,
        least=least,
        hide=hide,
        tone=Tone.MUTED,
        merged=True,
    )


def clock(moment: datetime | None) -> str:
    """A moment of the day, Indian time."""
    return f"{moment.astimezone(IST):%H:%M:%S}" if moment is not None else UNKNOWN


def _exact(moment: datetime | None) -> str | None:
    return moment.astimezone(IST).isoformat(timespec="seconds") if moment is not None else None
