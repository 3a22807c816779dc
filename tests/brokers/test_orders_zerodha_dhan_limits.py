"""A call that counts in two families, as a cancellation does at Zerodha: in both at the moment of its sending."""

from collections.abc import Mapping

import pytest

from app.brokers.limiter import Limit, Limiter, Urgency
from app.domain import RateLimited
from tests.fakes.hurry import HurryingClock

RULES: Mapping[str, tuple[Limit, ...]] = {"orders": (Limit(10, 1.0),), "other": (Limit(5, 1.0),)}


def used(limiter: Limiter) -> dict[str, int]:
    """Calls of the last second by family."""
    return {use.family: use.used for use in limiter.used()}


async def test_both_families_count_it() -> None:
    limiter = Limiter(HurryingClock(), RULES)

    await limiter.acquire_both("orders", "other", Urgency.CANCEL, within=1.0)

    assert used(limiter) == {"orders": 1, "other": 1}


async def test_who_waits_for_the_second_family_uses_up_nothing_of_the_first() -> None:
    clock = HurryingClock()
    limiter = Limiter(clock, RULES)
    for _ in range(4):
        await limiter.acquire("other", Urgency.POLL, within=0.0)
    began = clock.monotonic()

    await limiter.acquire_both("orders", "other", Urgency.CANCEL, within=5.0)

    assert clock.monotonic() - began >= 1.0
    assert used(limiter) == {"orders": 1, "other": 1}


async def test_who_cannot_have_both_in_time_has_neither() -> None:
    limiter = Limiter(HurryingClock(), RULES)
    for _ in range(4):
        await limiter.acquire("other", Urgency.POLL, within=0.0)

    with pytest.raises(RateLimited) as caught:
        await limiter.acquire_both("orders", "other", Urgency.CANCEL, within=0.5)

    assert used(limiter)["orders"] == 0
    assert caught.value.retry_after == pytest.approx(1.0, abs=0.01)


async def test_forty_of_them_stay_within_both_limits() -> None:
    clock, sent = HurryingClock(), list[float]()
    limiter = Limiter(clock, RULES)

    for _ in range(40):
        await limiter.acquire_both("orders", "other", Urgency.ORDER, within=60.0)
        sent.append(clock.monotonic())

    assert all(later - earlier >= 1.0 for earlier, later in zip(sent, sent[4:], strict=False))
