"""Rations that are not waited for: how often a broker may be called is proved where that is what a test is about."""

from typing import Final

import pytest

from app.brokers import bucket
from app.brokers.limits import Limit, Urgency

_SHORT: Final = 60.0  # seconds: what is counted over longer outlives the program, and is no matter of waiting
_FASTER: Final = 50


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Let windows of seconds pass at once, as far as `patch` reaches; brokers that count must have been told not to."""
    rules = bucket._rules

    def quick(limits: tuple[Limit, ...], urgency: Urgency) -> tuple[tuple[int, float], ...]:
        return tuple(
            (allowed, window / _FASTER if window < _SHORT else window) for allowed, window in rules(limits, urgency)
        )

    patch.setattr(bucket, "_rules", quick)
