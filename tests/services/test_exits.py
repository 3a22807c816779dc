"""Exits, step by step: what is planned, what is sent, what is left alone, and what the receipt says."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.domain import (
    AlreadyFinal,
    InvalidRequest,
    NotReachable,
    OrderRejected,
    OrderSide,
    OrderStatus,
    OutcomeUnknown,
    Product,
    ReadOnly,
)
from app.domain.intents import Deed, Mode
from app.services.order_findings import ask, stop
from app.services.order_views import ExitPhase, ExitPlan, ExitScope, ExitView
from app.services.views import ExitBroken
from tests.services.floor import NIFTY, REFUSED, Fate, Floor, floor, key

ALL = ExitScope()
CALL = key(NIFTY)


@pytest.fixture
async def hall() -> AsyncIterator[Floor]:
    async with floor() as made:
        yield made


async def planned(hall: Floor, scope: ExitScope = ALL) -> ExitPlan:
    return await hall.pass_time(hall.exits.plan(scope))


async def exited(hall: Floor, scope: ExitScope = ALL) -> ExitView:
    plan = await planned(hall, scope)
    return await hall.pass_time(hall.exits.carry_out(plan))


def sent(hall: Floor, name: str = "u1") -> list[str]:
    return [what for _, what in hall.clients[name].sent]


# ------------------------------------------------------------------ the plan


async def test_plan_says_the_opposite_orders_in_slices_and_sends_nothing(hall: Floor) -> None:
    hall.client.truth[CALL] = 250

    plan = await planned(hall)

    assert [order.quantity for order in plan.parts[0].orders] == [100, 100, 50]
    assert {order.side for order in plan.parts[0].orders} == {OrderSide.SELL}
    assert plan.words[0] == f"u1 · Zerodha: Sell 100 {NIFTY} on NFO (NRML) at the market price"
    assert (plan.words[-1], sent(hall)) == ("u1 · Zerodha: Protected at 2 %.", [])


async def test_long_and_short_of_one_contract_in_two_products_are_two_parts(hall: Floor) -> None:
    hall.client.truth = {CALL: 50, key(NIFTY, Product.MIS): -50}

    plan = await planned(hall)

    assert [(part.product, part.quantity) for part in plan.parts] == [(Product.NRML, 50), (Product.MIS, -50)]


async def test_account_that_cannot_be_read_is_never_flat(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    await planned(hall)
    hall.client.down = NotReachable()

    view = await exited(hall)

    assert [(line.part.quantity, line.left) for line in view.lines] == [(50, None)]
    assert "could not be read" in view.lines[0].why
    assert not view.is_flat


async def test_account_that_was_never_read_makes_no_receipt_flat(hall: Floor) -> None:
    hall.client.down = NotReachable()

    view = await exited(hall)

    assert (view.lines, view.is_flat) == ((), False)
    assert any("nothing is known" in note for note in view.notes)


async def test_nothing_open_stops_the_exit(hall: Floor) -> None:
    plan = await planned(hall)

    assert [finding.check for finding in plan.findings] == ["nothing"]


async def test_closed_market_stops_the_exit_and_touches_no_stop_loss(hall: Floor) -> None:
    hall.clock.jump(timedelta(hours=8).total_seconds())
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)

    view = await exited(hall)

    assert [finding.check for finding in view.plan.findings] == ["hours"]
    assert (sent(hall), view.lines[0].left, view.lines[0].why) == ([], 50, "NFO is closed now")


async def test_demo_never_closes() -> None:
    async with floor(mode=Mode.DEMO) as hall:
        hall.clock.jump(timedelta(hours=8).total_seconds())
        hall.client.truth[CALL] = 50

        assert (await exited(hall)).is_flat


async def test_market_that_closed_after_the_plan_keeps_the_stop_loss(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    hall.clock.jump(timedelta(hours=8).total_seconds())

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (sent(hall), view.lines[0].left) == ([], 50)


async def test_what_keeps_every_order_back_keeps_an_exit_back(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.findings.append(stop("clock", "This computer's clock is 90 s behind", "Set it."))

    view = await exited(hall)

    assert (sent(hall), view.lines[0].why) == ([], "This computer's clock is 90 s behind. Set it")


async def test_what_is_to_be_asked_is_told_with_the_plan_and_does_not_stop_it(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.findings.append(ask("address", "An earlier order was refused"))

    view = await exited(hall)

    assert [finding.check for finding in view.plan.findings] == ["address"]
    assert view.is_flat


async def test_position_that_the_broker_plans_no_order_for_is_left_and_said(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.unplanned = InvalidRequest("lot", title="No odd lots")

    view = await exited(hall)

    assert (view.lines[0].left, view.lines[0].why) == (50, "No odd lots: lot")


# ------------------------------------------------------------------ carried out


async def test_exit_sells_every_slice_once_and_is_flat(hall: Floor) -> None:
    hall.client.truth[CALL] = 250

    view = await exited(hall)

    assert (view.is_flat, hall.client.truth[CALL]) == (True, 0)
    assert sent(hall) == [f"SELL {size} {NIFTY}" for size in (100, 100, 50)]
    assert {record.intent.group for record in view.records} == {view.plan.plan_id}


async def test_what_rests_is_cancelled_before_anything_is_sold(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.cancels_take = 2.0

    view = await exited(hall)

    assert sent(hall) == ["cancel u1-1", f"SELL 50 {NIFTY}"]
    assert (hall.client.sent[1][0] - hall.client.sent[0][0] >= 2.0, view.is_flat) == (True, True)


async def test_exit_of_one_position_leaves_other_orders_alone(hall: Floor) -> None:
    hall.client.truth = {CALL: 50, key("NIFTY 24NOV26 FUT"): 50}
    hall.client.rests(key("NIFTY 24NOV26 FUT"), OrderSide.SELL, 50)

    view = await exited(hall, ExitScope("u1", frozenset({CALL})))

    assert (sent(hall), view.is_flat) == ([f"SELL 50 {NIFTY}"], True)


async def test_exit_of_everything_cancels_what_rests_without_a_position(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.BUY, 50)

    view = await exited(hall)

    assert (sent(hall), view.is_flat) == (["cancel u1-1"], True)


async def test_order_that_is_filled_instead_of_cancelled_changes_what_is_closed(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.BUY, 50)
    hall.client.late_fills[row.order.order_id] = 30

    view = await exited(hall)

    assert (sent(hall)[-1], view.is_flat) == (f"SELL 80 {NIFTY}", True)


async def test_stop_loss_that_just_closed_the_position_is_not_followed_by_a_sale(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.late_fills[row.order.order_id] = 50
    hall.client.cancel_errors = [AlreadyFinal()]

    view = await exited(hall)

    assert (sent(hall), view.is_flat, hall.client.crossed) == (["cancel u1-1"], True, [])


async def test_positions_that_lag_behind_the_orders_are_waited_for(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.late_fills[row.order.order_id], hall.client.lag = 50, 3.0

    view = await exited(hall)

    assert (sent(hall), view.is_flat) == (["cancel u1-1"], True)


async def test_stop_loss_that_fired_after_the_plan_is_waited_for_in_the_positions(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await planned(hall)
    row.fate, hall.client.lag = Fate(), 3.0

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (sent(hall), view.is_flat) == ([], True)


async def test_one_press_for_many_accounts_remembers_what_the_plan_of_each_was_made_of() -> None:
    async with floor(*(f"u{number}" for number in range(1, 26))) as hall:
        hall.client.truth[CALL] = 50
        row = hall.client.rests(CALL, OrderSide.SELL, 50)
        scopes = [ExitScope(name, frozenset({CALL})) for name in hall.clients]
        plan, *_ = await hall.pass_time(hall.exits.plans(scopes))
        row.fate, hall.client.lag = Fate(), 3.0

        view = await hall.pass_time(hall.exits.carry_out(plan))

        assert (sent(hall), view.is_flat) == ([], True)


async def test_a_plan_of_which_nobody_knows_any_more_what_it_was_made_of_sends_nothing(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)
    plan = await hall.pass_time(hall.exits.plan(ExitScope()))
    await hall.clock.advance(601)
    await hall.pass_time(hall.exits.plan(ExitScope()))

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert (hall.client.sent, view.lines[0].left) == ([], 50)
    assert view.lines[0].why == "The plan is too old, so nothing was sent"


async def test_stop_loss_that_fired_just_before_the_plan_is_waited_for_in_the_positions(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.SELL, 50)
    await planned(hall)
    row.fate, hall.client.lag = Fate(fills=((0.0, 50),)), 2.0

    plan = await planned(hall)

    assert [finding.check for finding in plan.findings] == ["nothing"]


async def test_positions_that_never_show_their_orders_are_not_sold(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    row = hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.late_fills[row.order.order_id], hall.client.lag = 50, 600.0

    view = await exited(hall)

    assert (sent(hall), view.lines[0].left) == (["cancel u1-1"], None)


async def test_stop_loss_that_cannot_be_cancelled_keeps_the_sale_back(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.cancels_take = None

    view = await exited(hall)

    assert (sent(hall), view.lines[0].left) == (["cancel u1-1"], 50)
    assert "could not be cancelled" in view.lines[0].why


async def test_shorts_are_bought_back_before_their_hedges_are_sold(hall: Floor) -> None:
    hall.client.truth = {CALL: 50, key("NIFTY 24NOV26 26500 CE"): -50, key("RELIANCE", Product.MIS): 10}
    hall.client.fates = [Fate(fills=((2.0, 50),))]

    view = await exited(hall)

    assert sent(hall) == ["BUY 50 NIFTY 24NOV26 26500 CE", "SELL 10 RELIANCE", f"SELL 50 {NIFTY}"]
    assert (hall.client.sent[2][0] - hall.client.sent[0][0] >= 2.0, view.is_flat) == (True, True)


# ------------------------------------------------------------------ what is left


async def test_refused_order_is_left_with_the_brokers_words_and_never_sent_again(hall: Floor) -> None:
    hall.client.truth[CALL] = 250
    hall.client.fates = [Fate(), Fate(error=OrderRejected("RMS: margin"), booked=False)]

    view = await exited(hall)

    assert (sent(hall), view.lines[0].left) == ([f"SELL 100 {NIFTY}"] * 2, 150)
    assert "RMS: margin" in view.lines[0].why


async def test_order_rejected_by_the_exchange_is_left_with_its_words(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=(), ends=OrderStatus.REJECTED, message="circuit limit")]

    view = await exited(hall)

    assert (view.lines[0].left, view.lines[0].why) == (50, "rejected: circuit limit")


async def test_what_rests_at_the_protected_price_is_said(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=((0.5, 20),))]

    view = await exited(hall)

    assert view.lines[0].left == 30
    assert view.lines[0].why.startswith("still in the market: Sell 50")
    assert len(sent(hall)) == 1


async def test_part_that_was_cancelled_is_said(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=((0.5, 20),), ends=OrderStatus.CANCELLED, message="no buyers")]

    view = await exited(hall)

    assert (view.lines[0].left, view.lines[0].why) == (30, "20 of 50 were filled, then it was cancelled: no buyers")


async def test_lost_answer_stops_that_position_and_is_found_in_the_book(hall: Floor) -> None:
    hall.client.truth = {CALL: 250, key("RELIANCE", Product.MIS): 10}
    hall.client.fates = [Fate(error=OutcomeUnknown())]

    view = await exited(hall)

    assert sent(hall) == [f"SELL 100 {NIFTY}", "SELL 10 RELIANCE"]
    assert [line.left for line in view.lines] == [150, 0]
    assert "not sent" in view.lines[0].why


async def test_order_that_nobody_knows_of_leaves_the_position_not_known(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(error=OutcomeUnknown(), hidden=600)]

    view = await exited(hall)

    assert (view.lines[0].left, len(sent(hall))) == (None, 1)
    assert "the answer to an order was lost" in view.lines[0].why


async def test_position_with_a_lost_order_in_flight_is_not_closed_again(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(error=OutcomeUnknown(), fills=(), hidden=600)]
    await exited(hall)

    plan = await planned(hall)

    assert "the answer to an order was lost" in plan.parts[0].why_not


async def test_refused_address_is_asked_once_and_everything_is_left(hall: Floor) -> None:
    hall.client.truth = {CALL: 50, key("RELIANCE", Product.MIS): 10}
    hall.client.refused = REFUSED

    view = await exited(hall)

    assert (len(sent(hall)), [line.left for line in view.lines]) == (1, [50, 10])
    assert all("internet address" in line.why for line in view.lines)


async def test_position_that_is_left_without_its_stop_loss_is_told_so(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.SELL, 50)
    hall.client.fates = [Fate(error=OrderRejected("RMS: margin"), booked=False)]

    view = await exited(hall)

    assert view.lines[0].left == 50
    assert view.lines[0].why.endswith("its resting orders (1) were cancelled, so nothing may guard it any more")


async def test_refusal_of_another_kind_does_not_stop_what_an_earlier_one_of_the_address_was_asked_about(
    hall: Floor,
) -> None:
    hall.client.truth = {CALL: 50, key("RELIANCE", Product.MIS): 10}
    hall.client.orders_refused = REFUSED
    hall.client.fates = [Fate(error=OrderRejected("RMS: margin"), booked=False)]

    view = await exited(hall)

    assert [line.left for line in view.lines] == [50, 0]


async def test_address_that_is_refused_for_the_first_cancellation_is_not_asked_again(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    for _ in range(3):
        hall.client.rests(CALL, OrderSide.BUY, 50)
    hall.client.refused = REFUSED

    view = await exited(hall)

    assert (sent(hall), view.lines[0].left) == (["cancel u1-1"], 50)


async def test_hedge_that_is_gone_by_the_time_its_short_is_covered_is_not_sold(hall: Floor) -> None:
    hall.client.truth = {CALL: 50, key("NIFTY 24NOV26 26500 CE"): -50}
    hall.client.fates = [Fate(fills=((3.0, 50),))]
    plan = await planned(hall)
    running = asyncio.create_task(hall.exits.carry_out(plan))
    await hall.clock.advance(1)
    hall.client.rests(CALL, OrderSide.SELL, 50, Fate())

    view = await hall.pass_time(running)

    assert (view.is_flat, sent(hall), hall.client.crossed) == (True, ["BUY 50 NIFTY 24NOV26 26500 CE"], [])


async def test_journal_that_cannot_be_written_sends_nothing(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.rests(CALL, OrderSide.BUY, 50)
    hall.journal.trouble = ReadOnly()

    view = await exited(hall)

    assert (sent(hall), view.lines[0].left) == ([], 50)


async def test_broker_that_falls_silent_leaves_what_is_not_known(hall: Floor) -> None:
    hall.client.truth[CALL] = 250
    hall.client.down_after = 1

    view = await exited(hall)

    assert (view.lines[0].left, len(sent(hall))) == (None, 2)
    assert "could not be read" in view.lines[0].why


async def test_position_that_came_meanwhile_is_told_beside_the_receipt(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    plan = await planned(hall)
    hall.client.truth[key("RELIANCE", Product.MIS)] = 10

    view = await hall.pass_time(hall.exits.carry_out(plan))

    assert "10 RELIANCE (MIS) was no part of this exit" in view.notes


async def test_what_was_not_chosen_is_not_told_beside_the_receipt(hall: Floor) -> None:
    hall.client.truth |= {CALL: 50, key("RELIANCE", Product.MIS): 10}

    view = await exited(hall, ExitScope("u1", frozenset({CALL})))

    assert (view.lines[0].left, view.notes) == (0, ())


# ------------------------------------------------------------------ once


async def test_second_press_gets_the_same_receipt_and_sends_nothing(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    plan = await planned(hall)
    both = [asyncio.create_task(hall.exits.carry_out(plan)) for _ in range(2)]

    first, second = await hall.pass_time(asyncio.gather(*both))
    third = await hall.exits.carry_out(plan)

    assert first is second is third
    assert len(sent(hall)) == 1


async def test_two_plans_of_one_position_close_it_once(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=((5.0, 50),))]
    plans = [await planned(hall), await planned(hall)]

    first, second = await hall.pass_time(asyncio.gather(*map(hall.exits.carry_out, plans)))

    assert (first.is_flat, second.is_flat, len(sent(hall))) == (True, False, 1)
    assert (second.lines[0].left, second.lines[0].why) == (None, "its exit is under way")


async def test_plan_of_a_position_under_way_says_so(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=((5.0, 50),))]
    running = asyncio.create_task(hall.exits.carry_out(await planned(hall)))
    await hall.clock.advance(1)

    again = await planned(hall)
    await hall.pass_time(running)

    assert (again.parts[0].why_not, again.findings[0].check) == ("its exit is under way", "hindered")


async def test_exit_goes_on_when_whoever_waits_gives_up(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    plan = await planned(hall)
    waiting = asyncio.create_task(hall.exits.carry_out(plan))
    await asyncio.sleep(0)

    waiting.cancel()
    await hall.clock.advance(5)

    assert (hall.exits_told[-1].phase, hall.client.truth[CALL]) == (ExitPhase.DONE, 0)


async def test_every_phase_is_told_in_its_order(hall: Floor) -> None:
    hall.client.truth[CALL] = 50

    await exited(hall)

    assert [view.phase for view in hall.exits_told] == list(ExitPhase)


async def test_exit_that_breaks_off_by_a_mistake_of_ours_is_told(
    hall: Floor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hall.client.truth[CALL] = 50
    plan = await planned(hall)
    monkeypatch.setattr(hall, "find", lambda _: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        await hall.exits.carry_out(plan)

    assert [event for event in hall.told if isinstance(event, ExitBroken)] == [ExitBroken(plan)]
    assert "exit failed" in caplog.text


async def test_kunji_that_ends_leaves_no_exit_running(hall: Floor) -> None:
    hall.client.truth[CALL] = 50
    hall.client.fates = [Fate(fills=())]
    running = asyncio.create_task(hall.exits.carry_out(await planned(hall)))
    await hall.clock.advance(1)

    await hall.exits.close()

    assert running.cancelled()
    assert not any(isinstance(event, ExitBroken) for event in hall.told)


async def test_accounts_go_side_by_side_and_each_one_by_one() -> None:
    async with floor("u1", "u2") as hall:
        for client in hall:
            client.truth[CALL], client.answers_in = 500, 0.5

        view = await exited(hall)

        starts = [client.sent[0][0] for client in hall]
        assert (view.is_flat, [client.most_working for client in hall]) == (True, [1, 1])
        assert abs(starts[0] - starts[1]) < 0.2


async def test_cancellations_of_an_exit_are_written_down_too(hall: Floor) -> None:
    hall.client.rests(CALL, OrderSide.BUY, 50)

    await exited(hall)

    assert [(intent.deed, intent.order_id) for intent in hall.journal.intents] == [(Deed.CANCEL, "u1-1")]
