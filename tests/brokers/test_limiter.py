"""One bucket: pauses, the order of the waiting, who is sent away; and whose calls a bucket counts (R2)."""

import asyncio
import itertools

import pytest

from app.brokers.limiter import Bucket, Limit, Limiter, Limits, Scope, Urgency, divided
from app.domain import DailyCap, NotReachable, RateLimited, Secret
from app.domain.calls import LimitUse
from tests.brokers.windows import most_in_any_window
from tests.fakes.clock import ManualClock, settle

TEN_A_SECOND = Limit(10, 1.0)
LONG = 3600.0


async def take(bucket: Bucket, clock: ManualClock, sent: list[float], urgency: Urgency = Urgency.POLL) -> None:
    await bucket.acquire(urgency, LONG)
    sent.append(clock.monotonic())


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


async def test_polls_leave_the_last_calls_to_orders_and_these_to_cancels() -> None:
    bucket = Bucket(ManualClock(), divided(Limit(200, 60.0)))
    sent = [await as_many_as_go(bucket, urgency) for urgency in reversed(Urgency)]
    assert sent == [128, 16, 16]


async def as_many_as_go(bucket: Bucket, urgency: Urgency) -> int:
    for number in itertools.count():
        try:
            await bucket.acquire(urgency, 0)
        except RateLimited:
            return number
    raise AssertionError("there is an end")


async def test_a_cancel_does_not_wait_for_the_polls_before_it() -> None:
    clock = ManualClock()
    bucket = Bucket(clock, divided(Limit(200, 60.0)))
    await as_many_as_go(bucket, Urgency.POLL)
    polls = [asyncio.create_task(bucket.acquire(Urgency.POLL, LONG)) for _ in range(3)]
    await settle()
    await bucket.acquire(Urgency.CANCEL, 0)
    assert not any(poll.done() for poll in polls)
    bucket.close()
    await asyncio.gather(*polls, return_exceptions=True)


async def test_a_wait_for_another_day_is_a_daily_cap() -> None:
    bucket = Bucket(ManualClock(), (Limit(1, 86_400.0),))
    await bucket.acquire(Urgency.POLL, 0)
    with pytest.raises(DailyCap):
        await bucket.acquire(Urgency.POLL, 10)


async def test_a_call_that_is_given_back_does_not_count() -> None:
    limiter = Limiter(ManualClock(), {"pins": (Limit(1, 120.0),)})
    await limiter.acquire("pins", Urgency.POLL, within=0)
    limiter.give_back("pins")
    await limiter.acquire("pins", Urgency.POLL, within=0)
    with pytest.raises(RateLimited):
        await limiter.acquire("pins", Urgency.POLL, within=0)


# ------------------------------------------------------------------ whose calls (R2)

RULES = {"orders": (Limit(5, 60.0),), "reads": (Limit(5, 60.0),), "files": (Limit(5, 60.0),)}
BY = {"reads": Scope.APP, "files": Scope.COMPUTER}


class Office:
    """Makes limiters of adapters that share."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.limits = Limits(self.clock)

    def limiter(self, client_id: str = "", app: str = "", broker: str = "toy") -> Limiter:
        made = Limiter(self.clock, RULES, broker=broker, counted_by=BY, shared=self.limits)
        made.belongs_to(client_id=client_id, app=Secret(app))
        return made


async def left(limiter: Limiter, family: str) -> int:
    """How many calls still go at once, using them up."""
    for number in itertools.count():
        try:
            await limiter.acquire(family, Urgency.CANCEL, within=0)
        except RateLimited:
            return number
    raise AssertionError("there is an end")


@pytest.mark.parametrize(
    ("family", "other", "remain"),
    [
        ("orders", {"client_id": "AB1234", "app": "second-key"}, 0),
        ("orders", {"client_id": "ab1234"}, 0),
        ("orders", {"client_id": "CD5678", "app": "first-key"}, 4),
        ("orders", {"client_id": "AB1234", "broker": "another"}, 4),
        ("orders", {}, 4),
        ("reads", {"client_id": "CD5678", "app": "first-key"}, 0),
        ("reads", {"client_id": "AB1234", "app": "second-key"}, 4),
        ("files", {"client_id": "CD5678"}, 0),
        ("files", {}, 0),
    ],
)
async def test_adapters_share_what_the_broker_counts_together(family: str, other: dict[str, str], remain: int) -> None:
    office = Office()
    assert await left(office.limiter("AB1234", "first-key"), family) == 4
    assert await left(office.limiter(**other), family) == remain


async def test_who_turns_out_to_be_a_known_client_brings_his_calls_along() -> None:
    office = Office()
    known, new = office.limiter("AB1234"), office.limiter()
    await new.acquire("orders", Urgency.POLL, within=0)
    await known.acquire("orders", Urgency.POLL, within=0)
    new.belongs_to(client_id="AB1234")
    assert await left(known, "orders") == 2
    assert await left(new, "orders") == 0


async def test_who_waits_while_his_client_becomes_known_waits_on_with_the_others() -> None:
    office = Office()
    known, new = office.limiter("AB1234"), office.limiter()
    assert await left(new, "orders") == 4
    waiting = asyncio.create_task(new.acquire("orders", Urgency.POLL, within=LONG))
    await settle()
    await office.clock.advance(30)
    assert await left(known, "orders") == 4
    new.belongs_to(client_id="AB1234")
    await office.clock.advance(35)
    assert not waiting.done()
    await office.clock.advance(30)
    await waiting


async def test_a_429_of_one_adapter_pauses_the_other_adapter_of_the_client() -> None:
    office = Office()
    office.limiter("AB1234").pause("orders", 30)
    with pytest.raises(RateLimited):
        await office.limiter("AB1234").acquire("orders", Urgency.CANCEL, within=1)
    await office.limiter("CD5678").acquire("orders", Urgency.POLL, within=0)


async def test_a_closed_adapter_sends_home_only_who_waits_for_it() -> None:
    office = Office()
    leaving, staying = office.limiter("AB1234"), office.limiter("AB1234")
    await left(staying, "orders")
    gone = asyncio.create_task(leaving.acquire("orders", Urgency.POLL, within=LONG))
    waits = asyncio.create_task(staying.acquire("orders", Urgency.POLL, within=LONG))
    await settle()
    leaving.close()
    with pytest.raises(NotReachable):
        await gone
    await office.clock.advance(61)
    await waits


class NamingLimits(Limits):
    """Remembers the names that were asked for."""

    def __init__(self) -> None:
        super().__init__(ManualClock())
        self.names: list[str] = []

    def bucket(self, name: str, limits: tuple[Limit, ...]) -> Bucket:
        self.names.append(name)
        return super().bucket(name, limits)


def test_no_key_of_an_app_stands_in_the_name_that_is_kept() -> None:
    limits = NamingLimits()
    limiter = Limiter(ManualClock(), RULES, counted_by=BY, shared=limits)
    limiter.belongs_to(client_id="AB1234", app=Secret("cnry-app-key"))
    assert len(limits.names) == 3
    assert not any("cnry" in name for name in limits.names)


def test_what_is_left_to_new_orders_leaves_the_last_calls_to_cancellations() -> None:
    limiter = Limiter(ManualClock(), {"orders": divided(TEN_A_SECOND, Limit(250, 60.0)), "day": (Limit(100, 60.0),)})

    assert [use.left for use in limiter.used()] == [7, 180, 80]


def test_what_is_used_says_what_is_counted_together_and_nothing_while_nobody_knows() -> None:
    shared = Limits(ManualClock())
    apart, one, two = (Limiter(ManualClock(), {"api": (TEN_A_SECOND,)}, shared=shared) for _ in range(3))
    for limiter in (one, two):
        limiter.belongs_to(client_id="AB1234")

    assert [use.counted_for for use in apart.used()] == [""]
    assert one.used()[0].counted_for == two.used()[0].counted_for != ""


async def test_what_is_used_is_what_was_sent_within_each_window() -> None:
    clock = ManualClock()
    limiter = Limiter(clock, {"orders": (TEN_A_SECOND, Limit(400, 60.0)), "quotes": (Limit(1, 1.0),)})
    for _ in range(8):
        await limiter.acquire("orders", Urgency.POLL, within=LONG)
    await clock.advance(2)
    await limiter.acquire("orders", Urgency.POLL, within=LONG)

    assert limiter.used() == (
        LimitUse("orders", 1, 8, 1.0),
        LimitUse("orders", 9, 320, 60.0),
        LimitUse("quotes", 0, 1, 1.25),
    )
