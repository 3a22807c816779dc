"""The window's place: where it was, within reach, and kept when it has come to rest."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QMainWindow

from app.qt.window_state import WindowState, within_reach
from app.system.early import EarlyFile
from tests.qt.waiting import until

SCREEN = QRect(0, 24, 1920, 1056)
SECOND = QRect(1920, 0, 1280, 1024)
SMALLEST = QSize(720, 420)
MakeWindow = Callable[[], QMainWindow]


@pytest.fixture
def early(tmp_path: Path) -> EarlyFile:
    return EarlyFile(tmp_path / "early.json")


@pytest.fixture
def window() -> Iterator[MakeWindow]:
    made: list[QMainWindow] = []

    def make() -> QMainWindow:
        made.append(QMainWindow())
        made[-1].setMinimumSize(200, 100)
        return made[-1]

    yield make
    for one in made:
        one.close()
        one.deleteLater()


def placed(window: QMainWindow) -> tuple[int, int, int, int]:
    return window.x(), window.y(), window.width(), window.height()


# ------------------------------------------------------------------ within reach


@pytest.mark.parametrize(
    ("place", "screens", "wanted"),
    [
        pytest.param(QRect(100, 80, 1280, 800), [SCREEN], QRect(100, 80, 1280, 800), id="as it was"),
        pytest.param(QRect(1500, 80, 1280, 800), [SCREEN, SECOND], QRect(1500, 80, 1280, 800), id="over two screens"),
        pytest.param(QRect(-600, 80, 1280, 800), [SCREEN], QRect(-600, 80, 1280, 800), id="half outside"),
        pytest.param(QRect(2000, 100, 1200, 700), [SCREEN], QRect(716, 100, 1200, 700), id="its screen is gone"),
        pytest.param(QRect(100, -700, 1280, 800), [SCREEN], QRect(100, 24, 1280, 800), id="title above the screen"),
        pytest.param(QRect(100, 1070, 1280, 800), [SCREEN], QRect(100, 248, 1280, 800), id="title below the screen"),
        pytest.param(QRect(-1250, 80, 1280, 800), [SCREEN], QRect(0, 80, 1280, 800), id="a sliver left"),
        pytest.param(QRect(0, 24, 2500, 1400), [SCREEN], QRect(0, 24, 1916, 1024), id="larger than the screen"),
        pytest.param(QRect(50, 50, 10, 10), [SCREEN], QRect(50, 50, 720, 420), id="far too small"),
        pytest.param(QRect(50, 50, 1280, 800), [], QRect(50, 50, 1280, 800), id="no screen at all"),
    ],
)  # fmt: skip
def test_a_window_is_where_it_was_or_brought_back(place: QRect, screens: list[QRect], wanted: QRect) -> None:
    assert within_reach(place, screens, SMALLEST) == wanted


# ------------------------------------------------------------------ kept and put back


async def test_a_moved_window_is_there_again(window: MakeWindow, early: EarlyFile, tmp_path: Path) -> None:
    first = window()
    state = WindowState(first, early)
    first.show()
    first.move(60, 40)
    first.resize(640, 400)
    state.touched()
    await until(lambda: early.get("window") is not None)

    again = window()
    WindowState(again, EarlyFile(tmp_path / "early.json")).restore()

    assert placed(again) == placed(first) == (60, 40, 640, 400)


async def test_a_maximized_window_is_so_again_and_keeps_what_it_was_before(
    window: MakeWindow, early: EarlyFile
) -> None:
    first = window()
    state = WindowState(first, early)
    first.setGeometry(60, 40, 640, 400)
    first.show()
    state.save()
    first.showMaximized()
    state.save()

    again = window()
    WindowState(again, early).restore()

    assert again.windowState() & Qt.WindowState.WindowMaximized
    assert (again.normalGeometry().width(), early.get("window")["width"]) == (640, 640)


@pytest.mark.parametrize(
    "kept",
    [
        None, [], "middle", {}, {"x": 1}, {"x": 1, "y": 1, "width": "wide", "height": 9},
        {"x": 1, "y": 1, "width": 0, "height": 300}, {"x": True, "y": 1, "width": 600, "height": 300},
        {"x": 10**9, "y": 1, "width": 600, "height": 300}, {"maximized": "yes"},
    ],
)  # fmt: skip
def test_what_is_no_place_leaves_the_usual_one(window: MakeWindow, early: EarlyFile, kept: Any) -> None:
    early.put("window", kept)
    one = window()
    one.resize(500, 300)
    before = placed(one)

    WindowState(one, early).restore()

    assert placed(one) == before
    assert not one.isMaximized()


def test_a_hidden_or_minimized_window_keeps_its_last_place(window: MakeWindow, early: EarlyFile) -> None:
    one = window()
    state = WindowState(one, early)
    one.setGeometry(60, 40, 640, 400)
    one.show()
    state.save()
    kept = early.get("window")

    one.showMinimized()
    state.save()
    one.hide()
    state.save()

    assert early.get("window") == kept
