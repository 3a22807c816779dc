"""The desk for orders: what a preview holds, what goes out of it, and what is read afterwards."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import Exchange as Listed
from app.domain import (
    InsufficientFunds,
    InvalidRequest,
    NotFound,
    NotReachable,
    NotSubscribed,
    OutcomeUnknown,
    Quote,
    SessionExpired,
    Unsupported,
)
from app.domain.intents import Mode
from app.domain.order_life import Fate
from app.services.book_views import Book
from app.services.order_views import ExitPlan, ExitScope, Weight
from tests.fakes.clock import settle
from tests.fakes.orders import market, ticket
from tests.fakes.waiting import until
from tests.services.order_room import CALL, EVENING, MORNING, SHARE, Room, option, room


@pytest.fixture
async def desk_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


# ------------------------------------------------------------------ a preview


async def test_good_ticket_is_shown_in_words_with_its_plan_and_its_worth(desk_room: Room) -> None:
    preview = await desk_room.preview(option(price=Decimal("437.50")))

    assert (preview.findings, preview.value) == ((), Decimal("32812.50"))
    assert preview.plan is not None
    assert preview.words[:3] == (
        "Buy 75 NIFTY 24NOV26 26000 CE on NFO at \u20b9437.50 or less.",
        "For HUF \u00b7 Zerodha (HS2096), with real money.",
        "75 units are 1 lot.",
    )


async def test_preview_sends_and_writes_nothing(desk_room: Room) -> None:
    await desk_room.preview()

    assert desk_room.exchange.sent == []
    assert await desk_room.desk.journal(MORNING.date()) == ()


async def test_market_order_is_worth_what_the_last_price_makes_it(desk_room: Room) -> None:
    assert (await desk_room.preview(market())).value == Decimal(25000)
    desk_room.exchange.quotes.clear()
    await desk_room.clock.advance(1)
    assert (await desk_room.preview(market())).value is None


async def test_price_that_does_not_come_soon_is_not_waited_for(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("app.services.order_looks._PATIENCE", 0.01)
    monkeypatch.setattr(desk_room.exchange, "get_quotes", never)

    assert (await desk_room.preview(market())).value is None


async def test_ticket_that_is_stopped_has_no_plan(desk_room: Room) -> None:
    preview = await desk_room.preview(option(quantity=10))

    assert (preview.may_send, preview.plan) == (False, None)


async def test_account_that_is_not_there_is_a_finding(desk_room: Room) -> None:
    preview = await desk_room.desk.preview("u2", ticket())

    assert [finding.check for finding in preview.findings] == ["account"]
    assert (preview.may_send, preview.words) == (False, ())


async def test_what_the_adapter_refuses_is_a_finding_on_its_field(desk_room: Room) -> None:
    desk_room.exchange.no_plan = {False: InvalidRequest("validity: no IOC for commodities", field="validity")}

    (finding,) = (await desk_room.preview()).findings

    assert (finding.check, finding.weight, finding.field) == ("plan", Weight.STOP, "validity")


async def test_account_that_cannot_be_used_is_said_once_and_the_request_all_the_same(desk_room: Room) -> None:
    desk_room.exchange.refuses = SessionExpired()
    desk_room.exchange.no_plan = {False: SessionExpired()}

    preview = await desk_room.preview()

    assert [finding.check for finding in preview.findings] == ["account"]
    assert preview.words[0].startswith("Buy 10 RELIANCE")


@pytest.mark.parametrize(("takes", "named"), [(True, True), (False, False)])
async def test_after_market_order_is_offered_where_the_broker_plans_one(
    tmp_path: Path, *, takes: bool, named: bool
) -> None:
    async with room(tmp_path, at=EVENING) as made:
        made.exchange.no_plan = {} if takes else {True: Unsupported()}
        (finding,) = (await made.preview()).findings

    assert finding.check == "hours"
    assert ("after-market" in finding.next_step) is named


# ------------------------------------------------------------------ sending


async def test_order_is_written_down_with_its_tag_and_sent_once(desk_room: Room) -> None:
    sent = await desk_room.desk.send(await desk_room.preview())

    assert [record.fate for record in sent.records] == [Fate.ACCEPTED]
    assert desk_room.exchange.sent == ["KJ000001"]
    (kept,) = await desk_room.desk.journal(MORNING.date())
    assert (kept.intent.tag, kept.intent.mode, kept.intent.account) == ("KJ000001", Mode.LIVE, "HUF \u00b7 Zerodha")
    assert kept.intent.request == ticket(tag="KJ000001")


async def test_every_slice_is_an_order_of_its_own_with_a_tag_of_its_own(desk_room: Room) -> None:
    desk_room.exchange.largest = 1800
    preview = await desk_room.preview(option(quantity=3750))

    sent = await desk_room.desk.send(preview)

    intents = [record.intent for record in sent.records]
    assert [intent.request.quantity for intent in intents if intent.request] == [1800, 1800, 150]
    assert len({intent.tag for intent in intents}) == len(desk_room.exchange.sent) == 3
    assert len({intent.group for intent in intents}) == 1


async def test_slices_are_told_before_they_are_sent(desk_room: Room) -> None:
    desk_room.exchange.largest = 1800
    desk_room.exchange.notes = ("The exchange takes at most 1,800 units in one order.",)

    words = (await desk_room.preview(option(quantity=3750))).words

    assert words[-2:] == (
        "It is sent as 3 orders, one after another: 1,800, 1,800, 150.",
        "The exchange takes at most 1,800 units in one order.",
    )


@pytest.mark.parametrize(
    ("error", "fate"), [(InsufficientFunds(), Fate.REJECTED), (OutcomeUnknown(), Fate.UNKNOWN)], ids=["no", "lost"]
)
async def test_other_ends_are_told_as_what_they_are(desk_room: Room, error: Exception, fate: Fate) -> None:
    desk_room.exchange.answers = [error]

    sent = await desk_room.desk.send(await desk_room.preview())

    assert [record.fate for record in sent.records] == [fate]
    assert desk_room.desk.records == sent.records


async def test_what_is_asked_keeps_it_back_until_it_is_agreed_to(desk_room: Room) -> None:
    desk_room.chosen.set(order_quantity_cap=5)
    preview = await desk_room.preview()

    held = await desk_room.desk.send(preview)
    other = await desk_room.desk.send(preview, ["far_price"])
    sent = await desk_room.desk.send(preview, preview.asks)

    assert [finding.check for finding in (*held.held_back, *other.held_back)] == ["cap_quantity", "cap_quantity"]
    assert (len(sent.records), len(desk_room.exchange.sent)) == (1, 1)


async def test_preview_of_more_than_a_minute_ago_is_looked_at_once_more(desk_room: Room) -> None:
    fresh, old = await desk_room.preview(), await desk_room.preview(ticket(quantity=11))
    await desk_room.clock.advance(60)
    sent = await desk_room.desk.send(fresh)
    await desk_room.clock.advance(1)

    held = await desk_room.desk.send(old)

    assert len(sent.records) == 1
    assert [finding.check for finding in held.held_back] == ["outdated"]


@pytest.mark.parametrize("seconds", [3600, -3600])
async def test_machine_that_slept_or_whose_clock_was_set_looks_once_more(desk_room: Room, seconds: int) -> None:
    preview = await desk_room.preview()
    desk_room.clock.jump(seconds)

    assert [one.check for one in (await desk_room.desk.send(preview)).held_back] == ["outdated"]
    assert desk_room.exchange.sent == []


async def test_plan_that_changed_meanwhile_is_looked_at_once_more(desk_room: Room) -> None:
    preview = await desk_room.preview(option(quantity=1800))
    desk_room.exchange.largest = 900

    held = await desk_room.desk.send(preview)

    assert [finding.check for finding in held.held_back] == ["outdated"]
    assert desk_room.exchange.sent == []


async def test_preview_of_which_the_desk_knows_nothing_is_not_sent(desk_room: Room) -> None:
    preview = await desk_room.preview()

    held = await desk_room.new_desk().send(preview)

    assert [finding.check for finding in held.held_back] == ["outdated"]


async def test_sending_looks_at_everything_once_more(desk_room: Room) -> None:
    preview = await desk_room.preview()
    desk_room.exchange.clock_behind = 61

    held = await desk_room.desk.send(preview)

    assert [finding.check for finding in held.held_back] == ["clock"]
    desk_room.exchange.clock_behind = 0
    assert len((await desk_room.desk.send(preview)).records) == 1


async def test_sending_waits_for_no_price(desk_room: Room) -> None:
    preview = await desk_room.preview(ticket(price=Decimal(5000)))
    await desk_room.clock.advance(10)

    held = await desk_room.desk.send(preview)

    assert [finding.check for finding in held.held_back] == ["far_price"]
    assert desk_room.exchange.asked_prices == 1


async def test_account_that_went_away_before_its_tag_was_made_sends_nothing(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await desk_room.preview()

    def gone() -> str:
        raise Unsupported(title="This version of Kunji does not know this broker")

    monkeypatch.setattr(desk_room.exchange, "fresh_tag", gone)

    assert [one.check for one in (await desk_room.desk.send(preview)).held_back] == ["account"]
    assert desk_room.exchange.sent == []


async def test_books_are_read_after_a_sending_and_nobody_waits_for_them(desk_room: Room) -> None:
    desk_room.shelf.gate = asyncio.Event()

    sent = await desk_room.desk.send(await desk_room.preview())
    again = await desk_room.desk.send(await desk_room.preview(ticket(quantity=11)))
    assert sent.records
    assert again.records
    desk_room.shelf.gate.set()

    await until(lambda: len(desk_room.shelf.reads) == 2)  # what was sent while they were read is read, too
    assert desk_room.shelf.reads[0] == {Book.ORDERS, Book.POSITIONS, Book.FUNDS}


async def test_nothing_is_read_after_what_was_held_back(desk_room: Room) -> None:
    desk_room.chosen.set(order_quantity_cap=5)

    await desk_room.desk.send(await desk_room.preview())
    await settle()

    assert desk_room.shelf.reads == []


# ------------------------------------------------------------------ prices, instruments, journal


async def test_price_is_asked_once_a_second_whoever_wants_it(desk_room: Room) -> None:
    prices = await asyncio.gather(*(desk_room.desk.last_price("u1", Listed.NSE, "RELIANCE") for _ in range(10)))
    await desk_room.clock.advance(0.9)
    await desk_room.desk.last_price("u1", Listed.NSE, "RELIANCE")
    assert desk_room.exchange.asked_prices == 1
    await desk_room.clock.advance(0.1)
    desk_room.exchange.quotes["RELIANCE", Listed.NSE] = Quote(Decimal(2501))
    later = await desk_room.desk.last_price("u1", Listed.NSE, "RELIANCE")

    assert {price.price for price in prices} == {Decimal(2500)}
    assert (later.price, later.at, desk_room.exchange.asked_prices) == (Decimal(2501), desk_room.clock.now(), 2)


async def test_why_there_is_no_price_is_raised_and_asked_again_a_second_later(desk_room: Room) -> None:
    desk_room.exchange.no_price = NotSubscribed()
    for _ in range(2):
        with pytest.raises(NotSubscribed):
            await desk_room.desk.last_price("u1", Listed.NSE, "RELIANCE")
    assert desk_room.exchange.asked_prices == 1

    desk_room.exchange.no_price = None
    await desk_room.clock.advance(1)
    assert (await desk_room.desk.last_price("u1", Listed.NSE, "RELIANCE")).price == Decimal(2500)


async def test_instrument_without_a_price_is_not_found(desk_room: Room) -> None:
    with pytest.raises(NotFound):
        await desk_room.desk.last_price("u1", Listed.BSE, "RELIANCE")


async def test_prices_of_old_are_forgotten(desk_room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.order_prices._MANY", 1)
    for symbol, exchange in ((SHARE.symbol, Listed.NSE), (CALL.symbol, Listed.NFO)) * 3:
        await desk_room.desk.last_price("u1", exchange, symbol)
        await desk_room.clock.advance(1)

    assert len(desk_room.desk._prices._asked) <= 2


async def test_instrument_is_found_by_both_of_its_names(desk_room: Room) -> None:
    assert await desk_room.desk.instrument("u1", Listed.NFO, CALL.symbol) == CALL
    assert await desk_room.desk.instrument("u1", Listed.NFO, CALL.broker_symbol) == CALL
    assert await desk_room.desk.instrument("u1", Listed.NFO, "NIFTY") is None


async def test_journal_begins_with_an_indian_day(desk_room: Room) -> None:
    await desk_room.desk.send(await desk_room.preview())

    assert len(await desk_room.desk.journal(date(2026, 11, 18))) == 1
    assert await desk_room.desk.journal(date(2026, 11, 19)) == ()


# ------------------------------------------------------------------ exits and the end


async def test_exits_are_theirs_who_make_them(desk_room: Room) -> None:
    scope = ExitScope("u1")
    (plan,) = await desk_room.desk.plan_exits([scope])

    view = await desk_room.desk.exit(plan)

    assert (desk_room.exits.asked, view.plan) == ([scope, plan], plan)


async def test_nobody_exits_who_cannot_tell_demo_from_live(tmp_path: Path) -> None:
    async with room(tmp_path, mode=None) as made:
        (plan,) = await made.desk.plan_exits([ExitScope()])
        view = await made.desk.exit(ExitPlan("p1", MORNING, ExitScope(), (), ()))

    assert [(finding.check, finding.weight) for finding in plan.findings] == [("mode", Weight.STOP)]
    assert (made.exits.asked, view.notes) == ([], ("Kunji cannot tell whether this profile is a demo",))


async def test_end_waits_for_what_is_under_way_and_sends_nothing_more(tmp_path: Path) -> None:
    made = Room(tmp_path / "orders.db")
    await made.open()
    made.exchange.gate = asyncio.Event()
    preview, later = await made.preview(), await made.preview(ticket(quantity=11))
    sending = asyncio.create_task(made.desk.send(preview))
    await until(lambda: bool(made.exchange.sent))
    closing = asyncio.create_task(made.sender.close())
    await settle()

    held = await made.desk.send(later, later.asks)
    made.exchange.gate.set()
    await closing
    await made.desk.close()
    await made.journal.close()

    assert [finding.check for finding in held.held_back] == ["ending"]
    assert [record.fate for record in (await sending).records] == [Fate.ACCEPTED]


async def test_end_waits_for_no_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(tmp_path) as made:
        preview = await made.preview()
        checking = asyncio.Event()

        async def never() -> None:
            checking.set()
            await asyncio.Event().wait()

        made.exchange.is_connected = False
        monkeypatch.setattr(made.exchange, "check", never)
        sending = asyncio.create_task(made.desk.send(preview))
        await checking.wait()

    with pytest.raises(asyncio.CancelledError):
        await sending
    assert made.exchange.sent == []


async def test_next_start_looks_for_what_was_unsettled_before_anything_new_is_sent(tmp_path: Path) -> None:
    async with room(tmp_path) as first:
        first.exchange.answers = [OutcomeUnknown()]
        await first.desk.send(await first.preview())
    async with room(tmp_path) as second:
        preview = await second.preview(ticket(quantity=99))
        records = second.desk.records

    assert [record.fate for record in records] == [Fate.UNKNOWN]
    assert [finding.check for finding in preview.findings] == ["searching"]


async def test_unreachable_price_stops_nothing(desk_room: Room) -> None:
    desk_room.exchange.no_price = NotReachable()

    assert (await desk_room.preview()).findings == ()
