"""Every page that has nothing to show says why, and offers one thing to do about it."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.qt.window import Window
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, signed_out
from tests.qt.waiting import at_rest

TABLES = pytest.mark.parametrize("view", ["positions", "holdings", "orders", "funds"])


def said(window: Window) -> list[str]:
    page = window.pages.currentWidget()
    assert page is not None
    return [label.text() for label in page.findChildren(QLabel) if label.isVisible() and label.text()]


@TABLES
async def test_without_accounts_a_table_leads_to_the_first_one(show: Show, view: str) -> None:
    window = show(FakeServices())
    window.go(view)
    await at_rest(window)

    assert "No account is connected yet." in said(window)
    button = next(button for button in window.pages.findChildren(QPushButton) if is_to_add(button))
    button.click()
    assert window.pages.current == "add"


def is_to_add(button: QPushButton) -> bool:
    return button.isVisible() and button.text() == "Add account"


@pytest.mark.parametrize("view", ["positions", "holdings", "orders"])
async def test_what_was_not_read_yet_is_not_called_empty(show: Show, view: str) -> None:
    window = show(FakeServices([account("a"), signed_out("b", name="Other")]))
    window.go(view)
    await at_rest(window)

    words = " ".join(said(window)).casefold()

    assert "not read yet" in words or "were not read" in words or "was not read" in words
    assert "no open positions" not in words
    assert "no holdings" not in words


async def test_an_account_of_which_nothing_is_known_yet_says_so_in_every_card(show: Show) -> None:
    window = show(FakeServices([account("a")]))
    window.go("a")
    await at_rest(window)

    assert {
        "Nothing went wrong since Kunji was started.",
        "No call has been answered since Kunji was started.",
        "Nothing was asked of the broker since Kunji was started.",
        "Nothing has happened yet.",
    } <= set(said(window))
