"""F6: the keyboard walks over the parts of the window as one reads them, and the ring shows where it is."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.qt.theme import Theme
from app.qt.widgets.focus import FocusRing
from app.qt.window import Window
from tests.qt.conftest import Show, application
from tests.qt.fakes import five
from tests.qt.test_actions import front


def here(window: Window) -> str:
    """Which part has the keyboard."""
    page = window.pages.positions
    parts: dict[str, QWidget] = {
        "sidebar": window.sidebar,
        "top bar": window.topbar,
        "toolbar": page.bar,
        "table": page.view,
        "totals": page.totals,
        "foot": page.foot,
        "message": window.message,
    }
    focus = QApplication.focusWidget()
    return next((said for said, part in parts.items() if focus and (part is focus or part.isAncestorOf(focus))), "")


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifier)


async def test_f6_walks_over_the_parts_and_round(show: Show) -> None:
    window = show(five())
    window.go("positions")
    await front(window)
    window.sidebar.entries["huf"].setFocus()
    seen = [here(window)]

    for _ in range(6):
        press(Qt.Key.Key_F6)
        seen.append(here(window))

    assert seen == ["sidebar", "top bar", "toolbar", "table", "totals", "foot", "sidebar"]


async def test_shift_f6_walks_the_other_way_and_a_message_is_a_part(show: Show) -> None:
    window = show(five())
    window.go("positions")
    await front(window)
    window.message.post("a", "Something", "to read", {})
    window.sidebar.entries["huf"].setFocus()
    seen = []

    for _ in range(3):
        press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        seen.append(here(window))

    assert seen == ["message", "foot", "totals"]


async def test_the_ring_shows_the_totals_that_f6_leads_to(show: Show, theme: Theme) -> None:
    window = show(five())
    window.go("positions")
    await front(window)
    ring = FocusRing(application(), theme)
    window.pages.positions.view.setFocus()

    QTest.keyClick(window.pages.positions.view, Qt.Key.Key_F6)

    assert ring._ring is not None
    assert ring._ring.widget() is window.pages.positions.totals
    ring.release()
