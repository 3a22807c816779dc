"""The check of figures: P&L worked out anew from quantity, average and price, held against what the broker says.

Both figures are shown and neither takes the place of the other. Where they differ, a `Reason` is named: one that
explains the difference to the paisa where there is one, else what in the row makes a difference possible. Pure, exact.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.portfolio import Holding, Position
from app.domain.records import dataclass

_PAISA: Final = Decimal("0.01")
_HALF_A_PAISA: Final = Decimal("0.005")  # a unit: brokers send averages of two decimals
_NOTHING: Final = Decimal(0)


class Reason(StrEnum):
    """Why a broker's figure may be another than ours."""

    CARRY_PRICE = "carry_price"  # it counts from the previous close, not from what was paid
    T1 = "t1"  # shares that are bought and not delivered yet are left out, or priced differently
    PLEDGED = "pledged"  # so are shares that were given as collateral
    SOLD_TODAY = "sold_today"  # shares that were sold today are still in it
    MULTIPLIER = "multiplier"  # it counts lots where units are meant
    OTHER_PRICE = "other_price"  # it was worked out at another moment's price
    DERIVED_PRICE = "derived_price"  # the price was worked out from it: nothing to hold against it
    NO_PRICE = "no_price"  # nothing can be worked out
    ROUNDING = "rounding"  # a rounded average explains it


_AGREEING: Final = frozenset({Reason.ROUNDING, Reason.DERIVED_PRICE, Reason.NO_PRICE})


@dataclass(frozen=True, slots=True)
class Check:
    """Our P&L and the broker's, rupees; None: cannot be worked out, or the broker says none.

    `difference` is theirs less ours. `reasons` is empty where both are equal, or one is not there to compare.
    """

    ours: Decimal | None
    theirs: Decimal | None
    difference: Decimal | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether there is a difference that somebody should know of."""
        return bool(self.difference) and not _AGREEING.issuperset(self.reasons)


def check_position(row: Position) -> Check:
    """The P&L of a position: what is booked, and price less average for what is open.

    `Position.quantity` counts units already, so that the multiplier of a lot is in it.
    """
    if row.last_price is None and row.quantity:
        return Check(None, row.pnl, reasons=(Reason.NO_PRICE,))
    gain = _NOTHING if row.last_price is None else (row.last_price - row.average_price) * row.quantity
    ours = row.realised + gain
    if row.price_is_derived:
        return Check(ours, row.pnl, row.pnl - ours, (Reason.DERIVED_PRICE,))
    return _held_against(ours, row.pnl, abs(row.quantity), _of_position(row))


def check_holding(row: Holding) -> Check:
    """The P&L of a holding: price less average for all that is owned."""
    ours, theirs = row.pnl, row.pnl_told
    if ours is None or theirs is None:
        return Check(ours, theirs, reasons=(Reason.NO_PRICE,) if ours is None else ())
    return _held_against(ours, theirs, row.quantity, _of_holding(row))


_Guess = tuple[Decimal | None, Reason]
"""A reason, and the broker's figure if it were so; None where that cannot be worked out."""


def _held_against(ours: Decimal, theirs: Decimal, units: int, guesses: Iterable[_Guess]) -> Check:
    difference = theirs - ours
    if not difference:
        return Check(ours, theirs, difference)
    allowed = max(_PAISA, units * _HALF_A_PAISA)
    if abs(difference) <= allowed:
        return Check(ours, theirs, difference, (Reason.ROUNDING,))
    held = list(guesses)
    exact = [reason for figure, reason in held if figure is not None and abs(figure - theirs) <= allowed]
    possible = [reason for _, reason in held if reason in (Reason.T1, Reason.PLEDGED)]
    return Check(ours, theirs, difference, tuple(exact[:1] or possible or [Reason.OTHER_PRICE]))


def _of_position(row: Position) -> Iterable[_Guess]:
    last = row.last_price
    if last is None:  # nothing is open: whatever it is, it is booked
        return
    if row.close_price is not None:
        yield row.realised + (last - row.close_price) * row.quantity, Reason.CARRY_PRICE
    if row.multiplier != 1:
        gain = (last - row.average_price) * row.quantity
        yield row.realised + gain / row.multiplier, Reason.MULTIPLIER
        yield row.realised + gain * row.multiplier, Reason.MULTIPLIER


def _of_holding(row: Holding) -> Iterable[_Guess]:
    last = row.last_price or _NOTHING
    each = last - row.average_price
    if row.t1:
        yield each * (row.quantity - row.t1), Reason.T1
    if row.pledged:
        yield each * (row.quantity - row.pledged), Reason.PLEDGED
    if row.used_today:
        yield each * (row.quantity + row.used_today), Reason.SOLD_TODAY
    if row.close_price is not None:
        yield (last - row.close_price) * row.quantity, Reason.CARRY_PRICE
        yield (row.close_price - row.average_price) * row.quantity, Reason.OTHER_PRICE
