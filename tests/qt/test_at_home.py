"""What the window remembers of its user, how it is found again, and what the end of the session finds saved."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QSessionManager

from app.qt.at_home import AtHome
from app.qt.bridge import Runner
from app.qt.in_sight import InSight
from app.qt.session_end import SessionEnd
from app.qt.theme import LOOKS, Theme
from app.qt.window import Window
from app.qt.window_state import WindowState
from app.services.setting_kinds import Choice
from app.services.setting_table import BY_NAME
from app.system.early import EarlyFile
from tests.qt.conftest import Show
from tests.qt.fakes import FakeServices, account, positions
from tests.qt.waiting import until

Begin = Callable[[], Window]


@pytest.fixture
def services() -> FakeServices:
    return FakeServices([account()], [positions()])


@pytest.fixture
def early(tmp_path: Path) -> EarlyFile:
    return EarlyFile(tmp_path / "early.json")


@pytest.fixture
async def begin(theme: Theme, runner: Runner, services: FakeServices, early: EarlyFile) -> AsyncIterator[Begin]:
    """Starts a window over the same services and files, as its life does; each begins where the last one ended."""
    homes: list[AtHome] = []

    def end() -> None:
        for home in homes:
            window = home.parent()
            assert isinstance(window, Window)
            window.leaving = True
            home.close()
            window.release()
            window.close()
            window.deleteLater()
        homes.clear()

    def make() -> Window:
        end()
        window = Window(theme)
        window.begin(services.clock, runner)
        home = AtHome(window, early, WindowState(window, early))
        homes.append(home)
        window.attach(services, None, home.begin(services))
        home.follow()
        services.events.subscribe(home.hear)
        window.show()
        return window

    yield make
    end()
    await asyncio.sleep(0.01)


# ------------------------------------------------------------------ look, view, amounts


async def test_the_look_changes_at_once_and_is_known_before_the_next_first_paint(
    begin: Begin, services: FakeServices, theme: Theme, early: EarlyFile
) -> None:
    begin()

    await services.preferences.put_text("theme", "dark")

    assert (theme.look, theme.dark, early.get("look")) == ("dark", True, "dark")


def test_every_look_can_be_chosen() -> None:
    kind = BY_NAME["theme"].kind

    assert isinstance(kind, Choice)
    assert tuple(word for word, _ in kind.choices) == LOOKS


async def test_the_last_view_is_shown_again(begin: Begin) -> None:
    begin().go("positions")

    assert begin().pages.current == "positions"


async def test_the_page_of_an_account_is_shown_again_as_long_as_there_is_one(
    begin: Begin, services: FakeServices
) -> None:
    begin().go("huf")
    again = begin().pages.current
    del services.brokers.by_id["huf"]

    assert (again, begin().pages.current) == ("huf", "overview")


@pytest.mark.parametrize("view", ["settings", "add"])
async def test_where_one_goes_to_do_something_one_does_not_begin(begin: Begin, view: str) -> None:
    window = begin()
    window.go("positions")
    window.go(view)

    assert begin().pages.current == "positions"


@pytest.mark.parametrize("keep", ["on", "off"])
async def test_hidden_amounts_stay_hidden_only_where_the_user_set_it_so(
    begin: Begin, services: FakeServices, keep: str
) -> None:
    await services.preferences.put_text("keep_privacy", keep)
    window = begin()
    window.topbar.privacy.setChecked(True)
    assert window.desk is not None
    at_once = window.desk.figures.hidden

    again = begin()

    assert again.desk is not None
    shown = (again.desk.figures.hidden, again.topbar.privacy.isChecked())
    assert (at_once, shown) == (True, (keep == "on", keep == "on"))


# ------------------------------------------------------------------ within reach


async def test_a_hidden_window_without_a_tray_comes_back_minimized(show: Show, services: FakeServices) -> None:
    window = show(services)
    window.hide()
    sight = InSight(window)

    sight.look()
    too_soon = window.isVisible()
    sight.look()

    assert (too_soon, window.isVisible(), window.isMinimized()) == (False, True, True)
    sight.close()


async def test_a_window_in_its_tray_is_left_there(
    show: Show, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(services)
    window.hide()
    monkeypatch.setattr("app.qt.tray.Tray.visible", property(lambda _: True))
    sight = InSight(window)

    for _ in range(5):
        sight.look()

    assert not window.isVisible()
    sight.close()


async def test_a_minimized_window_that_was_maximized_comes_forward_so(show: Show, services: FakeServices) -> None:
    window = show(services)
    window.setWindowState(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized)

    window.come_forward()

    assert window.windowState() & Qt.WindowState.WindowMaximized
    assert not window.isMinimized()


# ------------------------------------------------------------------ the end of the session


class Manager:
    """A session manager that notes what it is told."""

    hint: QSessionManager.RestartHint | None = None

    def setRestartHint(self, hint: QSessionManager.RestartHint, /) -> None:  # noqa: N802 - Qt's name
        self.hint = hint


def test_before_the_session_ends_everything_is_saved_without_a_question() -> None:
    saved: list[bool] = []
    manager = Manager()

    SessionEnd(lambda: saved.append(True)).commit(manager)

    assert saved == [True]
    assert manager.hint is QSessionManager.RestartHint.RestartNever


async def test_a_view_is_saved_when_the_window_ends(begin: Begin, services: FakeServices) -> None:
    begin().go("positions")

    await until(lambda: services.ui_state.get("window.view") == "positions")
