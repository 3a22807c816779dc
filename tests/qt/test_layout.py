"""From 853x533 up nothing is cut, nothing scrolls sideways, and the worst account and its button are in sight."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QPushButton, QScrollArea, QWidget

from app.qt.window import Window
from tests.qt.conftest import Show
from tests.qt.fakes import FakeDemo, FakeServices, account, five, signed_out
from tests.qt.waiting import at_rest, until

SIZES = pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (853, 533)], ids=str)
VIEWS = pytest.mark.parametrize("view", ["overview", "positions", "add", "huf", "self", "settings"])


async def settled(window: Window, view: str) -> None:
    window.go(view)
    await at_rest(window)


@SIZES
@VIEWS
async def test_no_text_is_cut(show: Show, size: tuple[int, int], view: str) -> None:
    window = show(five(), size=size)
    await settled(window, view)

    assert [label.text() for label in window.findChildren(QLabel) if label.isVisible() and is_cut(label)] == []


def is_cut(label: QLabel) -> bool:
    if not label.text():
        return False
    metrics = QFontMetrics(label.font())
    if label.wordWrap():
        widest = max(metrics.horizontalAdvance(word) for word in label.text().split())
        return widest > label.width() or label.heightForWidth(label.width()) > label.height()
    return metrics.horizontalAdvance(label.text()) > label.width() or metrics.height() - 2 > label.height()


@SIZES
@VIEWS
async def test_no_button_is_cut(show: Show, size: tuple[int, int], view: str) -> None:
    window = show(five(), size=size)
    await settled(window, view)

    cut = [
        button.text()
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.text() and button.sizeHint().width() > button.width()
    ]

    assert cut == []


@SIZES
@VIEWS
async def test_nothing_scrolls_sideways(show: Show, size: tuple[int, int], view: str) -> None:
    window = show(five(), size=size)
    await settled(window, view)

    areas = [area for area in window.findChildren(QAbstractScrollArea) if area.isVisible()]

    assert (window.width(), window.height()) == size
    assert [area for area in areas if area.horizontalScrollBar().maximum() > 0] == []
    assert [area for area in areas if isinstance(area, QScrollArea) and is_too_wide(area)] == []


def is_too_wide(area: QScrollArea) -> bool:
    page = area.widget()
    return page is not None and page.width() > area.viewport().width()


@SIZES
@pytest.mark.parametrize("demo", [False, True])
async def test_the_worst_account_and_its_button_are_in_sight(show: Show, size: tuple[int, int], demo: bool) -> None:  # noqa: FBT001 - a parameter of the test
    window = show(five(), size=size, demo=FakeDemo() if demo else None)
    await settled(window, "overview")
    area = window.pages.overview.attention

    assert in_sight(window, area.headline)
    assert in_sight(window, area.button)


def in_sight(window: Window, widget: QWidget) -> bool:
    corner = widget.mapTo(window, QPoint(widget.width(), widget.height()))
    return widget.isVisible() and corner.x() <= window.width() and corner.y() <= window.height()


@SIZES
async def test_controls_are_large_enough_to_hit(show: Show, size: tuple[int, int]) -> None:
    window = show(five(), size=size)
    small: list[str] = []
    for view in ("overview", "positions", "add", "huf", "settings"):
        await settled(window, view)
        buttons = [button for button in window.findChildren(QAbstractButton) if button.isVisible()]
        small += [
            button.accessibleName()
            for button in buttons
            if min(button.width(), button.height()) < 24 and is_ours(button)
        ]

    assert small == []


def is_ours(button: QAbstractButton) -> bool:
    return bool(button.accessibleName())  # Qt's own clear button in a field has none


@SIZES
async def test_a_long_name_is_wrapped_and_never_cut(show: Show, size: tuple[int, int]) -> None:
    long = "Padmanabhan Venkatasubramanian family trust (joint, second holder)"
    window = show(FakeServices([signed_out("a", name=long), account("b")]), size=size)
    await settled(window, "overview")

    name = window.pages.overview.table.rows["a"].name

    assert long in name.text()
    assert not is_cut(name)


async def test_a_narrow_window_keeps_colour_and_shape_of_every_account(show: Show) -> None:
    window = show(five(), size=(853, 533))
    await settled(window, "overview")

    entries = window.sidebar.entries.values()

    assert all(
        in_sight(window, entry._mark) and entry._mark.visibleRegion().boundingRect().width() for entry in entries
    )
    assert all(entry.width() <= 56 for entry in entries)


async def test_a_problem_that_comes_does_not_move_the_page(show: Show) -> None:
    services = FakeServices([account("a"), account("b", name="Other")])
    window = show(services)
    await settled(window, "overview")
    before = window.pages.overview.table.pos()

    services.change(signed_out("a"))
    await until(window.pages.overview.attention.button.isVisible)
    await at_rest(window)

    assert window.pages.overview.table.pos() == before


async def test_a_message_takes_its_room_from_below(show: Show) -> None:
    window = show(five())
    await settled(window, "positions")
    before = window.pages.positions.view.mapTo(window, QPoint(0, 0))

    window.message.post("a", "Something to tell", "And more of it.", {})
    await at_rest(window)

    assert window.pages.positions.view.mapTo(window, QPoint(0, 0)) == before


async def test_scrolling_is_up_and_down_only(show: Show) -> None:
    window = show(five(), size=(853, 533))

    policies = {area.horizontalScrollBarPolicy() for area in window.findChildren(QScrollArea)}

    assert policies == {Qt.ScrollBarPolicy.ScrollBarAlwaysOff}
