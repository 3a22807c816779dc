"""Cancelling: everything that rests, each by itself, none twice at once, whatever else is wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain import (
    AlreadyFinal,
    DiskFull,
    NotFound,
    NotReachable,
    OrderStatus,
    OutcomeUnknown,
    SessionExpired,
    SubState,
)
from app.domain.intents import Deed
from app.domain.order_life import Fate
from app.services.book_views import Book, Refreshed
from app.services.order_views import Weight
from tests.fakes.clock import settle
from tests.fakes.orders import ticket
from tests.fakes.waiting import until
from tests.services.order_room import Room, room


@pytest.fixture
async def desk_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


async def _resting(made: Room, count: int) -> list[str]:
    ids = [(await made.placed(ticket(quantity=number + 1))).order_id for number in range(count)]
    await until(lambda: not made.desk._work.busy)
    made.exchange.sent.clear()
    made.shelf.reads.clear()
    return ids


async def test_order_is_cancelled_and_written_down(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)

    sent = await desk_room.desk.cancel("u1", [order_id])

    (record,) = sent.records
    assert (record.fate, record.intent.deed, record.order_id) == (Fate.ACCEPTED, Deed.CANCEL, order_id)
    assert desk_room.exchange.rows[order_id].status is OrderStatus.CANCELLED
    await until(lambda: bool(desk_room.shelf.reads))


async def test_one_that_is_final_already_keeps_none_of_the_others_back(desk_room: Room) -> None:
    ids = await _resting(desk_room, 3)
    desk_room.exchange.answers = [AlreadyFinal()]

    sent = await desk_room.desk.cancel("u1", [*ids, ids[0]])

    assert sorted(record.fate for record in sent.records) == [Fate.ACCEPTED, Fate.ACCEPTED, Fate.REJECTED]
    assert sorted(desk_room.exchange.sent) == ids


async def test_cancellation_under_way_is_not_begun_again(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    desk_room.exchange.gate = asyncio.Event()
    presses = [asyncio.create_task(desk_room.desk.cancel("u1", [order_id])) for _ in range(20)]
    await until(lambda: bool(desk_room.exchange.sent))
    desk_room.shelf.failing = NotReachable()  # so that it is believed to rest still
    presses.append(asyncio.create_task(desk_room.desk.cancel_all("u1")))
    presses.pop(0).cancel()
    await until(lambda: len(desk_room.shelf.reads) == 1)
    desk_room.exchange.gate.set()

    answers = await asyncio.gather(*presses)

    assert desk_room.exchange.sent == [order_id]
    assert len({answer.records for answer in answers}) == 1


async def test_cancellation_whose_answer_was_lost_may_be_asked_for_again(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    desk_room.exchange.answers, desk_room.exchange.books = [OutcomeUnknown()], False

    first = await desk_room.desk.cancel("u1", [order_id])
    second = await desk_room.desk.cancel("u1", [order_id])

    assert [first.records[0].fate, second.records[0].fate] == [Fate.UNKNOWN, Fate.ACCEPTED]
    assert first.records[0].intent.intent_id != second.records[0].intent.intent_id
    assert desk_room.exchange.sent == [order_id] * 2


async def test_what_keeps_new_orders_back_keeps_no_cancellation_back(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    await desk_room.list_of(date(2026, 11, 2))
    desk_room.exchange.clock_behind = 3600
    desk_room.exchange.answers = [OutcomeUnknown()]
    await desk_room.sender.send([])

    assert not (await desk_room.preview()).may_send
    assert (await desk_room.desk.cancel("u1", [order_id])).records[0].fate is Fate.UNKNOWN
    assert (await desk_room.desk.cancel("u1", [order_id])).records[0].fate is Fate.ACCEPTED


async def test_journal_that_takes_nothing_keeps_the_cancellation_here(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    (order_id,) = await _resting(desk_room, 1)

    async def full(_: object) -> None:
        raise DiskFull

    monkeypatch.setattr(desk_room.journal, "write", full)
    sent = await desk_room.desk.cancel("u1", [order_id])

    assert ([finding.check for finding in sent.held_back], desk_room.exchange.sent) == (["journal"], [])


async def test_account_that_does_not_answer_is_told_with_the_order(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    desk_room.exchange.refuses = SessionExpired()

    (record,) = (await desk_room.desk.cancel("u1", [order_id])).records

    assert record.fate is Fate.NOT_SENT
    assert record.steps[-1].detail.startswith("The session has ended")


async def test_order_placed_a_moment_ago_is_read_first(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    desk_room.shelf.show_orders([])

    sent = await desk_room.desk.cancel("u1", [order_id])

    assert sent.records[0].fate is Fate.ACCEPTED
    assert desk_room.shelf.reads[0] == {Book.ORDERS}


async def test_order_that_no_book_shows_is_not_cancelled(desk_room: Room) -> None:
    (record,) = (await desk_room.desk.cancel("u1", ["o9"])).records

    assert (record.fate, desk_room.exchange.sent) == (Fate.NOT_SENT, [])
    assert record.steps[-1].detail.startswith("The order book does not show the order o9")


@pytest.mark.parametrize("user_id", ["u2"])
async def test_account_that_is_not_there_is_a_finding(desk_room: Room, user_id: str) -> None:
    one, every = await desk_room.desk.cancel(user_id, ["o1"]), await desk_room.desk.cancel_all(user_id)

    assert [finding.check for finding in (*one.held_back, *every.held_back)] == ["account", "account"]


async def test_account_that_is_removed_meanwhile_cancels_nothing(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def removed(*_: object) -> Refreshed:
        raise NotFound("u1", title="There is no such account")

    monkeypatch.setattr(desk_room.shelf, "refresh", removed)

    (record,) = (await desk_room.desk.cancel("u1", ["o1"])).records
    every = await desk_room.desk.cancel_all("u1")

    assert (record.fate, desk_room.exchange.sent) == (Fate.NOT_SENT, [])
    assert [finding.check for finding in every.held_back] == ["account"]


# ------------------------------------------------------------------ all


async def test_all_that_rests_is_cancelled_after_it_was_read_anew(desk_room: Room) -> None:
    ids = await _resting(desk_room, 5)
    rows = desk_room.exchange.rows
    rows[ids[0]] = replace(rows[ids[0]], status=OrderStatus.COMPLETE)
    rows[ids[1]] = replace(rows[ids[1]], sub_state=SubState.CANCELLING)
    rows[ids[2]] = replace(rows[ids[2]], status=None, raw_status="A NEW WORD")
    desk_room.shelf.show_orders([])

    sent = await desk_room.desk.cancel_all()

    assert sorted(desk_room.exchange.sent) == ids[2:]
    assert [record.fate for record in sent.records] == [Fate.ACCEPTED] * 3


async def test_order_that_a_reading_under_way_may_lack_is_cancelled_too(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    (order_id,) = await _resting(desk_room, 1)
    refresh = desk_room.shelf.refresh

    async def older(*_: object) -> Refreshed:
        desk_room.shelf.show_orders([])
        monkeypatch.setattr(desk_room.shelf, "refresh", refresh)
        return Refreshed(1)

    monkeypatch.setattr(desk_room.shelf, "refresh", older)

    assert [record.fate for record in (await desk_room.desk.cancel_all("u1")).records] == [Fate.ACCEPTED]
    assert desk_room.exchange.sent == [order_id]


async def test_many_cancellations_of_an_account_take_turns(desk_room: Room) -> None:
    ids = await _resting(desk_room, 12)
    desk_room.exchange.gate = asyncio.Event()

    cancelling = asyncio.create_task(desk_room.desk.cancel("u1", ids))
    await until(lambda: len(desk_room.exchange.sent) == 8)
    await settle(200)
    at_once = len(desk_room.exchange.sent)
    desk_room.exchange.gate.set()

    assert (at_once, len((await cancelling).records)) == (8, 12)


async def test_nothing_that_rests_is_nothing_to_do(desk_room: Room) -> None:
    sent = await desk_room.desk.cancel_all("u1")

    assert (sent.records, sent.held_back) == ((), ())


async def test_book_that_cannot_be_read_is_told_and_what_it_showed_is_cancelled(desk_room: Room) -> None:
    (order_id,) = await _resting(desk_room, 1)
    desk_room.shelf.failing = NotReachable()

    sent = await desk_room.desk.cancel_all("u1")

    assert desk_room.exchange.sent == [order_id]
    assert [(finding.check, finding.weight) for finding in sent.held_back] == [("orders", Weight.STOP)]
    assert sent.held_back[0].text.startswith("The orders of HUF \u00b7 Zerodha could not be read")


async def test_order_whose_fate_is_open_is_told_beside(desk_room: Room) -> None:
    await _resting(desk_room, 1)
    desk_room.exchange.answers, desk_room.exchange.books = [OutcomeUnknown()], False
    await desk_room.desk.send(await desk_room.preview(ticket(quantity=99)))

    sent = await desk_room.desk.cancel_all("u1")

    assert [record.fate for record in sent.records] == [Fate.ACCEPTED]
    assert [(finding.check, finding.weight) for finding in sent.held_back] == [("unknown", Weight.NOTE)]


async def test_end_waits_for_a_cancellation(tmp_path: Path) -> None:
    async with room(tmp_path) as made:
        (order_id,) = await _resting(made, 1)
        made.exchange.gate = asyncio.Event()
        cancelling = asyncio.create_task(made.desk.cancel("u1", [order_id]))
        await until(lambda: bool(made.exchange.sent))
        made.exchange.gate.set()

    assert (await cancelling).records[0].fate is Fate.ACCEPTED
