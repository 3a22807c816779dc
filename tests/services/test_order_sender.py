"""Promises O1, O2 and O5 at the sender: written down first, sent once, and every end is the right one of four."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.domain import (
    BrokerDown,
    DailyCap,
    DiskFull,
    InsufficientFunds,
    IpNotRegistered,
    NotReachable,
    NotSent,
    OrderChange,
    OrderRejected,
    OrderType,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
    TradingError,
    VaultError,
    WireSurprise,
)
from app.domain.intents import Deed, Intent, Mode, Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.events import Events
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from app.services.views import Event, OrderTurnedUp
from app.store.journal import Journal
from tests.fakes import orders
from tests.fakes.clock import ManualClock
from tests.fakes.exchange import Exchange
from tests.fakes.orders import market
from tests.fakes.waiting import until

DEFINITE = [InsufficientFunds(), OrderRejected("RMS"), SessionExpired(), IpNotRegistered(), RateLimited(), DailyCap()]
LOST = [OutcomeUnknown("read error"), NotReachable(), BrokerDown(), WireSurprise(), RuntimeError("a slip")]


class Desk:
    """A journal on a real disk, a played broker, the sender and the search over both."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = ManualClock()
        self.exchange = Exchange(self.clock)
        self.told: list[Event] = []
        self._loops: list[asyncio.Task[None]] = []

    async def open(self) -> "Desk":
        self.journal = await Journal.open(self.path)
        self.events = Events()
        self.events.subscribe(self.told.append)
        self.sender = OrderSender(self.journal, self.exchange, self.events, self.clock, self.exchange.resting)
        self.search = OrderSearch(self.sender, self.exchange, self.events, self.clock)
        self.events.subscribe(self.search.hear)
        await self.sender.restore()
        self._loops.append(asyncio.create_task(self.search.run()))
        return self

    async def close(self) -> None:
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops.clear()
        await self.sender.close()
        await self.journal.close()

    async def pass_time(self, seconds: float) -> None:
        """Let the clock go on and what it wakes come to rest, the journal's thread too."""
        for _ in range(int(seconds)):
            await self.clock.advance(1)
            await self.journal.unsettled()

    def intent(self, number: int = 1, **other: Any) -> Intent:
        return intent(number, self.clock, **other)


def intent(number: int, clock: ManualClock, **other: Any) -> Intent:
    tag = f"KJ{number:04d}"
    fields = {"mode": Mode.DEMO, "tag": tag, "request": market(tag=tag)}
    return orders.intent(number, clock.now(), **fields | other)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = await Desk(tmp_path / "orders.db").open()
    yield made
    await made.close()


async def test_good_answer_accepts_and_names_the_order(desk: Desk) -> None:
    (record,) = await desk.sender.send([desk.intent()])

    assert (record.fate, record.order_id) == (Fate.ACCEPTED, "o1")
    assert [step.evidence for step in record.steps] == [Evidence.BEGUN, Evidence.ANSWERED]


@pytest.mark.parametrize("error", DEFINITE, ids=lambda error: error.kind)
async def test_definite_refusal_is_a_rejection(desk: Desk, error: Exception) -> None:
    desk.exchange.answers, desk.exchange.books = [error], False

    (record,) = await desk.sender.send([desk.intent()])

    assert (record.fate, desk.exchange.sent) == (Fate.REJECTED, ["KJ0001"])


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
async def test_anything_else_is_unknown_and_found_in_the_book_within_thirty_seconds(
    desk: Desk, error: Exception
) -> None:
    desk.exchange.answers = [error]

    (record,) = await desk.sender.send([desk.intent()])
    await desk.pass_time(2)

    assert record.fate is Fate.UNKNOWN
    assert (desk.sender.records[0].fate, desk.sender.records[0].order_id) == (Fate.ACCEPTED, "o1")
    assert desk.exchange.sent == ["KJ0001"]


async def test_order_that_never_left_is_told_as_such(desk: Desk) -> None:
    desk.exchange.answers, desk.exchange.books = [NotSent()], False

    (record,) = await desk.sender.send([desk.intent()])

    assert record.fate is Fate.NOT_SENT


async def test_account_that_cannot_be_used_sends_nothing(desk: Desk) -> None:
    desk.exchange.refuses = SessionExpired()

    (record,) = await desk.sender.send([desk.intent()])

    assert (record.fate, desk.exchange.sent) == (Fate.NOT_SENT, [])


@pytest.mark.parametrize("error", [SessionExpired(), NotReachable(), DiskFull()], ids=lambda error: error.kind)
async def test_account_that_goes_away_at_the_last_moment_refused_nothing_and_lost_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: TradingError
) -> None:
    async def gone(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(desk.exchange, "call", gone)

    (record,) = await desk.sender.send([desk.intent()])

    assert (record.fate, desk.exchange.sent) == (Fate.NOT_SENT, [])


async def test_slices_after_one_that_was_not_taken_stay_here(desk: Desk) -> None:
    desk.exchange.answers, desk.exchange.books = [None, InsufficientFunds()], False

    records = await desk.sender.send([desk.intent(number) for number in (1, 2, 3)])

    assert [record.fate for record in records] == [Fate.ACCEPTED, Fate.REJECTED, Fate.NOT_SENT]
    assert desk.exchange.sent == ["KJ0001", "KJ0002"]


async def test_nothing_is_sent_when_the_journal_cannot_be_written(desk: Desk) -> None:
    await desk.sender.send([desk.intent()])

    with pytest.raises(VaultError):
        await desk.sender.send([desk.intent()])

    assert desk.exchange.sent == ["KJ0001"]


async def test_book_is_read_at_its_hours_and_two_late_readings_settle_nothing_but_the_words(desk: Desk) -> None:
    desk.exchange.answers = [OutcomeUnknown()]
    desk.exchange.hidden = {"KJ0001"}
    await desk.sender.send([desk.intent()])
    began = desk.clock.monotonic()

    await desk.pass_time(46)

    assert [round(at - began) for at in desk.exchange.readings] == [1, 2, 4, 8, 15, 30, 45]
    assert desk.sender.records[0].fate is Fate.NOT_CONFIRMED


async def test_order_that_turns_up_late_is_accepted_with_an_alarm(desk: Desk) -> None:
    desk.exchange.answers = [OutcomeUnknown()]
    desk.exchange.hidden = {"KJ0001"}
    await desk.sender.send([desk.intent()])
    await desk.pass_time(46)

    desk.exchange.hidden.clear()
    await desk.pass_time(15)

    assert desk.sender.records[0].fate is Fate.ACCEPTED
    assert [event.order.tag for event in desk.told if isinstance(event, OrderTurnedUp)] == ["KJ0001"]


async def test_book_that_cannot_be_read_proves_nothing(desk: Desk) -> None:
    desk.exchange.answers = [OutcomeUnknown()]
    desk.exchange.unread = NotReachable()
    await desk.sender.send([desk.intent()])

    await desk.pass_time(120)

    assert desk.sender.records[0].fate is Fate.UNKNOWN


async def test_next_start_looks_for_what_was_being_sent_and_sends_nothing_again(tmp_path: Path) -> None:
    first = await Desk(tmp_path / "orders.db").open()
    await first.journal.write([first.intent(1), first.intent(2)])
    first.sender._keep(Record(first.intent(1)))
    await first.sender.note("i1", Evidence.BEGUN)
    await first.close()

    again = Desk(tmp_path / "orders.db")
    await again.exchange.place_order(intent(1, again.clock).request)  # type: ignore[arg-type]  # it has one
    again.exchange.sent.clear()
    await again.open()
    before = {record.intent.intent_id: record.fate for record in again.sender.records}
    await again.pass_time(2)
    await again.close()

    assert before == {"i1": Fate.UNKNOWN, "i2": Fate.NOT_SENT}
    assert again.sender.records[0].fate is Fate.ACCEPTED
    assert again.exchange.sent == []


async def test_order_in_flight_has_three_seconds_at_the_end_and_is_unknown_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.order_sender.FAREWELL", 0.05)
    desk = await Desk(tmp_path / "orders.db").open()
    desk.exchange.gate = asyncio.Event()
    waiting = asyncio.create_task(desk.sender.send([desk.intent()]))
    await until(lambda: bool(desk.exchange.sent))

    await desk.close()
    await asyncio.gather(waiting, return_exceptions=True)
    journal = await Journal.open(desk.path)
    (record,) = await journal.unsettled()
    await journal.close()

    assert record.fate is Fate.UNKNOWN


async def test_lost_cancellation_is_confirmed_by_the_book(desk: Desk) -> None:
    await desk.sender.send([desk.intent()])
    desk.exchange.answers = [OutcomeUnknown()]
    gone = desk.intent(2, deed=Deed.CANCEL, tag="", request=None, order_id="o1")

    await desk.sender.send([gone])
    await desk.pass_time(2)

    assert desk.sender.records[1].fate is Fate.ACCEPTED
    assert desk.exchange.sent == ["KJ0001", "o1"]


async def test_lost_change_that_the_book_does_not_show_is_not_confirmed(desk: Desk) -> None:
    await desk.sender.send([desk.intent()])
    desk.exchange.answers, desk.exchange.books = [OutcomeUnknown()], False
    terms = OrderChange(quantity=5, order_type=OrderType.LIMIT, price="2500.05")  # type: ignore[arg-type]  # taken as exact
    change = desk.intent(2, deed=Deed.MODIFY, tag="", request=None, change=terms, order_id="o1")

    await desk.sender.send([change])
    await desk.pass_time(46)

    assert desk.sender.records[1].fate is Fate.NOT_CONFIRMED


async def test_full_disk_after_the_answer_hides_no_order_and_keeps_back_the_rest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = desk.journal.note

    async def full(steps: Sequence[Step]) -> None:
        if steps[0].evidence is Evidence.ANSWERED:
            raise DiskFull
        await note(steps)

    monkeypatch.setattr(desk.journal, "note", full)
    with pytest.raises(DiskFull):
        await desk.sender.send([desk.intent(1), desk.intent(2)])

    assert [record.fate for record in desk.sender.records] == [Fate.ACCEPTED, Fate.WRITTEN]
    assert [record.fate for record in await desk.journal.unsettled()] == [Fate.SENDING, Fate.WRITTEN]
    assert desk.exchange.sent == ["KJ0001"]


async def test_search_outlives_a_full_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.exchange.answers = [OutcomeUnknown()]
    await desk.sender.send([desk.intent()])

    async def full(steps: Sequence[Step]) -> None:
        raise DiskFull(steps[0].intent_id)

    monkeypatch.setattr(desk.journal, "note", full)
    await desk.pass_time(2)
    monkeypatch.undo()
    desk.exchange.answers = [OutcomeUnknown()]
    await desk.sender.send([desk.intent(2)])
    await desk.pass_time(2)

    assert [record.fate for record in desk.sender.records] == [Fate.ACCEPTED, Fate.ACCEPTED]


async def test_account_is_searched_until_its_book_was_read_once(desk: Desk) -> None:
    desk.exchange.answers, desk.exchange.unread = [OutcomeUnknown()], NotReachable()
    desk.exchange.hidden = {"KJ0001"}
    await desk.sender.send([desk.intent()])
    await desk.pass_time(5)
    before = desk.search.is_searching("u1")

    desk.exchange.unread = None
    await desk.pass_time(15)

    assert (before, desk.search.is_searching("u1")) == (True, False)
