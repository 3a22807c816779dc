"""What is told about orders: what somebody must look at, in words that hold no amount."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain import IST, Exchange, Order, OrderStatus, Product
from app.domain.intents import Deed, Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.book_views import OrdersView
from app.services.events import Events
from app.services.notices import Notices
from app.services.order_notices import OrderNotices
from app.services.preferences import Preferences
from app.services.views import AccountRemoved, Action, BookChanged, IntentChanged, Notice, OrderTurnedUp
from app.store import AppStore
from tests.fakes.clock import ManualClock
from tests.fakes.orders import intent, row, ticket

OPEN = datetime(2026, 11, 23, 11, 0, tzinfo=IST)  # a Monday
CLOSED = OPEN.replace(hour=15, minute=45)
TICKET = ticket(
    symbol="NIFTY 24NOV26 26000 CE",
    exchange=Exchange.NFO,
    product=Product.NRML,
    quantity=75,
    price=Decimal("101.05"),
    tag="KJ1",
)
INTENT = intent(1, OPEN, account="HUF \u00b7 Zerodha", request=TICKET)
CANCELLATION = replace(INTENT, deed=Deed.CANCEL, tag="", request=None, order_id="77")
ROW = row(TICKET, order_id="77", placed_at=OPEN, broker_symbol="NIFTY26N2426000CE")


class Told:
    """The notices, and the events that lead to them."""

    def __init__(self, store: AppStore, now: datetime) -> None:
        self.clock = ManualClock(now)
        self.events = Events()
        self.notices = Notices(self.events, self.clock, Preferences(store, self.events, None))
        self.events.subscribe(OrderNotices(self.notices, self.clock, lambda _: "HUF \u00b7 Zerodha").hear)

    @property
    def open(self) -> tuple[Notice, ...]:
        return self.notices.open

    def fate(self, evidence: Evidence, fate: Fate, order_id: str = "") -> Record:
        record = Record(INTENT, (Step("i1", OPEN, evidence, fate, order_id, "Required margin is 95417.84"),))
        self.events.publish(IntentChanged(record))
        return record

    def book(self, *rows: Order) -> None:
        self.events.publish(BookChanged(OrdersView("u1", rows, self.clock.now(), current=True, error=None)))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AppStore]:
    opened = await AppStore.open(tmp_path / "app.db")
    yield opened
    await opened.close()


@pytest.fixture
async def told(store: AppStore) -> Told:
    return Told(store, OPEN)


@pytest.mark.parametrize(
    ("evidence", "fate", "says"),
    [
        (Evidence.REFUSED, Fate.REJECTED, "refused by HUF \u00b7 Zerodha"),
        (Evidence.LOST, Fate.UNKNOWN, "not known whether it reached HUF \u00b7 Zerodha"),
        (Evidence.MISSING, Fate.NOT_CONFIRMED, "HUF \u00b7 Zerodha does not show it"),
    ],
)
def test_a_fate_that_somebody_must_look_at_is_told(told: Told, evidence: Evidence, fate: Fate, says: str) -> None:
    told.fate(evidence, fate)

    (notice,) = told.open
    assert notice.title == f"Buy NIFTY 24NOV26 26000 CE: {says}"
    assert (notice.action, notice.urgent, notice.user_id) == (Action.SHOW_ORDERS, True, "u1")
    assert "95417" not in notice.title + notice.text


def test_an_order_that_was_taken_is_not_told_and_ends_what_was(told: Told) -> None:
    told.fate(Evidence.LOST, Fate.UNKNOWN)

    told.fate(Evidence.SEEN, Fate.ACCEPTED, "77")

    assert told.open == ()


def test_an_order_that_turns_up_after_all_is_an_alarm(told: Told) -> None:
    record = told.fate(Evidence.SEEN, Fate.ACCEPTED, "77")

    told.events.publish(OrderTurnedUp(record, ROW))

    (notice,) = told.open
    assert notice.urgent
    assert notice.title == "Buy NIFTY 24NOV26 26000 CE is in the market after all"


def test_a_lost_order_stays_told_when_its_account_is_removed(told: Told) -> None:
    told.fate(Evidence.LOST, Fate.UNKNOWN)

    told.events.publish(AccountRemoved("u1"))
    told.notices.leave("u1")

    (notice,) = told.open
    assert (notice.user_id, notice.urgent) == (None, True)


@pytest.mark.parametrize("fate", [Fate.UNKNOWN, Fate.NOT_CONFIRMED, Fate.REJECTED])
def test_of_a_cancellation_is_told_that_the_order_may_stand_and_never_not_to_cancel_it_again(
    told: Told, fate: Fate
) -> None:
    record = Record(CANCELLATION, (Step("i1", OPEN, Evidence.LOST, fate),))

    told.events.publish(IntentChanged(record))

    (notice,) = told.open
    assert notice.title.startswith("Cancellation of order 77")
    assert "as it was" in notice.text
    assert "again" not in notice.text


def test_a_cancellation_that_shows_late_is_no_order_in_the_market(told: Told) -> None:
    told.events.publish(OrderTurnedUp(Record(CANCELLATION), ROW))

    (notice,) = told.open
    assert notice.title == "Cancellation of order 77: its order has ended, or stands as asked"


def test_an_order_of_ours_that_is_rejected_later_is_told_once(told: Told) -> None:
    told.fate(Evidence.ANSWERED, Fate.ACCEPTED, "77")
    rejected = replace(ROW, status=OrderStatus.REJECTED, message="Required margin is 95417.84")

    told.book(rejected)
    told.notices.answered(told.open[0].key)
    told.book(rejected)

    assert told.open == ()


def test_a_number_that_is_used_again_on_another_day_is_another_order(told: Told) -> None:
    told.fate(Evidence.ANSWERED, Fate.ACCEPTED, "77")
    for days in (0, 1):
        told.book(replace(ROW, status=OrderStatus.REJECTED, placed_at=OPEN + timedelta(days=days)))
        told.notices.answered(told.open[0].key)

    assert told.open == ()


def test_what_was_told_long_ago_takes_no_room(told: Told) -> None:
    telling = OrderNotices(told.notices, told.clock, str)
    for number in range(2500):
        record = Record(INTENT, (Step("i1", OPEN, Evidence.ANSWERED, Fate.ACCEPTED, str(number)),))
        telling.hear(IntentChanged(record))

    assert len(telling._ours) == 2000


def test_what_was_rejected_elsewhere_is_not_told(told: Told) -> None:
    told.book(replace(ROW, status=OrderStatus.REJECTED))

    assert told.open == ()


def test_what_is_left_over_is_told_when_the_market_has_closed(told: Told) -> None:
    left = replace(ROW, status=OrderStatus.CANCELLED, filled_quantity=25)
    told.book(left)
    before = told.open

    told.clock.jump((CLOSED - OPEN).total_seconds())
    told.book(left)

    assert before == ()
    assert [notice.title for notice in told.open] == ["Buy NIFTY 24NOV26 26000 CE: partly filled at the day's end"]


@pytest.mark.parametrize(
    "row",
    [
        replace(ROW, status=OrderStatus.COMPLETE, filled_quantity=75),
        replace(ROW, status=OrderStatus.CANCELLED, filled_quantity=0),
        replace(ROW, status=OrderStatus.CANCELLED, filled_quantity=25, placed_at=None),
        replace(ROW, status=OrderStatus.CANCELLED, filled_quantity=25, exchange=Exchange.MCX),  # still open then
    ],
)
async def test_nothing_else_is_told_at_the_days_end(store: AppStore, row: Order) -> None:
    told = Told(store, CLOSED)

    told.book(row)

    assert told.open == ()
