"""A screen reader is told once of another worst account, wherever one is, and never of prices."""

import pytest
from PySide6 import QtGui
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, five, offline, positions, signed_out
from tests.qt.waiting import until


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was announced, in words."""
    heard: list[str] = []

    class Event:
        """An event that says what it says when it is made."""

        Event = QAccessible.Event

        def __init__(self, place: QWidget, kind: QAccessible.Event) -> None:
            if kind is QAccessible.Event.Alert:
                heard.append(place.accessibleName())

    class Screen:
        """Assistive technology."""

        Event = QAccessible.Event

        @staticmethod
        def updateAccessibility(event: object) -> None:  # noqa: N802 - as Qt names it
            """It is heard when it is made."""

    monkeypatch.setattr(QtGui, "QAccessibleEvent", Event)
    monkeypatch.setattr(QtGui, "QAccessible", Screen)
    return heard


async def test_the_worst_account_is_told_once_and_not_again_on_another_view(show: Show, told: list[str]) -> None:
    window = show(five())

    window.go("positions")
    window.tick()
    window.go("overview")

    assert told == ["HUF \u00b7 Zerodha is signed out"]


async def test_another_worst_account_is_told_where_one_is(show: Show, told: list[str]) -> None:
    services = FakeServices([account("self", name="Self"), offline()])
    window = show(services)
    window.go("positions")

    services.change(signed_out("self", name="Self"))
    await until(lambda: len(told) == 2)

    assert told[1] == "Self \u00b7 Zerodha: signed out"


async def test_the_same_trouble_is_told_again_after_all_was_well(show: Show, told: list[str]) -> None:
    services = FakeServices([signed_out("huf")])
    window = show(services)
    services.change(account("huf"))
    await until(lambda: window.desk is not None and not window.desk.board.worst_first)
    window.tick()

    services.change(signed_out("huf"))
    await until(lambda: len(told) == 2)

    assert told[0] == told[1]


async def test_prices_are_never_told(show: Show, told: list[str]) -> None:
    services = FakeServices([account("a")], [positions("a")])
    window = show(services)
    window.go("positions")

    for _ in range(5):
        services.read(positions("a"))
        window.tick()

    assert told == []
