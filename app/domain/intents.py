"""What the trader told Kunji to do with an order, written down before anything is sent, and all that came of it."""

from datetime import datetime
from enum import StrEnum

from app.domain.order_life import Evidence, Fate
from app.domain.orders import OrderChange, OrderRequest
from app.domain.records import dataclass


class Mode(StrEnum):
    """Whether real money is meant."""

    DEMO = "demo"
    LIVE = "live"


class Deed(StrEnum):
    """What is asked of the broker."""

    PLACE = "place"
    MODIFY = "modify"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Intent:
    """One request to one broker, as it will be sent, or never.

    `request` is the whole ticket of an order to be placed, `change` that of one to be modified; `order_id` is the
    broker's order that is modified or cancelled, empty for a new one. `tag` finds a new order again in the book. Slices
    of one ticket and the orders of one exit share a `group`. `account` and `broker_type` are as they were then.
    """

    intent_id: str
    at: datetime
    user_id: str
    account: str
    broker_type: str
    client_id: str
    mode: Mode
    deed: Deed
    tag: str = ""
    request: OrderRequest | None = None
    change: OrderChange | None = None
    order_id: str = ""
    group: str = ""

    def __post_init__(self) -> None:
        """An intent says exactly what its deed needs: anything else is a mistake of ours."""
        given = (self.request is not None and bool(self.tag), self.change is not None, bool(self.order_id))
        needed = {Deed.PLACE: (True, False, False), Deed.MODIFY: (False, True, True), Deed.CANCEL: (False, False, True)}
        if given != needed[self.deed]:
            raise ValueError(f"not an intent to {self.deed}")


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the journal: `evidence` led an intent to `fate`; `order_id` where the broker named it."""

    intent_id: str
    at: datetime
    evidence: Evidence
    fate: Fate
    order_id: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An intent and its steps, oldest first."""

    intent: Intent
    steps: tuple[Step, ...] = ()

    @property
    def fate(self) -> Fate:
        """Where it stands."""
        return self.steps[-1].fate if self.steps else Fate.WRITTEN

    @property
    def order_id(self) -> str:
        """The broker's order, as far as it is known."""
        return next((step.order_id for step in reversed(self.steps) if step.order_id), self.intent.order_id)
