"""Every screen that is drawn for people to look at is whole: the pages small and large, the dialogs at twice the text.

All of them are slow together; the suite looks at the dialogs that stand between a trader and an account.
"""

import pytest
from PySide6.QtWidgets import QApplication

from tests.qt.conftest import Show
from tests.qt.pictures import SCREENS
from tests.qt.test_layout import enlarged, faults
from tests.qt.waiting import at_rest

__all__ = ["enlarged"]  # a fixture

SAMPLE = (
    "reconnect-crowded",
    "reconnect-own-token",
    "walk-many",
    "confirm",
    "crash",
    "confirm-row",
    "confirm-exit",
    "orders-unsettled",
)
WORLDS = (((853, 533), 1.0), ((1280, 800), 1.5))


async def look(show: Show, name: str, size: tuple[int, int]) -> list[tuple[str, str]]:
    make, screen = SCREENS[name]
    services = make()
    window = show(services, size=size)
    shown = screen(window, services)
    await at_rest(window)
    found = list(faults(shown))
    for other in QApplication.topLevelWidgets():
        if other is not window and other.isVisible():
            other.close()
    return found


@pytest.mark.parametrize("enlarged", [2.0], indirect=True)
@pytest.mark.parametrize("name", SAMPLE)
async def test_a_dialog_is_whole_at_twice_the_text(show: Show, name: str, enlarged: float) -> None:
    assert await look(show, name, (1280, 800)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("size", "enlarged"), WORLDS, indirect=["enlarged"], ids=str)
@pytest.mark.parametrize("name", SCREENS)
async def test_every_screen_is_whole(show: Show, name: str, size: tuple[int, int], enlarged: float) -> None:
    assert await look(show, name, size) == []
