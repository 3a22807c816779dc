"""The positions page: order, filter, totals, stale rows, copying; only changed cells are told, no figure is cut."""

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtTest import QTest

from app.domain import NotReachable
from app.qt.fonts import Role, font
from app.qt.panels.positions import PositionsPanel
from app.qt.tables.details import DetailsDialog
from app.services.book_views import Book
from tests.qt.conftest import Show
from tests.qt.fakes import ROWS, STALE_ROWS, FakeServices, account, at, five, position, positions, signed_out
from tests.qt.reading import cell, column_texts, heads, lines, shown, sort, spoken
from tests.qt.waiting import until

SIZES = pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (853, 533)], ids=str)


def open_page(show: Show, services: FakeServices, size: tuple[int, int] = (1280, 800)) -> PositionsPanel:
    window = show(services, size=size)
    window.go("positions")
    return window.pages.positions


async def test_every_account_is_a_head_with_its_rows_below(show: Show) -> None:
    page = open_page(show, five())

    said = heads(page)

    assert said[0] == "Self \u00b7 Zerodha: live"
    assert said[3] == "HUF \u00b7 Zerodha: signed out, as of 09:12"
    assert column_texts(page, "instrument", "self") == [row.symbol for row in ROWS]


async def test_a_click_on_a_column_sorts_inside_accounts(show: Show) -> None:
    page = open_page(show, five())

    sort(page, "pnl")

    assert column_texts(page, "instrument")[0] == "BANKNIFTY 30DEC26 FUT"
    assert [head.group.user_id for head in page.model.groups] == ["self", "dhan", "angel", "huf", "meera"]


async def test_the_filter_and_its_totals(show: Show) -> None:
    page = open_page(show, five())

    page.filter.setText("sensex")

    assert page.totals.count.text() == "1 position"
    assert page.totals.more.text() == "1 open, 0 closed; 1 not current"
    assert "P&L +2,781.00" in page.totals.accessibleName()


async def test_a_filter_that_finds_nothing_offers_to_clear_it(show: Show) -> None:
    page = open_page(show, five())
    page.filter.setText("NOTHING")
    assert page.empty.isVisible()

    page.empty.button.click()

    assert page.view.isVisible()
    assert page.filter.text() == ""


async def test_hiding_closed_rows(show: Show) -> None:
    page = open_page(show, five())

    page.over.setChecked(False)

    assert "SBIN" not in column_texts(page, "instrument")


async def test_an_empty_book_says_so_in_words(show: Show) -> None:
    page = open_page(show, FakeServices([account("a")], [positions("a", rows=())]))

    assert page.empty.words.text() == "No open positions in 1 account."
    assert page.empty.button.text() == "Read again"


async def test_read_again_reads(show: Show) -> None:
    services = FakeServices([account("a")], [positions("a", rows=())])
    page = open_page(show, services)

    page.empty.button.click()

    await until(lambda: services.portfolio.refreshed == [None])


async def test_stale_rows_are_said_and_painted_without_gain_and_loss(show: Show) -> None:
    services = FakeServices([signed_out("a")], [positions("a", rows=STALE_ROWS, current=False)])
    page = open_page(show, services)

    said = spoken(page, lines(page)[0], "pnl")
    painted = colours(page)

    assert said == "P&L +2,781.00 gain, not current"
    assert not painted & {page.view._desk.theme.tokens[token].lower() for token in ("gain", "loss")}


def colours(page: PositionsPanel) -> set[str]:
    picture = page.view.viewport().grab().toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(0, picture.height(), 2)}


async def test_current_rows_are_painted_with_gain_and_loss(show: Show) -> None:
    page = open_page(show, FakeServices([account("a")], [positions("a")]))

    assert {page.view._desk.theme.tokens[token].lower() for token in ("gain", "loss")} <= colours(page)


async def test_only_the_cells_that_changed_are_told(show: Show) -> None:
    services = FakeServices([account("a")], [positions("a")])
    page = open_page(show, services)
    told: list[tuple[int, int, int]] = []
    page.model.dataChanged.connect(
        lambda first, last: told.append((first.row(), first.column(), last.column())) if first.row() else None
    )

    moved = replace(ROWS[0], last_price=Decimal("1542.85"))
    services.read(positions("a", rows=(moved, *ROWS[1:])))

    await until(lambda: column_texts(page, "last")[0] == "1,542.85")
    cells = [page.spec.place(key) for key in ("last", "day", "check")]
    assert sorted({at for _, first, last in told for at in range(first, last + 1)}) == cells
    assert {row for row, *_ in told} == {1}


async def test_news_keep_selection_and_folded_accounts(show: Show) -> None:
    services = five()
    page = open_page(show, services)
    second = lines(page)[1]
    page.view.selectionModel().select(cell(page, second, "instrument"), select_rows())

    services.read(positions("self", rows=(replace(ROWS[0], pnl=Decimal(5)), *ROWS[1:])))

    await until(lambda: column_texts(page, "pnl")[0] == "+5.00")
    assert page.view.selected() == [second]


def select_rows() -> QItemSelectionModel.SelectionFlag:
    return QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows


async def test_a_folded_account_stays_folded_when_rows_come(show: Show) -> None:
    services = five()
    page = open_page(show, services)
    head = page.view.visualRect(page.model.index(0, 0)).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=head)
    assert lines(page, "self") == []

    services.read(positions("self", rows=(*ROWS, position("TCS"))))

    await until(lambda: page.totals.count.text() == "14 positions")
    assert lines(page, "self") == []


async def test_the_link_of_a_head_repairs_its_account(show: Show) -> None:
    services = five()
    page = open_page(show, services)
    page.view.viewport().grab()
    begins, ends = page.view.heads._links["huf"]
    head = page.view.visualRect(page.model.index(page.model.groups[3].at, 0)).center()
    head.setX(int((begins + ends) / 2))

    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=head)

    assert services.sign_ins.started == ["huf"]


async def test_rows_are_copied_with_headers_as_tab_separated_text(show: Show) -> None:
    page = open_page(show, five())
    chosen = cell(page, lines(page)[0], "instrument")
    page.view.setCurrentIndex(chosen)
    page.view.selectionModel().select(chosen, select_rows())

    QTest.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    head, row = QGuiApplication.clipboard().text().splitlines()
    titles = ["Product", "Qty", "Average", "LTP", "Day %", "Open P&L", "Booked", "\u2260", "P&L"]
    assert head.split("\t") == ["Account", "Instrument", "Exchange", *titles, "As of"]
    assert row.split("\t")[:7] == ["Self \u00b7 Zerodha", "RELIANCE", "NSE", "CNC", "120", "1512.40", "1541.85"]


async def test_hidden_amounts_are_not_copied(show: Show) -> None:
    window = show(five())
    window.go("positions")
    window.topbar.privacy.click()
    page = window.pages.positions
    page.view.selectionModel().select(cell(page, lines(page)[0], "instrument"), select_rows())

    assert "3534.00" not in page.copied()
    assert "\u2022\u2022\u2022\u2022" in page.copied()


@SIZES
async def test_no_figure_and_no_instrument_is_cut(show: Show, size: tuple[int, int]) -> None:
    rows = (
        *ROWS,
        *STALE_ROWS,
        position("MIDCPNIFTY 31DEC26 123456.5 CE", quantity=-123_45_678, average="99999.95", last="1.05"),
    )
    page = open_page(show, FakeServices([account("a")], [positions("a", rows=rows)]), size)

    cut = [text for key in shown(page) for text in column_texts(page, key) if not fits(page, key, text)]

    assert cut == []
    assert page.view.horizontalHeader().length() <= page.view.viewport().width()


def fits(page: PositionsPanel, key: str, text: str) -> bool:
    at = page.spec.place(key)
    look = page.view.cells.looks[at]
    room = page.view.columnWidth(at) - look.left - look.right
    return QFontMetricsF(font(Role.BODY)).horizontalAdvance(text) <= room


@SIZES
async def test_columns_give_way_in_their_order_and_four_never_go(show: Show, size: tuple[int, int]) -> None:
    page = open_page(show, five(), size)

    wanted = [page.spec.columns[at] for at in page.view.columns.wanted()]
    order = sorted((column for column in wanted if column.hide is not None), key=lambda column: column.hide or 0)
    gone = [column.key for column in order if column.key not in shown(page)]

    assert gone == [column.key for column in order][: len(gone)]
    assert {"instrument", "quantity", "last", "pnl"} <= set(shown(page))


async def test_a_wide_window_shows_every_usual_column(show: Show) -> None:
    page = open_page(show, five())

    assert shown(page) == [
        "instrument", "product", "quantity", "average", "last", "day", "open", "booked", "check", "pnl"
    ]  # fmt: skip


async def test_the_books_on_show_are_read_more_often_only_while_somebody_looks(show: Show) -> None:
    services = five()
    window = show(services)
    window.go("positions")
    looked = services.portfolio.looked

    window.hide()

    assert (looked, services.portfolio.looked) == (frozenset({Book.POSITIONS}), frozenset())


async def test_rows_stay_in_place_under_the_pointer(show: Show) -> None:
    services = FakeServices([account("a")], [positions("a", rows=ROWS[:2])])
    page = open_page(show, services)
    sort(page, "pnl", descending=True)
    before = column_texts(page, "instrument")
    page.view.live.menu_opened()

    services.read(positions("a", rows=(ROWS[0], replace(ROWS[1], pnl=Decimal(10**6)))))

    await until(lambda: page.totals.more.text().startswith("sorting paused"))
    assert column_texts(page, "instrument") == before
    page.view.live.menu_closed()
    await until(lambda: column_texts(page, "instrument") == before[::-1])
    assert not page.totals.more.text().startswith("sorting paused")


async def test_merging_is_one_action_and_is_there_again_at_the_next_start(show: Show) -> None:
    services = five()
    page = open_page(show, services)

    next(deed for deed in page.deeds() if deed.name == "merge").run()

    assert heads(page) == []
    assert page.totals.count.text() == "8 instruments"
    assert page.bar.segments.merged.isChecked()
    assert open_page(show, services).totals.count.text() == "8 instruments"


async def test_a_part_is_spoken_with_its_account(show: Show) -> None:
    page = open_page(show, five())
    page.toggle_merged()

    whole, part = lines(page)[0], lines(page)[1]

    assert spoken(page, whole, "account") == "Account 3 accounts"
    assert spoken(page, part, "instrument") == "Self \u00b7 Zerodha, Instrument RELIANCE NSE"


async def test_a_folded_merged_line_keeps_its_parts_in_the_sums(show: Show) -> None:
    page = open_page(show, five())
    page.toggle_merged()
    before = page.totals.accessibleName()

    page.view.fold(lines(page)[0])

    assert "Self \u00b7 Zerodha" not in spoken(page, lines(page)[1], "instrument")
    assert page.totals.accessibleName() == before


async def test_a_click_on_the_mark_says_why_figures_differ(show: Show) -> None:
    differing = replace(ROWS[0], pnl=ROWS[0].pnl + 122)
    page = open_page(show, FakeServices([account("a")], [positions("a", rows=(differing, ROWS[1]))]))
    marks = [page.view.visualRect(cell(page, line, "check")).center() for line in lines(page)]

    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=marks[1])
    assert page.dialog is None
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=marks[0])

    assert isinstance(page.dialog, DetailsDialog)
    assert dict(page.dialog.fields)["Check"].startswith("Zerodha says +3,656.00, our sum is +3,534.00")


async def test_an_old_row_keeps_its_figures_and_says_since_when(show: Show) -> None:
    services = five()
    page = open_page(show, services)

    services.read(positions("self", current=False, as_of=at(9, 30), error=NotReachable()))

    await until(lambda: heads(page)[0] == f"Self \u00b7 Zerodha: {NotReachable.title}, as of 09:30")
    assert column_texts(page, "pnl", "self")[0] == "+3,534.00"
    assert spoken(page, lines(page, "self")[0], "last") == "LTP 1,541.85, not current"


async def test_an_account_without_any_reading_is_not_missing_in_silence(show: Show) -> None:
    services = FakeServices([account("a"), account("b")], [positions("a"), positions("b", rows=None, current=False)])
    page = open_page(show, services)

    page.toggle_merged()

    assert page.totals.more.text().endswith("; 1 account not read yet")


async def test_rows_from_before_the_start_say_that_they_wait_for_an_answer(show: Show) -> None:
    page = open_page(show, FakeServices([account("a")], [positions("a", current=False, as_of=at(15, 29, days=-1))]))

    assert heads(page) == ["HUF \u00b7 Zerodha: not read again yet, as of 15:29 yesterday"]
