"""Exiting from the window: read, shown, confirmed once, followed, told; never more than was chosen."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.domain import Exchange, NotReachable, Product
from app.domain.intents import Mode
from app.qt.exits.dialog import ExitDialog
from app.qt.models.figures import MASK
from app.qt.panels.positions import PositionsPanel
from app.qt.window import Window
from app.services.order_views import ExitLine, ExitPhase, ExitPlan, ExitScope, ExitView, Finding, Weight
from tests.fakes.clock import ManualClock
from tests.qt.books import fill
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, ROWS, FakeServices, account, five, positions
from tests.qt.order_scenes import CALL, PARTS, part, plan, receipt, to_exit
from tests.qt.waiting import at_rest, until

ONE = plan(part(quantity=75))
FLAT = ExitView(ONE, ExitPhase.DONE, (ExitLine(ONE.parts[0], 0),), ended_at=NOW)


async def words(of: QWidget) -> str:
    """Everything that can be read there."""
    await at_rest(of)
    return "\n".join(label.text() for label in of.findChildren(QLabel) if label.isVisibleTo(of))


def begin(show: Show, services: FakeServices) -> tuple[Window, ExitDialog]:
    window = show(services)
    window.commands.perform("exit_all")
    assert window.desk is not None
    [dialog] = window.desk.exits.dialogs.values()
    return window, dialog


async def planned(show: Show, services: FakeServices) -> tuple[Window, ExitDialog]:
    """The plan is on show, and its button can be pressed."""
    window, dialog = begin(show, services)
    await until(dialog.deed.isVisible)
    dialog._pause.stop()
    dialog.refresh()
    return window, dialog


async def exiting(show: Show, services: FakeServices) -> tuple[Window, ExitDialog]:
    window, dialog = await planned(show, services)
    services.orders.hold = asyncio.Event()
    dialog.deed.click()
    await until(lambda: services.orders.exited)
    return window, dialog


# ------------------------------------------------------------------ from the table


def choose(page: PositionsPanel, *places: int) -> None:
    lines = page.model.shown()
    flag = page.view.selectionModel().SelectionFlag
    page.view.clearSelection()
    for place in places:
        page.view.selectionModel().select(page.model.index(lines[place].at, 0), flag.Select | flag.Rows)


def table(show: Show, services: FakeServices) -> PositionsPanel:
    window = show(services)
    window.go("positions")
    return window.pages.positions


def two() -> FakeServices:
    views = [account("self", name="Self"), account("huf")]
    return FakeServices(views, [positions("self"), positions("huf", ROWS[:2])])


async def test_exit_of_a_row_reads_that_position_and_no_other(show: Show) -> None:
    services = two()
    page = table(show, services)
    choose(page, 1)

    page.exit.click()

    await until(lambda: services.orders.planned)
    assert services.orders.planned == [ExitScope("self", frozenset({(Exchange.NSE, "INFY", Product.MIS)}))]
    assert services.orders.exited == []


async def test_rows_of_two_accounts_have_a_plan_each_so_that_nothing_else_goes(show: Show) -> None:
    services = two()
    page = table(show, services)
    lines = page.model.shown()
    other = next(at for at, line in enumerate(lines) if line.row.account and line.row.account.user_id == "huf")
    choose(page, 1, other)

    page.exit.click()

    await until(lambda: len(services.orders.planned) == 2)
    infy, reliance = (Exchange.NSE, "INFY", Product.MIS), (Exchange.NSE, "RELIANCE", Product.CNC)
    assert services.orders.planned == [ExitScope("self", frozenset({infy})), ExitScope("huf", frozenset({reliance}))]


async def test_exit_says_why_it_cannot_be_pressed(show: Show) -> None:
    page = table(show, two())
    why = [page.exit.toolTip()]
    choose(page, 5)
    why.append(page.exit.toolTip())
    page.toggle_merged()
    page.view.selectRow(next(at for at, item in enumerate(page.model.items) if item.row.parts))  # type: ignore[union-attr]  # no heads while merged
    why.append(page.exit.toolTip())

    assert why == ["Choose a position first", "It is flat already", "Choose the lines of the accounts below it"]
    assert not page.exit.isEnabled()


async def test_the_button_says_how_many_and_the_foot_which(show: Show) -> None:
    page = table(show, two())

    choose(page, 0, 1, 5)

    assert page.exit.text() == "Exit 2 positions"
    assert page.foot.words.text() == "Chosen: RELIANCE, INFY"


async def test_the_menus_of_rows_and_heads_offer_it(show: Show) -> None:
    services = two()
    page = table(show, services)
    choose(page, 0)
    page._on_menu(page.view.visualRect(page.model.index(1, 0)).center())
    assert page.menus.open is not None
    offered = [action.text().split("\t")[0] for action in page.menus.open.findChildren(QAction)]
    page.menus.open.close()

    [deed] = page.head_deeds("huf")
    deed.run()

    assert "Exit" in offered
    await until(lambda: services.orders.planned == [ExitScope("huf")])


async def test_exit_all_lets_one_choose_the_account(show: Show) -> None:
    services = two()
    page = table(show, services)

    page.choose_all()

    menu = next(one for one in page.all.children() if isinstance(one, QWidget))
    actions = {action.text(): action for action in menu.actions()}
    assert list(actions) == ["All accounts", "Self \u00b7 Zerodha: 5 open", "HUF \u00b7 Zerodha: 2 open"]
    actions["HUF \u00b7 Zerodha: 2 open"].trigger()
    await until(lambda: services.orders.planned == [ExitScope("huf")])


async def test_exit_is_offered_nowhere_for_holdings(show: Show) -> None:
    window = show(fill(five()))
    window.go("holdings")
    page = window.pages.holdings

    assert page.row_deeds() == ()
    assert page.head_deeds("self") == ()
    assert not window.commands.perform("exit")


async def test_with_nothing_open_exit_all_says_so(show: Show) -> None:
    services = FakeServices([account("self")], [positions("self", ())])

    window = show(services)

    assert window.commands.offered("exit_all").reason == "No position is open"


# ------------------------------------------------------------------ the plan


async def test_the_plan_says_what_is_cancelled_what_is_ordered_and_what_cannot_be(show: Show) -> None:
    _, dialog = await planned(show, to_exit())

    said = await words(dialog)
    assert dialog.headline.text() == "1 order would be cancelled first, then 4 orders would be sent"
    assert "1 position stays as it is." in dialog.words.text()
    assert f"2 times: Sell 75 {CALL}" in said
    assert "Cancel first: Sell 150 NIFTY 30DEC26 26000 CE" in said
    assert "Stays as it is: MCX is closed now" in said
    assert "Self \u00b7 Zerodha: Market orders are protected at 2 % from the last price." in said
    assert dialog.deed.text() == "Exit 3 positions now"


async def test_one_account_stands_in_the_head_alone_and_several_above_their_positions(show: Show) -> None:
    said = []
    for plans in ((ONE,), (plan(),)):
        _, dialog = await planned(show, to_exit(*plans))
        said.append((await words(dialog)).splitlines().count("Self \u00b7 Zerodha"))
        accounts = dialog.whose.text()
        dialog.close()

    assert said == [1, 1]
    assert accounts == "3 accounts"


async def test_account_and_live_or_demo_are_in_sight(show: Show) -> None:
    services = to_exit(ONE, ONE)
    _, dialog = await planned(show, services)
    live = (dialog.whose.text(), dialog.mode.text(), dialog.windowTitle())
    dialog.close()
    services.orders.mode = Mode.DEMO

    _, dialog = await planned(show, services)

    assert live == ("Self \u00b7 Zerodha", "LIVE", "Exit all positions")
    assert (dialog.mode.text(), dialog.windowTitle()) == ("DEMO", "Exit all positions (demo)")


async def test_the_button_hears_nothing_at_first_and_is_never_the_default(show: Show) -> None:
    services = to_exit(ONE)
    _, dialog = begin(show, services)
    await until(dialog.deed.isVisible)

    dialog._on_deed()
    QTest.keyClick(dialog, Qt.Key.Key_Return)

    assert not dialog.deed.isEnabled()
    assert not dialog.deed.isDefault()
    assert services.orders.exited == []
    await until(dialog.deed.isEnabled)


async def test_a_second_press_changes_nothing(show: Show) -> None:
    services = to_exit(ONE)
    services.orders.views.append(FLAT)
    _, dialog = await planned(show, services)

    for _ in range(3):
        dialog.deed.click()
        dialog._on_deed()

    await until(lambda: dialog.headline.text() == "The position is flat")
    assert services.orders.exited == [ONE]


async def test_the_same_exit_is_opened_once(show: Show) -> None:
    services = to_exit(ONE)
    window, dialog = await planned(show, services)

    window.commands.perform("exit_all")

    assert window.desk is not None
    assert list(window.desk.exits.dialogs.values()) == [dialog]
    assert len(services.orders.planned) == 1


async def test_an_old_plan_is_read_again_before_anybody_can_say_yes_to_it(show: Show) -> None:
    services = to_exit(ONE, replace(ONE, plan_id="newer", at=NOW + timedelta(seconds=61)))
    _, dialog = await planned(show, services)
    assert isinstance(services.clock, ManualClock)

    services.clock.jump(61)
    dialog._on_deed()
    dialog.refresh()
    late = (dialog.deed.isVisible(), dialog.age.text())
    dialog.again.click()

    await until(dialog.deed.isVisible)
    assert late == (False, "Read at 09:32:18, too long ago.")
    assert services.orders.exited == []


async def test_what_stands_in_the_way_of_all_of_it_is_said_and_nothing_can_be_pressed(show: Show) -> None:
    finding = Finding("hours", Weight.STOP, "Nothing can be closed now: NFO is closed now")
    services = to_exit(replace(ONE, findings=(finding,)))

    _, dialog = begin(show, services)

    await until(lambda: dialog.headline.text() == "Nothing can be exited now")
    assert finding.text in await words(dialog)
    assert not dialog.deed.isVisible()
    assert dialog.again.isVisible()


async def test_a_plan_that_could_not_be_read_can_be_read_again(show: Show) -> None:
    services = to_exit(ONE)
    services.orders.error = NotReachable()
    _, dialog = begin(show, services)
    await until(lambda: dialog.headline.text() == "There is no plan")
    assert NotReachable.title in await words(dialog)

    dialog.again.click()

    await until(dialog.deed.isVisible)


async def test_hidden_quantities_are_hidden_and_instruments_stay_readable(show: Show) -> None:
    window, dialog = await planned(show, to_exit(plan(part(quantity=-75))))

    window.topbar.privacy.setChecked(True)
    dialog.refresh()

    said = await words(dialog)
    assert f"Buy {MASK} {CALL}" in said
    assert f"{MASK} short" in said


# ------------------------------------------------------------------ under way, and the receipt


async def test_the_phases_are_followed(show: Show) -> None:
    services = to_exit(ONE)
    _, dialog = await exiting(show, services)

    services.orders.go_on(ExitView(ONE, ExitPhase.FILLING))

    await until(lambda: dialog.steps[2].accessibleName() == "Wait for the fills: running")
    assert dialog.steps[1].accessibleName().endswith(": done")
    assert dialog.words.text() == "Closing this window does not stop it."
    assert not dialog.deed.isVisible()


async def test_the_receipt_says_exactly_what_is_left_and_why(show: Show) -> None:
    whole = plan()
    services = to_exit(whole)
    _, dialog = await exiting(show, services)

    services.orders.go_on(receipt(whole))

    await until(lambda: dialog.headline.text() == "1 of 4 positions is flat")
    said = await words(dialog)
    assert "75 of 150 left, not filled at the protected price" in said
    assert "Not known how much is left, the answer to an order was lost" in said
    assert "10 of 10 left, MCX is closed now" in said
    assert "1 order has no certain answer: Kunji looks for it. Do not send it again." in said
    assert "20 INFY (CNC) was no part of this exit" in said
    assert "Self \u00b7 Zerodha, flat: BANKNIFTY 30DEC26 FUT" in said


async def test_the_receipt_leads_to_the_orders(show: Show) -> None:
    services = to_exit(ONE)
    services.orders.views.append(FLAT)
    window, dialog = await planned(show, services)
    dialog.deed.click()
    await until(dialog.orders.isVisible)

    dialog.orders.click()

    assert window.pages.current == "orders"


async def test_closing_the_window_stops_nothing_and_the_receipt_is_told(show: Show) -> None:
    services = to_exit(ONE)
    window, dialog = await exiting(show, services)

    dialog.close()
    services.orders.go_on(FLAT)

    await until(lambda: window.message.title.text() == "Exit all positions: The position is flat")
    assert window.desk is not None
    assert window.desk.exits.dialogs == {}


async def test_an_exit_that_breaks_off_is_never_called_done_or_undone(show: Show) -> None:
    services = to_exit(ONE)
    _, dialog = await exiting(show, services)
    services.orders.go_on(ExitView(ONE, ExitPhase.CLOSING))
    await until(lambda: dialog.errand.course.views)

    services.orders.error = NotReachable()
    assert services.orders.hold is not None
    services.orders.hold.set()

    await until(lambda: dialog.headline.text() == "It is not known how far this exit came")
    assert not dialog.again.isVisible()
    assert dialog.orders.isVisible()


@pytest.mark.parametrize(
    ("left", "said"),
    [(0, "Flat"), (75, "75 of 150 left"), (-75, "75 short held now"), (300, "300 held now"), (None, "Not known")],
)
def test_what_is_left_is_said_for_every_number(left: int | None, said: str) -> None:
    from app.qt.exits.exit_said import line_words
    from app.qt.models.figures import Figures

    assert line_words(ExitLine(part(), left), Figures()).startswith(said)


async def test_an_account_that_could_not_be_read_is_never_called_flat(show: Show) -> None:
    away: ExitPlan = plan(PARTS[1], unread=frozenset({"meera"}))
    services = to_exit(away)
    services.orders.views.append(ExitView(away, ExitPhase.DONE, (ExitLine(PARTS[1], 0),)))
    _, dialog = await planned(show, services)

    dialog.deed.click()

    await until(lambda: dialog.headline.text() == "Flat as far as it could be read")
    assert "Meera \u00b7 Zerodha could not be read: nobody knows whether it is flat." in await words(dialog)
