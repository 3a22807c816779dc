"""The check of figures in words (design section 10, text 27): both figures, and why they are not the same. Pure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Protocol

from app.domain.portfolio import Holding, Position
from app.domain.reckoning import Check, Reason
from app.domain.records import dataclass
from app.domain.tongue import tr


class Writes(Protocol):
    """How amounts and quantities are written at the moment: the privacy switch masks them (`qt.models.figures`)."""

    def signed(self, value: Decimal | None) -> str:
        """A gain or a loss."""
        ...

    def units(self, value: int) -> str:
        """A quantity."""
        ...


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence may name."""

    row: Position | Holding
    broker: str
    writes: Writes

    @property
    def t1(self) -> str:
        return self.writes.units(getattr(self.row, "t1", 0))

    @property
    def pledged(self) -> str:
        return self.writes.units(getattr(self.row, "pledged", 0))

    @property
    def sold(self) -> str:
        return self.writes.units(getattr(self.row, "used_today", 0))

    @property
    def quantity(self) -> str:
        return self.writes.units(self.row.quantity)


_REASONS: Final[Mapping[Reason, Callable[[_Told], str]]] = MappingProxyType(
    {
        Reason.CARRY_PRICE: lambda told: tr("{broker} counts from the previous close", broker=told.broker),
        Reason.T1: lambda told: tr(
            "{t1} of {quantity} shares are T1 and priced differently", t1=told.t1, quantity=told.quantity
        ),
        Reason.PLEDGED: lambda told: tr(
            "{pledged} of {quantity} shares are pledged and priced differently",
            pledged=told.pledged,
            quantity=told.quantity,
        ),
        Reason.SOLD_TODAY: lambda told: tr(
            "{broker} still counts {sold} shares that were sold today", broker=told.broker, sold=told.sold
        ),
        Reason.MULTIPLIER: lambda told: tr("{broker} counts lots where we count units", broker=told.broker),
        Reason.OTHER_PRICE: lambda told: tr(
            "{broker} counts with another price or average than it shows", broker=told.broker
        ),
    }
)


def check_words(check: Check, row: Position | Holding, broker: str, writes: Writes) -> str:
    """One sentence or two about both figures; never empty."""
    if check.ours is None:
        return tr(
            "There is no price to work the P&L out from. {broker} says {theirs}.", **_figures(check, broker, writes)
        )
    if check.theirs is None:
        return tr("{broker} tells no P&L of its own. Our sum is {ours}.", **_figures(check, broker, writes))
    if check.reasons == (Reason.DERIVED_PRICE,):
        return tr(
            "{broker} tells no price: ours was worked out from its P&L of {theirs}.", **_figures(check, broker, writes)
        )
    if not check.differs:
        return tr("{broker} and our sum agree: {ours}.", **_figures(check, broker, writes))
    told = _Told(row, broker, writes)
    why = "; ".join(_REASONS[reason](told) for reason in check.reasons)
    said = tr("{broker} says {theirs}, our sum is {ours}: {why}.", why=why, **_figures(check, broker, writes))
    return said + " " + tr("Both are shown.")


def _figures(check: Check, broker: str, writes: Writes) -> dict[str, str]:
    return {"broker": broker, "ours": writes.signed(check.ours), "theirs": writes.signed(check.theirs)}
