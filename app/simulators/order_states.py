"""An order of the demo: what was asked for, every state it was in, what was filled."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from app.simulators.listing import Contract

FINAL: Final = frozenset({"COMPLETE", "CANCELLED", "REJECTED"})


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was asked for, checked."""

    contract: Contract
    variety: str
    side: str
    order_type: str
    product: str
    quantity: int
    price: Decimal
    trigger: Decimal
    validity: str
    ttl: int = 0
    disclosed: int = 0
    protection: Decimal = Decimal(0)
    tag: str | None = None
    tags: tuple[str, ...] = ()
    parent: str | None = None
    meta: dict[str, dict[str, int]] = field(default_factory=dict)
    raw_refusal: str | None = None  # what the risk desk will say, when it will


@dataclass(frozen=True, slots=True)
class State:
    """One row of an order's history."""

    at: datetime
    status: str
    ticket: Ticket
    filled: int = 0
    cancelled: int = 0
    average: Decimal = Decimal(0)
    message: str | None = None
    raw: str | None = None
    exchange_id: str | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade."""

    trade_id: str
    order_id: str
    at: datetime
    quantity: int
    price: Decimal


@dataclass(slots=True)
class BookOrder:
    """One order of the day with all its states, oldest first."""

    order_id: str
    placed_at: datetime
    states: list[State]
    due: deque[tuple[datetime, str]] = field(default_factory=deque)
    fills: list[Fill] = field(default_factory=list)
    modifications: int = 0
    session_at: datetime | None = None  # a moment of the session it belongs to, when that is not the one it came in
    frozen: bool = False  # a test holds it in its state
    looked: datetime | None = None  # when the market was last looked at for it

    @property
    def now(self) -> State:
        """The state it is in."""
        return self.states[-1]

    @property
    def is_final(self) -> bool:
        """Nothing more happens to it."""
        return self.now.status in FINAL

    @property
    def rest(self) -> int:
        """Not filled, not cancelled."""
        return self.now.ticket.quantity - self.now.filled - self.now.cancelled

    def plan(self, start: datetime, steps: tuple[tuple[float, str], ...]) -> None:
        """Let `steps` follow, so many seconds after `start`."""
        self.due = deque((start + timedelta(seconds=seconds), word) for seconds, word in steps)
