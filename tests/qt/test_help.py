"""Help: four pages behind segments, each made when it is first wanted."""

import asyncio
import secrets
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from app import __version__
from app.domain import KeychainMissing, Secret
from app.qt.panels.about import AboutPage
from app.qt.panels.diagnostics import DiagnosticsPage
from app.qt.panels.log import LogPage
from app.qt.window import Window
from app.services.diagnostics import Line, Verdict
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, diagnosis
from tests.qt.waiting import until
from tests.vault.fakes import slowness

LOCKED = Line("Keychain", "Secret Service answers and is locked", Verdict.TROUBLE, "Unlock it.")


def said(page: QWidget) -> str:
    return " / ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


def line(number: int, level: str = "INFO") -> str:
    return f"2026-11-18T03:44:00.{number:03d}Z {level} app.test number={number}"


def helped(show: Show, services: FakeServices, page: str) -> Window:
    window = show(services)
    window.go("help")
    window.pages.help.segments[page].click()
    return window


def diagnostics(show: Show, *lines: Line) -> DiagnosticsPage:
    services = FakeServices([account()])
    services.diagnostics.found = diagnosis(*lines)
    page = helped(show, services, "diagnostics").pages.help.page("diagnostics")
    assert isinstance(page, DiagnosticsPage)
    return page


def log(show: Show, log_dir: Path, *lines: str) -> LogPage:
    (log_dir / "kunji.log").write_text("".join(f"{one}\n" for one in lines))
    services = FakeServices([account()])
    services.diagnostics.log_dir = log_dir
    return helped(show, services, "log").pages.help.log


async def test_help_is_a_view_of_the_window(show: Show) -> None:
    window = show(FakeServices([account()]))

    window.go("help")

    assert window.pages.currentWidget() is window.pages.help
    assert window.pages.title == "Help"


async def test_help_is_there_when_the_keychain_is_not(show: Show) -> None:
    services = FakeServices([account()])
    services.vault.key_error = KeychainMissing()
    window = show(services)

    window.go("help")

    assert window.pages.currentWidget() is window.pages.help


async def test_about_says_what_it_is_made_of_and_lets_it_be_copied(show: Show) -> None:
    window = helped(show, FakeServices([account()]), "about")

    about = window.pages.help.page("about").findChild(AboutPage)

    assert isinstance(about, AboutPage)
    assert about.facts._values["Kunji"].text() == __version__
    assert about.copy.details.startswith(f"Kunji {__version__}, Python 3.")


# ------------------------------------------------------------------ diagnostics


async def test_diagnostics_look_when_they_are_shown_first_and_when_asked(show: Show) -> None:
    page = diagnostics(show, Line("Keychain", "Secret Service answers"))
    await until(lambda: page.says.text() == "Everything is well.")

    page.hide()
    page.show()
    page.again.click()
    await until(lambda: page._desk.services.diagnostics.asked == 2)  # type: ignore[attr-defined]  # a fake
    await until(page.again.isEnabled)


async def test_a_trouble_is_told_with_what_to_do(show: Show) -> None:
    page = diagnostics(show, LOCKED, Line("Key", "not looked at", Verdict.NOT_KNOWN))
    await until(page.save.isVisible)

    assert page.says.text() == "In trouble: 1 of 3. What to do stands below each."
    await until(lambda: "Trouble: Keychain / Secret Service answers and is locked. Unlock it." in said(page))
    assert "Not known: Key" in said(page)


async def test_what_is_not_known_is_no_trouble(show: Show) -> None:
    page = diagnostics(show, Line("Key", "not looked at", Verdict.NOT_KNOWN))

    await until(lambda: page.says.text() == "No trouble was found. Not known: 1.")


async def test_the_diagnosis_is_copied_and_saved_whole(show: Show, tmp_path: Path) -> None:
    page = diagnostics(show, LOCKED)
    await until(page.save.isVisible)

    page.copy.click()
    page.save.click()
    (question,) = page.window().findChildren(QFileDialog)
    question.fileSelected.emit(str(tmp_path / "saved.txt"))
    await until(lambda: "Saved as " in page.saved.text())
    question.close()

    assert QGuiApplication.clipboard().text() == (tmp_path / "saved.txt").read_text()
    assert "trouble    Keychain: Secret Service answers and is locked. Unlock it." in page.copy.details


async def test_a_diagnosis_that_cannot_be_saved_says_why(show: Show, tmp_path: Path) -> None:
    page = diagnostics(show, LOCKED)
    await until(page.save.isVisible)

    page.save_to(tmp_path)

    await until(lambda: "Is a directory" in page.saved.text())


# ------------------------------------------------------------------ the log


async def test_the_log_is_shown_from_its_end_and_followed(show: Show, tmp_path: Path) -> None:
    page = log(show, tmp_path, *map(line, range(300)))
    await until(lambda: len(page.model.lines) == 300)
    await until(lambda: page.view.verticalScrollBar().value() == page.view.verticalScrollBar().maximum())

    with (tmp_path / "kunji.log").open("a") as file:
        file.write(f"{line(300)}\n")

    await until(lambda: page.model.lines[-1] == line(300))
    assert page.says.text().startswith("301 lines")


async def test_words_and_level_choose_whole_records(show: Show, tmp_path: Path) -> None:
    error = (line(2, "ERROR"), "Traceback (most recent call last):", "ValueError: odd")
    page = log(show, tmp_path, line(1), *error, line(3))
    await until(lambda: len(page.model.lines) == 5)

    page.level.setCurrentIndex(page.level.findText("Errors"))
    assert list(page.model.lines) == list(error)

    page.level.setCurrentIndex(0)
    page.focus_filter()
    QTest.keyClicks(page.filter, "odd NUMBER=2")
    await until(lambda: list(page.model.lines) == list(error))
    QTest.keyClicks(page.filter, "x")
    await until(lambda: page.says.text() == "Nothing matches.")


async def test_what_is_selected_is_copied_else_all_without_a_secret(show: Show, tmp_path: Path) -> None:
    text = f"canary{secrets.token_hex(12)}"
    page = log(show, tmp_path, line(1), f"{line(2)} {text}", line(3))
    await until(lambda: len(page.model.lines) == 3)
    Secret(text)

    page.copy.click()
    assert QGuiApplication.clipboard().text() == "\n".join([line(1), f"{line(2)} \u2022\u2022\u2022\u2022", line(3)])

    page.view.setCurrentIndex(page.model.index(2))
    page.copy.click()
    assert QGuiApplication.clipboard().text() == line(3)


async def test_a_log_that_cannot_be_read_says_why(show: Show, tmp_path: Path) -> None:
    page = log(show, tmp_path, line(1))
    await until(lambda: len(page.model.lines) == 1)

    (tmp_path / "kunji.log").unlink()
    (tmp_path / "kunji.log").mkdir()
    page._read()

    await until(lambda: page.says.text() == "The log cannot be read: Is a directory.")


async def test_an_empty_log_says_so_and_the_page_lets_go_of_its_thread(show: Show, tmp_path: Path) -> None:
    page = log(show, tmp_path)
    await until(lambda: page.says.text() == "Nothing is written yet.")

    page.hide()

    assert page._worker is None
    assert not page._follow.isActive()


@pytest.mark.alone
async def test_a_large_log_leaves_the_loop_free(show: Show, tmp_path: Path) -> None:
    for number in range(1, 6):
        (tmp_path / f"kunji.log.{number}").write_text(f"{line(number)}\n" * 40_000)
    page = log(show, tmp_path, *map(line, range(20_000)))
    longest, before = 0.0, time.monotonic()
    began = before

    while len(page.model.lines) < 5000:
        await asyncio.sleep(0)
        longest, before = max(longest, time.monotonic() - before), time.monotonic()

    assert page.says.text().startswith("The last 5000 lines.")
    assert longest < 0.15 * slowness()
    assert time.monotonic() - began < 5 * slowness()
