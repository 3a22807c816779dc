"""The sign-in dialog: steps in words and shapes, the page again, its link, a pasted address, an end that stays."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.domain import BadCredentials, BrowserMissing, LoginThrottled, LoginTimedOut, PortTaken, WrongAccount
from app.qt.dialogs.reconnect import HEIGHT, ReconnectDialog
from app.qt.dialogs.steps import At, steps_of
from app.qt.window import Window
from app.services.answers import No, Yes
from app.services.views import AccountState, Phase, SignInView
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, FakeSignIn, account, signed_out
from tests.qt.waiting import at_rest, until

ADDRESS = "http://127.0.0.1:5021/zerodha?request_token=canary-request-91&status=success"


def begin(show: Show) -> tuple[Window, FakeServices, ReconnectDialog, FakeSignIn]:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    window.repair("huf")
    assert window.repairs is not None
    return window, services, window.repairs.dialogs["huf"], services.sign_ins.running[0]


def words(dialog: ReconnectDialog) -> str:
    return " / ".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisible())


async def test_it_stands_beside_the_window_and_blocks_nothing(show: Show) -> None:
    window, _, dialog, _ = begin(show)

    assert dialog.isWindow()
    assert dialog.windowModality() is Qt.WindowModality.NonModal
    assert window.isEnabled()


async def test_it_says_whose_sign_in_it_is(show: Show) -> None:
    _, _, dialog, _ = begin(show)

    assert dialog.windowTitle() == dialog.accessibleName() == "Reconnect HUF \u00b7 Zerodha"
    assert "Sign in there as HS2096" in words(dialog)


@pytest.mark.parametrize(
    ("phase", "places"),
    [
        (Phase.OPENING, [At.RUNNING, At.TO_COME, At.TO_COME, At.TO_COME]),
        (Phase.WAITING, [At.DONE, At.RUNNING, At.TO_COME, At.TO_COME]),
        (Phase.EXCHANGING, [At.DONE, At.DONE, At.RUNNING, At.TO_COME]),
        (Phase.CHECKING, [At.DONE, At.DONE, At.DONE, At.RUNNING]),
        (Phase.DONE, [At.DONE, At.DONE, At.DONE, At.DONE]),
    ],
)
def test_every_phase_has_its_steps(phase: Phase, places: list[At]) -> None:
    view = SignInView("huf", "HUF", "HS2096", phase, "", None, None, None)

    assert [step.at for step in steps_of(view, "Zerodha")] == places


def test_a_failure_stands_at_the_step_it_happened_in() -> None:
    error = BadCredentials()
    view = SignInView("huf", "HUF", "HS2096", Phase.FAILED, "", None, None, error, failed_in=Phase.EXCHANGING)

    made = steps_of(view, "Zerodha")

    assert [step.at for step in made] == [At.DONE, At.DONE, At.FAILED, At.TO_COME]


async def test_the_steps_go_on_with_the_sign_in(show: Show) -> None:
    _, _, dialog, running = begin(show)

    running.move(phase=Phase.CHECKING)

    await until(lambda: dialog.pane.steps[2].accessibleName() == "Take over the session: done")
    assert not dialog.pane.links.open_again.isVisible()


async def test_the_page_can_be_opened_again(show: Show) -> None:
    _, _, dialog, running = begin(show)

    dialog.pane.links.open_again.click()

    assert running.opened == 1


async def test_the_link_to_copy_is_the_brokers_page_alone(show: Show) -> None:
    _, _, dialog, running = begin(show)

    dialog.pane.links.copy_link.click()

    assert QGuiApplication.clipboard().text() == running.view.url
    assert dialog.pane.links.copy_link.text() == "Link copied"


async def test_a_pasted_address_is_handed_on_and_wiped(show: Show) -> None:
    _, _, dialog, running = begin(show)
    dialog.pane.links.paste_link.click()
    dialog.pane.links.paste_field.edit.setText(ADDRESS)

    dialog.pane.links.paste_send.click()

    assert running.pasted == [ADDRESS]
    assert dialog.pane.links.paste_field.edit.text() == ""


async def test_an_empty_paste_says_what_to_copy(show: Show) -> None:
    _, _, dialog, running = begin(show)
    dialog.pane.links.paste_link.click()

    dialog.pane.links.paste_send.click()

    assert "whole address" in dialog.pane.links.paste_field.error
    assert running.pasted == []


@pytest.mark.parametrize("problem", [PortTaken(), BrowserMissing()], ids=["port", "browser"])
async def test_a_problem_that_does_not_end_it_is_told_and_the_ways_on_stay(show: Show, problem: PortTaken) -> None:
    _, _, dialog, running = begin(show)

    running.move(problem=problem)

    await until(lambda: problem.title in words(dialog))
    assert dialog.pane.links.paste_link.isVisible()
    assert dialog.pane.links.copy_link.isVisible()


async def test_the_time_left_ticks(show: Show) -> None:
    _, services, dialog, _ = begin(show)
    assert "5:00 left" in words(dialog)

    await services.clock.advance(19)  # type: ignore[attr-defined]  # a manual clock
    dialog.refresh()

    assert "4:41 left" in words(dialog)


async def test_success_says_until_when_and_stays_open(show: Show) -> None:
    _, _, dialog, running = begin(show)

    running.ended.set_result(Yes(account("huf")))

    await until(lambda: dialog.close_button.text() == "Done")
    assert "HUF \u00b7 Zerodha is ready / Until 06:00 tomorrow" in words(dialog)
    assert dialog.isVisible()


@pytest.mark.parametrize("error", [LoginTimedOut(), WrongAccount(), BadCredentials()], ids=lambda error: error.kind)
async def test_a_failure_says_what_and_what_next(show: Show, error: LoginTimedOut) -> None:
    _, _, dialog, running = begin(show)

    running.ended.set_result(No(error))

    await until(dialog.start_again.isVisible)
    assert f"{error.title}. {error.next_step}" in words(dialog)


async def test_what_signed_in_but_cannot_trade_is_not_called_ready(show: Show) -> None:
    _, _, dialog, running = begin(show)

    running.ended.set_result(Yes(account("huf", state=AccountState.WATCH_ONLY)))

    await until(lambda: dialog.close_button.text() == "Done")
    assert dialog.windowTitle() == "HUF \u00b7 Zerodha is watch only: orders are refused"
    assert dialog._done_mark.shape_name == "watch"


async def test_another_attempt_waits_as_long_as_the_broker_wants(show: Show) -> None:
    _, services, dialog, running = begin(show)
    running.ended.set_result(No(LoginThrottled(retry_after=80)))
    await until(dialog.start_again.isVisible)
    before = dialog.start_again.text(), dialog.start_again.isEnabled()

    await services.clock.advance(81)  # type: ignore[attr-defined]  # a manual clock
    dialog.refresh()

    assert before == ("Start again in 1:20", False)
    assert (dialog.start_again.text(), dialog.start_again.isEnabled()) == ("Start again", True)


async def test_after_a_failure_it_starts_again_in_the_same_place(show: Show) -> None:
    _, services, dialog, running = begin(show)
    running.ended.set_result(No(LoginTimedOut()))
    await until(dialog.start_again.isVisible)

    dialog.start_again.click()

    assert services.sign_ins.started == ["huf", "huf"]
    assert dialog.running is services.sign_ins.running[1]
    services.sign_ins.running[1].ended.set_result(Yes(account("huf")))
    await until(lambda: dialog.close_button.text() == "Done")


async def test_cancel_gives_the_sign_in_up(show: Show) -> None:
    window, _, dialog, running = begin(show)

    dialog.close_button.click()

    assert running.cancelled
    assert window.repairs is not None
    assert window.repairs.dialogs == {}


async def test_escape_is_cancel(show: Show) -> None:
    _, _, dialog, running = begin(show)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    assert running.cancelled


async def test_closing_after_the_end_cancels_nothing(show: Show) -> None:
    _, _, dialog, running = begin(show)
    running.ended.set_result(Yes(account("huf")))
    await until(lambda: dialog.close_button.text() == "Done")

    dialog.close_button.click()

    assert not running.cancelled


async def test_a_second_press_shows_the_dialog_that_is_there(show: Show) -> None:
    window, services, _, _ = begin(show)

    window.repair("huf")

    assert services.sign_ins.started == ["huf"]


async def test_longer_words_make_it_higher_and_cut_nothing(show: Show) -> None:
    _, _, dialog, running = begin(show)
    running.move(problem=PortTaken("port 5021 is taken by another program " * 6))
    dialog.pane.links.paste_link.click()

    await until(lambda: dialog.height() > HEIGHT)
    await at_rest(dialog)

    short = [
        label.text()
        for label in dialog.findChildren(QLabel)
        if label.isVisible() and label.height() < label.heightForWidth(label.width())
    ]
    assert short == []


async def test_a_sign_in_that_breaks_is_told_and_not_lost(show: Show) -> None:
    window, _, _, running = begin(show)

    running.ended.set_exception(RuntimeError("odd"))

    await until(lambda: "crashes" in window.__dict__ and window.crashes.dialog.isVisible())
    assert "RuntimeError: odd" in window.crashes.dialog.copy.details


async def test_what_waits_says_until_when(show: Show) -> None:
    view = SignInView("huf", "HUF", "HS2096", Phase.WAITING, "", NOW + timedelta(minutes=5), None, None)

    assert "Waiting until 09:37." in steps_of(view, "Zerodha")[1].more
