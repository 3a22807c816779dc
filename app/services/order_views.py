"""What the faces show of an order before it is sent and of an exit: frozen pictures; only their makers compute them."""

from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.domain import Exchange, Order, OrderChange, OrderPlan, OrderRequest, Product
from app.domain.intents import Deed, Record
from app.domain.records import dataclass


class Weight(StrEnum):
    """What a finding means for the sending."""

    STOP = "stop"  # nothing is sent
    ASK = "ask"  # asked once more
    NOTE = "note"  # told, and sent


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the checks before the sending found, in plain words.

    `check` is a stable word ("tick", "same_again", "cap_value" ...), `field` the input of the ticket it is about.
    """

    check: str
    weight: Weight
    text: str
    next_step: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent if the trader said yes now; nothing was sent. It can be sent once.

    `plan` holds the orders, one or its slices; None while a finding stands in its way. `words` says the exact request,
    a sentence a line. `value` is what it is worth in rupees, None where no price is known.
    """

    preview_id: str
    at: datetime
    user_id: str
    deed: Deed
    words: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    request: OrderRequest | None = None
    plan: OrderPlan | None = None
    order: Order | None = None
    change: OrderChange | None = None
    value: Decimal | None = None

    @property
    def may_send(self) -> bool:
        """Whether nothing stands in its way, as far as is known."""
        return not any(finding.weight is Weight.STOP for finding in self.findings)

    @property
    def asks(self) -> frozenset[str]:
        """The checks that the trader must agree to."""
        return frozenset(finding.check for finding in self.findings if finding.weight is Weight.ASK)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a preview: the record of each order of the plan, or, with none, why nothing was sent."""

    records: tuple[Record, ...]
    held_back: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class LastPrice:
    """The price of the last trade, and when the broker told it; None where that is not known."""

    price: Decimal
    at: datetime | None


# ------------------------------------------------------------------ exits


@dataclass(frozen=True, slots=True)
class ExitScope:
    """What is to be flat: all positions of all accounts, of one, or only `keys` (exchange, symbol, product)."""

    user_id: str | None = None
    keys: frozenset[tuple[Exchange, str, Product]] | None = None


@dataclass(frozen=True, slots=True)
class ExitPart:
    """One position and what would make it flat: first `cancels`, then `orders`, each within the freeze quantity.

    `quantity` is as it stands, negative when short. `why_not` says why nothing can be done, empty when it can.
    """

    user_id: str
    symbol: str
    exchange: Exchange
    product: Product
    quantity: int
    cancels: tuple[Order, ...] = ()
    orders: tuple[OrderRequest, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """What an exit would do; nothing was sent. `words` says it, a sentence a line; it can be carried out once.

    `unread` are the accounts that could not be read: whether they are flat nobody knows, parts or none.
    """

    plan_id: str
    at: datetime
    scope: ExitScope
    parts: tuple[ExitPart, ...]
    words: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    unread: frozenset[str] = frozenset()


class ExitPhase(StrEnum):
    """How far an exit is."""

    CANCELLING = "cancelling"
    CLOSING = "closing"
    FILLING = "filling"  # waiting for fills
    READING = "reading"  # the positions once more
    DONE = "done"


@dataclass(frozen=True, slots=True)
class ExitLine:
    """What came of one position: `left` units, 0 is flat, None is not known; `why` in words where it is not flat.

    `left` is negative where it is short. A flat one has a `why` where an order still rests that could open it again.
    """

    part: ExitPart
    left: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ExitView:
    """An exit on its way, and at `ExitPhase.DONE` its receipt."""

    plan: ExitPlan
    phase: ExitPhase
    lines: tuple[ExitLine, ...] = ()
    records: tuple[Record, ...] = ()
    ended_at: datetime | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def is_flat(self) -> bool:
        """Whether everything that was to be flat is, by the brokers' word."""
        known = self.phase is ExitPhase.DONE and not self.plan.unread
        return known and all(line.left == 0 for line in self.lines)
