"""Reconnect all: one dialog with the queue, the codes of those that need them, and an end that is told."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.domain import BadCredentials, LoginThrottled, LoginTimedOut
from app.qt import keyboard
from app.qt.dialogs.walk import WalkDialog
from app.qt.window import Window
from app.services.answers import No, Yes
from app.services.views import AccountState, Action, Asked, Phase, Walked
from app.services.words import next_death, several_out, still_working, walk_title
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, FakeWalk, account, at, signed_out
from tests.qt.waiting import at_rest, until

CODE = Asked("totp", "Code", "The 6 digits of your authenticator", digits=6, period=30)
PIN = Asked("pin", "PIN", "The PIN of the app")


def three() -> FakeServices:
    """A browser broker and two that ask for codes are signed out, one account is ready."""
    return FakeServices(
        [
            account("self", name="Self"),
            signed_out("huf"),
            signed_out("meera", name="Meera", broker_label="Angel One"),
            signed_out("joint", name="Joint", broker_label="Angel One"),
        ]
    )


def walk(show: Show, services: FakeServices | None = None) -> tuple[Window, FakeServices, WalkDialog, FakeWalk]:
    services = services or three()
    window = show(services)
    window.reconnect_all()
    assert window.walks is not None
    assert window.walks.dialog is not None
    return window, services, window.walks.dialog, services.reconnect_all.walks[0]


def lines(dialog: WalkDialog) -> list[str]:
    return [row.accessibleName() for row in dialog.queue.rows.values()]


def words(dialog: WalkDialog) -> str:
    return " / ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def ask(running: Any, asked: Asked) -> None:
    running.move(phase=Phase.ASKING, url="", asked=asked)


async def test_the_queue_names_every_account_that_needs_a_sign_in(show: Show) -> None:
    _, _, dialog, _ = walk(show)

    assert lines(dialog) == [
        "HUF \u00b7 Zerodha: Waits for its turn",
        "Meera \u00b7 Angel One: Waits for its turn",
        "Joint \u00b7 Angel One: Waits for its turn",
    ]
    assert dialog.windowTitle() == "Reconnect 3 accounts"


@pytest.mark.parametrize("way", ["keys", "overview", "slot", "tray"])
async def test_every_way_to_reconnect_all_begins_the_walk(show: Show, way: str) -> None:
    services = three()
    window = show(services)

    match way:
        case "keys":
            window.activateWindow()
            await until(window.isActiveWindow)
            QTest.keySequence(window, keyboard.keys("repair_all"))
        case "overview":
            window.pages.overview.attention.button.click()
        case "slot":
            window.go("positions")
            window.topbar.slot._button.click()
        case _:
            assert window.tray is not None
            window.tray.reconnect_all.emit()

    await until(lambda: services.reconnect_all.wanted == [None])


async def test_a_page_in_the_browser_has_its_links_in_the_dialog(show: Show) -> None:
    _, services, dialog, going = walk(show)

    going.begin("huf")
    await until(dialog.pane.links.open_again.isVisible)
    dialog.pane.links.open_again.click()

    assert lines(dialog)[0] == "HUF \u00b7 Zerodha: Sign in on Zerodha's page in your browser"
    assert services.sign_ins.running[0].opened == 1


async def test_codes_are_asked_for_one_account_at_a_time(show: Show) -> None:
    _, _, dialog, going = walk(show)
    going.begin("huf")
    meera, joint = going.begin("meera", url=""), going.begin("joint", url="")
    ask(meera, CODE)
    ask(joint, CODE)
    await until(dialog.pane.ask.isVisible)
    assert dialog._about.text() == "Meera \u00b7 Angel One"
    assert dialog.pane.ask.field is not None

    QTest.keyClicks(dialog.pane.ask.field.edit, "407123")
    dialog.send.click()
    meera.move(phase=Phase.EXCHANGING, asked=None)

    await until(lambda: dialog._about.text() == "Joint \u00b7 Angel One")
    assert [answer.reveal() for answer, _ in meera.answers] == ["407123"]
    assert joint.answers == []
    assert not dialog.pane.ask.complete


async def test_what_is_being_typed_is_not_taken_away_by_another_account(show: Show) -> None:
    _, _, dialog, going = walk(show)
    meera = going.begin("meera", url="")
    ask(meera, PIN)
    await until(dialog.pane.ask.isVisible)
    assert dialog.pane.ask.field is not None
    QTest.keyClicks(dialog.pane.ask.field.edit, "24")

    ask(going.begin("joint", url=""), PIN)
    await until(lambda: "Asks for: PIN" in lines(dialog)[2])

    assert dialog._about.text() == "Meera \u00b7 Angel One"
    assert dialog.pane.ask.field.edit.text() == "24"


async def test_another_account_can_be_chosen_and_gets_nothing_of_what_was_typed(show: Show) -> None:
    _, _, dialog, going = walk(show)
    ask(going.begin("meera", url=""), PIN)
    ask(going.begin("joint", url=""), PIN)
    await until(dialog.pane.ask.isVisible)
    assert dialog.pane.ask.field is not None
    QTest.keyClicks(dialog.pane.ask.field.edit, "2471")

    dialog.queue.rows["joint"].button.click()

    assert dialog._about.text() == "Joint \u00b7 Angel One"
    assert dialog.pane.ask.field.edit.text() == ""


async def test_cancel_gives_the_walk_up_and_closes(show: Show) -> None:
    window, _, dialog, going = walk(show)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert going.view.cancelled
    assert window.walks is not None
    assert window.walks.dialog is None


async def test_the_end_says_how_many_are_ready_and_what_went_wrong(show: Show) -> None:
    _, _, dialog, going = walk(show)
    going.end("huf", Yes(account("huf")))
    going.end("meera", No(BadCredentials()))
    going.end("joint", Yes(account("joint")))

    await until(lambda: dialog.close_button.text() == "Done")

    assert dialog.windowTitle() == "2 of 3 accounts are ready"
    assert lines(dialog)[0] == "HUF \u00b7 Zerodha: Ready, until 06:00 tomorrow"
    assert BadCredentials().title in lines(dialog)[1]


async def test_what_waits_for_the_next_code_says_so(show: Show) -> None:
    _, _, dialog, going = walk(show)
    meera = going.begin("meera", url="")

    meera.move(phase=Phase.EXCHANGING, problem=LoginThrottled(next_step="The next one is sent in 12 s."))

    await until(lambda: "The next one is sent in 12 s." in lines(dialog)[1])


async def test_what_signed_in_but_cannot_trade_is_not_counted_as_ready(show: Show) -> None:
    _, _, dialog, going = walk(show)
    going.end("huf", Yes(account("huf", state=AccountState.WATCH_ONLY)))
    going.end("meera", Yes(account("meera")))
    going.end("joint", Yes(account("joint")))

    await until(lambda: dialog.windowTitle() == "2 of 3 accounts are ready")

    assert "watch only: orders are refused" in lines(dialog)[0]


async def test_one_that_failed_can_be_started_again_alone(show: Show) -> None:
    _, services, dialog, going = walk(show)
    going.end("huf", No(LoginTimedOut()))
    await until(lambda: dialog.queue.rows["huf"].button.text() == "Start again")

    dialog.queue.rows["huf"].button.click()

    assert services.sign_ins.started == ["huf"]


async def test_closing_after_the_end_gives_nothing_up(show: Show) -> None:
    _, _, dialog, going = walk(show)
    for user_id in ("huf", "meera", "joint"):
        going.end(user_id, Yes(account(user_id)))
    await until(lambda: dialog.close_button.text() == "Done")

    QTest.keyClick(dialog.close_button, Qt.Key.Key_Return)

    assert not dialog.isVisible()
    assert not going.view.cancelled


async def test_an_account_of_the_walk_is_shown_there_and_not_begun_again(show: Show) -> None:
    window, services, dialog, going = walk(show)
    going.begin("huf")

    window.repair("huf")
    window.reconnect_all()

    assert window.repairs is not None
    assert window.repairs.dialogs == {}
    assert services.sign_ins.started == ["huf"]
    assert services.reconnect_all.wanted == [None]
    assert dialog.isVisible()


async def test_one_account_alone_gets_its_own_dialog(show: Show) -> None:
    services = FakeServices([account("self", name="Self"), signed_out("huf")])
    window = show(services)

    window.reconnect_all()

    assert services.sign_ins.started == ["huf"]
    assert services.reconnect_all.wanted == []


def ending() -> FakeServices:
    def soon(user_id: str, name: str) -> Any:
        return account(
            user_id, name=name, state=AccountState.ENDS_SOON, action=Action.RENEW, token_expires_at=at(9, 46)
        )  # fmt: skip

    return FakeServices([soon("a", "Self"), soon("b", "Meera")])


async def test_sessions_that_still_work_are_asked_about_first(show: Show) -> None:
    services = ending()
    window = show(services)
    window.reconnect_all()
    assert window.walks is not None
    assert window.walks.dialog is not None
    assert "Self \u00b7 Zerodha until 09:46" in window.walks.dialog.question.text()
    assert services.reconnect_all.wanted == []

    window.walks.dialog.begin.click()

    assert services.reconnect_all.wanted == [("a", "b")]


async def test_sessions_that_still_work_can_be_kept(show: Show) -> None:
    services = ending()
    window = show(services)
    window.reconnect_all()
    assert window.walks is not None
    assert window.walks.dialog is not None

    window.walks.dialog.close_button.click()

    assert services.reconnect_all.wanted == []
    assert window.walks.dialog is None


async def test_with_nothing_to_do_the_overview_is_shown(show: Show) -> None:
    window = show(FakeServices([account("a")]))
    window.go("positions")

    window.reconnect_all()

    assert window.pages.current == "overview"


async def test_many_accounts_scroll_and_cut_no_words(show: Show) -> None:
    views = [signed_out(f"u{number}", name=f"Account number {number}") for number in range(12)]
    _, _, dialog, _ = walk(show, FakeServices(views))
    await at_rest(dialog)

    assert dialog.height() < 700
    short = [
        label.text()
        for label in dialog.findChildren(QLabel)
        if label.isVisible() and label.height() < label.heightForWidth(label.width())
    ]
    assert short == []


async def test_the_one_that_asks_is_in_sight_among_many(show: Show) -> None:
    views = [signed_out(f"u{number}", name=f"Account number {number}") for number in range(12)]
    _, _, dialog, going = walk(show, FakeServices(views))

    ask(going.begin("u11", url=""), CODE)

    row = dialog.queue.rows["u11"]
    await until(lambda: dialog.queue.isVisible() and row.visibleRegion().boundingRect().height() == row.height())


async def test_the_overview_says_how_many_are_ready_and_offers_all_at_once(show: Show) -> None:
    window = show(three())

    area = window.pages.overview.attention

    assert area.headline.text() == "1 of 4 accounts is ready"
    assert area.button.text() == area.button.accessibleName() == "Reconnect all"
    said = " ".join(label.text() for label in area.findChildren(QLabel))
    assert "First: HUF \u00b7 Zerodha is signed out. 4 open positions cannot be seen or closed from here." in said


async def test_the_worst_of_several_can_be_repaired_alone(show: Show) -> None:
    services = three()
    window = show(services)

    window.pages.overview.attention._next_button.click()

    assert services.sign_ins.started == ["huf"]


def test_words_about_several_accounts() -> None:
    views = three().brokers.accounts()

    assert several_out(views)[1] == (
        "3 need a sign-in: HUF \u00b7 Zerodha, Meera \u00b7 Angel One, Joint \u00b7 Angel One."
    )
    assert next_death(views, NOW) == "Self \u00b7 Zerodha ends at 06:00 tomorrow"
    assert walk_title([Walked("huf", "HUF", Yes(views[0]))]) == "HUF is ready"
    assert walk_title(()) == "No account needs a sign-in"
    assert still_working(views[:1], NOW).startswith("These accounts still work: Self \u00b7 Zerodha until 06:00")
