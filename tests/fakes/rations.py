"""Rations that are not waited for: how often a broker may be called is proved where that is what a test is about."""

from typing import TYPE_CHECKING, Final

from app.brokers import bucket
from app.brokers.limits import Limit, Urgency

if TYPE_CHECKING:
    import pytest  # a process that a test starts has no need of it

_SHORT: Final = 60.0  # seconds: what is counted over longer outlives the program, and is no matter of waiting
_FASTER: Final = 50
_rules = bucket._rules


def quick(limits: tuple[Limit, ...], urgency: Urgency) -> tuple[tuple[int, float], ...]:
    """In place of the product's: windows of seconds pass at once. Brokers that count must have been told not to."""
    return tuple(
        (allowed, window / _FASTER if window < _SHORT else window) for allowed, window in _rules(limits, urgency)
    )


def hurry(patch: "pytest.MonkeyPatch") -> None:
    """Wait for no ration, as far as `patch` reaches."""
    patch.setattr(bucket, "_rules", quick)
