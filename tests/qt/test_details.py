"""L1 and L7 for "Copy details": whoever is asked for help gets everything but a secret, wherever an error is told."""

import secrets
from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtGui import QGuiApplication

from app import __version__
from app.domain import IST, BadCredentials, NotReachable, Secret, SessionExpired, TradingError
from app.qt.theme import Theme
from app.qt.widgets.details import CopyDetails, details_of
from app.qt.widgets.message import MessageLine
from app.services.answers import No
from tests.qt.conftest import Show
from tests.qt.fakes import NOW, FakeServices, account, signed_out

AT = datetime(2026, 11, 18, 9, 12, 4, tzinfo=IST)


def canary() -> str:
    text = f"canary+/{secrets.token_urlsafe(20)}"
    Secret(text)
    return text


def copied() -> str:
    return QGuiApplication.clipboard().text()


def test_the_details_of_an_error_say_all_that_is_known() -> None:
    error = SessionExpired("Incorrect `api_key`.", broker_code="TokenException")

    lines = details_of(error, AT).splitlines()

    assert lines[:3] == [error.title, error.next_step, ""]
    assert lines[3:7] == [
        "Kind: session_expired",
        "Broker's code: TokenException",
        "Details: Incorrect `api_key`.",
        "Time: 2026-11-18 09:12:04 IST",
    ]
    assert lines[7].startswith(f"Versions: Kunji {__version__}, Python 3.")


def raised(text: str) -> Exception:
    try:
        int(text)
    except ValueError as error:
        return error
    raise AssertionError


def test_the_details_of_a_mistake_of_ours_have_its_traceback() -> None:
    said = details_of(raised("odd"))

    assert "Kind: ValueError" in said
    assert "Time:" not in said
    assert said.endswith("invalid literal for int() with base 10: 'odd'")


def words(text: str) -> Exception:
    return ValueError(text)


def chained(text: str) -> Exception:
    error = NotReachable("later")
    error.__cause__ = OSError(text)
    return error


@pytest.mark.parametrize("make", [words, chained, BadCredentials, lambda text: SessionExpired(broker_code=text)])
def test_no_secret_is_copied(theme: Theme, make: Callable[[str], Exception]) -> None:
    text = canary()
    shown = CopyDetails()

    shown.show_error(make(text), AT)
    shown.click()

    assert copied() == shown.details
    assert text not in copied()


def test_a_text_of_somebody_else_is_masked_too(theme: Theme) -> None:
    text = canary()
    shown = CopyDetails()

    shown.show_text(f"token {text}")

    assert shown.details == "token \u2022\u2022\u2022\u2022"


def test_it_says_that_it_has_copied_and_goes_when_there_is_no_error(theme: Theme) -> None:
    shown = CopyDetails()
    shown.show_error(NotReachable())

    shown.click()
    assert (shown.text(), shown.accessibleName()) == ("Copied", "Copied")

    shown.show_error(None)
    assert shown.isHidden()
    assert shown.text() == "Copy details"


def test_an_error_that_is_shown_every_second_is_written_down_once(theme: Theme) -> None:
    shown, error = CopyDetails(), NotReachable()
    shown.show_error(error, AT)
    shown.click()

    shown.show_error(error, AT)

    assert shown.text() == "Copied"


def test_the_message_line_offers_the_details_of_the_message_on_show(theme: Theme) -> None:
    line = MessageLine(theme)

    line.post("trouble", "Odd", "Try again.", {}, details="what was odd")
    assert (line.copy.isHidden(), line.copy.details) == (False, "what was odd")

    line.post("other", "A notice", "", {})
    assert line.copy.isHidden()


async def test_what_nobody_took_can_be_copied_from_the_message_line(show: Show) -> None:
    window = show(FakeServices([account()]))

    window._run.untaken(NotReachable("timed out"))

    assert "Details: timed out" in window.message.copy.details
    assert f"Time: {NOW:%Y-%m-%d %H:%M:%S} IST" in window.message.copy.details


async def test_the_last_error_of_an_account_can_be_copied_with_its_time(show: Show) -> None:
    window = show(FakeServices([signed_out("huf")]))

    window.go("huf")
    window.pages.status.last_error.rows[0].copy.click()

    assert copied().startswith(SessionExpired.title)
    assert "Time: 2026-11-18 09:12:00 IST" in copied()


async def test_the_trouble_page_offers_its_details(show: Show) -> None:
    window = show(FakeServices())

    window.show_trouble(RuntimeError("no such folder"))

    assert window.pages.trouble.copy.isVisible()
    assert "no such folder" in window.pages.trouble.copy.details


async def test_a_refused_sign_in_can_be_copied_from_its_dialog(show: Show) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    window.repair("huf")
    assert window.repairs is not None
    dialog = window.repairs.dialogs["huf"]

    dialog.show_answer(No(BadCredentials("Invalid checksum")), NOW)
    assert "Details: Invalid checksum" in dialog.pane.copy.details

    dialog.pane.show_note("")
    assert dialog.pane.copy.isHidden()


async def test_a_refused_token_can_be_copied_until_another_one_is_typed(show: Show) -> None:
    window = show(FakeServices([signed_out("huf")]))
    window.repair("huf")
    assert window.repairs is not None
    box = window.repairs.dialogs["huf"].token
    box.open_link.click()

    box.show_refused(SessionExpired("dead"), NOW)
    assert "Details: dead" in box.copy.details

    box.field.edited.emit()
    assert box.copy.isHidden()


async def test_a_connect_form_that_was_refused_offers_the_details(show: Show) -> None:
    window = show(FakeServices([account()]))
    window.go("add")
    error: TradingError = BadCredentials("Invalid checksum", field="api_secret")

    window.pages.connect_panel.show_error(error)
    assert "Details: Invalid checksum" in window.pages.connect_panel.copy.details

    window.pages.connect_panel.busy("Asking Zerodha")
    assert window.pages.connect_panel.copy.isHidden()
