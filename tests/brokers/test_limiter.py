"""R1, R3 and the order of the waiting, in simulated time."""

import asyncio
import itertools
from collections.abc import Iterable

import pytest

from app.brokers.limiter import Bucket, Limit, Limiter, Urgency
from app.domain import NotReachable, RateLimited
from tests.fakes.clock import ManualClock, settle

TEN_A_SECOND = Limit(10, 1.0)
PER_MINUTE = Limit(400, 60.0)
LONG = 3600.0


def most_in_any_window(times: Iterable[float], window: float) -> int:
    """The fullest sliding window that starts at a call."""
    moments = sorted(times)
    return max(sum(start <= moment < start + window for moment in moments) for start in moments)


async def take(bucket: Bucket, clock: ManualClock, sent: list[float], urgency: Urgency = Urgency.POLL) -> None:
    await bucket.acquire(urgency, LONG)
    sent.append(clock.monotonic())


@pytest.mark.parametrize(
    ("limits", "window", "most"), [((TEN_A_SECOND, PER_MINUTE), 1.0, 8), ((PER_MINUTE,), 60.0, 320)]
)
async def test_bursts_over_ten_minutes_stay_at_four_fifths_of_every_window(
    limits: tuple[Limit, ...], window: float, most: int
) -> None:
    clock, sent = ManualClock(), list[float]()
    bucket = Bucket(clock, limits)
    tasks = []
    for _ in range(5):
        tasks += [asyncio.create_task(take(bucket, clock, sent)) for _ in range(500)]
        await clock.advance(120)
    await clock.advance(120)
    await asyncio.gather(*tasks)
    assert len(sent) == 2500
    assert most_in_any_window(sent, window) <= most


async def test_one_call_a_second_is_sent_every_second_and_a_quarter() -> None:
    clock, sent = ManualClock(), list[float]()
    bucket = Bucket(clock, (Limit(1, 1.0),))
    tasks = [asyncio.create_task(take(bucket, clock, sent)) for _ in range(5)]
    await clock.advance(10)
    await asyncio.gather(*tasks)
    gaps = [later - earlier for earlier, later in itertools.pairwise(sent)]
    assert all(1.25 <= gap < 1.26 for gap in gaps)


async def test_cancels_go_before_orders_before_polls() -> None:
    clock, order = ManualClock(), list[Urgency]()
    bucket = Bucket(clock, (Limit(1, 1.0),))
    await bucket.acquire(Urgency.POLL, LONG)

    async def wait(urgency: Urgency) -> None:
        await bucket.acquire(urgency, LONG)
        order.append(urgency)

    asked = [Urgency.POLL, Urgency.ORDER, Urgency.CANCEL, Urgency.POLL, Urgency.CANCEL]
    tasks = [asyncio.create_task(wait(urgency)) for urgency in asked]
    await clock.advance(10)
    await asyncio.gather(*tasks)
    assert order == sorted(asked)


async def test_a_pause_holds_everything_and_lets_one_call_look_first() -> None:
    clock, sent = ManualClock(), list[float]()
    bucket = Bucket(clock, (TEN_A_SECOND,))
    bucket.pause(30)
    began = clock.monotonic()
    tasks = [asyncio.create_task(take(bucket, clock, sent)) for _ in range(20)]
    await clock.advance(29.9)
    assert sent == []
    await clock.advance(1.05)
    assert len(sent) == 1
    await clock.advance(10)
    await asyncio.gather(*tasks)
    assert sent[1] - began >= 31
    assert most_in_any_window(sent, 1.0) <= 8


async def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, (TEN_A_SECOND,))
    bucket.pause(30)
    bucket.pause(1)
    await clock.advance(5)
    with pytest.raises(RateLimited) as caught:
        await bucket.acquire(Urgency.POLL, 10)
    assert caught.value.retry_after == pytest.approx(25, abs=0.01)


async def test_who_cannot_be_served_in_time_is_told_so_at_once() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, (Limit(1, 10.0),))
    await bucket.acquire(Urgency.POLL, 0)
    with pytest.raises(RateLimited) as caught:
        await bucket.acquire(Urgency.POLL, 5)
    assert caught.value.retry_after == pytest.approx(12.5, abs=0.01)


async def test_who_waited_too_long_is_told_so_at_his_deadline() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, (Limit(1, 2.0),))
    await bucket.acquire(Urgency.POLL, 0)
    first = asyncio.create_task(bucket.acquire(Urgency.ORDER, 4))
    late = asyncio.create_task(bucket.acquire(Urgency.POLL, 4))
    await clock.advance(3)
    assert first.done()
    assert not late.done()
    await clock.advance(1.1)
    with pytest.raises(RateLimited):
        await late


async def test_a_cancelled_wait_uses_up_no_call() -> None:
    clock, sent = ManualClock(), list[float]()
    bucket = Bucket(clock, (Limit(1, 1.0),))
    await bucket.acquire(Urgency.POLL, 0)
    given_up = asyncio.create_task(bucket.acquire(Urgency.CANCEL, LONG))
    waiting = asyncio.create_task(take(bucket, clock, sent))
    await settle()
    given_up.cancel()
    await clock.advance(1.3)
    await waiting
    assert len(sent) == 1


async def test_closing_sends_the_waiting_home() -> None:
    clock = ManualClock()
    limiter = Limiter(clock, {"quotes": (Limit(1, 60.0),)})
    await limiter.acquire("quotes", Urgency.POLL, within=0)
    waiting = asyncio.create_task(limiter.acquire("quotes", Urgency.POLL, within=LONG))
    await settle()
    limiter.close()
    with pytest.raises(NotReachable):
        await waiting


async def test_families_do_not_hold_each_other_up() -> None:
    limiter = Limiter(ManualClock(), {"quotes": (Limit(1, 1.0),), "other": (TEN_A_SECOND,)})
    limiter.pause("quotes", 60)
    await limiter.acquire("other", Urgency.POLL, within=0)
    with pytest.raises(RateLimited):
        await limiter.acquire("quotes", Urgency.POLL, within=1)
