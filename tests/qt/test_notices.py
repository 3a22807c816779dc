"""Notices: over the desktop where it can show buttons, else in the window with the same words and buttons."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QPushButton

from app.qt.bridge import Runner
from app.qt.notices import NoticeBoard
from app.qt.theme import Theme
from app.qt.widgets.message import MessageLine
from app.qt.window import Window
from app.services.views import Action, Notice, NoticePosted, NoticeWithdrawn, VaultWaiting
from tests.qt.conftest import Show
from tests.qt.fakes import FakeNotices, FakeNotifier, FakeServices, account, signed_out
from tests.qt.waiting import until

DEATH = Notice(
    "dead huf",
    "HUF \u00b7 Zerodha is signed out",
    "4 open positions cannot be seen or closed from here.",
    "huf",
    Action.RECONNECT,
    urgent=True,
)
SEVERAL = Notice("accounts", "2 accounts are signed out", "HUF, Meera.", None, Action.RECONNECT_ALL, urgent=True)


def buttons(window: Window) -> dict[str, QPushButton]:
    return {button.text(): button for button in window.message.findChildren(QPushButton) if button.isVisible()}


async def test_the_desktop_shows_the_notice_with_its_three_buttons(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    show(services, desktop=desktop)

    services.events.publish(NoticePosted(DEATH))

    await until(lambda: desktop.posted)
    assert desktop.posted[0][:2] == (DEATH, {"act": "Reconnect", "later": "Later", "snooze": "Snooze"})


async def test_its_button_starts_the_sign_in_and_answers_the_notice(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.hide()
    services.events.publish(NoticePosted(DEATH))
    await until(lambda: desktop.posted)
    on_action = desktop.posted[0][2]
    assert on_action is not None

    on_action("act")

    assert window.isVisible()
    assert services.sign_ins.started == ["huf"]
    assert services.notices.answers == ["dead huf"]


async def test_a_click_on_the_note_itself_shows_the_account_and_signs_nobody_in(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.hide()
    services.events.publish(NoticePosted(DEATH))
    await until(lambda: desktop.posted)
    on_action = desktop.posted[0][2]
    assert on_action is not None

    on_action("default")

    assert window.isVisible()
    assert services.sign_ins.started == []


async def test_later_does_nothing_but_answer(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.hide()
    services.events.publish(NoticePosted(DEATH))
    await until(lambda: desktop.posted)
    on_action = desktop.posted[0][2]
    assert on_action is not None

    on_action("later")

    assert (window.isVisible(), services.sign_ins.started) == (False, [])
    assert services.notices.answers == ["dead huf"]


async def test_snooze_puts_it_off_and_opens_nothing(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.hide()
    services.events.publish(NoticePosted(DEATH))

    await press(desktop, "snooze")

    assert (window.isVisible(), services.sign_ins.started) == (False, [])
    assert (services.notices.snoozed, services.notices.answers) == (["dead huf"], [])


async def press(desktop: FakeNotifier, key: str) -> None:
    """Press the button `key` of the note that was posted first."""
    await until(lambda: desktop.posted)
    on_action = desktop.posted[0][2]
    assert on_action is not None
    on_action(key)


async def test_a_notice_about_several_begins_a_walk_over_them(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf"), signed_out("meera", name="Meera")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.hide()
    services.events.publish(NoticePosted(SEVERAL))

    await press(desktop, "act")

    assert desktop.posted[0][1]["act"] == "Reconnect all"
    assert window.isVisible()
    assert services.reconnect_all.wanted == [None]


async def test_a_click_on_a_note_about_several_shows_the_overview(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf"), signed_out("meera", name="Meera")]), FakeNotifier()
    window = show(services, desktop=desktop)
    window.go("positions")
    services.events.publish(NoticePosted(SEVERAL))

    await press(desktop, "default")

    assert window.pages.current == "overview"
    assert services.reconnect_all.wanted == []


async def test_a_button_that_comes_too_late_shows_the_account(show: Show) -> None:
    services, desktop = FakeServices([account("huf")]), FakeNotifier()
    window = show(services, desktop=desktop)
    services.events.publish(NoticePosted(DEATH))

    await press(desktop, "act")

    assert window.pages.current == "huf"
    assert services.sign_ins.started == []


async def test_a_notice_never_raises_the_window(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    window.hide()

    services.events.publish(NoticePosted(DEATH))
    await until(lambda: window.message.keys)

    assert not window.isVisible()


async def test_without_such_a_service_the_window_says_it_with_the_same_buttons(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)

    services.events.publish(NoticePosted(DEATH))
    await until(lambda: "Reconnect" in buttons(window))

    assert (window.message.title.text(), window.message.words.text()) == (DEATH.title, DEATH.text)
    buttons(window)["Reconnect"].click()
    assert services.sign_ins.started == ["huf"]
    assert not window.message.isVisible()


async def test_closing_the_line_puts_the_notice_away(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    services.events.publish(NoticePosted(DEATH))
    await until(window.message.isVisible)

    window.message._close.click()

    assert services.notices.answers == [DEATH.key]
    assert not window.message.isVisible()


async def test_a_desktop_that_fails_leaves_it_to_the_window(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services, desktop=FakeNotifier(available=False))

    services.events.publish(NoticePosted(DEATH))

    await until(lambda: window.message.title.text() == DEATH.title)


async def test_what_is_no_longer_so_is_withdrawn_in_both_places(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier(available=False)
    window = show(services, desktop=desktop)
    services.events.publish(NoticePosted(DEATH))
    await until(window.message.isVisible)

    services.events.publish(NoticeWithdrawn(DEATH.key))

    await until(lambda: desktop.withdrawn)
    assert desktop.withdrawn == [DEATH.key]
    assert not window.message.isVisible()


async def test_what_is_withdrawn_before_the_desktop_has_answered_is_not_shown(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier(available=False)
    window = show(services, desktop=desktop)

    services.events.publish(NoticePosted(DEATH))
    services.events.publish(NoticeWithdrawn(DEATH.key))
    await until(lambda: desktop.posted and desktop.withdrawn)
    services.events.publish(NoticePosted(replace(DEATH, key="another")))

    await until(window.message.isVisible)
    assert window.message.keys == ("another",)


async def test_messages_wait_for_each_other(show: Show) -> None:
    window = show(FakeServices([signed_out("huf")]))
    window.message.post("a", "First", "", {})
    window.message.post("b", "Second", "", {})

    window.message.withdraw("b")

    assert window.message.title.text() == "First"


async def test_what_was_told_before_the_window_opened_is_shown(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    services.notices.posted[DEATH.key] = DEATH

    window = show(services)

    assert window.message.keys == (DEATH.key,)


async def test_a_slow_keychain_is_waited_for_in_words(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)

    services.events.publish(VaultWaiting(waiting=True))
    await until(lambda: window.message.title.text() == "Waiting for your keychain")
    services.events.publish(VaultWaiting(waiting=False))

    await until(lambda: not window.message.isVisible())


async def test_a_wait_for_the_keychain_can_be_ended_in_the_window(show: Show) -> None:
    services, given_up = FakeServices([signed_out("huf")]), asyncio.Event()
    window = show(services)
    window.give_up = given_up.set
    services.events.publish(VaultWaiting(waiting=True))
    await until(lambda: window.message.title.text() == "Waiting for your keychain")

    (cancel,) = [one for one in window.message.findChildren(QPushButton) if one.text() == "Cancel"]
    cancel.click()

    assert given_up.is_set()


async def test_no_amount_is_in_a_notice_to_the_desktop(show: Show) -> None:
    services, desktop = FakeServices([signed_out("huf")]), FakeNotifier()
    show(services, desktop=desktop)

    services.events.publish(NoticePosted(DEATH))
    await until(lambda: desktop.posted)

    assert "\u20b9" not in desktop.posted[0][0].title + desktop.posted[0][0].text


class Messages:
    """A tray that can show messages; `click` is a click on the one on show."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.click: Callable[[], None] | None = None

    def tell(self, title: str, words: str, then: Callable[[], None]) -> None:
        self.told.append((title, words))
        self.click = then

    def hush(self) -> None:
        self.click = None


class Table:
    """A board over a tray with messages, without a desktop."""

    def __init__(self, theme: Theme, runner: Runner) -> None:
        self.tray, self.notices, self.message = Messages(), FakeNotices(), MessageLine(theme)
        self.board = NoticeBoard(runner, self.message, None, self.tray, self.notices)
        self.repaired: list[str] = []
        self.board.repair.connect(self.repaired.append)


@pytest.fixture
async def table(theme: Theme, runner: Runner) -> AsyncIterator[Table]:
    made = Table(theme, runner)
    yield made
    made.message.close()
    made.message.deleteLater()


async def test_without_a_service_the_tray_tells_it_and_the_window_keeps_it(table: Table) -> None:
    table.board.post(DEATH)

    assert table.tray.told == [(DEATH.title, DEATH.text)]
    assert table.message.keys == (DEATH.key,)


async def test_a_click_on_the_trays_message_reconnects(table: Table) -> None:
    table.board.post(DEATH)
    assert table.tray.click is not None

    table.tray.click()

    assert table.repaired == ["huf"]
    assert table.notices.answers == [DEATH.key]


async def test_a_message_that_is_no_longer_so_leads_nowhere_but_to_the_window(table: Table) -> None:
    table.board.post(DEATH)

    table.board.withdraw(DEATH.key)

    assert table.tray.click is None


async def test_the_window_in_front_needs_no_message_by_the_tray(table: Table) -> None:
    table.message.show()
    table.message.activateWindow()
    await until(table.message.isActiveWindow)

    table.board.post(DEATH)

    assert table.tray.told == []
