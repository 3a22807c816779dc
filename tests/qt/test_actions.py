"""The table of actions: keys that are given once, deeds of window and page, reasons in words, the list and its page."""

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.qt import keyboard
from app.qt.actions import Actions, Deed
from app.qt.pages import TITLES
from app.qt.panels.shortcuts import ShortcutsList, ShortcutsWindow, shown
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.views import AccountState, Action
from tests.qt.conftest import Show
from tests.qt.fakes import FakeDemo, FakeServices, account, five
from tests.qt.keyboard_page import PAGE, page
from tests.qt.waiting import until


async def front(window: QWidget) -> None:
    window.activateWindow()
    await until(window.isActiveWindow)


def offered(window: Window) -> dict[str, str]:
    return {one.spec.name: one.reason for one in window.commands.all() if one.run is not None}


def test_no_keys_are_given_twice_and_qt_understands_all() -> None:
    pressed = [keys for action in keyboard.ACTIONS for keys in action.keys]

    assert len(set(pressed)) == len(pressed)
    assert [keys for keys in pressed if QKeySequence(keys).isEmpty()] == []


def test_names_and_words_are_given_once() -> None:
    assert len({action.name for action in keyboard.ACTIONS}) == len(keyboard.ACTIONS)
    assert len({action.says for action in keyboard.ACTIONS}) == len(keyboard.ACTIONS)


async def test_every_action_without_a_page_of_its_own_has_a_deed(show: Show) -> None:
    window = show(five(), demo=FakeDemo())

    missing = [
        action.name
        for action in keyboard.ACTIONS
        if action.name not in {"clear", *offered(window)} and not action.own and not action.where.startswith("Only on")
    ]

    assert missing == []


async def test_every_view_has_keys_and_every_table_offers_what_tables_can(show: Show) -> None:
    window = show(five())

    assert [view for view in TITLES if view not in offered(window)] == []
    window.go("positions")
    assert {"filter", "clear", "merge", "columns", "export"} <= set(offered(window))


async def test_what_cannot_run_says_why_in_words(show: Show) -> None:
    window = show(FakeServices([account("a")]))

    reasons = offered(window)

    assert reasons["repair"] == "No account needs anything"
    assert reasons["repair_all"] == "No account needs a sign-in"
    assert reasons["account_2"] == "There is no account 2"
    assert window.commands.offered("export").reason == "Only on a page with a table"
    assert window.commands.offered("expire").reason == "Only in the demo"


async def test_keys_that_cannot_do_anything_tell_why_until_others_can(show: Show) -> None:
    window = show(FakeServices([account("a")]))
    await front(window)

    QTest.keySequence(window, keyboard.keys("repair_all"))
    told = window.message.title.text(), window.message.words.text()
    QTest.keySequence(window, keyboard.keys("settings"))

    assert told == ("Reconnect all", "No account needs a sign-in")
    assert window.message.keys == ()


async def test_a_definite_action_names_what_it_is_about(show: Show) -> None:
    window = show(five())

    assert window.commands.offered("repair").says == "Reconnect HUF \u00b7 Zerodha"
    assert window.commands.offered("account_1").says == "Self \u00b7 Zerodha"


async def test_before_the_services_are_there_only_the_window_answers(theme: Theme) -> None:
    window = Window(theme)

    reasons = offered(window)

    assert reasons["positions"] == reasons["refresh"] == reasons["palette"] == "Kunji is still opening"
    assert reasons["quit"] == reasons["shortcuts"] == ""
    window.deleteLater()


class Page(QWidget):
    """A page with an action of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.reason = ""
        self.done = 0

    def deeds(self) -> Sequence[Deed]:
        return (Deed("export", self.export, lambda: self.reason),)

    def export(self) -> None:
        self.done += 1


async def test_a_page_offers_its_own_actions_while_it_is_on_show(theme: Theme) -> None:
    window, here = QWidget(), Page()
    shown_: list[QWidget] = [here]
    actions = Actions(window, lambda: shown_[0])
    refused: list[tuple[str, str]] = []
    actions.refused.connect(lambda what, why: refused.append((what, why)))

    assert actions.perform("export")
    here.reason = "There is nothing to export"
    assert not actions.perform("export")
    shown_[0] = window
    assert not actions.perform("export")

    assert here.done == 1
    assert [why for _, why in refused] == ["There is nothing to export", "Only on a page with a table"]
    window.deleteLater()
    here.deleteLater()


async def test_an_action_that_is_not_in_the_table_is_a_slip(theme: Theme) -> None:
    window = QWidget()

    with pytest.raises(KeyError):
        Actions(window, lambda: None).add([Deed("no such action", window.close)])
    window.deleteLater()


async def test_pages_of_help_are_actions_of_their_own(show: Show) -> None:
    window = show(five())

    window.commands.perform("diagnostics")
    shown_page = window.pages.help.segments["diagnostics"].isChecked()
    window.commands.perform("log")

    assert shown_page
    assert window.pages.help.segments["log"].isChecked()
    assert window.topbar.title == "Help"


async def test_signs_that_are_typed_into_a_field_stay_there(show: Show) -> None:
    window = show(five())
    window.go("add")
    await front(window)
    field = window.pages.connect_panel.findChildren(QLineEdit)[0]
    field.setFocus()

    QTest.keyClicks(field, "a/b?")

    assert field.text() == "a/b?"
    assert window.topbar.title == "Add account"


async def test_the_filter_leaves_the_keys_of_export_to_the_window(show: Show) -> None:
    window = show(five())
    window.go("positions")
    await front(window)
    window.pages.positions.focus_filter()
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    event.ignore()

    taken = window.pages.positions.bar.eventFilter(window.pages.positions.filter, event)
    QTest.keyClick(window.pages.positions.filter, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)

    assert taken  # an editor of X11 would go to the end of its line
    assert not event.isAccepted()
    assert window.pages.positions.dialog is not None
    window.pages.positions.dialog.close()


async def test_f1_lists_every_shortcut_in_a_window_of_its_own_and_esc_closes_it(show: Show) -> None:
    window = show(five())
    await front(window)

    QTest.keyClick(window, Qt.Key.Key_F1)
    listed = window.findChildren(ShortcutsWindow)
    await until(lambda: bool(listed) and listed[0].isActiveWindow())
    QTest.keyClick(listed[0], Qt.Key.Key_Escape)
    window.commands.perform("shortcuts")

    assert window.findChildren(ShortcutsWindow) == listed
    assert listed[0].isVisible()
    listed[0].close()


async def test_the_list_names_every_key_of_the_table(theme: Theme) -> None:
    made = ShortcutsList()
    said = "\n".join(label.accessibleName() or label.text() for label in made.findChildren(QLabel))

    singles = [action for action in keyboard.ACTIONS if action.keys and not action.name.startswith("account_")]

    assert [action.name for action in singles if f"{action.says}: {shown(action.keys[0])}" not in said] == []
    assert "Account by its place: Ctrl+1 \u2026 Ctrl+9" in said
    made.deleteLater()


def test_the_page_of_the_keyboard_is_made_from_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()  # else: python tests/qt/keyboard_page.py


async def test_signed_in_accounts_say_what_repairing_them_is(show: Show) -> None:
    ends = account("a", state=AccountState.ENDS_SOON, action=Action.RENEW)
    window = show(FakeServices([ends]))

    assert window.commands.offered("repair").says == "Renew HUF \u00b7 Zerodha"
