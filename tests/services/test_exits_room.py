"""Limits and an exit that needs more than they leave: told before anything is cancelled, and never half carried out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.domain import OrderSide
from app.domain.calls import LimitUse
from app.services.order_views import ExitPlan, ExitScope, ExitView, Weight
from tests.services.floor import NIFTY, Fate, Floor, floor, key

CALL = key(NIFTY)
SHORT = key("NIFTY 24NOV26 26500 CE")
DAY = 86_400.0


@pytest.fixture
async def hall() -> AsyncIterator[Floor]:
    async with floor() as made:
        made.client.truth[CALL] = 2500
        yield made


def left(orders: int, window: float = DAY, allowed: int = 4000) -> tuple[LimitUse, ...]:
    return (LimitUse("orders", allowed - orders, allowed, window),)


async def planned(hall: Floor) -> ExitPlan:
    return await hall.pass_time(hall.exits.plan(ExitScope()))


async def exited(hall: Floor) -> ExitView:
    return await hall.pass_time(hall.exits.carry_out(await planned(hall)))


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (DAY, "it takes 26 requests, and Zerodha takes 25 more today, so none is sent; exit it tomorrow,"),
        (3600.0, "it takes 26 requests, and 25 are left of what Zerodha takes in an hour, so none is sent; exit it"),
        (60.0, "it takes 26 requests, and 25 are left of what Zerodha takes in a minute, so none is sent; exit it"),
    ],
)
async def test_position_that_there_is_no_room_for_keeps_its_stop_loss_and_says_why(
    hall: Floor, window: float, words: str
) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.order_limits = left(25, window)

    view = await exited(hall)

    assert view.plan.parts[0].why_not.startswith(words)
    assert (hall.client.sent, view.lines[0].left, view.lines[0].why) == ([], 2500, view.plan.parts[0].why_not)


async def test_position_that_just_fits_is_closed(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.order_limits = left(26)

    assert (await exited(hall)).is_flat


async def test_position_that_never_fits_is_to_be_closed_in_parts(hall: Floor) -> None:
    hall.client.order_limits = left(20, 60.0, allowed=20)

    plan = await planned(hall)

    assert plan.parts[0].why_not.endswith("so none is sent; close it in parts, with tickets")


async def test_shorts_come_first_and_what_no_longer_fits_is_left_whole(hall: Floor) -> None:
    hall.client.truth[SHORT] = -500
    hall.client.order_limits = left(29)

    view = await exited(hall)

    assert {line.part.symbol: line.left for line in view.lines} == {NIFTY: 2500, SHORT[1]: 0}
    assert "it takes 25 requests, and Zerodha takes 24 more today" in " ".join(view.plan.words)


async def test_what_only_cancels_always_goes(hall: Floor) -> None:
    hall.client.truth[CALL] = 0
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.order_limits = left(0)

    assert (await exited(hall)).is_flat


async def test_room_that_was_used_up_after_the_plan_keeps_the_stop_loss(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    hall.client.order_limits = left(10)

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (hall.client.sent, view.lines[0].left) == ([], 2500)
    assert "takes 10 more today" in view.lines[0].why


async def test_what_only_cancels_is_counted_before_any_order(hall: Floor) -> None:
    hall.client.truth = {SHORT: -2500}
    hall.client.rests(SHORT, OrderSide.BUY, 50)
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.order_limits = left(26)

    view = await exited(hall)

    assert {line.part.symbol: (line.left, line.part.cancels != ()) for line in view.lines} == {
        NIFTY: (0, True),
        SHORT[1]: (-2500, True),
    }
    assert [what for _, what in hall.client.sent] == ["cancel u1-2"]


async def test_what_is_hindered_anyway_takes_no_room(hall: Floor) -> None:
    hall.client.truth[SHORT] = -2500
    hall.client.rests(SHORT, OrderSide.BUY, 50)
    hall.client.unplannable = frozenset({SHORT[1]})
    hall.client.order_limits = left(25)

    view = await exited(hall)

    assert {line.part.symbol: line.left for line in view.lines} == {NIFTY: 0, SHORT[1]: -2500}


# ------------------------------------------------------------------ what changed between the plan and the press


async def test_position_that_has_grown_beyond_the_room_keeps_the_stop_loss(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    hall.client.order_limits = left(30)
    hall.client.rests(CALL, OrderSide.BUY, 2500, Fate())

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (hall.client.sent, view.lines[0].left) == ([], 5000)
    assert view.lines[0].why.startswith("it takes 51 requests, and Zerodha takes 30 more today, so none is sent")


async def test_position_that_is_flat_by_now_is_freed_of_what_rests_whatever_the_room(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    hall.client.order_limits = left(0)
    hall.client.rests(CALL, OrderSide.SELL, 2500, Fate())

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert ([what for _, what in hall.client.sent], view.is_flat) == (["cancel u1-1"], True)


async def test_changed_position_that_cannot_be_planned_any_more_keeps_the_stop_loss(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    hall.client.unplannable = frozenset({NIFTY})
    hall.client.rests(CALL, OrderSide.BUY, 25, Fate())

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (hall.client.sent, view.lines[0].left) == ([], 2525)


# ------------------------------------------------------------------ another exit that goes on


async def begun(hall: Floor, name: str, sent: int) -> "asyncio.Task[ExitView]":
    """The exit of 25 orders at that account, `sent` of them on their way."""
    client = hall.clients[name]
    client.answers_in = 1.0
    plan = await hall.pass_time(hall.exits.plan(ExitScope(name, frozenset({CALL}))))
    running = asyncio.ensure_future(hall.exits.carry_out(plan))
    while len(client.sent) < sent:
        await hall.clock.advance(0.5)
    return running


async def test_what_another_exit_is_still_to_send_leaves_no_room_for_a_second_one(hall: Floor) -> None:
    hall.client.truth[SHORT] = -1000
    hall.client.rests(SHORT, OrderSide.BUY, 50)
    running = await begun(hall, "u1", 6)  # the sixth is not answered yet: 20 may still count
    hall.client.order_limits = left(30)

    plan = await hall.pass_time(hall.exits.plan(ExitScope("u1", frozenset({SHORT}))))

    assert plan.parts[0].why_not.startswith("it takes 11 requests, and Zerodha takes ")
    assert (await hall.pass_time(running)).is_flat


async def test_exit_that_has_ended_takes_no_room_any_more(hall: Floor) -> None:
    hall.client.truth[SHORT] = -1000
    running = await begun(hall, "u1", 1)
    await hall.pass_time(running)
    hall.client.order_limits = left(10)

    plan = await hall.pass_time(hall.exits.plan(ExitScope("u1", frozenset({SHORT}))))

    assert plan.parts[0].why_not == ""


@pytest.mark.parametrize(("counted_for", "fits"), [("app 1", False), ("app 2", True)])
async def test_accounts_whose_calls_are_counted_together_share_the_room(counted_for: str, *, fits: bool) -> None:
    async with floor("u1", "u2") as hall:
        for name, whose in (("u1", "app 1"), ("u2", counted_for)):
            hall.clients[name].truth[CALL] = 2500
            hall.clients[name].rests(CALL, OrderSide.SELL, 50)
            hall.clients[name].order_limits = (LimitUse("api", 0, 40, 60.0, counted_for=whose),)

        view = await exited(hall)

    assert sorted(line.left or 0 for line in view.lines) == ([0, 0] if fits else [0, 2500])
    assert len([what for one in hall.clients.values() for _, what in one.sent]) == (52 if fits else 26)


# ------------------------------------------------------------------ the user's own cap


async def test_exit_above_the_users_own_cap_says_so_first_and_is_not_held_back(hall: Floor) -> None:
    hall.cap = 24

    view = await exited(hall)

    (finding,) = view.plan.findings
    assert (finding.check, finding.weight) == ("cap_rate", Weight.ASK)
    assert finding.text == "25 orders within a minute with this exit; you set 24"
    assert view.is_flat


async def test_orders_of_the_last_minute_count_towards_the_cap(hall: Floor) -> None:
    hall.cap = 30
    await exited(hall)
    hall.client.truth[CALL] = 600

    plan = await planned(hall)

    assert [finding.text for finding in plan.findings] == ["31 orders within a minute with this exit; you set 30"]


async def test_what_goes_with_one_press_is_counted_together() -> None:
    async with floor("u1", "u2", "u3") as hall:
        hall.cap = 49
        for name in ("u1", "u2"):
            hall.clients[name].truth[CALL] = 2500

        plans = await hall.pass_time(hall.exits.plans([ExitScope(name, frozenset({CALL})) for name in hall.clients]))

    said = [[finding.text for finding in plan.findings if finding.check == "cap_rate"] for plan in plans]
    assert said == [["50 orders within a minute with this exit; you set 49"]] * 2 + [[]]


@pytest.mark.parametrize("cap", [None, 25])
async def test_exit_within_the_cap_or_without_one_says_nothing(hall: Floor, cap: int | None) -> None:
    hall.cap = cap

    assert (await planned(hall)).findings == ()
