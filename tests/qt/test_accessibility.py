"""Every page and dialog that `pictures.py` draws, as a screen reader and a keyboard meet it."""

import asyncio
import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Collection, Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollBar,
    QTableWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

import app.qt
from app.brokers import specs
from app.qt.bridge import Runner
from app.qt.pages import TITLES
from app.qt.palette import Field
from app.qt.palette_row import ResultRow
from app.qt.theme import Theme
from app.qt.widgets.marks import StateMark, Triangle
from app.qt.widgets.rail import RailView
from app.qt.window import Window
from tests.qt.conftest import Show
from tests.qt.fakes import Entry, FakeServices, account, at, five, gauges
from tests.qt.pictures import SCREENS
from tests.qt.waiting import until

CONTROLS = QAbstractButton | QLineEdit | QComboBox | QAbstractSpinBox | QAbstractItemView | QTextEdit | QPlainTextEdit
DECORATION = {
    "LineMark",
    "AccountBar",
    "Dot",
    "Ring",
    "Cut",
    "RailHead",
    "Bar",
    "PermitMark",
}
MARKS = {"Switch"}  # drawn and pressed within a control that has the name
# Other states of pages and dialogs that are walked anyway: a few of them a day, all behind the mark "slow".
ALIKE = (
    "overview-",
    "positions-",
    "orders-",
    "confirm-exit-",
    "status-",
    "connect-",
    "palette-",
    "reconnect-",
    "walk-",
    "ticket-",
)
NEAR = 6  # pixels by which two controls of one line may differ
Look = Callable[[QWidget], Iterator[str]]


def text_of(widget: QWidget, kind: QAccessible.Text) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return str(found.text(kind)).strip()


def called(widget: QWidget) -> str:
    return text_of(widget, QAccessible.Text.Name)


def inside(window: QWidget) -> list[QWidget]:
    """What is on show in `window`, its own parts only."""
    found = [widget for widget in window.findChildren(QWidget) if widget.isVisibleTo(window)]
    return [widget for widget in found if widget.window() is window]


def controls(window: QWidget) -> list[QWidget]:
    """The controls, without the parts that Qt makes for them."""
    own = QComboBox | QLineEdit | QAbstractItemView | QAbstractSpinBox | QHeaderView
    return [widget for widget in inside(window) if isinstance(widget, CONTROLS) and not within(widget, own)]


def within(widget: QWidget, kinds: object) -> bool:
    parent = widget.parentWidget()
    if isinstance(widget, QHeaderView | QScrollBar):
        return True
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is not widget:
        parent = parent if isinstance(parent, QAbstractItemView) else None
    elif parent is not None and isinstance(parent.parentWidget(), QAbstractItemView):
        parent = parent.parentWidget()
    return isinstance(parent, kinds)  # type: ignore[arg-type]  # a union of classes


def ours(widget: QWidget, *methods: str) -> bool:
    """Whether a class of the product gives one of the methods."""
    classes = [one for one in type(widget).__mro__ if one.__module__.startswith("app.")]
    return any(method in vars(one) for one in classes for method in methods)


# ------------------------------------------------------------------ what is looked for


def nameless(window: QWidget) -> Iterator[str]:
    """Controls without a name or a role, and pictures that mean something without a word."""
    for widget in controls(window):
        found = QAccessible.queryAccessibleInterface(widget)
        if not called(widget):
            yield f"no name: {told(widget)}"
        if found.role() in (QAccessible.Role.NoRole, QAccessible.Role.Client):
            yield f"no role: {told(widget)}"
    for widget in inside(window):
        drawn = ours(widget, "paintEvent") and type(widget).__name__ not in DECORATION | MARKS
        empty = (isinstance(widget, StateMark) and not widget.shape_name) or (
            isinstance(widget, Triangle) and not widget._sign
        )
        if drawn and not empty and not isinstance(widget, CONTROLS) and not called(widget):
            yield f"a picture without words: {told(widget)}"


def undescribed(window: QWidget) -> Iterator[str]:
    """What shows no word of its own, or cannot be used, says more about itself."""
    for widget in controls(window):
        wordless = isinstance(widget, QAbstractButton) and not widget.text() and not widget.findChildren(QWidget)
        if (wordless or not widget.isEnabled()) and not text_of(widget, QAccessible.Text.Description):
            yield f"no description: {told(widget)}"


def unreachable(window: QWidget) -> Iterator[str]:
    """What can be pressed and is not reached by Tab; what takes Tab for itself."""
    own = set(controls(window))
    for widget in inside(window):
        pressed = widget in own or ours(widget, "mousePressEvent", "mouseReleaseEvent", "mouseDoubleClickEvent")
        if pressed and not isinstance(widget, ResultRow) and not takes_keys(widget) and not carried(widget):
            yield f"not reached by Tab: {told(widget)}"
        if isinstance(widget, QAbstractButton) and widget.isCheckable() and not widget.receivers("2toggled(bool)"):
            yield f"does nothing when it is toggled: {told(widget)}"
        if isinstance(widget, QAbstractItemView) and widget.tabKeyNavigation():
            yield f"keeps Tab for itself: {told(widget)}"
        if isinstance(widget, QTextEdit | QPlainTextEdit) and not widget.tabChangesFocus():
            yield f"keeps Tab for itself: {told(widget)}"


def carried(widget: QWidget) -> bool:
    """Whether something around it, or Qt itself, takes its presses: the cross in a field, the head of a table."""
    if isinstance(widget, QAbstractButton) and any(takes_keys(other) for other in together(widget)):
        return True  # of those that exclude each other Tab leads to the one that is down, the arrows to the others
    return within(widget, QComboBox | QLineEdit | QAbstractItemView | QAbstractSpinBox) or isinstance(
        widget.parentWidget(), QAbstractButton
    )


def together(widget: QAbstractButton) -> list[QAbstractButton]:
    """Those of which one is down."""
    group = widget.group()
    if group is not None:
        return group.buttons() if group.exclusive() else []
    around = widget.parentWidget().findChildren(QAbstractButton) if widget.autoExclusive() else []
    return [one for one in around if one.autoExclusive()]


def takes_keys(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def disordered(window: QWidget) -> Iterator[str]:
    """Steps of Tab that go back: up without going to the right, or to the left without going down.

    Tab goes in a ring: one step back leads from its end to its beginning.
    """
    chain, back = order(window), []
    for before, after in pairwise([*chain, *chain[:1]]):
        one, other = place(before, window), place(after, window)
        up = other.bottom() <= one.top() + NEAR and other.left() < one.right() - NEAR
        left = other.right() <= one.left() + NEAR and other.top() < one.bottom() - NEAR
        if up or left:
            back.append(f"Tab goes back: {told(before)} -> {told(after)}")
    yield from back if len(back) > 1 else ()


def order(window: QWidget) -> list[QWidget]:
    found: list[QWidget] = []
    one = window.nextInFocusChain()
    while one is not None and one is not window:
        usable = not one.visibleRegion().isEmpty() and one.isEnabled() and takes_keys(one) and one.window() is window
        usable &= not isinstance(one, Field)  # of the palette, which lies over everything
        if usable and not within(one, QComboBox | QLineEdit | QAbstractItemView | QAbstractSpinBox):
            found.append(one)
        one = one.nextInFocusChain()
    return [widget for widget in found if isinstance(widget, CONTROLS) or ours(widget, "keyPressEvent")]


def place(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {called(widget)!r} in {type(widget.parentWidget()).__name__}"


# ------------------------------------------------------------------ the walk


async def walked(theme: Theme, look: Look, screens: Collection[str]) -> tuple[list[str], set[type], set[str]]:
    """What `look` complains of on the screens; the kinds of widgets that were there; the views that were shown."""
    complaints: dict[str, str] = {}
    kinds: set[type] = set()
    views: set[str] = set()
    for name in screens:
        make, screen = SCREENS[name]
        services, runner = make(), Runner()
        window = Window(theme)
        window.begin(services.clock, runner)
        window.resize(1280, 800)
        window.attach(services, None)
        window.show()
        shown = screen(window, services).window()
        await asyncio.sleep(0.02)
        for complaint in look(shown):
            complaints.setdefault(complaint, name)
        kinds |= {type(shown), *map(type, inside(shown))}
        views.add(window.pages.current)
        window.leaving = True
        window.release()
        window.close()
        window.deleteLater()
        await runner.close()
    return [f"{name}: {complaint}" for complaint, name in complaints.items()], kinds, views


def everything(window: QWidget) -> Iterator[str]:
    for look in (nameless, undescribed, unreachable, disordered):
        yield from look(window)


async def test_every_page_and_dialog_can_be_read_and_used_without_eyes_and_pointer(theme: Theme) -> None:
    seed = random.randrange(1000)
    print(f"seed {seed}")  # noqa: T201 - shown when it fails
    sample = random.Random(seed).sample([name for name in SCREENS if name.startswith(ALIKE)], 4)
    once = [name for name in SCREENS if not name.startswith(ALIKE)]

    complaints, kinds, views = await walked(theme, everything, [*once, *sample])

    assert "\n".join(complaints) == ""
    assert sorted(set(TITLES) - views) == []
    dialogs = {kind.__name__ for kind in kinds if issubclass(kind, QDialog)}
    assert sorted(every_dialog() - dialogs) == []  # a dialog that no picture shows was not looked at


@pytest.mark.slow
async def test_so_can_every_state_of_them(theme: Theme) -> None:
    complaints, _, _ = await walked(theme, everything, SCREENS)

    assert "\n".join(complaints) == ""


async def test_what_is_made_later_has_its_place_for_the_keyboard(show: Show) -> None:
    services = FakeServices([account("a")])
    services.brokers.specs_ = tuple(specs())
    window = show(services)
    window.resize(1280, 2000)  # all of the page is in sight
    window.go("a")
    page = window.pages.status
    page.kept.keep.click()
    assert list(disordered(window)) == []

    services.gauges.by_id["a"] = gauges("a")
    services.store.history.traces = [Entry(at(9, 32), "a", "renewed", "Renewed without you")]
    page.read_history()
    await until(page.sessions.history.lines.topLevelItemCount)
    window.tick()
    page.head.rename.click()
    window.repaint()

    assert (len(page.last_error.rows), page.rename_form.isVisible()) == (2, True)
    assert list(disordered(window)) == []


def every_dialog() -> set[str]:
    """The dialogs of the product; those that others are made of are left out."""
    found: set[type] = set()
    for module in pkgutil.walk_packages(app.qt.__path__, "app.qt."):
        loaded = importlib.import_module(module.name)
        classes = (one for _, one in inspect.getmembers(loaded, inspect.isclass) if issubclass(one, QDialog))
        found |= {one for one in classes if one.__module__.startswith("app.")}
    return {one.__name__ for one in found if not any(issubclass(other, one) for other in found - {one})}


async def test_rails_read_as_sentences_and_triangles_as_gain_and_loss(show: Show) -> None:
    window = show(five())

    rails = [rail.accessibleName() for rail in window.pages.overview.findChildren(RailView)]
    triangles = {mark.accessibleName() for mark in window.pages.overview.findChildren(Triangle) if mark._sign}
    marks = [mark.accessibleName() for mark in window.pages.overview.findChildren(StateMark) if mark.shape_name]

    assert [rail for rail in rails if len(rail.split()) < 4] == []
    assert triangles == {"gain", "loss"}
    assert "" not in marks


async def test_accounts_are_read_before_what_stands_below_them_and_the_field_before_its_results(show: Show) -> None:
    window = show(five())
    assert window.finder is not None
    add = next(one for one in window.sidebar.findChildren(QAbstractButton) if one.accessibleName() == "Add account")

    around = [one for one in window.sidebar.findChildren(QAbstractButton) if one.parent() is add.parent()]
    palette = [child for child in window.finder.palette.children() if isinstance(child, QLineEdit | ResultRow)]

    assert around == [*window.sidebar.entries.values(), add]
    assert palette[0] is window.finder.palette.field


async def test_a_tables_cells_say_their_head_and_which_way_an_amount_goes(show: Show) -> None:
    window = show(five())
    window.go("positions")
    model = window.pages.positions.view.model()
    places = [(row, at) for row in range(model.rowCount()) for at in range(model.columnCount())]

    said = [model.index(row, at).data(Qt.ItemDataRole.AccessibleTextRole) or "" for row, at in places]

    assert [cell for cell in said if cell.startswith("P&L") and cell.endswith("gain")]
    assert [cell for cell in said if cell.startswith("P&L") and cell.endswith("loss, not current")]


# ------------------------------------------------------------------ the eyes themselves


class Pressed(QWidget):
    """Takes a press, and no key."""

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - as Qt names it
        """Something would happen."""


Pressed.__module__ = "app.qt.invented"


async def test_a_control_without_name_or_way_and_a_wrong_order_are_found(theme: Theme) -> None:
    window = QWidget()
    lines = QVBoxLayout(window)
    nameless_button, table, last = QPushButton(), QTableWidget(1, 1), QPushButton("Last")
    for part in (QPushButton("First"), nameless_button, table, Pressed(), last):
        lines.addWidget(part)
    mute = QPushButton("Stays down")
    mute.setCheckable(True)
    lines.addWidget(mute)
    QWidget.setTabOrder(last, nameless_button)
    window.resize(400, 400)
    window.show()

    found = "\n".join(everything(window))

    assert "no name: QPushButton ''" in found
    assert "no description: QPushButton ''" in found
    assert "not reached by Tab: Pressed" in found
    assert "keeps Tab for itself: QTableWidget" in found
    assert "does nothing when it is toggled: QPushButton 'Stays down'" in found
    assert "Tab goes back: QPushButton 'Last' in QWidget -> QPushButton ''" in found
    window.deleteLater()
