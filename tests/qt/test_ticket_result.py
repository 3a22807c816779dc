"""What became of it: each fate in words, slices each with theirs, and never a way to send what may be in the market."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from app.domain import Exchange, NotReachable, OrderPlan, OrderStatus, Product, ReadOnly, SubState, TradingError
from app.domain.order_life import Fate
from app.qt.ticket.course import Stage
from app.qt.ticket.window import TicketWindow
from app.services.order_views import Finding, Preview, Sent, Weight
from app.services.views import OrderTurnedUp
from tests.qt.books import order, orders
from tests.qt.conftest import Desks
from tests.qt.fakes import FakeServices
from tests.qt.fakes_orders import record
from tests.qt.ticket_house import House, begun, heard, press, reviewed, street, words
from tests.qt.ticket_scenes import SYMBOL, asked, previewed, sent
from tests.qt.waiting import at_rest, until

RESENDING = ("confirm", "agree", "review", "again", "back", "go_back")
OPEN = ((Fate.SENDING, Fate.UNKNOWN), (Fate.SENDING, Fate.UNKNOWN, Fate.NOT_CONFIRMED))
CLOSED = Finding("hours", Weight.STOP, "NFO is closed now", "Wait until it opens.", "amo")


async def ended(desks: Desks, **changes: object) -> tuple[TicketWindow, House]:
    """A ticket that was sent."""
    ticket, house, _ = await begun(desks, **changes)
    press(await reviewed(ticket), "confirm")
    await until(lambda: not ticket.errand.course.sending)
    await at_rest(ticket)
    return await heard(ticket, Stage.RESULT), house


def offered(ticket: TicketWindow) -> set[str]:
    """The buttons that can be pressed."""
    return {called for called, made in ticket.buttons.buttons.items() if made.isVisible()}


def services_of(ticket: TicketWindow) -> FakeServices:
    found = ticket.errand.desk.services
    assert isinstance(found, FakeServices)
    return found


async def test_a_taken_order_says_its_number(desks: Desks) -> None:
    ticket, _ = await ended(desks)

    assert ticket.pages.came.title.text() == "Zerodha took the order"
    assert "order oi" in words(ticket)
    assert offered(ticket) == {"close"}


async def test_a_taken_order_is_followed_in_the_book(desks: Desks) -> None:
    ticket, _ = await ended(desks)
    [known] = ticket.errand.course.records.values()
    part = order(
        1, SYMBOL, exchange=Exchange.NFO, product=Product.NRML, order_id=known.order_id, quantity=75,
        filled_quantity=25, average_price=Decimal("437.45"), status=OrderStatus.OPEN, sub_state=SubState.PARTIAL,
    )  # fmt: skip

    services_of(ticket).read_book(orders("self", [part]))

    await until(lambda: "Open, partly filled, 25 of 75 filled at 437.45" in words(ticket))


async def test_an_order_that_the_exchange_refuses_later_is_told_as_refused(desks: Desks) -> None:
    ticket, _ = await ended(desks)
    [known] = ticket.errand.course.records.values()
    row = order(1, SYMBOL, order_id=known.order_id, status=OrderStatus.REJECTED, message="RMS: margin exceeds")

    services_of(ticket).read_book(orders("self", [row]))

    await until(lambda: "RMS: margin exceeds" in words(ticket))
    assert ticket.pages.came.title.text() == "Zerodha refused the order"


async def test_a_refused_order_says_the_brokers_words_and_what_to_do(desks: Desks) -> None:
    ticket, _ = await ended(
        desks, fates=(Fate.SENDING, Fate.REJECTED), detail="Not enough funds (insufficient_funds): margin exceeds"
    )

    assert ticket.pages.came.title.text() == "Zerodha refused the order"
    assert "Add funds or order less." in words(ticket)
    assert "Not enough funds: margin exceeds" in words(ticket)
    assert offered(ticket) == {"again", "close"}


@pytest.mark.parametrize("fates", OPEN, ids=["unknown", "not confirmed"])
async def test_an_order_of_unknown_fate_has_no_button_that_could_send_it_again(
    desks: Desks, fates: tuple[Fate, ...]
) -> None:
    ticket, house = await ended(desks, fates=fates)

    ticket.errand.confirm()
    ticket.errand.agree()
    ticket.errand.back()
    press(ticket, *RESENDING)

    assert offered(ticket) == {"close"}
    assert ticket.buttons.close.text() == "Close, keep checking"
    assert ticket.errand.course.stage is Stage.RESULT
    assert len(house.sent) == len(house.posts) == 1


async def test_a_lost_answer_says_not_to_send_it_again_in_an_amber_frame(desks: Desks) -> None:
    ticket, _ = await ended(desks, fates=(Fate.SENDING, Fate.UNKNOWN))

    frame = ticket.grab().toImage().pixelColor(0, ticket.height() // 2)

    assert ticket.pages.came.title.text() == "Checking with Zerodha"
    assert ticket.pages.came.urgent.text() == "Do not send it again."
    assert frame == ticket.errand.desk.theme.colour("state.warn")


@pytest.mark.parametrize(
    ("fates", "detail"),
    [
        (
            (Fate.SENDING, Fate.UNKNOWN),
            "Not known (outcome_unknown): ProtocolError (tag KJ1)",
        ),
        ((Fate.NOT_SENT,), "The order was not sent (not_sent): ProtocolError"),
    ],
)
async def test_what_the_machine_said_is_to_be_copied_and_not_to_be_read(
    desks: Desks, fates: tuple[Fate, ...], detail: str
) -> None:
    ticket, _ = await ended(desks, fates=fates, detail=detail)
    [known] = ticket.errand.course.records.values()

    assert "ProtocolError" not in words(ticket)
    assert words(ticket).count(known.intent.tag) == 1
    assert "ProtocolError" in ticket.buttons.copy.details


async def test_what_is_found_of_a_lost_order_is_shown(desks: Desks) -> None:
    ticket, house = await ended(desks, fates=(Fate.SENDING, Fate.UNKNOWN))
    [known] = ticket.errand.course.records.values()

    house.tell(record(known.intent, Fate.SENDING, Fate.UNKNOWN, Fate.ACCEPTED, order_id="o77"))

    await until(lambda: "o77" in words(ticket))
    assert ticket.pages.came.title.text() == "Zerodha took the order"


async def test_an_order_that_turns_up_late_is_shown(desks: Desks) -> None:
    ticket, house = await ended(desks, fates=OPEN[1])
    [known] = ticket.errand.course.records.values()
    found = record(known.intent, *OPEN[1], Fate.ACCEPTED, order_id="o78")

    house.events.publish(OrderTurnedUp(found, order(1, SYMBOL, order_id="o78")))

    await until(lambda: "o78" in words(ticket))


async def test_an_order_that_never_left_may_be_written_again(desks: Desks) -> None:
    ticket, house = await ended(desks, fates=(Fate.NOT_SENT,), detail="No connection (not_sent)")

    press(ticket, "again")
    house.clock.jump(60)  # type: ignore[attr-defined]  # a manual clock
    press(await heard(ticket, Stage.WRITE), "review")

    await until(lambda: ticket.errand.course.stage is Stage.REVIEW)


@pytest.mark.parametrize("error", [ReadOnly("orders.db"), NotReachable("timed out"), ValueError("odd")])
async def test_a_sending_that_fails_after_it_began_is_of_unknown_fate(desks: Desks, error: Exception) -> None:
    ticket, _ = await ended(desks, crash=error)

    assert ticket.pages.came.title.text() == "Checking with Zerodha"
    assert offered(ticket) == {"close"}


async def test_a_journal_that_takes_nothing_means_that_nothing_was_sent(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await reviewed(ticket)
    house.held_by = ReadOnly("orders.db")

    press(ticket, "confirm")

    await until(lambda: not ticket.errand.course.sending)
    assert ticket.pages.came.title.text() == "Not sent"
    assert offered(ticket) == {"again", "close"}
    assert house.posts == []


async def test_what_is_held_back_at_the_last_moment_is_not_sent(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await reviewed(ticket)
    house.last_word = Sent((), (CLOSED,))

    press(ticket, "confirm")

    await until(lambda: not ticket.errand.course.sending)
    assert (ticket.pages.came.title.text(), ticket.pages.came.words.text()) == (
        "Not sent",
        "NFO is closed now. Wait until it opens.",
    )


async def test_a_review_that_is_too_old_is_shown_once_more(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    await reviewed(ticket)
    first = ticket.errand.course.preview
    house.last_word = Sent((), (Finding("outdated", Weight.STOP, "Something may have changed", "Look once more."),))

    press(ticket, "confirm")
    await until(lambda: ticket.errand.course.preview not in (first, None))
    early = len(house.sent)
    press(await heard(ticket, Stage.REVIEW), "confirm")

    await until(lambda: len(house.posts) == 1)
    assert early == 1
    assert "Something may have changed. Look once more." in words(ticket) or ticket.errand.course.stage is Stage.RESULT


async def test_every_slice_has_its_fate(desks: Desks) -> None:
    ticket, house, _ = await begun(desks)
    services = services_of(ticket)
    fates = ((Fate.SENDING, Fate.ACCEPTED), (Fate.SENDING, Fate.REJECTED), (Fate.NOT_SENT,))
    made = tuple(sent(services, *one, number=at, order_id="o1" if at == 1 else "") for at, one in enumerate(fates, 1))
    preview = replace(previewed(services), plan=OrderPlan((asked(),) * 3))
    ticket.errand.course.show(preview)
    house.last_word = Sent(made)

    ticket.errand.confirm()

    await until(lambda: all(said in words(ticket) for said in ("Taken, order o1", "Refused, tag", "Not sent, tag")))
    assert ticket.pages.came.title.text() == "1 of 3 orders were taken"
    assert offered(ticket) == {"close"}


async def test_closing_stops_nothing_and_cancels_nothing(desks: Desks) -> None:
    ticket, house, desk = await begun(desks)
    await reviewed(ticket)
    house.hold = asyncio.Event()
    press(ticket, "confirm")
    await until(lambda: len(house.posts) == 1)

    ticket.close()
    await until(lambda: desk.tickets.windows == [])
    house.hold.set()

    await until(lambda: house.records[-1].fate is Fate.ACCEPTED)
    assert (len(house.cancelled), len(house.cancelled_all)) == (0, 0)


async def test_what_comes_to_nothing_after_the_window_was_closed_is_told_in_the_window(desks: Desks) -> None:
    ticket, house, desk = await begun(desks)
    await reviewed(ticket)
    house.last_word, house.hold = Sent((), (CLOSED,)), asyncio.Event()
    told: list[TradingError] = []
    desk.run.trouble.connect(told.append)
    press(ticket, "confirm")
    await until(lambda: len(house.sent) == 1)

    ticket.reject()
    house.hold.set()

    await until(lambda: told != [])
    assert "NFO is closed now" in str(told[0].next_step)


async def test_escape_closes_the_ticket(desks: Desks) -> None:
    from PySide6.QtTest import QTest

    ticket, _, desk = await begun(desks)

    QTest.keyClick(ticket, Qt.Key.Key_Escape)

    assert desk.tickets.windows == []


async def test_copied_details_name_tag_and_steps(desks: Desks) -> None:
    ticket, house = await ended(desks, fates=(Fate.SENDING, Fate.UNKNOWN))
    [known] = ticket.errand.course.records.values()

    text = ticket.buttons.copy.details

    assert f"tag {known.intent.tag}" in text
    assert "lost unknown" in text
    assert house.clock.now() - known.intent.at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fates", "title", "words"),
    [
        ((Fate.SENDING, Fate.ACCEPTED), "Zerodha took the change", "How the order stands now:"),
        ((Fate.SENDING, Fate.REJECTED), "Zerodha refused the change", "The order stands as it did before."),
        ((Fate.SENDING, Fate.UNKNOWN), "Checking with Zerodha", "The order stands as before or as changed"),
        (OPEN[1], "Not confirmed by Zerodha", "does not show this change"),
        ((Fate.NOT_SENT,), "Not sent", "It never left this computer."),
    ],
)
async def test_a_change_is_told_as_one_of_an_order_that_stays_in_the_market(
    desks: Desks, fates: tuple[Fate, ...], title: str, words: str
) -> None:
    services, house = street()
    house.fates = fates
    desk = desks(services)
    ticket = desk.tickets.open_change("self", order(2, SYMBOL, exchange=Exchange.NFO, product=Product.NRML))
    ticket.pages.fields.price.edit.setText("1541")

    press(await reviewed(ticket), "confirm")

    await until(lambda: not ticket.errand.course.sending)
    assert ticket.pages.came.title.text() == title
    assert words in ticket.pages.came.words.text()


async def test_an_order_whose_sending_failed_is_told_as_taken_once_it_is_found(desks: Desks) -> None:
    ticket, house = await ended(desks, crash=NotReachable("timed out"))
    [known] = ticket.errand.course.records.values()

    house.tell(record(known.intent, Fate.SENDING, Fate.UNKNOWN, Fate.ACCEPTED, order_id="o79"))

    await until(lambda: "took the order" in ticket.pages.came.title.text())


def test_a_preview_is_handed_out_once() -> None:
    from app.qt.ticket.course import Course

    services = FakeServices()
    course = Course()
    course.show(previewed(services))

    handed: list[Preview | None] = [course.confirm() for _ in range(1000)]

    assert [one for one in handed if one is not None] == [handed[0]]
