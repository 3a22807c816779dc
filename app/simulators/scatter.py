"""Faults over a row of requests by a seeded plan: the same seed and the same requests meet the same faults."""

import random
from collections import Counter
from collections.abc import Sequence

from app.simulators.faults import CONNECTION_FAULTS, FAULTS, Fault

PROMPT_FAULTS = tuple(
    name for name in FAULTS if name not in CONNECTION_FAULTS | {"stall-before-headers", "stall-in-body", "drip"}
)
"""Those that are played for one request and make nobody wait."""


class Scatter:
    """A share of all requests meets a fault; which ones depends on seed, operation and how often it was asked."""

    def __init__(self, seed: int, share: float, names: Sequence[str]) -> None:
        """Raises ValueError for a fault that is none, or that hits connections instead of requests."""
        wrong = set(names) - (set(FAULTS) - CONNECTION_FAULTS)
        if wrong or not names:
            raise ValueError(f"cannot be scattered over requests: {sorted(wrong)}")
        self._seed, self._share, self._names = seed, share, tuple(names)
        self._asked: Counter[str] = Counter()

    def take(self, operation: str) -> Fault | None:
        """The fault of the next request of `operation`, if it meets one."""
        self._asked[operation] += 1
        dice = random.Random(f"{self._seed}/{operation}/{self._asked[operation]}")  # noqa: S311 - no secret depends on it
        return Fault(dice.choice(self._names)) if dice.random() < self._share else None
