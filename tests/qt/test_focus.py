"""The focus ring: seen when keys move the focus, gone with the pointer."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolTip, QWidget

from app.qt.theme import Theme
from app.qt.widgets.focus import FocusRing, moved_by_keys
from tests.qt.conftest import application
from tests.qt.waiting import until


async def test_keys_show_the_ring_and_the_pointer_takes_it_away(theme: Theme) -> None:
    ring = FocusRing(application(), theme)
    window = QWidget()
    inside = QHBoxLayout(window)
    first, second = QPushButton("One"), QPushButton("Two")
    for button in (first, second):
        inside.addWidget(button)
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    first.setFocus()

    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    await until(lambda: ring._ring is not None and ring._ring.widget() is second)
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=first.geometry().center())

    assert ring._ring is not None
    assert ring._ring.widget() is None
    ring.release()
    window.close()


async def test_a_control_that_keeps_the_keyboard_shows_its_tooltip(theme: Theme) -> None:
    ring = FocusRing(application(), theme)
    window = QWidget()
    inside = QHBoxLayout(window)
    first, second = QPushButton("One"), QPushButton("Two")
    second.setToolTip("What the second does (F5)")
    for button in (first, second):
        inside.addWidget(button)
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    first.setFocus()

    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    await until(lambda: QToolTip.text() == "What the second does (F5)")
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)

    await until(lambda: not QToolTip.isVisible())
    ring.release()
    window.close()


async def test_a_dialog_that_goes_with_the_ring_in_it_leaves_the_next_one_a_ring(theme: Theme) -> None:
    ring = FocusRing(application(), theme)
    dialog = QWidget()
    lines = QHBoxLayout(dialog)
    lines.addWidget(QPushButton("First"))
    lines.addWidget(QPushButton("Second"))
    moved_by_keys(by_keys=True)
    ring._on_focus(None, dialog.findChildren(QPushButton)[1])
    assert ring._ring is not None

    dialog.deleteLater()
    await until(lambda: ring._ring is None)
    other = QWidget()
    button = QPushButton("Third", other)
    ring._on_focus(None, button)

    assert ring._ring is not None
    assert ring._ring.widget() is button
    ring.release()
    other.deleteLater()
