"""What a broker allows, and how much of it we use.

We use 80 % of each limit: calls that leave us evenly may arrive bunched. Where orders are among the calls, the last of
these are kept back for them, and the very last for cancels: whatever was sent before, no cancel waits for a minute to
pass.
"""

import math
from dataclasses import replace
from enum import IntEnum
from typing import Final

from app.domain.records import dataclass

_SHARE: Final = 0.8
_LEAST_TO_DIVIDE: Final = 4  # calls that must be allowed before some are kept back
_PART_KEPT_BACK: Final = 10  # one in so many for orders, and as many again for cancels


class Urgency(IntEnum):
    """Who goes first when calls wait: taking risk off before putting it on before looking."""

    CANCEL = 0
    ORDER = 1
    POLL = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """The broker's own figure: `calls` in any `seconds`; `divided`: polls leave some to orders, these to cancels."""

    calls: int
    seconds: float
    divided: bool = False

    @property
    def allowed(self) -> int:
        """How many we send in `window` seconds."""
        return max(1, math.floor(self.calls * _SHARE))

    @property
    def window(self) -> float:
        """The window in seconds: as the broker's, longer where 80 % of its limit is less than one call."""
        return self.seconds if self.calls * _SHARE >= 1 else self.seconds / (self.calls * _SHARE)

    def allowed_to(self, urgency: Urgency) -> int:
        """How many may have been sent in all when a call of this urgency still goes."""
        if not self.divided or self.allowed < _LEAST_TO_DIVIDE:
            return self.allowed
        return self.allowed - urgency * max(1, self.allowed // _PART_KEPT_BACK)


def divided(*limits: Limit) -> tuple[Limit, ...]:
    """The limits of a family with orders in it."""
    return tuple(replace(limit, divided=True) for limit in limits)


def binding(limits: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """`limits` without those that the shorter ones already keep: 1 a second never comes to 500 a minute."""
    shortest = min(limits, key=lambda limit: limit.window)

    def is_felt(limit: Limit) -> bool:
        return limit is shortest or limit.allowed < shortest.allowed * math.ceil(limit.window / shortest.window)

    return tuple(filter(is_felt, limits))
