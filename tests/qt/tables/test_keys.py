"""The keyboard in a table, its actions, and what a screen reader hears."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from app.qt.tables.details import DetailsDialog
from app.qt.tables.lines import Head
from app.qt.tables.spec import FIRST
from tests.qt.reading import cell, column_texts, lines, spoken
from tests.qt.tables.conftest import Open, Things
from tests.qt.tables.small import thing
from tests.qt.waiting import until


def stand(page: Things, row: int) -> None:
    page.view.setFocus()
    page.view.setCurrentIndex(page.model.index(row, FIRST))


def key(page: Things, pressed: Qt.Key) -> None:
    QTest.keyClick(page.view, pressed)


def deeds(page: Things) -> dict[str, str]:
    return {deed.name: deed.why_not() for deed in page.deeds()}


async def test_enter_opens_all_fields_of_a_row_also_those_without_a_column(show_things: Open) -> None:
    page = show_things([thing(6, "2.50")])
    stand(page, 1)

    key(page, Qt.Key.Key_Return)

    assert isinstance(page.dialog, DetailsDialog)
    assert page.dialog.windowTitle() == "Thing 0006"
    assert page.dialog.fields == [("Size", "6"), ("Price", "1.50"), ("Gain", "+2.50"), ("Twice", "+5.00")]


async def test_esc_closes_the_details(show_things: Open) -> None:
    page = show_things(1)
    page.open_details(lines(page)[0])
    dialog = page.dialog
    assert isinstance(dialog, QDialog)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert not dialog.isVisible()


async def test_enter_and_arrows_fold_a_head(show_things: Open) -> None:
    page = show_things(2)
    stand(page, 0)

    key(page, Qt.Key.Key_Return)
    folded = column_texts(page, "name")
    key(page, Qt.Key.Key_Right)
    open_again = column_texts(page, "name")
    key(page, Qt.Key.Key_Left)

    assert (folded, open_again, column_texts(page, "name")) == ([], ["Thing 0000", "Thing 0001"], [])
    assert isinstance(page.view.current, Head)


async def test_totals_stay_when_rows_are_folded_away(show_things: Open) -> None:
    page = show_things([thing(0, "5")])

    page.view.fold(page.model.groups[0])

    assert page.totals.count.text() == "1 things"
    assert "Gain +5.00" in page.totals.accessibleName()


async def test_esc_clears_the_filter_and_goes_back_to_the_table(show_things: Open) -> None:
    page = show_things(5)
    page.activateWindow()
    page.focus_filter()
    QTest.keyClicks(page.filter, "0003")
    assert column_texts(page, "name") == ["Thing 0003"]

    QTest.keyClick(page.filter, Qt.Key.Key_Escape)

    assert len(column_texts(page, "name")) == 5
    assert page.focusWidget() is page.view


async def test_enter_in_the_filter_goes_to_what_it_found(show_things: Open) -> None:
    page = show_things(5)
    page.activateWindow()
    page.focus_filter()
    QTest.keyClicks(page.filter, "0003")

    QTest.keyClick(page.filter, Qt.Key.Key_Return)

    assert page.focusWidget() is page.view
    assert page.filter.text() == "0003"


async def test_the_page_offers_its_actions_and_says_why_one_cannot_run(show_things: Open) -> None:
    assert deeds(show_things(1)) == {"filter": "", "clear": "", "columns": "", "export": ""}
    assert deeds(show_things(0))["export"] == "There is nothing to export"


async def test_tab_leaves_the_table(show_things: Open) -> None:
    page = show_things(3)
    page.activateWindow()
    stand(page, 1)

    key(page, Qt.Key.Key_Tab)

    assert page.focusWidget() is not page.view


async def test_the_focus_ring_is_there_for_keys_and_not_for_the_pointer(show_things: Open) -> None:
    page = show_things(3)
    page.activateWindow()
    stand(page, 1)
    await until(page.view.hasFocus)
    key(page, Qt.Key.Key_Down)
    assert page.view._ringed

    where = page.view.visualRect(cell(page, lines(page)[0], "size")).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=where)

    assert not page.view._ringed


async def test_a_cell_is_spoken_with_its_column_its_sign_and_its_age(show_things: Open) -> None:
    page = show_things([thing(0, "-3"), replace(thing(1, "4"), current=False)])

    said = [spoken(page, line, "gain") for line in lines(page)]

    assert said == ["Gain \u22123.00 loss", "Gain +4.00 gain, not current"]


async def test_a_hidden_amount_is_spoken_without_its_sign(show_things: Open) -> None:
    page = show_things([thing(0, "-3")])
    page.desk.figures.hidden = True
    page.read(*page.rows)

    assert spoken(page, lines(page)[0], "gain") == "Gain \u2022\u2022\u2022\u2022"


async def test_a_folded_head_says_so(show_things: Open) -> None:
    page = show_things(1)

    page.view.fold(page.model.groups[0])

    assert page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "HUF \u00b7 Zerodha: live, folded"


async def test_a_double_click_opens_a_row(show_things: Open) -> None:
    page = show_things(2)
    where = page.view.visualRect(cell(page, lines(page)[1], "name")).center()

    QTest.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=where)

    assert isinstance(page.dialog, DetailsDialog)
    assert page.dialog.windowTitle() == "Thing 0001"
