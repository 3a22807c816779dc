"""Holdings, funds, orders and trades on the screen: what they say, what is stale, what is hidden."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.domain import NotReachable, OrderStatus, SubState
from app.qt.models import funds as funds_table
from app.qt.models.figures import MASK, UNKNOWN
from app.qt.models.holding_rows import merged
from app.qt.panels.orders import OrdersPanel
from app.qt.tables.page import TablePage
from app.qt.tables.rows import Row
from app.qt.tables.taking import columns_of
from app.services.book_views import Book
from app.services.words import order_state
from tests.qt import books
from tests.qt.books import HELD, ORDERS, REFUSAL, fill, holding, order, trade
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, at, five
from tests.qt.waiting import until


def opened(show: Show, services: FakeServices, view: str) -> Any:
    window = show(services)
    window.go(view)
    return getattr(window.pages, view)


def texts(page: TablePage[Any], key: str) -> list[str]:
    """A column of the rows on show, from top to bottom."""
    place = page.spec.place(key)
    return [page.model.text_of(line, place) for line in page.model.shown()]


def one_account(*views: Any) -> FakeServices:
    services = FakeServices([account("self")])
    for view in views:
        services.portfolio.others[view.book, view.user_id] = view
    return services


# ------------------------------------------------------------------ holdings


async def test_a_holding_says_what_is_free_undelivered_and_pledged(show: Show) -> None:
    page = opened(show, one_account(books.holdings("self", HELD[1:3])), "holdings")

    assert [texts(page, key) for key in ("quantity", "free", "t1", "pledged")] == [
        ["100", "710"],
        ["60", "210"],
        ["40", ""],
        ["", "500"],
    ]
    assert texts(page, "value") == ["1,54,185.00", "11,34,864.00"]
    assert texts(page, "pnl") == ["+24,070.00", "\u22129,656.00"]
    assert texts(page, "gain") == ["+18.50", "\u22120.84"]


async def test_a_gain_that_is_another_at_the_broker_is_marked_and_explained(show: Show) -> None:
    page = opened(show, one_account(books.holdings("self", HELD[:2])), "holdings")

    assert texts(page, "check") == ["", "\u2260"]
    page.open_details(page.model.shown()[1])
    said = dict(page.dialog.fields)["Check"]
    assert said.startswith("Zerodha says +14,442.00, our sum is +24,070.00: 40 of 100 shares are T1")


async def test_the_same_share_at_several_accounts_is_one_line(show: Show) -> None:
    page = opened(show, fill(five()), "holdings")

    page.toggle_merged()

    [infy] = [item for item in page.model.items if item.row.parts and item.row.record.symbol == "INFY"]
    assert infy.row.record.quantity == 200
    assert [part.account.user_id for part in infy.row.parts] == ["self", "dhan"]
    assert infy.row.record.pnl_told is None  # one of the two tells none


def test_a_merged_average_is_weighted_by_what_is_owned() -> None:
    rows = [
        Row(number, holding(free=free, average=average))
        for number, (free, average) in enumerate([(100, "1000"), (300, "1200")])
    ]

    assert merged(rows).average_price == Decimal(1150)


async def test_a_share_that_comes_in_two_rows_stays_two_rows(show: Show) -> None:
    """Delivered and not yet delivered, at one broker."""
    twice = [holding("INFY"), holding("INFY", free=0, t1=5)]
    page = opened(show, one_account(books.holdings("self", twice)), "holdings")

    assert texts(page, "quantity") == ["100", "5"]


async def test_a_share_without_a_price_is_not_known_and_not_nothing(show: Show) -> None:
    rows = [HELD[0], replace(HELD[1], last_price=None, close_price=None)]
    page = opened(show, one_account(books.holdings("self", rows)), "holdings")

    assert [texts(page, key)[1] for key in ("value", "pnl", "gain", "day")] == [UNKNOWN] * 4
    assert "without 1 of them" in page.totals.accessibleName()


async def test_holdings_of_an_account_that_does_not_answer_stay_grey_with_their_time(show: Show) -> None:
    services = fill(five())
    page = opened(show, services, "holdings")
    stale = replace(books.holdings("self"), current=False, error=NotReachable())

    services.read_book(stale)

    await until(lambda: not page.model.shown()[0].row.current)
    assert len(page.model.shown()) == 11
    assert "7 not current" in page.totals.accessibleName()


# ------------------------------------------------------------------ funds


async def test_funds_are_one_row_an_account_with_sums_that_say_what_is_current(show: Show) -> None:
    page = opened(show, fill(five()), "funds")

    assert texts(page, "available")[:3] == ["4,12,850.35", "52,118.35", "12,84,000.00"]
    assert texts(page, "collateral")[1] == UNKNOWN
    assert "5 accounts" in page.totals.accessibleName()
    assert "2 not current" in page.totals.accessibleName()


async def test_an_account_whose_money_was_never_read_has_a_row_that_says_so(show: Show) -> None:
    services = FakeServices([account("self"), account("meera")])
    services.portfolio.others[Book.FUNDS, "self"] = books.funds("self")
    away = NotReachable()
    services.portfolio.others[Book.FUNDS, "meera"] = books.funds("meera", None, as_of=None, current=False, error=away)

    page = opened(show, services, "funds")

    assert texts(page, "available") == ["4,12,850.35", UNKNOWN]
    assert texts(page, "read") == ["09:32:17", away.title]
    assert "Available \u20b9 without 1 of them" in page.totals.accessibleName()


async def test_the_brokers_own_figures_stand_in_the_details(show: Show) -> None:
    page = opened(show, one_account(books.funds("self")), "funds")

    page.open_details(page.model.shown()[0])

    assert dict(page.dialog.fields)["equity.utilised.span"] == "1,51,200.00"


async def test_hidden_amounts_are_hidden_in_funds_and_on_the_clipboard(show: Show) -> None:
    window = show(one_account(books.funds("self")))
    window.go("funds")
    page = window.pages.funds

    window.topbar.privacy.setChecked(True)
    page.view.selectAll()
    page.copy()

    assert texts(page, "available") == [MASK]
    assert "412850" not in QApplication.clipboard().text()
    assert MASK in QApplication.clipboard().text()


def test_money_that_was_read_says_when_and_stale_money_since_when() -> None:
    row = Row("a", funds_table.Purse(books.MONEY), account("a"), True, at(9, 12))

    assert funds_table.read_words(row, at(9, 32)) == "09:12:00"
    assert funds_table.read_words(replace(row, current=False), at(9, 32)) == "as of 09:12"
    assert funds_table.read_words(Row("a", funds_table.Purse(None)), at(9, 32)) == "not read yet"


# ------------------------------------------------------------------ orders and trades


async def test_orders_stand_newest_first_with_side_state_and_what_is_filled(show: Show) -> None:
    page = opened(show, one_account(books.orders("self")), "orders").page

    assert texts(page, "time") == ["09:15:35", "09:15:28", "09:15:21", "09:15:14", "09:15:07"]
    assert texts(page, "side") == ["BUY", "BUY", "SELL", "SELL", "BUY"]
    assert texts(page, "quantity") == ["100", "100", "35", "75 of 150", "100"]
    assert texts(page, "price")[1] == "market"


@pytest.mark.parametrize(
    ("status", "sub_state", "said"),
    [
        (OrderStatus.OPEN, SubState.TRIGGER_PENDING, "Open, waits for its trigger"),
        (OrderStatus.CANCELLED, SubState.PARTLY_FILLED, "Cancelled, partly filled"),
        (OrderStatus.COMPLETE, SubState.NONE, "Complete"),
        (None, SubState.NONE, "\u201cAWAITING OMS ACK\u201d"),
    ],
)
def test_where_an_order_stands_is_said_in_words(status: OrderStatus | None, sub_state: SubState, said: str) -> None:
    made = order(1, status=status, sub_state=sub_state, raw_status="AWAITING OMS ACK")

    assert order_state(made) == said


async def test_why_an_order_was_rejected_is_told_and_its_amounts_are_hidden_with_the_others(show: Show) -> None:
    services = one_account(books.orders("self", ORDERS[3:4]))
    page = opened(show, services, "orders").page
    place = page.spec.place("message")
    told = page.model.text_of(page.model.shown()[0], place)

    page.desk.figures.hidden = True
    page.refresh(page.desk.now())

    page.open_details(page.model.shown()[0])
    said = " ".join(text for _, text in page.dialog.fields)
    assert told == "RMS: margin exceeds, required 1,84,210\u2026"
    assert "RMS: margin exceeds" in said
    assert "184" not in said.replace(",", "").replace(ORDERS[3].order_id, "")


async def test_the_filter_finds_orders_by_side_state_and_message(show: Show) -> None:
    page = opened(show, one_account(books.orders("self")), "orders").page

    found = []
    for words in ("sell", "rejected", "margin", "awaiting"):
        page.bar.filter.setText(words)
        found.append(len(page.model.shown()))

    assert found == [2, 1, 1, 1]


async def test_trades_stand_beside_the_orders_and_the_keyboard_stays_at_the_switch(show: Show) -> None:
    panel: OrdersPanel = opened(show, fill(five()), "orders")

    panel.turn(True)

    assert panel.page is panel.trades
    assert texts(panel.page, "value") == ["13,683.75", "1,53,985.00", "1,53,985.00", "1,53,985.00"]
    assert panel._switches[panel.trades].merged.isChecked()
    assert panel.focusWidget() is panel._switches[panel.trades].merged


async def test_orders_of_all_accounts_stand_in_one_list_by_time(show: Show) -> None:
    page = opened(show, fill(five()), "orders").page

    page.toggle_merged()

    assert texts(page, "time") == sorted(texts(page, "time"), reverse=True)
    assert {"Self \u00b7 Zerodha", "HUF \u00b7 Zerodha"} <= set(texts(page, "account"))


async def test_a_trade_without_a_full_time_stands_last(show: Show) -> None:
    rows = [trade(1, traded_at=None), trade(2)]
    panel = opened(show, one_account(books.trades("self", rows)), "orders")

    panel.turn(True)

    assert texts(panel.page, "time") == ["09:15:15", UNKNOWN]


async def test_an_export_has_whole_times_sides_in_words_and_plain_numbers(show: Show) -> None:
    from app.qt.tables.copying import cells

    page = opened(show, one_account(books.orders("self", ORDERS[3:4])), "orders").page

    titles, line = cells([page.model.shown()[0].row], columns_of(page.view), page.desk.figures)

    found = dict(zip(titles, line, strict=True))
    assert found["Time"] == "2026-11-18T09:15:28+05:30"
    assert (found["Side"], found["Qty"], found["Message"]) == ("BUY", "100", REFUSAL)


# ------------------------------------------------------------------ all of them


@pytest.mark.parametrize(("view", "none"), [("holdings", "No shares"), ("orders", "No orders today")])
async def test_an_empty_book_says_that_it_is_empty_and_when_it_was_read(show: Show, view: str, none: str) -> None:
    empty = books.holdings("self", ()) if view == "holdings" else books.orders("self", ())
    panel = opened(show, one_account(empty), view)
    page = panel.page if isinstance(panel, OrdersPanel) else panel

    assert page.empty.words.text() == f"{none} in 1 account."
    assert page.empty.more.text() == "Read 09:32:17."


@pytest.mark.parametrize("view", ["holdings", "orders"])
async def test_a_book_that_was_never_read_is_not_called_empty(show: Show, view: str) -> None:
    panel = opened(show, one_account(), view)
    page = panel.page if isinstance(panel, OrdersPanel) else panel

    assert "not read yet" in page.empty.words.text()


@pytest.mark.parametrize(
    ("view", "looked"),
    [
        ("holdings", {Book.HOLDINGS}),
        ("orders", {Book.ORDERS, Book.TRADES}),
        ("funds", {Book.FUNDS}),
        ("overview", {Book.POSITIONS, Book.FUNDS}),
        ("settings", set()),
    ],
)
async def test_what_is_on_show_is_what_is_read_often(show: Show, view: str, looked: set[Book]) -> None:
    services = fill(five())
    window = show(services)

    window.go(view)

    assert services.portfolio.looked == looked
