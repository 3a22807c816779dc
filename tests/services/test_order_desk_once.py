"""Promises O3 and O9: one click is one order, whoever presses how often; the same once more is asked about."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from app.domain import DiskFull, InsufficientFunds, NotSent, OrderSide, OutcomeUnknown
from app.domain.intents import Deed, Mode
from app.domain.order_life import Fate
from app.services.order_intents import to_cancel, to_place
from app.services.order_lately import Ticket, findings, ticket_of, tickets
from app.services.order_views import Preview, Sent, Weight
from tests.fakes.orders import ticket
from tests.fakes.waiting import until
from tests.services.order_room import MORNING, Room, option, room

SEED: Final = random.SystemRandom().randrange(2**32)
ALL: Final = 1000
SAMPLE: Final = 40


@pytest.fixture
async def desk_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


# ------------------------------------------------------------------ O3


async def _pressed(made: Room, preview: Preview, chance: random.Random) -> list[Sent]:
    """A double click, a key that repeats, two windows on one preview: the presses come while the first is under way."""
    presses = [asyncio.create_task(made.desk.send(preview)) for _ in range(chance.randint(2, 6))]
    for _ in range(chance.randint(0, 40)):
        await asyncio.sleep(0)
    presses += [asyncio.create_task(made.desk.send(preview)) for _ in range(chance.randint(0, 3))]
    if chance.random() < 0.3:
        presses.pop(chance.randrange(len(presses))).cancel()  # a window that is closed meanwhile
    return await asyncio.gather(*presses)


async def _press(path: Path, count: int) -> None:
    chance = random.Random(SEED)
    async with room(path) as made:
        for number in range(count):
            made.exchange.answers = [chance.choice([None, None, OutcomeUnknown(), InsufficientFunds(), NotSent()])]
            preview = await made.preview(ticket(quantity=number + 1))
            answers = await _pressed(made, preview, chance)
            made.exchange.answers.clear()
            assert len({answer.records for answer in answers}) == 1, (SEED, number)
            assert len(made.exchange.sent) == number + 1, (SEED, number)
        written = await made.desk.journal(MORNING.date())
    assert len({record.intent.tag for record in written}) == len(written) == count, SEED


async def test_one_click_is_one_order_however_often_it_is_pressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.order_search.OrderSearch.is_searching", lambda *_: False)

    await _press(tmp_path, SAMPLE)


@pytest.mark.slow
async def test_one_click_is_one_order_a_thousand_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.order_search.OrderSearch.is_searching", lambda *_: False)

    await _press(tmp_path, ALL)


async def test_press_after_the_answer_gives_the_same_answer(desk_room: Room) -> None:
    preview = await desk_room.preview()
    first = await desk_room.desk.send(preview)
    await desk_room.clock.advance(300)

    assert await desk_room.desk.send(preview) is first
    assert len(desk_room.exchange.sent) == 1


async def test_order_goes_on_when_whoever_pressed_gives_up(desk_room: Room) -> None:
    desk_room.exchange.gate = asyncio.Event()
    preview = await desk_room.preview()
    pressing = asyncio.create_task(desk_room.desk.send(preview))
    await until(lambda: bool(desk_room.exchange.sent))
    pressing.cancel()
    desk_room.exchange.gate.set()

    sent = await desk_room.desk.send(preview)

    assert [record.fate for record in sent.records] == [Fate.ACCEPTED]
    assert len(desk_room.exchange.sent) == 1


async def test_preview_of_something_else_under_a_known_name_is_not_sent(desk_room: Room) -> None:
    shown = await desk_room.preview()
    forged = Preview(shown.preview_id, shown.at, "u1", Deed.PLACE, shown.words, request=ticket(quantity=999))

    assert [one.check for one in (await desk_room.desk.send(forged)).held_back] == ["outdated"]
    assert desk_room.exchange.sent == []


async def test_mistake_of_ours_in_between_is_never_tried_again(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await desk_room.preview()

    async def slip(_: object) -> None:
        raise RuntimeError("a slip")

    monkeypatch.setattr(desk_room.sender, "send", slip)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await desk_room.desk.send(preview)
        monkeypatch.undo()

    assert desk_room.exchange.sent == []


async def test_disk_that_fills_up_after_the_sending_begins_counts_as_sent(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await desk_room.preview()

    async def full(_: object) -> None:
        raise DiskFull

    monkeypatch.setattr(desk_room.journal, "note", full)
    first = await desk_room.desk.send(preview)
    monkeypatch.undo()

    assert [finding.check for finding in first.held_back] == ["journal"]
    assert await desk_room.desk.send(preview) is first
    assert desk_room.exchange.sent == []


async def test_previews_of_long_ago_are_forgotten_and_not_sent(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.order_previews._MANY", 1)
    old = await desk_room.preview()
    await desk_room.clock.advance(61)
    for _ in range(3):
        await desk_room.preview()

    assert len(desk_room.desk._previews._kept) == 3
    assert [one.check for one in (await desk_room.desk.send(old)).held_back] == ["outdated"]


# ------------------------------------------------------------------ O9


async def test_same_order_within_five_seconds_is_asked_about(desk_room: Room) -> None:
    await desk_room.desk.send(await desk_room.preview())
    await desk_room.clock.advance(3)

    preview = await desk_room.preview()

    (finding,) = preview.findings
    assert (finding.check, finding.weight) == ("same_again", Weight.ASK)
    assert finding.text == "You sent the same order 3 s ago: Buy 10 RELIANCE"


async def test_same_order_later_is_another_one(desk_room: Room) -> None:
    await desk_room.desk.send(await desk_room.preview())
    await desk_room.clock.advance(5.1)

    assert (await desk_room.preview()).findings == ()


@pytest.mark.parametrize("other", [{"quantity": 11}, {"side": OrderSide.SELL, "product": "MIS"}], ids=str)
async def test_another_order_is_not_asked_about(desk_room: Room, other: dict[str, Any]) -> None:
    await desk_room.desk.send(await desk_room.preview())

    assert (await desk_room.preview(ticket(**other))).findings == ()


async def test_slices_of_one_ticket_count_as_that_ticket(desk_room: Room) -> None:
    desk_room.exchange.largest = 75
    await desk_room.desk.send(await desk_room.preview(option(quantity=150)))

    assert [one.check for one in (await desk_room.preview(option(quantity=150))).findings] == ["same_again"]
    assert (await desk_room.preview(option(quantity=75))).findings == ()


async def test_ticket_of_which_a_part_never_left_was_sent(desk_room: Room) -> None:
    desk_room.exchange.largest, desk_room.exchange.answers = 75, [None, InsufficientFunds()]
    await desk_room.desk.send(await desk_room.preview(option(quantity=225)))

    assert [one.check for one in (await desk_room.preview(option(quantity=225))).findings] == ["same_again"]


async def test_order_that_never_left_may_be_sent_again_without_a_word(desk_room: Room) -> None:
    desk_room.exchange.answers, desk_room.exchange.books = [NotSent()], False
    await desk_room.desk.send(await desk_room.preview())

    assert (await desk_room.preview()).findings == ()


async def test_two_windows_with_the_same_ticket_send_one_and_ask_about_the_other(desk_room: Room) -> None:
    one, other = await desk_room.preview(), await desk_room.preview()

    answers = await asyncio.gather(desk_room.desk.send(one), desk_room.desk.send(other))

    assert sorted(len(answer.records) for answer in answers) == [0, 1]
    assert len(desk_room.exchange.sent) == 1
    held = next(answer for answer in answers if not answer.records)
    assert [finding.check for finding in held.held_back] in (["same_again"], ["unknown_before"])


async def test_order_whose_fate_is_open_is_asked_about_in_strong_words(desk_room: Room) -> None:
    desk_room.exchange.answers = [OutcomeUnknown()]
    await desk_room.desk.send(await desk_room.preview())
    await desk_room.clock.advance(600)
    searching = await desk_room.preview()

    (finding,) = [one for one in searching.findings if one.weight is Weight.ASK]

    assert finding.check == "unknown_before"
    assert finding.next_step.startswith("Do not send it again")


async def test_orders_above_the_users_count_in_a_minute_are_asked_about(desk_room: Room) -> None:
    desk_room.chosen.set(orders_a_minute_cap=2)
    for quantity in (1, 2):
        await desk_room.desk.send(await desk_room.preview(ticket(quantity=quantity)))
    third = await desk_room.preview(ticket(quantity=3))
    await desk_room.clock.advance(60)

    assert [finding.check for finding in third.findings] == ["cap_rate"]
    assert third.findings[0].text == "3 orders within a minute; you set 2"
    assert (await desk_room.preview(ticket(quantity=3))).findings == ()


async def test_every_slice_counts_in_the_minute(desk_room: Room) -> None:
    desk_room.chosen.set(orders_a_minute_cap=2)
    desk_room.exchange.largest = 75

    assert [one.check for one in (await desk_room.preview(option(quantity=225))).findings] == ["cap_rate"]
    assert (await desk_room.preview(option(quantity=150))).findings == ()


async def test_what_is_on_its_way_to_the_journal_counts_once(desk_room: Room) -> None:
    account = desk_room.exchange
    plan = (await desk_room.preview()).plan
    assert plan is not None
    intents = to_place(account, plan, Mode.LIVE, MORNING, "g1")
    begun = ticket_of("u1", ticket(), MORNING, group="g1")
    assert tickets((), [begun], MORNING) == (begun,)

    await desk_room.sender.send(intents)

    assert len(tickets(desk_room.desk.records, [begun], MORNING)) == 1


async def test_only_new_orders_are_tickets(desk_room: Room) -> None:
    await desk_room.placed()
    await desk_room.sender.send([to_cancel(desk_room.exchange, "o1", Mode.LIVE, MORNING)])

    assert len(tickets(desk_room.desk.records, (), MORNING)) == 1


async def test_ticket_of_long_ago_counts_whole_while_one_of_its_slices_is_open(desk_room: Room) -> None:
    await desk_room.placed(ticket(quantity=3))
    desk_room.exchange.largest, desk_room.exchange.answers = 75, [None, OutcomeUnknown()]
    await desk_room.desk.send(await desk_room.preview(option(quantity=150)))
    later = MORNING + timedelta(hours=1)

    (known,) = tickets(desk_room.desk.records, (), later)

    assert (known.quantity, known.orders, known.open) == (150, 2, True)
    assert [one.check for one in findings(replace(known, at=later), [known], 2)] == ["unknown_before"]


def _ticket(seconds: float, **other: Any) -> Ticket:
    return ticket_of("u1", ticket(**other), MORNING + timedelta(seconds=seconds), group=f"g{seconds}")


@pytest.mark.parametrize(("seconds", "found"), [(5, ["same_again"]), (5.001, [])])
def test_five_seconds_are_within_five_seconds(seconds: float, found: list[str]) -> None:
    assert [one.check for one in findings(_ticket(seconds), [_ticket(0)], None)] == found


def test_clock_that_was_set_back_hides_nothing() -> None:
    (finding,) = findings(_ticket(-30), [_ticket(0)], None)

    assert (finding.check, finding.text) == ("same_again", "You sent the same order 0 s ago: Buy 10 RELIANCE")


def test_name_in_other_letters_is_the_same_instrument() -> None:
    assert len(list(findings(_ticket(1, symbol="reliance", price=Decimal(1)), [_ticket(0)], None))) == 1
