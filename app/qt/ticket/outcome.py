"""What became of what was sent, as the last page of a ticket shows it: one order, or slices each with its fate."""

from collections.abc import Callable
from enum import StrEnum
from typing import Final

from app.domain import Order
from app.domain.records import dataclass

FindOrder = Callable[[str, str], Order | None]
"""The order of an account by its id, as its book was read last."""


class Came(StrEnum):
    """What came of all of it; of several fates the one that a trader must know first."""

    SENDING = "sending"
    UNKNOWN = "unknown"
    NOT_CONFIRMED = "not_confirmed"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    PARTLY = "partly"
    ACCEPTED = "accepted"


SHAPES: Final = {
    Came.SENDING: "signing-in",
    Came.UNKNOWN: "unknown",
    Came.NOT_CONFIRMED: "unknown",
    Came.REJECTED: "expired",
    Came.NOT_SENT: "refused",
    Came.PARTLY: "expiring",
    Came.ACCEPTED: "ready",
}
"""The state icon of each; the title beside it says the same in words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order of it: what it is, where it stands, and the broker's words on it."""

    order: str
    stands: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that the last page says. `urgent` is the sentence that must not be missed."""

    came: Came
    title: str
    words: str
    urgent: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether its fate is still looked for: amber frame, and no way to send it again."""
        return self.came in (Came.UNKNOWN, Came.NOT_CONFIRMED)
