"""Columns: which, in what order, how wide, which go first; and that all of it is there at the next start."""

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QMenu

from app.qt.fonts import Role, font
from app.qt.tables.choice import Choice, from_kept, moved, to_kept, usual
from app.qt.tables.faces import Face
from app.qt.tables.fit import Need, fit
from tests.qt.reading import column_texts, shown, sort
from tests.qt.tables.conftest import Open, Things
from tests.qt.tables.small import SPEC, thing

ORDER = ("name", "size", "price", "gain", "double")
NEEDS = (Need("name", 100, None), Need("a", 50, 2), Need("b", 50, 1), Need("c", 50, None), Need("d", 50, 1, True))


def kept(page: Things) -> Any:
    return page.desk.services.ui_state.get("table.things")


def said(page: Things, words: str) -> None:
    """Choose an entry of the open menu."""
    assert page.menus.open is not None
    entry(page.menus.open, words).trigger()
    page.menus.open.close()


def entry(menu: QMenu, words: str) -> Any:
    every = [action for inner in (menu, *menu.findChildren(QMenu)) for action in inner.actions()]
    return next(action for action in every if action.text().split("\t")[0].replace("&&", "&") == words)


# ------------------------------------------------------------------ room


@pytest.mark.parametrize(
    ("room", "stay"),
    [(400, "name a b c d"), (299, "name a c d"), (249, "name c d"), (199, "name c"), (90, "name c")],
)
def test_columns_go_in_their_order_the_users_own_last_and_some_never(room: int, stay: str) -> None:
    assert list(fit(NEEDS, room)) == stay.split()


def test_the_first_column_takes_what_is_left_over() -> None:
    assert fit(NEEDS, 400)["name"] == 200


@pytest.mark.parametrize(("room", "first", "words"), [(200, 100, 100), (220, 100, 120), (400, 220, 180)])
def test_words_take_what_is_left_over_up_to_what_they_can_use(room: int, first: int, words: int) -> None:
    needs = (Need("name", 100, None), Need("words", 100, 1, most=180))

    assert fit(needs, room) == {"name": first, "words": words}


@pytest.mark.usefixtures("theme")
def test_a_text_is_cut_only_where_it_has_no_room() -> None:
    face = Face(Role.BODY)

    assert face.cut("Refused", face.width("Refused")) == "Refused"
    assert face.cut("Refused by all", face.width("Refused")).endswith("\u2026")


def test_a_column_is_never_narrower_than_its_figures_need() -> None:
    assert fit(NEEDS, 90)["c"] == 50


@pytest.mark.parametrize("width", [900, 500, 420])
async def test_no_figure_is_cut_at_any_width(show_things: Open, width: int) -> None:
    page = show_things([thing(123456, "-12345678901.50"), thing(7, "1")], width)
    metrics = QFontMetricsF(font(Role.BODY))

    for key in shown(page):
        look = page.view.cells.looks[page.spec.place(key)]
        assert all(metrics.horizontalAdvance(text) <= look.ends - look.begins for text in column_texts(page, key))


# ------------------------------------------------------------------ the user's choice


async def test_an_optional_column_is_off_until_it_is_chosen_and_then_kept(show_things: Open) -> None:
    page = show_things()
    assert "double" not in shown(page)

    page.choose_columns()
    said(page, "Twice")

    assert "double" in shown(page)
    assert "double" in shown(show_things())


async def test_a_usual_column_is_switched_off_and_the_usual_ones_come_back(show_things: Open) -> None:
    page = show_things()
    page.choose_columns()
    said(page, "Price")
    assert "price" not in shown(page)

    page.choose_columns()
    said(page, "Usual columns")

    assert shown(page) == list(ORDER[:4])


async def test_a_column_without_room_says_so_in_the_list(show_things: Open) -> None:
    page = show_things(width=340)

    page.choose_columns()

    assert page.menus.open is not None
    assert entry(page.menus.open, "Price (no room now)").isChecked()
    page.menus.open.close()


async def test_a_dragged_head_is_kept(show_things: Open) -> None:
    page = show_things()

    page.view.horizontalHeader().moveSection(3, 1)

    assert shown(page) == ["name", "gain", "size", "price"]
    assert shown(show_things()) == ["name", "gain", "size", "price"]


async def test_keys_move_a_column_through_the_menu(show_things: Open) -> None:
    page = show_things()

    page.menus.show_column(page.spec.place("size"), QPoint(0, 0))
    said(page, "Move right")

    assert shown(page) == ["name", "price", "size", "gain"]


async def test_rows_stay_where_they_are_while_a_menu_is_open(show_things: Open) -> None:
    page = show_things()
    page.choose_columns()
    assert page.view.live.held()

    assert page.menus.open is not None
    page.menus.open.close()

    assert not page.view.live.held()


async def test_the_order_of_rows_is_kept(show_things: Open) -> None:
    page = show_things(3)
    sort(page, "size", descending=True)

    again = show_things(3)

    assert column_texts(again, "name") == ["Thing 0002", "Thing 0001", "Thing 0000"]
    assert again.view.horizontalHeader().sortIndicatorOrder() is Qt.SortOrder.DescendingOrder


async def test_a_third_click_on_a_head_gives_the_brokers_order_back(show_things: Open) -> None:
    page = show_things([thing(2), thing(1)])
    sort(page, "size")

    page.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    assert column_texts(page, "name") == ["Thing 0002", "Thing 0001"]
    assert kept(page)["column"] is None


def test_what_is_kept_comes_back() -> None:
    choice = Choice(
        ("name", "gain", "size", "price", "double"), frozenset({"price"}), frozenset({"double"}), "gain", True
    )

    assert from_kept(to_kept(choice), SPEC) == choice


@pytest.mark.parametrize("found", [None, 5, "x", [], {"order": 7, "off": {"a": 1}, "column": []}, {"order": [1, None]}])
def test_nonsense_that_is_kept_gives_the_usual_columns(found: object) -> None:
    assert from_kept(found, SPEC) == usual(SPEC)


def test_a_column_of_an_earlier_version_is_forgotten_and_a_new_one_has_its_place() -> None:
    found = from_kept({"order": ["gain", "gone", "name", "size"], "off": ["gone"], "on": ["gone"]}, SPEC)

    assert sorted(found.order) == sorted(ORDER)
    assert found.order[0] == "name"
    assert found.off == found.on == frozenset()


def test_the_first_column_keeps_its_place() -> None:
    plain = usual(SPEC)

    assert moved(plain, "size", -1, ORDER) == plain
    assert moved(plain, "gain", 1, ORDER[:4]) == plain
    assert moved(plain, "gain", -1, ORDER).order == ("name", "size", "gain", "price", "double")


def test_sums_have_their_room_before_they_are_painted_for_the_first_time(show_things: Open) -> None:
    page = show_things(0)
    page.grab()  # nothing comes to nothing

    page.read(*(thing(number, gain="99999.50") for number in range(40)))
    measured = page.view.columnWidth(ORDER.index("gain"))
    page.grab()
    page.view.columns.fit()

    assert page.view.columnWidth(ORDER.index("gain")) == measured
