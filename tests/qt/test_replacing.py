"""A session that still lives is replaced only after a question, and a token of another program can be used instead."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from app.domain import BadCredentials, LoginCancelled, NotReachable
from app.qt.dialogs.reconnect import ReconnectDialog
from app.qt.window import Window
from app.services.answers import No, Unknown, Yes
from app.services.views import AccountState, Action
from app.services.words import before_replacing
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, Spec, account, at, signed_out
from tests.qt.waiting import until

TOKEN = "canary-token-4471"


def ending() -> FakeServices:
    """An account that ends at 09:46 and lives until then, and one that is signed out."""
    dhan = account(
        "dhan", name="Self", state=AccountState.ENDS_SOON, action=Action.RENEW, token_expires_at=at(9, 46)
    )  # fmt: skip
    services = FakeServices([dhan, signed_out("huf")])
    services.sign_ins.lives["dhan"] = at(9, 46)
    return services


def press(show: Show, services: FakeServices, user_id: str = "dhan") -> tuple[Window, ReconnectDialog]:
    window = show(services)
    window.repair(user_id)
    assert window.repairs is not None
    return window, window.repairs.dialogs[user_id]


def words(dialog: ReconnectDialog) -> str:
    return " / ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


def offer(dialog: ReconnectDialog, token: str = TOKEN) -> None:
    dialog.token.open_link.click()
    dialog.token.field.edit.setText(token)
    dialog.token.send.click()


async def test_a_living_session_is_asked_about_before_anything_begins(show: Show) -> None:
    services = ending()

    _, dialog = press(show, services)

    assert "Self \u00b7 Zerodha still works until 09:46. A new session ends this one at once, also in" in words(dialog)
    assert [dialog.start_again.text(), dialog.close_button.text()] == ["Reconnect now", "Keep it"]
    assert services.sign_ins.started == []


async def test_a_session_that_is_dead_is_not_asked_about(show: Show) -> None:
    services = ending()

    _, dialog = press(show, services, "huf")

    assert services.sign_ins.started == ["huf"]
    assert not dialog.question.isVisible()


async def test_a_session_that_turns_out_to_be_dead_is_asked_about_no_longer(show: Show) -> None:
    services = ending()
    services.brokers.hold = asyncio.Event()
    _, dialog = press(show, services)
    services.sign_ins.lives.clear()

    services.brokers.hold.set()

    await until(lambda: services.sign_ins.started == ["dhan"])
    assert not dialog.question.isVisible()


async def test_the_question_stays_while_the_session_is_found_alive(show: Show) -> None:
    services = ending()
    _, dialog = press(show, services)

    await until(lambda: services.brokers.validated == ["dhan"])

    assert dialog.question.isVisible()
    assert services.sign_ins.started == []


async def test_reconnect_now_begins_in_the_same_dialog(show: Show) -> None:
    services = ending()
    window, dialog = press(show, services)

    dialog.start_again.click()

    assert services.sign_ins.started == ["dhan"]
    assert not dialog.question.isVisible()
    assert not dialog.start_again.isVisible()
    assert window.repairs is not None
    assert window.repairs.dialogs["dhan"] is dialog


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return], ids=["space", "enter"])
async def test_keep_it_changes_nothing_and_is_what_the_keyboard_stands_on(show: Show, key: Qt.Key) -> None:
    services = ending()
    window, dialog = press(show, services)
    await until(dialog.close_button.hasFocus)

    QTest.keyClick(dialog.close_button, key)

    assert window.repairs is not None
    assert window.repairs.dialogs == {}
    assert services.sign_ins.started == []


async def test_enter_in_a_field_presses_no_button(show: Show) -> None:
    services = ending()
    _, dialog = press(show, services)
    dialog.token.open_link.click()

    QTest.keyClick(dialog.token.field.edit, Qt.Key.Key_Return)

    assert dialog.isVisible()
    assert services.sign_ins.started == []
    assert "Paste the token first" in dialog.token.field.error


async def test_a_sign_in_under_way_is_shown_and_not_asked_about(show: Show) -> None:
    services = ending()
    services.brokers.by_id["dhan"] = account("dhan", state=AccountState.SIGNING_IN, action=Action.SHOW_SIGN_IN)

    press(show, services)

    assert services.sign_ins.started == ["dhan"]


async def test_a_token_is_taken_after_the_brokers_yes_and_nobody_signs_in(show: Show) -> None:
    services = ending()
    _, dialog = press(show, services)

    offer(dialog)

    await until(lambda: dialog.close_button.text() == "Done")
    assert [(user_id, token.reveal()) for user_id, token in services.brokers.offered] == [("dhan", TOKEN)]
    assert services.sign_ins.started == []
    assert "Zerodha said yes to the token that you pasted" in words(dialog)


async def test_a_refused_token_leaves_the_question_as_it_was(show: Show) -> None:
    services = ending()
    services.brokers.token_answer = No(BadCredentials())
    _, dialog = press(show, services)

    offer(dialog)

    await until(lambda: dialog.token.field.error)
    assert "The session is as it was." in dialog.token.field.error
    assert dialog.start_again.text() == "Reconnect now"
    assert dialog.token.send.isEnabled()


async def test_a_token_that_nobody_answered_for_may_be_sent_again(show: Show) -> None:
    services = ending()
    services.brokers.token_answer = Unknown(NotReachable())
    _, dialog = press(show, services)
    offer(dialog)
    await until(lambda: dialog.token.field.error)

    dialog.token.send.click()

    await until(lambda: len(services.brokers.offered) == 2)


async def test_an_empty_token_is_asked_of_nobody(show: Show) -> None:
    services = ending()
    _, dialog = press(show, services)

    offer(dialog, " ")

    assert "Paste the token first" in dialog.token.field.error
    assert services.brokers.offered == []


async def test_a_token_is_masked_and_gone_with_the_dialog(show: Show) -> None:
    services = ending()
    services.brokers.hold = asyncio.Event()
    _, dialog = press(show, services)
    edit = dialog.token.field.edit
    offer(dialog)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert edit.echoMode() is QLineEdit.EchoMode.Password
    assert edit.text() == ""
    services.brokers.hold.set()
    await asyncio.sleep(0)
    assert services.brokers.offered == []


async def test_a_token_taken_while_a_page_waits_ends_the_sign_in(show: Show) -> None:
    services = ending()
    _, dialog = press(show, services, "huf")
    running = services.sign_ins.running[0]

    offer(dialog)
    await until(lambda: running.cancelled)
    services.brokers.by_id["huf"] = account("huf")
    running.ended.set_result(No(LoginCancelled()))
    await until(lambda: dialog.close_button.text() == "Done")

    assert dialog.windowTitle() == "HUF \u00b7 Zerodha is ready"


async def test_only_one_field_is_open_at_a_time(show: Show) -> None:
    _, dialog = press(show, ending(), "huf")
    links, token = dialog.pane.links, dialog.token

    links.paste_link.click()
    token.open_link.click()
    only_token = (links.paste_field.isVisible(), token.field.isVisible())
    links.paste_link.click()

    assert only_token == (False, True)
    assert (links.paste_field.isVisible(), token.field.isVisible()) == (True, False)


async def test_a_broker_without_pasted_tokens_offers_none(show: Show) -> None:
    services = ending()
    services.brokers.specs_ = (Spec(fields=()),)

    _, dialog = press(show, services)

    assert not dialog.token.isVisible()


async def test_the_end_offers_the_next_account_that_needs_one(show: Show) -> None:
    services = FakeServices([signed_out("huf"), signed_out("meera", name="Meera")])
    window, dialog = press(show, services, "huf")
    services.sign_ins.running[0].ended.set_result(Yes(account("huf")))
    await until(lambda: dialog.next_button.text() == "Next: Meera \u00b7 Zerodha")

    dialog.next_button.click()

    assert services.sign_ins.started == ["huf", "meera"]
    assert window.repairs is not None
    assert list(window.repairs.dialogs) == ["meera"]


def test_what_a_new_session_ends_is_said_as_it_is() -> None:
    view = account("dhan", name="Self", broker_label="Fyers")

    alone = before_replacing(view, at(8), NOW, shared=False)

    assert alone == "Self \u00b7 Fyers still works; its end is not known. A new session takes the place of this one."
