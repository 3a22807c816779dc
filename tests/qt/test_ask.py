"""The dialog of a sign-in that asks for a PIN or a code: no browser part, masked, pasting works, told what is wrong."""

import asyncio

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from app.domain import BadCredentials, InvalidRequest, Secret
from app.qt.dialogs.ask import ATTEMPTS
from app.qt.dialogs.reconnect import ReconnectDialog
from app.qt.dialogs.steps import At, steps_of
from app.qt.theme import Theme
from app.qt.widgets.code import CodeEdit
from app.services.answers import No, Yes
from app.services.views import Asked, Phase, SignInView
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, FakeSignIn, Spec, account, signed_out
from tests.qt.waiting import until

PIN = Asked("pin", "PIN", "The PIN of the app")
CODE = Asked("totp", "Code", "The 6 digits of your authenticator", digits=6, period=30)
TOKEN = Asked("access_token", "Access token", "Make one on the page")


async def asks(show: Show, asked: Asked, url: str = "") -> tuple[FakeServices, ReconnectDialog, FakeSignIn]:
    services = FakeServices([signed_out("huf")])
    services.brokers.specs_ = (Spec(login="code"),)
    window = show(services)
    window.repair("huf")
    assert window.repairs is not None
    dialog, running = window.repairs.dialogs["huf"], services.sign_ins.running[0]
    running.move(phase=Phase.ASKING, asked=asked, url=url)
    await until(lambda: dialog.pane.ask.isVisible() and edit_of(dialog).hasFocus())
    return services, dialog, running


def edit_of(dialog: ReconnectDialog) -> QLineEdit:
    assert dialog.pane.ask.field is not None
    return dialog.pane.ask.field.edit


def words(dialog: ReconnectDialog) -> str:
    return " / ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


# ------------------------------------------------------------------ what it shows


async def test_the_code_has_no_browser_part_and_says_what_it_is(show: Show) -> None:
    _, dialog, _ = await asks(show, CODE)

    links = dialog.pane.links
    shown = [part.isVisible() for part in (links.open_again, links.copy_link, links.paste_link, *dialog.pane.steps)]
    assert not any(shown)
    assert "Code / The 6 digits of your authenticator" in words(dialog)
    assert ATTEMPTS in words(dialog)
    assert "page" not in words(dialog)


@pytest.mark.parametrize("asked", [PIN, CODE, TOKEN], ids=lambda asked: asked.name)
async def test_what_is_typed_is_masked_on_the_screen_and_for_a_screen_reader(show: Show, asked: Asked) -> None:
    _, dialog, _ = await asks(show, asked)

    QTest.keyClicks(edit_of(dialog), "407123")

    assert edit_of(dialog).echoMode() is QLineEdit.EchoMode.Password
    assert "407123" not in edit_of(dialog).displayText()
    reader = QAccessible.queryAccessibleInterface(edit_of(dialog))
    assert "4" not in reader.text(QAccessible.Text.Value)


async def test_the_time_until_the_next_code_ticks(show: Show) -> None:
    services, dialog, _ = await asks(show, CODE)
    assert "New code in 12 s. Enter sends all 6 digits." in words(dialog)

    await services.clock.advance(5)  # type: ignore[attr-defined]  # a manual clock
    dialog.refresh()

    assert "New code in 7 s" in words(dialog)
    assert "4:55 left" in words(dialog)


async def test_a_token_of_the_brokers_page_is_asked_for_beside_its_link(show: Show) -> None:
    _, dialog, _ = await asks(show, TOKEN, "https://broker.example/tokens")

    assert dialog.pane.links.open_again.isVisible()
    assert dialog.pane.links.copy_link.isVisible()
    assert not dialog.pane.links.paste_link.isVisible()


# ------------------------------------------------------------------ typing, pasting, sending


async def test_enter_sends_the_code_and_the_field_forgets_it(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    QTest.keyClicks(edit_of(dialog), "407123")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)

    assert running.answers == [(Secret("407123"), CODE)]
    assert edit_of(dialog).text() == ""


async def test_enter_pressed_twice_sends_once(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    QTest.keyClicks(edit_of(dialog), "407123")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)

    assert len(running.answers) == 1


async def test_the_button_sends_too_and_says_what_is_missing_until_then(show: Show) -> None:
    _, dialog, running = await asks(show, PIN)
    assert not dialog.send.isEnabled()
    assert dialog.send.toolTip() == "Nothing is typed yet."

    QTest.keyClicks(edit_of(dialog), "2468")
    assert dialog.send.toolTip() == dialog.send.accessibleDescription() == ""
    dialog.send.click()

    assert running.answers == [(Secret("2468"), PIN)]


async def test_enter_with_digits_missing_says_so_and_sends_nothing(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    QTest.keyClicks(edit_of(dialog), "4071")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)

    assert running.answers == []
    assert "Type all 6 digits first." in words(dialog)
    assert edit_of(dialog).text() == "4071"


@pytest.mark.parametrize("pasted", ["407123", " 407 123\n", "407-123"])
async def test_a_code_can_be_pasted(show: Show, pasted: str) -> None:
    _, dialog, _ = await asks(show, CODE)
    QGuiApplication.clipboard().setText(pasted)

    edit_of(dialog).paste()

    assert edit_of(dialog).text() == "407123"
    assert dialog.send.isEnabled()


@pytest.mark.parametrize("pasted", ["40712", "4071234", "otpauth://totp/x", "٤٠٧١٢٣"])
async def test_a_paste_that_cannot_be_the_code_is_told_and_not_taken(show: Show, pasted: str) -> None:
    _, dialog, _ = await asks(show, CODE)
    QGuiApplication.clipboard().setText(pasted)

    edit_of(dialog).paste()

    await until(lambda: "What was pasted is not a code of 6 digits." in words(dialog))
    assert edit_of(dialog).text() == ""


async def test_letters_and_a_seventh_digit_are_not_taken(show: Show) -> None:
    _, dialog, _ = await asks(show, CODE)

    QTest.keyClicks(edit_of(dialog), "4a0 7-1239")

    assert edit_of(dialog).text() == "407123"
    assert dialog.pane.ask.field is not None
    assert dialog.pane.ask.field.error == ""


async def test_backspace_and_home_keep_the_order_of_the_digits(show: Show) -> None:
    _, dialog, _ = await asks(show, CODE)

    QTest.keyClicks(edit_of(dialog), "40")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Home)
    QTest.keyClicks(edit_of(dialog), "79")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Backspace)

    assert edit_of(dialog).text() == "407"


async def test_nothing_of_it_can_be_copied(show: Show) -> None:
    _, dialog, _ = await asks(show, CODE)
    QGuiApplication.clipboard().setText("before")

    QTest.keyClicks(edit_of(dialog), "407123")
    edit_of(dialog).selectAll()
    edit_of(dialog).copy()
    edit_of(dialog).cut()

    assert QGuiApplication.clipboard().text() == "before"


async def test_enter_in_the_field_is_the_fields_alone(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)
    QTest.keyClicks(edit_of(dialog), "407123")
    dialog.close_button.setFocus()  # as while one question follows another

    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)

    assert [answer.reveal() for answer, _ in running.answers] == ["407123"]
    assert not running.cancelled


async def test_enter_held_down_does_not_press_the_button_that_gets_the_keyboard(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)
    dialog.close_button.setFocus()
    held = QKeyEvent(
        QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, autorep=True
    )  # fmt: skip

    QApplication.sendEvent(dialog.close_button, held)

    assert not running.cancelled


# ------------------------------------------------------------------ going on


async def test_the_next_question_begins_empty_with_the_keyboard_in_it(show: Show) -> None:
    _, dialog, running = await asks(show, PIN)
    QTest.keyClicks(edit_of(dialog), "2468")
    QTest.keyClick(edit_of(dialog), Qt.Key.Key_Return)

    running.move(asked=CODE)
    await until(lambda: isinstance(edit_of(dialog), CodeEdit) and edit_of(dialog).hasFocus())

    assert edit_of(dialog).text() == ""


async def test_a_tick_of_the_clock_keeps_what_was_typed(show: Show) -> None:
    _, dialog, _ = await asks(show, CODE)
    QTest.keyClicks(edit_of(dialog), "407")

    dialog.refresh()

    assert edit_of(dialog).text() == "407"


async def test_what_is_wrong_with_the_answer_stands_beside_it(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    running.move(problem=InvalidRequest(title="This is not a code", next_step="Type all 6.", field="totp"))
    await until(lambda: "This is not a code. Type all 6." in words(dialog))

    assert dialog.pane.ask.field is not None
    assert dialog.pane.ask.field.error == "This is not a code. Type all 6."
    assert edit_of(dialog).hasFocus()


async def test_another_trouble_is_a_note_and_the_question_stays(show: Show) -> None:
    _, dialog, running = await asks(show, TOKEN, "https://broker.example/tokens")

    running.move(problem=BadCredentials(title="Something else"))

    await until(lambda: "Something else" in words(dialog))
    assert dialog.pane.ask.isVisible()


async def test_after_the_answer_the_steps_have_no_page_in_them(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    running.move(phase=Phase.EXCHANGING, asked=None)

    await until(lambda: "Sign in to Zerodha" in words(dialog))
    assert "browser" not in words(dialog)
    assert not dialog.send.isVisible()


async def test_a_refused_code_ends_it_with_its_reason_and_a_way_to_begin_anew(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)
    running.move(phase=Phase.EXCHANGING, asked=None)

    running.ended.set_result(No(BadCredentials(title="Angel One refused this code", field="totp")))

    await until(dialog.start_again.isVisible)
    assert "Angel One refused this code" in words(dialog)
    assert not dialog.pane.ask.isVisible()


async def test_success_after_a_code_is_said_as_after_a_page(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)

    running.ended.set_result(Yes(account("huf")))

    await until(lambda: dialog.close_button.text() == "Done")
    assert not dialog.send.isVisible()


async def test_escape_cancels_and_wipes(show: Show) -> None:
    _, dialog, running = await asks(show, CODE)
    edit = edit_of(dialog)
    QTest.keyClicks(edit, "407")

    QTest.keyClick(edit, Qt.Key.Key_Escape)

    assert running.cancelled
    assert edit.text() == ""


@pytest.mark.parametrize(
    ("phase", "places"),
    [
        (Phase.OPENING, [At.RUNNING, At.TO_COME]),
        (Phase.ASKING, [At.RUNNING, At.TO_COME]),
        (Phase.EXCHANGING, [At.RUNNING, At.TO_COME]),
        (Phase.CHECKING, [At.DONE, At.RUNNING]),
        (Phase.DONE, [At.DONE, At.DONE]),
    ],
)
def test_every_phase_of_a_code_has_its_steps(phase: Phase, places: list[At]) -> None:
    view = SignInView("m", "Meera", "A123456", phase, "", None, None, None)

    assert [step.at for step in steps_of(view, "Angel One", by_code=True)] == places


async def test_the_cells_are_drawn_in_both_looks(show: Show, theme: Theme) -> None:
    _, dialog, _ = await asks(show, CODE)
    QTest.keyClicks(edit_of(dialog), "407")

    pictures = []
    for dark in (False, True):
        theme.use(dark=dark)
        await asyncio.sleep(0)
        pictures.append(edit_of(dialog).grab().toImage())

    assert pictures[0] != pictures[1]
    assert all(picture.width() >= edit_of(dialog).sizeHint().width() for picture in pictures)
