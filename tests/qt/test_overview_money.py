"""The overview's money: sums that say how much of them is current, funds, what each account allows."""

from decimal import Decimal

import pytest

from app.domain import NotSubscribed
from app.qt.models.figures import Figures
from app.qt.models.money import current_words, money
from app.qt.panels.overview import OverviewPanel
from app.qt.widgets.allowed import permits
from app.services.views import AccountState, Allowed, Permit
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, at, five, five_funds, funds, offline, positions, signed_out
from tests.qt.waiting import at_rest, until


def cells(panel: OverviewPanel) -> list[tuple[str, str, str]]:
    return [(cell.caption.text(), cell.figure.text(), cell.note.text()) for cell in panel.totals.cells]


async def test_sums_say_how_many_accounts_are_current(show: Show) -> None:
    panel = show(five()).pages.overview

    assert cells(panel) == [
        ("Day's P&L, 5 accounts", "+\u20b914,602.00", "3 of 5 current"),
        ("Live only, 3 of 5", "+\u20b911,087.00", "+10,464.50 open"),
        ("Available funds", "\u20b920,67,220.80", "3 of 5 current"),
        ("Margin used", "\u20b911,24,889.50", "12 open positions"),
    ]


async def test_when_all_is_current_open_and_booked_are_told_apart(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")], [positions("a"), positions("b", rows=())])
    services.portfolio.others = {(one.book, one.user_id): one for one in (funds("a"), funds("b"))}

    panel = show(services).pages.overview

    assert cells(panel)[0][2] == "all 2 current, 09:32:17"
    assert cells(panel)[1] == ("Open P&L", "+\u20b92,194.25", "booked +2,467.50")


async def test_funds_that_are_not_current_keep_their_place_grey_and_with_their_time(show: Show) -> None:
    row = show(five()).pages.overview.table.rows["huf"]

    assert (row.funds.text(), row.funds.property("tone"), row.funds_as_of.text()) == (
        "2,65,112.00",
        "muted",
        "as of 09:12",
    )


async def test_funds_that_come_are_shown_without_moving_the_row(show: Show) -> None:
    services = FakeServices([account("a")], [positions("a")])
    window = show(services)
    await at_rest(window)
    row = window.pages.overview.table.rows["a"]
    before, unknown = row.funds.y(), row.funds.text()

    services.read_book(funds("a", current=False, as_of=at(9, 12)))

    await until(lambda: row.funds.text() == "4,18,250.75")
    await at_rest(window)
    assert (unknown, row.funds.y()) == ("\u2013", before)


def test_a_sum_without_an_account_says_that_it_is_missing() -> None:
    made = money([*five_funds(), None])

    assert (made.known, made.stale, made.missing) == (5, 2, 1)
    assert made.available == Decimal("2067220.80")
    assert made.read_at == at(9, 12)


def test_what_was_never_read_is_not_zero() -> None:
    made = money([None, funds("a", current=False)])

    assert current_words(made.known, made.stale, made.missing, "09:32:17") == "0 of 2 current"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((1, 0, 0), "read 09:32:17"),
        ((1, 1, 0), "0 of 1 current"),
        ((5, 0, 0), "all 5 current, 09:32:17"),
        ((4, 1, 1), "3 of 5 current"),
    ],
)
def test_how_current_a_sum_is(counts: tuple[int, int, int], said: str) -> None:
    assert current_words(*counts, "09:32:17") == said


def test_hidden_money_has_one_width() -> None:
    figures = Figures()
    figures.hidden = True

    assert figures.amount(Decimal(5)) == figures.amount(Decimal(12345678)) == "\u2022\u2022\u2022\u2022"


def test_a_negative_balance_has_a_true_minus() -> None:
    assert Figures().amount(Decimal("-1234.5")) == "\u2212\u20b91,234.50"


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (account(), (Permit.NOT_KNOWN, Permit.NOT_KNOWN)),
        (account(orders=Allowed(Permit.YES), prices=Allowed(Permit.YES)), (Permit.YES, Permit.YES)),
        (account(prices=Allowed(Permit.REFUSED, NotSubscribed())), (Permit.NOT_KNOWN, Permit.REFUSED)),
        (signed_out(orders=Allowed(Permit.YES)), (Permit.REFUSED, Permit.REFUSED)),
        (offline(orders=Allowed(Permit.YES)), (Permit.NOT_KNOWN, Permit.NOT_KNOWN)),
    ],
    ids=["ready", "all", "no data plan", "signed out", "offline"],
)
def test_ready_to_trade_is_never_said_of_what_cannot(view: object, expected: object) -> None:
    assert permits(view) == expected  # type: ignore[arg-type]  # an account


async def test_what_is_allowed_is_said_with_its_reason(show: Show) -> None:
    cell = show(five()).pages.overview.table.rows["angel"].allowed

    assert [label.text() for label in cell.words] == ["No orders", "Prices"]
    assert "You noted 198.51.100.7" in cell.toolTip()
    assert cell.accessibleName() == "No orders, Prices"


async def test_a_narrow_window_keeps_shapes_and_sums_and_lets_the_words_go(show: Show) -> None:
    window = show(five(), size=(853, 533))
    await at_rest(window)
    panel = window.pages.overview

    assert not panel.table.rows["self"].allowed.words[0].isVisible()
    assert not panel.table.rows["self"].funds.isVisible()
    assert [cell.isVisible() for cell in panel.totals.cells] == [True, False, True, False]


async def test_all_five_accounts_are_in_sight_on_the_smallest_screen(show: Show) -> None:
    window = show(five(), size=(853, 533))
    await at_rest(window)

    last = window.pages.overview.table.rows["meera"].line

    assert last.mapTo(window, last.rect().bottomRight()).y() < window.height()


async def test_an_account_that_only_the_broker_can_help_leads_to_its_page(show: Show) -> None:
    window = show(FakeServices([account("a", state=AccountState.WATCH_ONLY)]))

    window.pages.overview.attention.button.click()

    assert window.pages.current == "a"


async def test_a_row_says_when_kunji_asks_again_where_nothing_can_be_pressed(show: Show) -> None:
    row = show(five()).pages.overview.table.rows["meera"]

    assert row.again.text() == "retry in 0:18"
    assert "retry" not in row.line.text()


async def test_the_rail_counts_down_to_the_end(show: Show) -> None:
    window = show(five())

    assert window.pages.overview.table.rows["self"].rail.label == "20 h 27 min left"
