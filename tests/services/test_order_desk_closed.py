"""Promise O8: whatever keeps an order from being safe keeps it here, and is said in words. And what only seems to."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pytest

from app.brokers.base import USUAL, Ability
from app.domain import (
    IST,
    DiskFull,
    IpNotRegistered,
    KeychainLocked,
    MemoryInstruments,
    NotReachable,
    OutcomeUnknown,
    PermissionDenied,
    SessionExpired,
    TradingError,
    UserBlocked,
    VaultDamaged,
)
from app.domain import Exchange as Listed
from app.domain.intents import Mode
from app.domain.market import Calendar, Hours, Segment, use
from app.services.order_ground import trading_day
from app.services.order_views import Finding, Weight
from app.services.views import AccountState, Allowed, Permit
from tests.fakes.orders import ticket
from tests.services.order_room import MORNING, Room, option, room

Break = Callable[[Room], Awaitable[None]]


@pytest.fixture
async def desk_room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room(tmp_path) as made:
        yield made


async def _sends(made: Room) -> tuple[Finding, ...]:
    """What holds a ticket back that was good a moment ago; nothing may have been sent."""
    held = await made.desk.send(await made.preview())
    assert made.exchange.sent == []
    assert held.records == ()
    return held.held_back


async def locked(made: Room) -> None:
    made.exchange.refuses = KeychainLocked()


async def signed_out(made: Room) -> None:
    made.exchange.refuses = SessionExpired()


async def unreachable(made: Room) -> None:
    made.exchange.is_connected, made.exchange.checked = False, NotReachable()


async def blocked(made: Room) -> None:
    made.exchange.shown = replace(made.exchange.shown, state=AccountState.REFUSED, error=UserBlocked())


async def no_orders(made: Room) -> None:
    made.exchange.abilities = USUAL & ~Ability.ORDERS


async def address_refused(made: Room) -> None:
    made.exchange.shown = replace(made.exchange.shown, orders=Allowed(Permit.REFUSED, IpNotRegistered()))
    made.gates.said = False


async def clock_ahead(made: Room) -> None:
    made.exchange.clock_behind = -61.0


async def clock_behind(made: Room) -> None:
    made.exchange.clock_behind = 61.0


async def old_list(made: Room) -> None:
    await made.list_of(date(2026, 11, 17))


async def no_list(made: Room) -> None:
    made.desk._looks._ground._instruments = MemoryInstruments()


async def unread_list(made: Room) -> None:
    made.desk._looks._ground._instruments = _Damaged()


async def no_journal(made: Room) -> None:
    made.desk._looks._ground._journal = _Full()


async def searching(made: Room) -> None:
    made.exchange.answers = [OutcomeUnknown()]
    await made.desk.send(await made.preview(ticket(quantity=1)))
    made.exchange.sent.clear()


class _Damaged(MemoryInstruments):
    async def loaded_on(self, broker: str) -> date | None:
        raise VaultDamaged(broker)


class _Full:
    async def probe(self) -> None:
        raise DiskFull

    async def since(self, moment: datetime) -> tuple[()]:
        raise DiskFull(str(moment))


CLOSED: Final[tuple[tuple[str, Break, str], ...]] = (
    ("account", locked, "Your keychain is locked, so your sessions cannot be read"),
    ("account", signed_out, "The session has ended"),
    ("account", unreachable, "The broker cannot be reached"),
    ("account", blocked, "The broker has blocked this account"),
    ("account", no_orders, "Zerodha takes no orders from Kunji"),
    ("address", address_refused, "Orders are refused from this internet address"),
    ("clock", clock_ahead, "This computer's clock is 61 s ahead of the broker's"),
    ("clock", clock_behind, "This computer's clock is 61 s behind the broker's"),
    ("instruments", old_list, "Zerodha's list of instruments is of 17 Nov"),
    ("instruments", no_list, "Zerodha's list of instruments is not here yet"),
    ("instruments", unread_list, "The credential store is damaged"),
    ("journal", no_journal, "The disk is full"),
    ("searching", searching, "Kunji is still looking for an order of this account whose fate is not known"),
)


@pytest.mark.parametrize(("check", "breaks", "words"), CLOSED, ids=[row[1].__name__ for row in CLOSED])
async def test_nothing_is_sent_and_the_reason_is_said(desk_room: Room, check: str, breaks: Break, words: str) -> None:
    await breaks(desk_room)

    held = await _sends(desk_room)

    assert [(finding.check, finding.weight, finding.text) for finding in held] == [(check, Weight.STOP, words)]
    assert held[0].next_step.endswith(".")


@pytest.mark.parametrize(("check", "breaks", "words"), CLOSED, ids=[row[1].__name__ for row in CLOSED])
async def test_nothing_is_sent_of_a_preview_from_before(desk_room: Room, check: str, breaks: Break, words: str) -> None:
    preview = await desk_room.preview()
    await breaks(desk_room)

    held = await desk_room.desk.send(preview, [check])

    assert (desk_room.exchange.sent, held.records) == ([], ())
    assert words in [finding.text for finding in held.held_back]


async def test_mode_that_cannot_be_read_sends_nothing_and_is_shown_as_live(tmp_path: Path) -> None:
    async with room(tmp_path, mode=None) as made:
        held = await _sends(made)
        order = await made.desk.cancel("u1", ["o1"])

    assert [finding.check for finding in (*held, *order.held_back)] == ["mode", "mode"]
    assert made.desk.mode is Mode.LIVE


@pytest.mark.parametrize("mode", list(Mode))
async def test_mode_is_written_down_with_every_order(tmp_path: Path, mode: Mode) -> None:
    async with room(tmp_path, mode=mode) as made:
        sent = await made.desk.send(await made.preview())

    assert [record.intent.mode for record in sent.records] == [made.desk.mode] == [mode]


async def test_journal_that_takes_no_intent_keeps_the_order_here(
    desk_room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await desk_room.preview()

    async def full(_: object) -> None:
        raise DiskFull

    monkeypatch.setattr(desk_room.journal, "write", full)
    held = await desk_room.desk.send(preview)
    monkeypatch.undo()

    assert (held.records, [finding.check for finding in held.held_back]) == ((), ["journal"])
    assert len((await desk_room.desk.send(preview)).records) == 1


@pytest.mark.parametrize("behind", [None, 0.0, 60.0, -60.0])
async def test_clock_that_is_right_or_of_which_nothing_is_known_is_no_finding(
    desk_room: Room, behind: float | None
) -> None:
    desk_room.exchange.clock_behind = behind

    assert (await desk_room.preview()).findings == ()


async def test_account_that_answers_again_is_asked_and_may_order(desk_room: Room) -> None:
    desk_room.exchange.is_connected = False

    assert (await desk_room.preview()).findings == ()


# ------------------------------------------------------------------ the address


@pytest.mark.parametrize("error", [IpNotRegistered(), PermissionDenied()], ids=lambda error: error.kind)
async def test_refusal_of_before_that_nobody_can_ask_about_is_for_the_user_to_judge(
    desk_room: Room, error: TradingError
) -> None:
    desk_room.exchange.shown = replace(desk_room.exchange.shown, orders=Allowed(Permit.REFUSED, error))

    preview = await desk_room.preview()
    sent = await desk_room.desk.send(preview, preview.asks)

    assert [(finding.check, finding.weight) for finding in preview.findings] == [("address", Weight.ASK)]
    assert len(sent.records) == 1


async def test_broker_that_takes_orders_from_here_by_now_is_believed(desk_room: Room) -> None:
    await address_refused(desk_room)
    desk_room.gates.said = True

    assert (await desk_room.preview()).findings == ()


async def test_broker_is_not_asked_about_addresses_without_need(desk_room: Room) -> None:
    await desk_room.preview()

    assert desk_room.gates.asked == 0


# ------------------------------------------------------------------ of which day the list must be


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=IST)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (at(18, 8, 30), 18),
        (at(18, 8, 29), 17),
        (at(21, 12), 20),  # a Saturday
        (at(23, 8), 20),  # a Monday, before the new lists are out
        (at(23, 9), 23),
        (at(24, 9), 23),  # a holiday of equity
    ],
)
def test_list_must_be_of_the_last_trading_day(now: datetime, day: int) -> None:
    assert trading_day(Listed.NSE, now) == date(2026, 11, day)


def test_list_must_be_of_today_where_nothing_says_when_the_market_opens() -> None:
    use(Calendar("none", frozenset(), (Hours(Segment.CASH, MORNING.time(), MORNING.time(), since=date(2030, 1, 1)),)))

    assert trading_day(Listed.NSE, MORNING) == MORNING.date()


async def test_old_list_counts_for_every_exchange(desk_room: Room) -> None:
    await old_list(desk_room)

    assert [finding.check for finding in (await desk_room.preview(option())).findings] == ["instruments"]
