"""Qt's loop under every coroutine test, one application, one theme, and nothing lost in silence."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")

import pytest
import qasync
from PySide6.QtWidgets import QApplication, QWidget

from app.qt.bridge import Runner
from app.qt.desk import Desk
from app.qt.models.board import Board
from app.qt.models.figures import Figures
from app.qt.run import set_up
from app.qt.theme import Theme
from app.qt.window import Window
from app.services.book_views import Book
from tests.qt.fakes import FakeServices


def application() -> QApplication:
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    made = QApplication(["kunji"])
    set_up(made)
    return made


def _loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(application())
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"qt": _loop}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, bool, bool]:
    """As in the product: a worker thread of a later test must never be the one that destroys a widget.

    No fixture can see to that: pytest holds what a test was given until all fixtures are gone.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path:
            gc.collect()
            gc.enable()


@pytest.fixture(scope="session")
def one_theme() -> Theme:
    made = Theme(application())
    made.start()
    return made


@pytest.fixture
def theme(one_theme: Theme) -> Theme:
    one_theme.choose("light")
    one_theme.choose("system")
    return one_theme


@pytest.fixture
async def runner() -> AsyncIterator[Runner]:
    made = Runner()
    yield made
    await made.close()


Show = Callable[..., Window]


@pytest.fixture
async def show(theme: Theme, runner: Runner) -> AsyncIterator[Show]:
    """Makes a window over fake services, shown at a size; closes it at the end."""
    windows: list[Window] = []

    def make(
        services: FakeServices, *, size: tuple[int, int] = (1280, 800), desktop: Any = None, demo: Any = None
    ) -> Window:
        window = Window(theme, demo=demo)
        window.begin(services.clock, runner)
        windows.append(window)
        window.resize(*size)
        window.attach(services, desktop)
        window.show()
        return window

    yield make
    for window in windows:
        window.leaving = True
        window.release()
        window.close()
        window.deleteLater()
    await asyncio.sleep(0.01)


Desks = Callable[[FakeServices], Desk]


@pytest.fixture
async def desks(theme: Theme, runner: Runner) -> AsyncIterator[Desks]:
    """Makes a desk with no more of a window than tickets need; what the services tell comes at once."""
    windows: list[QWidget] = []

    def make(services: FakeServices) -> Desk:
        made = Desk(services, runner, theme, Board(), Figures())
        made.board.fill(
            accounts := services.brokers.accounts(), services.portfolio.by_id.values(), services.masters.views
        )
        made.board.fill_books(services.portfolio.book(book, one.user_id) for one in accounts for book in Book)
        windows.append(window := QWidget())
        made.tickets.attach(window, made)
        services.events.subscribe(made.board.take)
        services.events.subscribe(made.tickets.take)
        window.show()
        return made

    yield make
    for window in windows:
        window.close()
        window.deleteLater()
    await asyncio.sleep(0.01)
