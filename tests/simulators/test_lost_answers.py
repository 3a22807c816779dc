"""Answers that get lost after the order was booked, or before: what was booked, what arrived, and how often."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qs

import httpx
import pytest

from app.simulators.order_calls import OrderCall
from tests.fakes.clock import ManualClock
from tests.fakes.waiting import until
from tests.simulators.desks import DESKS, Desk, Request

# typed from the list of faults: 4 to 11, 13, 14, 22 and 24
LOST: Final = (
    "reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers", "stall-in-body", "drip",
    "half-headers", "short-body", "bad-chunk", "gzip-junk", "502-html", "504",
)  # fmt: skip
STALLS: Final = frozenset({"stall-before-headers", "stall-in-body", "drip", "bad-chunk"})


@pytest.fixture(params=DESKS)
async def desk(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Desk]:
    desk = DESKS[request.param](clock)
    await desk.start()
    desk.controls.break_seconds = 0.001
    yield desk
    await desk.stop()


async def lose(desk: Desk, operation: str, request: Request, fault: str, *, lands: bool) -> OrderCall:
    """Send `request` once while `fault` is played; what the server says of it. The answer is of no use."""
    desk.controls.fault(operation, fault, times=1, lands=lands)
    before = len(desk.sim.order_calls)
    asking = asyncio.create_task(desk.ask(request, 10))
    await until(lambda: asking.done() or (fault in STALLS and len(desk.sim.order_calls) > before))
    asking.cancel()  # whoever is left without an answer goes away
    with suppress(asyncio.CancelledError, httpx.HTTPError, ValueError):
        await asking
    call = desk.sim.order_calls[-1]
    assert isinstance(call, OrderCall)
    assert call.fault == fault
    return call


async def test_order_is_booked_though_its_answer_is_lost(desk: Desk) -> None:
    for number, fault in enumerate(LOST, 1):
        call = await lose(desk, "place_order", desk.placing(f"tag{number}", "1450.0", 10), fault, lands=True)
        row = desk.controls.booked(desk.me)[-1]
        said = (row.tag, row.side, row.quantity, str(row.price.normalize()), row.product, row.kind)
        assert said == (f"tag{number}", "BUY", 10, "1.45E+3", "MIS", "LIMIT"), fault
        assert (call.booked, call.carried_out, call.status) == ((row.order_id,), True, 200), fault
    assert len(desk.controls.booked(desk.me)) == len(desk.sim.order_calls) == len(LOST)


async def test_order_is_not_booked_when_its_request_is_lost(desk: Desk) -> None:
    for fault in LOST:
        call = await lose(desk, "place_order", desk.placing("tag8", "1450.0", 10), fault, lands=False)
        assert (call.booked, call.carried_out, call.tag, call.status) == ((), False, "tag8", 0), fault
    assert desk.controls.booked(desk.me) == ()


async def test_change_happens_though_its_answer_is_lost(desk: Desk) -> None:
    order_id = await desk.resting()
    for number, fault in enumerate(LOST, 1):
        price = f"14{50 + number}.0"
        call = await lose(desk, "modify_order", desk.modifying(order_id, price), fault, lands=True)
        desk.clock.jump(1)
        [row] = desk.controls.booked(desk.me)
        assert (int(row.price), row.modifications) == (1450 + number, number), fault
        assert (call.operation, call.booked, call.carried_out) == ("modify_order", (), True), fault


async def test_cancellation_happens_though_its_answer_is_lost(desk: Desk) -> None:
    for fault in LOST:
        order_id = await desk.resting()
        call = await lose(desk, "cancel_order", desk.cancelling(order_id), fault, lands=True)
        desk.clock.jump(1)
        row = desk.controls.booked(desk.me)[-1]
        assert (row.status, call.operation, call.carried_out) == ("CANCELLED", "cancel_order", True), fault


async def test_change_and_cancellation_that_never_arrived_change_nothing(desk: Desk) -> None:
    order_id = await desk.resting()
    changes = {"modify_order": desk.modifying(order_id, "1460.0"), "cancel_order": desk.cancelling(order_id)}
    for operation, request in changes.items():
        call = await lose(desk, operation, request, "504", lands=False)
        assert (call.operation, call.carried_out) == (operation, False)
    [row] = desk.controls.booked(desk.me)
    assert (row.status, int(row.price), row.modifications) == ("OPEN", 1450, 0)


async def test_every_request_is_counted_with_its_tag_and_its_time(desk: Desk) -> None:
    for tag in ("one", "two", "two"):
        await desk.place(tag)
        await desk.clock.advance(0.25)
    calls = desk.sim.order_calls
    assert [call.tag for call in calls] == ["one", "two", "two"]
    assert [round(later.monotonic - calls[0].monotonic, 2) for later in calls] == [0, 0.25, 0.5]
    assert [row.tag for row in desk.controls.booked(desk.me)] == ["one", "two", "two"]
    assert len({order_id for call in calls for order_id in call.booked}) == 3


async def test_body_is_kept_as_it_came_and_as_it_was_read(desk: Desk) -> None:
    await desk.place("tag9", "1450.10")
    [call] = desk.sim.order_calls
    if desk.tag_field == "tag":
        raw = {name: values[0] for name, values in parse_qs(call.raw.decode()).items()}
    else:
        raw = json.loads(call.raw)
    assert raw[desk.tag_field] == call.fields[desk.tag_field] == "tag9"
    price = call.fields.get("price", call.fields.get("limitPrice"))
    assert str(price) in {"1450.10", "1450.1"}  # never bent by a float
    assert "1450" not in repr(call)


async def test_refused_request_is_counted_and_books_nothing(desk: Desk) -> None:
    desk.controls.allow_ips("203.0.113.7")
    await desk.ask(desk.placing("tag1", "1450.0", 10))
    [call] = desk.sim.order_calls
    assert (call.client_id, call.carried_out, call.booked) == (desk.me, False, ())


async def test_book_can_be_forgotten(desk: Desk) -> None:
    await desk.place()
    desk.controls.forget_orders(desk.me)
    assert desk.controls.booked(desk.me) == ()
