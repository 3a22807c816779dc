"""When an exit has ended somebody hears of it: flat, or what is left, without an amount."""

from dataclasses import replace
from pathlib import Path

from app.domain import NotFound
from app.domain.intents import Record, Step
from app.domain.order_life import Evidence, Fate
from app.services.events import Events
from app.services.exit_notices import broken_notice, exit_key, exit_notice
from app.services.notices import Notices
from app.services.order_notices import OrderNotices
from app.services.order_views import ExitLine, ExitPhase, ExitView
from app.services.preferences import Preferences
from app.services.views import AccountRemoved, Action, ExitBroken, ExitChanged, Notice
from app.store import AppStore
from tests.fakes.clock import ManualClock
from tests.qt.order_scenes import part, plan
from tests.services.test_order_notices import INTENT, OPEN

TITLES = {"self": "Self \u00b7 Zerodha", "dhan": "Meera \u00b7 Dhan"}
ONE = plan(part("INFY", 75))
AMOUNT = "rejected: margin 95417.84 is missing"


def title_of(user_id: str) -> str:
    if user_id not in TITLES:
        raise NotFound(user_id)
    return TITLES[user_id]


def ended(*lines: ExitLine) -> ExitView:
    made = plan(*(line.part for line in lines))
    return ExitView(made, ExitPhase.DONE, lines, ended_at=OPEN)


def told(view: ExitView) -> Notice:
    return exit_notice(view, title_of)


def test_a_flat_position_is_told_with_its_account_and_is_not_urgent() -> None:
    notice = told(ended(ExitLine(part("INFY", 75), 0)))

    assert (notice.title, notice.text) == ("The exit at Self \u00b7 Zerodha has ended", "The position is flat.")
    assert (notice.urgent, notice.user_id, notice.action) == (False, "self", Action.SHOW_ORDERS)


def test_several_flat_positions_are_counted() -> None:
    notice = told(ended(ExitLine(part("INFY", 75), 0), ExitLine(part("SBIN", 9, user_id="dhan"), 0)))

    assert (notice.title, notice.text) == ("The exit at 2 accounts has ended", "All 2 positions are flat.")
    assert (notice.urgent, notice.user_id) == (False, None)


def test_what_is_left_is_named_and_urgent_without_an_amount_or_the_brokers_text() -> None:
    lines = (
        ExitLine(part("INFY", 75), 40, AMOUNT),
        ExitLine(part("SBIN", 9), None, "lost"),
        ExitLine(part("TCS", 5), 0, "still in the market: Sell 5 TCS at 4100.00"),
        ExitLine(part("ITC", 5), 0),
    )

    notice = told(ended(*lines))

    assert notice.urgent
    assert notice.text == (
        "Not flat: INFY. Not known whether it is flat: SBIN."
        " Flat, but an order that could open it again still rests: TCS."
        " How much and why stands in the receipt and in Orders."
    )


def test_an_account_that_was_not_read_or_an_order_without_an_answer_is_never_told_as_flat() -> None:
    lost = Record(INTENT, (Step("i1", OPEN, Evidence.LOST, Fate.UNKNOWN, "", ""),))
    view = ended(ExitLine(part("INFY", 75), 0))

    unread = told(replace(view, plan=replace(view.plan, unread=frozenset({"gone"}))))
    unknown = told(replace(view, records=(lost,)))

    assert unread.urgent
    assert "Not read: an account that was removed." in unread.text
    assert unknown.urgent
    assert "flat" not in unread.text + unknown.text


def test_an_exit_that_only_cancelled_says_that_nothing_is_open() -> None:
    assert told(ended(ExitLine(replace(part("INFY"), quantity=0), 0))).text == "Nothing is open any more."


def test_an_exit_that_broke_off_is_urgent_and_says_that_nobody_knows_how_far_it_came() -> None:
    notice = broken_notice(plan(part("INFY", 75)), title_of)

    assert (notice.title, notice.urgent) == ("The exit at Self \u00b7 Zerodha broke off", True)
    assert notice.text == (
        "By a mistake of Kunji. It is not known how far it came: what was sent stands in Orders. Look there first."
    )
    assert (notice.key, notice.user_id, notice.action) == (exit_key("plan"), "self", Action.SHOW_ORDERS)


async def test_the_end_and_a_breaking_off_are_told_and_outlive_their_account(tmp_path: Path) -> None:
    store = await AppStore.open(tmp_path / "app.db")
    events, clock = Events(), ManualClock(OPEN)
    notices = Notices(events, clock, Preferences(store, events, None))
    events.subscribe(OrderNotices(notices, clock, title_of).hear)

    events.publish(ExitChanged(ExitView(ONE, ExitPhase.FILLING)))
    before = notices.open
    events.publish(ExitChanged(ExitView(ONE, ExitPhase.DONE, (ExitLine(ONE.parts[0], 0),))))
    events.publish(ExitBroken(replace(ONE, plan_id="another")))
    events.publish(AccountRemoved("self"))
    notices.leave("self")
    await store.close()

    assert before == ()
    assert [notice.key for notice in notices.open] == [exit_key("plan"), exit_key("another")]
