"""Exits of positions that are larger than one ticket can be: one press, every order once, the receipt as ever."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from app.domain import OrderPlan, OrderRejected, OrderRequest, OrderStatus, OutcomeUnknown, TooMuchAtOnce, WireSurprise
from app.domain.order_life import Fate as Known
from app.domain.order_plans import slices_in_words
from app.services.exit_orders import closing_orders
from app.services.order_views import ExitPlan, ExitScope, ExitView
from tests.services.floor import NIFTY, Fate, Floor, floor, key

CALL = key(NIFTY)
LARGE = 25 * 100  # units: 25 slices


@pytest.fixture
async def hall() -> AsyncIterator[Floor]:
    async with floor() as made:
        made.client.truth[CALL] = LARGE
        yield made


async def planned(hall: Floor) -> ExitPlan:
    return await hall.pass_time(hall.exits.plan(ExitScope()))


async def exited(hall: Floor) -> ExitView:
    return await hall.pass_time(hall.exits.carry_out(await planned(hall)))


async def test_position_of_25_slices_is_closed_with_one_press(hall: Floor) -> None:
    view = await exited(hall)

    assert (view.is_flat, hall.client.truth[CALL], hall.client.crossed) == (True, 0, [])
    assert [what for _, what in hall.client.sent] == [f"SELL 100 {NIFTY}"] * 25


async def test_every_order_has_a_tag_and_a_line_in_the_journal_of_its_own(hall: Floor) -> None:
    view = await exited(hall)

    tags = {intent.tag for intent in hall.journal.intents}
    assert (len(hall.journal.intents), len(tags), len(view.records)) == (25, 25, 25)
    assert {intent.group for intent in hall.journal.intents} == {view.plan.plan_id}


async def test_last_order_is_as_small_as_it_must_be(hall: Floor) -> None:
    hall.client.truth[CALL] = -(LARGE - 75)

    view = await exited(hall)

    assert [what for _, what in hall.client.sent][-2:] == [f"BUY 100 {NIFTY}", f"BUY 25 {NIFTY}"]
    assert view.is_flat


async def test_second_press_sends_nothing_more(hall: Floor) -> None:
    plan = await planned(hall)

    first = await hall.pass_time(hall.exits.carry_out(plan))
    second = await hall.pass_time(hall.exits.carry_out(plan))

    assert (second is first, len(hall.client.sent)) == (True, 25)


async def test_refused_order_in_the_middle_keeps_back_the_rest_and_is_told(hall: Floor) -> None:
    hall.client.fates = [Fate()] * 12 + [Fate(error=OrderRejected("RMS: margin"), booked=False)]

    view = await exited(hall)

    assert (len(hall.client.sent), view.lines[0].left, hall.client.truth[CALL]) == (13, 1300, 1300)
    assert "RMS: margin" in view.lines[0].why
    assert [record.fate for record in view.records] == [Known.ACCEPTED] * 12 + [Known.REJECTED] + [Known.NOT_SENT] * 12


async def test_lost_answer_in_the_middle_keeps_back_the_rest(hall: Floor) -> None:
    hall.client.fates = [Fate()] * 12 + [Fate(error=OutcomeUnknown())]

    view = await exited(hall)

    assert (len(hall.client.sent), view.lines[0].left, hall.client.truth[CALL]) == (13, 1200, 1200)


async def test_order_that_the_exchange_rejects_in_the_middle_is_left_and_told(hall: Floor) -> None:
    rejected = Fate(fills=(), ends=OrderStatus.REJECTED, message="circuit limit")
    hall.client.fates = [Fate()] * 12 + [rejected]

    view = await exited(hall)

    assert (len(hall.client.sent), view.lines[0].left, view.lines[0].why) == (25, 100, "rejected: circuit limit")


async def test_part_of_one_order_that_was_not_filled_is_left_and_told(hall: Floor) -> None:
    hall.client.fates = [Fate()] * 12 + [Fate(fills=((0.5, 20),))]

    view = await exited(hall)

    assert (len(hall.client.sent), view.lines[0].left) == (25, 80)
    assert "80 open" in view.lines[0].why


async def test_kunji_that_ends_in_the_middle_leaves_one_order_unknown_and_sends_no_other(
    hall: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.order_sender.FAREWELL", 0.05)
    hall.client.answers_in = 0.5
    running = asyncio.create_task(hall.exits.carry_out(await planned(hall)))
    while len(hall.client.sent) < 13:
        await hall.clock.advance(0.5)

    await hall.close()
    sent = len(hall.client.sent)
    await hall.clock.advance(30)

    fates = [record.fate for record in hall.sender.records]
    assert fates == [Known.ACCEPTED] * 12 + [Known.UNKNOWN] + [Known.NOT_SENT] * 12
    assert (running.cancelled(), sent, len(hall.client.sent)) == (True, 13, 13)


# ------------------------------------------------------------------ its orders


class Broker:
    """Plans at most 10 slices of 100 in one ticket; `spoils` is done to the plan of each."""

    def __init__(self, at_most: int = 1000) -> None:
        self.at_most = at_most
        self.asked: list[int] = []
        self.extra = 0

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        if order.quantity > 1000:
            raise TooMuchAtOnce("too many", at_most=self.at_most)
        self.asked.append(order.quantity)
        sizes = [min(100, order.quantity - done) for done in range(0, order.quantity, 100)]
        orders = tuple(replace(order, quantity=size + self.extra) for size in sizes)
        return OrderPlan(orders, (*slices_in_words(orders), "Protected at 2 %."))


async def test_plans_are_each_within_the_brokers_limit_and_together_the_position() -> None:
    broker = Broker()

    plan = await closing_orders(broker, CALL, -2450)

    assert broker.asked == [1000, 1000, 450]
    assert sum(order.quantity for order in plan.orders) == 2450


async def test_number_of_orders_is_said_once_and_is_that_of_all() -> None:
    plan = await closing_orders(Broker(), CALL, 2500)

    assert plan.notes == (
        "The exchange takes at most 100 units in one order: 25 orders are sent, one after another.",
        "Protected at 2 %.",
    )


async def test_one_plan_is_left_as_it_is() -> None:
    plan = await closing_orders(Broker(), CALL, 250)

    assert (len(plan.orders), plan.notes[0].count("3 orders")) == (3, 1)


async def test_plan_that_is_not_its_part_is_no_plan() -> None:
    broker = Broker()
    broker.extra = 1

    with pytest.raises(WireSurprise):
        await closing_orders(broker, CALL, 2500)


@pytest.mark.parametrize("at_most", [0, -100, 2500])
async def test_broker_that_names_no_smaller_quantity_is_believed(at_most: int) -> None:
    with pytest.raises(TooMuchAtOnce):
        await closing_orders(Broker(at_most), CALL, 2500)
