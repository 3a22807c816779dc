"""Positions of more slices than one ticket can have, closed at four brokers over real sockets: once, within limits."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.brokers.base import BaseBroker
from app.brokers.limits import Urgency
from app.domain import Exchange
from app.domain.order_life import Fate
from app.services.exit_books import key_of
from app.services.order_views import ExitPart, ExitPlan, ExitScope
from app.services.views import Event, IntentChanged
from tests.services.quarter import FAMILY, KEYS, Quarter, quarter_of

pytestmark = pytest.mark.usefixtures("no_pause_before_a_retry")
FREEZE = 1800
SLICES = 25


@pytest.fixture
async def quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Quarter]:
    async with quarter_of(monkeypatch, tmp_path) as made:
        for key in KEYS:
            made.grow(key, "NIFTY", SLICES * FREEZE)
        yield made


async def planned(quarter: Quarter) -> ExitPlan:
    """The exit of the large positions alone."""
    everything = await quarter.plan()
    large = [part for part in everything.parts if is_large(part)]
    assert len(large) == len(KEYS)
    return await quarter.plan(ExitScope(None, frozenset((part.exchange, part.symbol, part.product) for part in large)))


def is_large(part: ExitPart) -> bool:
    return part.exchange is not Exchange.MCX and abs(part.quantity) == SLICES * FREEZE


async def test_25_slices_are_closed_with_one_press_within_the_limits(quarter: Quarter) -> None:
    plan = await planned(quarter)

    view = await quarter.services.orders.exit(plan)
    again = await quarter.services.orders.exit(plan)

    assert (again is view, view.is_flat) == (True, True), view.lines
    for key in KEYS:
        calls = quarter.calls(key)
        assert SLICES * FREEZE not in quarter.held(key)
        assert (len(calls), len({call.tag for call in calls})) == (SLICES, SLICES), key
        assert quarter.most_in_a_second(key) <= FAMILY, key
    assert sum("25 orders are sent" in line for line in plan.words) == len(KEYS)


def after_12(quarter: Quarter, happens: Callable[[str], None]) -> None:
    """`happens` at each broker when it has taken 12 orders."""
    taken: Counter[str] = Counter()

    def hear(event: Event) -> None:
        if isinstance(event, IntentChanged) and event.record.fate is Fate.ACCEPTED:
            key = event.record.intent.broker_type
            taken[key] += 1
            if taken[key] == 12:
                happens(key)

    quarter.services.events.subscribe(hear)


async def test_slice_that_is_rejected_in_the_middle_is_left_and_told(quarter: Quarter) -> None:
    plan = await planned(quarter)
    after_12(quarter, lambda key: quarter.controls(key).refuse_later(quarter.client(key), "RMS: blocked"))

    view = await quarter.services.orders.exit(plan)

    assert [line.left for line in view.lines] == [FREEZE] * len(KEYS), view.lines
    for key in KEYS:
        assert FREEZE in quarter.held(key)
        assert (len(quarter.calls(key)), "blocked" in quarter.whys(view, key)) == (SLICES, True), key


async def test_order_counts_in_every_limit_that_an_exit_is_held_against(quarter: Quarter) -> None:
    adapters = {key: await quarter.adapter(key) for key in KEYS}
    before = {key: used(adapter) for key, adapter in adapters.items()}

    await quarter.services.orders.exit(await planned(quarter))

    for key, adapter in adapters.items():
        after = used(adapter)
        assert before[key], key
        assert all(after[limit] - count >= SLICES for limit, count in before[key].items()), (key, before[key], after)


def used(adapter: BaseBroker) -> dict[tuple[str, float], int]:
    return {(use.family, use.window): use.used for use in adapter.order_limits}


async def test_day_that_is_used_up_is_told_before_anything_is_cancelled(quarter: Quarter) -> None:
    dhan: Any = await quarter.adapter("dhan")
    for _ in range(5600 - SLICES + 1):
        dhan._ports.calls.add(quarter.client("dhan"), "dhan.orders", quarter.clock.now().date())

    view = await quarter.services.orders.exit(await planned(quarter))

    (line,) = quarter.parts(view, "dhan")
    others = [line.left for line in view.lines if line.part.user_id != quarter.accounts["dhan"].user_id]
    assert (line.left, quarter.calls("dhan"), others) == (SLICES * FREEZE, (), [0, 0, 0])
    assert line.why.startswith("it takes 25 requests, and Dhan takes 24 more today, so none is sent")


@pytest.mark.parametrize(("slices", "sent"), [(60, 60), (125, 0)])
async def test_calls_that_fyers_counts_together_leave_room_to_read_what_became_of_the_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slices: int, sent: int
) -> None:
    async with quarter_of(monkeypatch, tmp_path) as quarter:
        quarter.grow("fyers", "NIFTY", slices * FREEZE)
        everything = await quarter.plan(ExitScope(quarter.accounts["fyers"].user_id))
        (large,) = [key_of(part) for part in everything.parts if part.quantity == slices * FREEZE]

        view = await quarter.services.orders.exit(
            await quarter.plan(replace(everything.scope, keys=frozenset({large})))
        )

    (line,) = view.lines
    assert (line.left, len(quarter.calls("fyers"))) == ((slices - sent) * FREEZE, sent), line.why


async def test_readings_that_use_up_what_is_theirs_leave_fyers_room_for_an_exit(quarter: Quarter) -> None:
    fyers: Any = await quarter.adapter("fyers")
    for _ in range(128):
        await fyers._client._http._limiter.acquire("api", Urgency.POLL, within=60.0)
    await quarter.clock.advance(1.0)

    assert min(use.left for use in fyers.order_limits) >= 10


async def test_address_that_is_refused_in_the_middle_keeps_back_the_rest(quarter: Quarter) -> None:
    plan, left = await planned(quarter), (SLICES - 12) * FREEZE
    after_12(quarter, lambda key: quarter.controls(key).allow_ips("203.0.113.7"))

    view = await quarter.services.orders.exit(plan)

    assert [line.left for line in view.lines] == [left] * len(KEYS), view.lines
    for key in KEYS:
        assert left in quarter.held(key)
        assert "internet address" in quarter.whys(view, key), key
