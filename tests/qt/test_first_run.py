"""The empty start: one filled button, every broker, and the demo in a window of its own."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from app.brokers import specs
from app.domain import NotFound
from app.system import another
from tests.qt.conftest import Show
from tests.qt.fakes import FakeDemo, FakeServices
from tests.qt.waiting import until


def new() -> FakeServices:
    made = FakeServices()
    made.brokers.specs_ = tuple(specs())
    return made


async def test_every_broker_can_be_connected_and_one_button_is_filled(show: Show) -> None:
    window = show(new())

    buttons = [button for button in window.pages.first_run.findChildren(QPushButton) if button.isVisible()]

    assert [button.text() for button in buttons] == [
        "Connect Zerodha",
        "Connect Dhan",
        "Connect Fyers",
        "Connect Angel One",
        "Try the demo",
    ]
    assert [button.text() for button in buttons if button.property("kind") == "primary"] == ["Connect Zerodha"]


async def test_the_demo_opens_beside_this_window(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(another, "open_demo", lambda: opened.append("demo"))
    window = show(new())

    window.pages.first_run.try_demo.click()

    assert window.pages.first_run.try_demo.text() == "Opening the demo"
    await until(lambda: opened == ["demo"] and window.pages.first_run.try_demo.isEnabled())


async def test_a_demo_that_does_not_open_is_told(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise NotFound(title="The demo could not be opened", next_step="Open it in a terminal: kunji demo")

    monkeypatch.setattr(another, "open_demo", refuse)
    window = show(new())

    window.pages.first_run.try_demo.click()

    await until(lambda: "The demo could not be opened" in window.message.title.text())


async def test_the_demo_offers_no_demo(show: Show) -> None:
    window = show(new(), demo=FakeDemo())

    assert not window.pages.first_run.try_demo.isVisible()


async def test_each_broker_says_in_short_how_one_signs_in_and_how_long_it_lasts(show: Show) -> None:
    window = show(new())

    said = [label.text() for label in window.pages.first_run.findChildren(QLabel)]

    assert "You sign in with a PIN and a code of your phone. The session ends every midnight; then one code a day." in (
        said
    )
    assert "You sign in on its own page, in your browser. The session lasts 24 hours." in said
