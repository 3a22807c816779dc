"""A cancellation takes risk off: one that the book never showed may be asked for once more."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from app.domain import NotReachable, OrderStatus
from app.domain.intents import Deed, Record
from app.domain.order_life import Fate
from app.qt.models.order_rows import Shown
from app.qt.panels.orders_table import OrdersTable
from app.services.book_views import Book, OrdersView
from tests.qt.books import orders
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices
from tests.qt.order_scenes import asked
from tests.qt.test_orders_panel import RESTING, choose, one, opened
from tests.qt.waiting import until

LATER: Final = NOW + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("fates", "again"), [((Fate.UNKNOWN,), False), ((Fate.UNKNOWN, Fate.NOT_CONFIRMED), True)], ids=["lost", "over"]
)
async def test_order_whose_cancellation_the_book_never_showed_can_be_cancelled_again(
    show: Show, fates: tuple[Fate, ...], *, again: bool
) -> None:
    services = one(*RESTING)
    services.orders.records = (asked(services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, *fates),)
    _, page = opened(show, services)

    choose(page, RESTING[0].symbol)

    assert page.cancel.isEnabled() is again


def lost(show: Show, *fates: Fate) -> tuple[FakeServices, OrdersTable]:
    """The first of two resting orders was to be cancelled, and the book was read before the answer was lost."""
    services = one(*RESTING)
    services.orders.records = (asked(services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, *fates),)
    _, page = opened(show, services)
    choose(page, RESTING[0].symbol)
    return services, page


async def test_a_book_read_after_the_lost_answer_that_shows_it_open_lets_it_be_cancelled_again_once(show: Show) -> None:
    services, page = lost(show, Fate.UNKNOWN)
    before = page.cancel.isEnabled()

    services.read_book(orders("self", RESTING, as_of=LATER))
    await until(page.cancel.isEnabled)
    page.cancel.click()
    page.cancel.click()

    await until(lambda: services.orders.cancelled)
    assert before is False
    assert services.orders.cancelled == [("self", frozenset({RESTING[0].order_id}))]


async def test_what_is_being_sent_or_was_lost_once_more_is_not_cancelled_again(show: Show) -> None:
    services, page = lost(show)
    services.read_book(orders("self", RESTING, as_of=LATER))
    await until(lambda: page.desk.board.book(Book.ORDERS, "self") == orders("self", RESTING, as_of=LATER))
    why = [page.cancels.why_not(page.chosen())]
    services.orders.tell(later(services))
    await until(lambda: page.chosen()[0].record.is_unsettled)
    why.append(page.cancels.why_not(page.chosen()))

    assert why == ["Kunji is looking for what became of its cancellation"] * 2


def later(services: FakeServices) -> Record:
    """Another cancellation, whose answer was lost after the book was read."""
    made = asked(services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, Fate.UNKNOWN)
    steps = tuple(replace(step, at=LATER + timedelta(seconds=1)) for step in made.steps)
    return Record(replace(made.intent, intent_id="again"), steps)


@pytest.mark.parametrize(
    "stale",
    [
        orders("self", RESTING),
        orders("self", RESTING, as_of=LATER, current=False, error=NotReachable()),
        orders("self", (replace(RESTING[0], status=OrderStatus.CANCELLED),), as_of=LATER),
    ],
    ids=["read before", "not current", "over"],
)
def test_no_other_reading_proves_that_it_still_rests(stale: OrdersView) -> None:
    services = one(*RESTING)
    record = asked(services, Deed.CANCEL, RESTING[0].order_id, Fate.SENDING, Fate.UNKNOWN)
    assert stale.rows is not None

    assert not Shown(stale.rows[0], None, record).still_open_in(stale)


async def test_it_is_never_changed_while_its_cancellation_is_looked_for(show: Show) -> None:
    services, page = lost(show, Fate.UNKNOWN)

    services.read_book(orders("self", RESTING, as_of=LATER))
    await until(page.cancel.isEnabled)

    assert page._why_no_change() == "Kunji is looking for what became of its cancellation"
