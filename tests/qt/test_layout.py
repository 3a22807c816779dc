"""From 853x533 up nothing is cut, nothing scrolls sideways, and the worst account and its button are in sight."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QPushButton, QScrollArea, QWidget

from app.qt import fonts
from app.qt.theme import Theme, style_sheet
from app.qt.window import Window
from tests.qt.books import fill
from tests.qt.conftest import Show, application
from tests.qt.fakes import FakeDemo, FakeServices, account, five, signed_out
from tests.qt.waiting import at_rest, until

SIZES = pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (853, 533)], ids=str)
PAGES = ("overview", "positions", "holdings", "orders", "funds", "add", "huf", "self", "settings", "help")
WORLDS = pytest.mark.parametrize(
    ("size", "enlarged"),
    [((1280, 800), 1.0), ((1024, 640), 1.0), ((853, 533), 1.0), ((1024, 640), 1.5), ((1280, 800), 2.0)],
    indirect=["enlarged"],
    ids=str,
)
"""Windows, and how much larger than usual the user has set the text of the system."""


@pytest.fixture
def enlarged(theme: Theme, request: pytest.FixtureRequest) -> Iterator[float]:
    scale: float = request.param
    wear(theme, round(14.7 * scale))
    yield scale
    wear(theme, 13)


def wear(theme: Theme, pixels: int) -> None:
    system = QFont()
    system.setPixelSize(pixels)
    fonts.follow(system)
    application().setFont(fonts.font(fonts.Role.BODY))
    application().setStyleSheet(style_sheet(theme.tokens))


async def settled(window: Window, view: str) -> None:
    window.go(view)
    await at_rest(window)


@WORLDS
async def test_on_no_page_anything_is_cut_or_scrolls_sideways(
    show: Show, size: tuple[int, int], enlarged: float
) -> None:
    window = show(fill(five()), size=size)

    wrong: dict[str, str] = {}
    for view in PAGES:
        await settled(window, view)
        wrong |= {f"{view}: {one}": what for one, what in faults(window)}

    assert wrong == {}
    assert (window.width(), window.height()) == size


def faults(window: QWidget) -> Iterator[tuple[str, str]]:
    """Everything on show that a person could not read to its end, or reach."""
    for label in window.findChildren(QLabel):
        if label.isVisible() and is_cut(label):
            yield label.text(), "cut"
        if label.isVisible() and label.text() and is_covered(label):
            yield label.text(), "covered by what stands beside it"
    for button in window.findChildren(QPushButton):
        if button.isVisible() and button.text() and button.sizeHint().width() > button.width():
            yield button.text(), "a button narrower than its words"
    for area in window.findChildren(QAbstractScrollArea):
        if area.isVisible() and (area.horizontalScrollBar().maximum() > 0 or is_too_wide(area)):
            yield area.accessibleName() or type(area).__name__, "scrolls sideways"


def is_cut(label: QLabel) -> bool:
    if not label.text():
        return False
    metrics = QFontMetrics(label.font())
    if label.wordWrap():
        widest = max(metrics.horizontalAdvance(word) for word in re.split(r"[\s\u200b]+", label.text()))
        return widest > label.width() or label.heightForWidth(label.width()) > label.height()
    return metrics.horizontalAdvance(label.text()) > label.width() or metrics.height() - 2 > label.height()


def is_covered(label: QLabel) -> bool:
    """Whether another part of the same line or column lies over it."""
    parent = label.parentWidget()
    assert parent is not None
    beside = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    shown = (part for part in beside if part.isVisible() and part is not label and not part.isWindow())
    return any(part.geometry().intersects(label.geometry()) for part in shown)


def is_too_wide(area: QAbstractScrollArea) -> bool:
    page = area.widget() if isinstance(area, QScrollArea) else None
    return page is not None and page.width() > area.viewport().width()


@SIZES
@pytest.mark.parametrize("demo", [False, True])
async def test_the_worst_account_and_its_button_are_in_sight(show: Show, size: tuple[int, int], demo: bool) -> None:  # noqa: FBT001 - a parameter of the test
    window = show(fill(five()), size=size, demo=FakeDemo() if demo else None)
    await settled(window, "overview")
    area = window.pages.overview.attention

    assert in_sight(window, area.headline)
    assert in_sight(window, area.button)


def in_sight(window: Window, widget: QWidget) -> bool:
    corner = widget.mapTo(window, QPoint(widget.width(), widget.height()))
    return widget.isVisible() and corner.x() <= window.width() and corner.y() <= window.height()


@SIZES
async def test_controls_are_large_enough_to_hit(show: Show, size: tuple[int, int]) -> None:
    window = show(fill(five()), size=size)
    small: list[str] = []
    for view in PAGES:
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
