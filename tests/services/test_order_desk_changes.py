"""Changing a resting order: looked at as a ticket is, one at a time, and never one that is done."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain import Order, OrderChange, OrderStatus, OrderType, OutcomeUnknown, Product, SubState, Validity
from app.domain.intents import Deed
from app.domain.order_life import Fate
from app.services.order_changes import findings
from app.services.order_previews import Kept
from app.services.order_views import Preview, Weight
from tests.fakes.waiting import until
from tests.services.order_room import EVENING, MORNING, Room, option, room


@pytest.fixture
async def desk_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


def change(**other: Any) -> OrderChange:
    fields: dict[str, Any] = {"quantity": 20, "order_type": OrderType.LIMIT, "price": Decimal("2490.05")}
    return OrderChange(**(fields | other))


async def _preview(made: Room, order: Order, terms: OrderChange | None = None) -> Preview:
    return await made.desk.preview_change("u1", order, terms or change())


def _show(made: Room, order: Order) -> Order:
    made.exchange.rows[order.order_id] = order
    made.shelf.show_orders()
    return order


async def test_change_is_shown_in_words_and_sent_once(desk_room: Room) -> None:
    order = await desk_room.placed()
    preview = await _preview(desk_room, order)

    answers = await asyncio.gather(*(desk_room.desk.send(preview) for _ in range(10)))

    assert preview.words[0] == "Change the order o1: Buy 10 RELIANCE on NSE at \u20b92,500.00 or less."
    assert preview.words[2] == "Quantity: 20, until now 10."
    assert (preview.deed, preview.value, preview.findings) == (Deed.MODIFY, Decimal("49801.00"), ())
    assert desk_room.exchange.sent == ["KJ000001", "o1"]
    assert {answer.records[0].fate for answer in answers} == {Fate.ACCEPTED}
    assert desk_room.exchange.rows["o1"].price == Decimal("2490.05")


@pytest.mark.parametrize("status", [OrderStatus.COMPLETE, OrderStatus.CANCELLED, OrderStatus.REJECTED])
async def test_order_that_is_done_is_not_changed(desk_room: Room, status: OrderStatus) -> None:
    order = await desk_room.placed()
    _show(desk_room, replace(order, status=status))

    preview = await _preview(desk_room, order)  # the window still shows it as it was

    assert [(finding.check, finding.weight) for finding in preview.findings] == [("final", Weight.STOP)]


async def test_order_that_was_filled_since_the_preview_is_not_changed(desk_room: Room) -> None:
    order = await desk_room.placed()
    preview = await _preview(desk_room, order)
    _show(desk_room, replace(order, status=OrderStatus.COMPLETE, filled_quantity=10))
    desk_room.exchange.sent.clear()

    held = await desk_room.desk.send(preview)

    assert ([finding.check for finding in held.held_back], desk_room.exchange.sent) == (["final"], [])


@pytest.mark.parametrize(
    "other", [{"quantity": 30}, {"price": Decimal(2510)}, {"disclosed_quantity": 5}, {"validity": Validity.IOC}]
)
async def test_order_that_another_program_changed_since_the_preview_is_shown_once_more(
    desk_room: Room, other: dict[str, Any]
) -> None:
    order = await desk_room.placed()
    preview = await _preview(desk_room, order)
    _show(desk_room, replace(order, **other))
    desk_room.exchange.sent.clear()

    held = await desk_room.desk.send(preview)

    assert ([finding.check for finding in held.held_back], desk_room.exchange.sent) == (["outdated"], [])


async def test_change_says_what_the_broker_makes_of_it(desk_room: Room) -> None:
    order = await desk_room.placed()
    desk_room.exchange.notes = ("What is not filled at once rests as a limit order.",)

    preview = await _preview(desk_room, order, change(order_type=OrderType.MARKET, price=None))

    assert preview.words[-1] == "What is not filled at once rests as a limit order."


@pytest.mark.parametrize(
    ("terms", "check", "field"),
    [
        (change(quantity=4), "filled", "quantity"),
        (change(price=Decimal("2490.01")), "tick", "price"),
        (change(quantity=10, price=Decimal(2500)), "nothing_new", ""),
    ],
)
async def test_terms_that_cannot_be_are_stopped(desk_room: Room, terms: OrderChange, check: str, field: str) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), filled_quantity=4))

    preview = await _preview(desk_room, order, terms)

    assert [(one.check, one.weight, one.field) for one in preview.findings] == [(check, Weight.STOP, field)]


async def test_caps_and_far_prices_are_asked_about(desk_room: Room) -> None:
    desk_room.chosen.set(order_quantity_cap=15)
    order = await desk_room.placed()

    preview = await _preview(desk_room, order, change(price=Decimal(250)))
    held = await desk_room.desk.send(preview)
    sent = await desk_room.desk.send(preview, preview.asks)

    assert preview.asks == {"cap_quantity", "far_price"}
    assert (len(held.records), len(sent.records)) == (0, 1)


async def test_change_is_never_sliced(desk_room: Room) -> None:
    desk_room.exchange.largest = 150
    order = await desk_room.placed(option())

    preview = await _preview(desk_room, order, change(quantity=225, price=Decimal(400)))

    assert [(finding.check, finding.field) for finding in preview.findings] == [("freeze", "quantity")]


async def test_after_market_order_may_be_changed_while_the_market_is_closed(tmp_path: Path) -> None:
    async with room(tmp_path, at=EVENING) as made:
        order = await made.exchange.place_order(option())
        row = _show(made, replace(made.exchange.rows[order.order_id], sub_state=SubState.AMO))
        preview = await _preview(made, row, change(quantity=150, price=Decimal(400)))

    assert preview.findings == ()


@pytest.mark.parametrize("product", [Product.CO, Product.BO])
async def test_cover_and_bracket_orders_are_left_to_the_broker(desk_room: Room, product: Product) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), product=product))

    preview = await _preview(desk_room, order)

    assert not preview.may_send
    assert "Kunji only shows cover and bracket orders" in [finding.text for finding in preview.findings]


async def test_word_of_the_broker_that_nobody_knows_is_told(desk_room: Room) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), status=None, raw_status="A NEW WORD"))

    assert [one.weight for one in (await _preview(desk_room, order)).findings] == [Weight.NOTE]


async def test_order_that_no_ticket_could_ask_for_is_a_finding(desk_room: Room) -> None:
    order = replace(await desk_room.placed(), order_id="o7", symbol="")

    preview = await _preview(desk_room, order)

    assert [(one.check, one.field) for one in preview.findings] == [("change", "symbol")]
    assert [one.check for one in (await desk_room.desk.send(preview)).held_back] == ["change"]


async def test_account_that_is_not_there_is_a_finding(desk_room: Room) -> None:
    order = await desk_room.placed()

    preview = await desk_room.desk.preview_change("u2", order, change())

    assert [finding.check for finding in preview.findings] == ["account"]


# ------------------------------------------------------------------ one at a time


async def test_two_windows_change_an_order_one_at_a_time(desk_room: Room) -> None:
    order = await desk_room.placed()
    previews = [await _preview(desk_room, order, change(quantity=quantity)) for quantity in (20, 30)]
    desk_room.exchange.sent.clear()

    answers = await asyncio.gather(*map(desk_room.desk.send, previews))

    assert desk_room.exchange.sent == ["o1"]
    assert sorted(len(answer.records) for answer in answers) == [0, 1]


async def test_order_that_is_being_cancelled_is_not_changed(desk_room: Room) -> None:
    order = await desk_room.placed()
    desk_room.exchange.gate = asyncio.Event()
    desk_room.exchange.sent.clear()
    cancelling = asyncio.create_task(desk_room.desk.cancel("u1", ["o1"]))
    await until(lambda: desk_room.exchange.sent == ["o1"])

    preview = await _preview(desk_room, order)
    desk_room.exchange.gate.set()
    await cancelling

    assert [finding.check for finding in preview.findings] == ["change_in_flight"]


async def test_change_whose_answer_was_lost_is_under_way_until_the_book_was_read(desk_room: Room) -> None:
    order = await desk_room.placed()
    desk_room.exchange.answers, desk_room.exchange.books = [OutcomeUnknown()], False
    sent = await desk_room.desk.send(await _preview(desk_room, order))

    found = findings(order, change(quantity=30), desk_room.desk.records)

    assert sent.records[0].fate is Fate.UNKNOWN
    assert [finding.check for finding in found] == ["change_in_flight"]


async def test_order_may_be_changed_again_after_a_change(desk_room: Room) -> None:
    order = await desk_room.placed()
    await desk_room.desk.send(await _preview(desk_room, order))
    desk_room.shelf.show_orders()

    again = await desk_room.desk.send(await _preview(desk_room, order, change(quantity=30)))

    assert [record.fate for record in again.records] == [Fate.ACCEPTED]


@pytest.mark.parametrize(
    ("now", "terms", "said"),
    [
        ({}, {"validity": Validity.IOC}, "Validity: IOC, until now DAY."),
        ({"validity": Validity.IOC}, {}, "Validity: DAY, until now IOC."),
        ({}, {"disclosed_quantity": 5}, "Shown to the market: 5 units at a time, until now all of it."),
        ({"disclosed_quantity": 5}, {}, "Shown to the market: all of it, until now 5 units at a time."),
        ({"disclosed_quantity": 5}, {"disclosed_quantity": 5}, "Shown to the market: 5 units at a time."),
        ({"disclosed_quantity": None}, {"disclosed_quantity": 5}, "Shown to the market: 5 units at a time."),
    ],
)
async def test_validity_and_what_is_shown_are_in_the_words(
    desk_room: Room, now: dict[str, Any], terms: dict[str, Any], said: str
) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), filled_quantity=3, **now))

    words = (await _preview(desk_room, order, change(**terms))).words

    assert words[-1] == "3 units of it are filled already."
    assert said in words


@pytest.mark.parametrize(
    ("now", "terms", "told"),
    [
        ({"validity": None}, {"validity": Validity.IOC}, ("validity", "It would be sent as IOC.")),
        ({"disclosed_quantity": None}, {}, ("disclosed_quantity", "It would be sent to show all of it.")),
        (
            {"disclosed_quantity": None},
            {"disclosed_quantity": 5},
            ("disclosed_quantity", "It would be sent to show 5 units."),
        ),
    ],
)
async def test_what_the_broker_does_not_tell_of_the_order_is_told_with_what_would_be_sent(
    desk_room: Room, now: dict[str, Any], terms: dict[str, Any], told: tuple[str, str]
) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), **now))

    [finding] = (await _preview(desk_room, order, change(**terms))).findings

    assert (finding.field, finding.next_step) == told
    assert finding.weight is Weight.NOTE
    assert finding.text.startswith("The broker does not say")


@pytest.mark.parametrize("terms", [{"validity": Validity.IOC}, {"disclosed_quantity": 5}, {"disclosed_quantity": 0}])
async def test_another_validity_or_another_part_shown_is_a_change(desk_room: Room, terms: dict[str, Any]) -> None:
    order = _show(desk_room, replace(await desk_room.placed(), disclosed_quantity=2))
    same = {"quantity": 10, "price": Decimal(2500), "disclosed_quantity": 2}

    assert [one.check for one in (await _preview(desk_room, order, change(**same))).findings] == ["nothing_new"]
    assert (await _preview(desk_room, order, change(**same | terms))).findings == ()


@pytest.mark.parametrize("deed", [Deed.PLACE, Deed.MODIFY])
async def test_preview_without_its_ticket_is_not_sent(desk_room: Room, deed: Deed) -> None:
    blank = Preview("p1", MORNING, "u1", deed, ())

    held = await desk_room.desk._send(Kept(blank, desk_room.clock.monotonic()), frozenset())

    assert [finding.check for finding in held.held_back] == ["outdated"]
