"""What must not end a search, nor let it tell too much: a full disk, a slip, a clock that is set, an account gone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain import (
    DiskFull,
    NotReachable,
    Order,
    OrderChange,
    OrderStatus,
    OrderType,
    OutcomeUnknown,
    ReadOnly,
    Validity,
    VaultError,
)
from app.domain.intents import Deed, Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.views import OrderTurnedUp
from app.store.journal import Journal
from tests.fakes.exchange import Exchange, account_view
from tests.services.test_order_sender import Desk, intent


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = await Desk(tmp_path / "orders.db").open()
    yield made
    await made.close()


async def lose(desk: Desk, *, client: str = "HS2096", account: str = "u1") -> None:
    """An order that is in the market, its answer lost, and in no book yet."""
    desk.exchange.answers, desk.exchange.hidden = [OutcomeUnknown()], {"KJ0001"}
    await desk.sender.send([desk.intent(client_id=client)])
    (record,) = desk.sender.records
    if account != "u1":  # it was removed here after that
        moved = Record(intent(1, desk.clock, user_id=account, client_id=client), record.steps)
        desk.sender._records["i1"] = moved


async def test_full_disk_keeps_no_late_order_from_being_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await lose(desk)
    await desk.pass_time(46)

    async def full(steps: Sequence[Step]) -> None:
        raise DiskFull(steps[0].intent_id)

    monkeypatch.setattr(desk.journal, "note", full)
    desk.exchange.hidden.clear()
    await desk.pass_time(15)

    (told,) = [event for event in desk.told if isinstance(event, OrderTurnedUp)]
    assert (told.order.tag, told.record.fate) == ("KJ0001", Fate.ACCEPTED)


async def test_slip_in_one_reading_ends_no_search(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await lose(desk)

    async def slip() -> Sequence[Order]:
        raise RuntimeError("a slip")

    monkeypatch.setattr(desk.exchange, "get_orders", slip)
    await desk.pass_time(5)
    monkeypatch.undo()
    desk.exchange.hidden.clear()
    await desk.pass_time(15)

    assert desk.sender.records[0].fate is Fate.ACCEPTED


async def test_account_whose_broker_hangs_holds_up_the_search_of_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Exchange(desk.clock, shown=account_view(user_id="u2"))
    both = {"u1": desk.exchange, "u2": silent}
    monkeypatch.setattr(desk.exchange, "find", both.__getitem__)
    monkeypatch.setattr(silent, "get_orders", asyncio.Event().wait)  # for ever
    for one in both.values():
        one.answers = [OutcomeUnknown()]
    await desk.sender.send([intent(2, desk.clock, user_id="u2")])
    await desk.pass_time(3)  # its book is being read

    await desk.sender.send([desk.intent()])
    await desk.pass_time(2)

    assert [record.fate for record in desk.sender.records] == [Fate.UNKNOWN, Fate.ACCEPTED]


async def test_clock_that_is_set_makes_no_reading_late(desk: Desk) -> None:
    await lose(desk)
    desk.clock.jump(3600)

    await desk.pass_time(16)

    assert desk.sender.records[0].fate is Fate.UNKNOWN


async def test_order_of_a_removed_account_is_found_when_its_client_is_connected_anew(desk: Desk) -> None:
    await lose(desk, account="gone")
    before = desk.search.is_searching("u1")
    desk.exchange.hidden.clear()

    await desk.pass_time(2)

    assert (before, desk.sender.records[0].fate) == (True, Fate.ACCEPTED)


@pytest.mark.parametrize("client", ["ZZ0001", ""])
async def test_order_of_a_removed_account_is_not_looked_for_at_another_client(desk: Desk, client: str) -> None:
    await lose(desk, account="gone", client=client)

    await desk.pass_time(60)

    assert desk.sender.records[0].fate is Fate.UNKNOWN
    assert not desk.search.is_searching("u1")


async def test_book_of_the_next_day_is_named_as_what_it_is(desk: Desk) -> None:
    desk.exchange.unread = NotReachable()
    await lose(desk)
    desk.clock.jump(86_400)
    desk.exchange.unread = None

    await desk.pass_time(60)

    last = desk.sender.records[0].steps[-1]
    assert (last.evidence, "of a later day" in last.detail) == (Evidence.MISSING, True)


async def test_number_that_is_used_again_the_next_day_proves_no_cancellation(desk: Desk) -> None:
    await desk.sender.send([desk.intent()])
    desk.exchange.answers, desk.exchange.books = [OutcomeUnknown()], False
    await desk.sender.send([desk.intent(2, deed=Deed.CANCEL, tag="", request=None, order_id="o1")])
    desk.clock.jump(86_400)
    desk.exchange.rows["o1"] = replace(desk.exchange.rows["o1"], status=OrderStatus.CANCELLED)

    await desk.pass_time(60)

    assert desk.sender.records[1].fate is Fate.NOT_CONFIRMED


async def test_lost_change_is_not_taken_for_done_while_the_book_shows_the_old_disclosure(desk: Desk) -> None:
    await desk.sender.send([desk.intent()])
    order = desk.exchange.rows["o1"]
    desk.exchange.rows["o1"] = replace(order, validity=Validity.DAY, disclosed_quantity=0)
    terms = OrderChange(10, OrderType.MARKET, disclosed_quantity=5)
    desk.exchange.answers, desk.exchange.books = [OutcomeUnknown()], False
    hide = desk.intent(2, deed=Deed.MODIFY, tag="", request=None, change=terms, order_id="o1")

    await desk.sender.send([hide])
    await desk.pass_time(5)

    assert desk.sender.records[1].fate is Fate.UNKNOWN


async def test_journal_that_can_only_be_read_hides_none_of_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await Desk(tmp_path / "orders.db").open()
    both = [first.intent(1), first.intent(2)]
    await first.journal.write(both)
    begun = [Step(one.intent_id, first.clock.now(), Evidence.BEGUN, Fate.SENDING) for one in both]
    await first.journal.note(begun)
    await first.close()
    again = await Desk(tmp_path / "orders.db").open()

    async def read_only(steps: Sequence[Step]) -> None:
        raise ReadOnly(steps[0].intent_id)

    monkeypatch.setattr(again.journal, "note", read_only)
    again.sender._records.clear()
    again.sender._restored = False
    with pytest.raises(VaultError):
        await again.sender.restore()
    await again.close()

    assert [record.fate for record in again.sender.records] == [Fate.UNKNOWN, Fate.UNKNOWN]


@pytest.mark.parametrize(
    ("days", "fate", "taken_up"),
    [
        (6, Fate.NOT_CONFIRMED, True),
        (8, Fate.NOT_CONFIRMED, False),
        (8, Fate.UNKNOWN, True),
    ],
)
async def test_what_can_turn_up_no_more_and_was_told_is_not_told_at_every_start(
    tmp_path: Path, days: int, fate: Fate, *, taken_up: bool
) -> None:
    desk = Desk(tmp_path / "orders.db")
    journal = await Journal.open(desk.path)
    await journal.write([desk.intent()])
    await journal.note([Step("i1", desk.clock.now(), Evidence.MISSING, fate)])
    await journal.close()
    desk.clock.jump(days * 86_400)

    await desk.open()
    found = bool(desk.sender.records)
    await desk.close()

    assert found is taken_up
