"""A damaged file: the page offers the copy and says what is lost by it; put back, the start is tried again."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from pytestqt.qtbot import QtBot

from app.domain import IST, DiskFull, TradingError, VaultDamaged, VaultNewer
from app.qt.bridge import Runner
from app.qt.mending import offer_copy
from app.qt.panels.trouble import TroublePage
from app.qt.theme import Theme
from tests.qt.waiting import until


@dataclass
class Offer:
    name: str = "app.db"
    at: datetime = datetime(2026, 11, 17, 18, 2, tzinfo=IST)


@dataclass
class Mending:
    found: Offer | None = field(default_factory=Offer)
    error: TradingError | None = None
    mended: list[str] = field(default_factory=list)

    async def offer(self) -> Offer | None:
        return self.found

    async def mend(self, name: str = "") -> Offer:
        self.mended.append(name)
        if self.error is not None:
            raise self.error
        return Offer()


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> TroublePage:
    made = TroublePage(theme)
    qtbot.addWidget(made)
    made.show()
    return made


class Started:
    """How often opening was tried again."""

    def __init__(self) -> None:
        self.times = 0

    def again(self) -> None:
        self.times += 1


async def told(page: TroublePage, mending: Mending, runner: Runner, error: TradingError) -> Started:
    started = Started()
    page.show_error(error)
    offer_copy(mending, page, error, runner, started.again)
    await until(lambda: runner.running == 0)
    return started


async def test_the_copy_is_offered_by_its_time(page: TroublePage, runner: Runner) -> None:
    await told(page, Mending(), runner, VaultDamaged("no"))

    assert page.restore.isVisibleTo(page)
    assert page.restore.text() == "Restore the copy of Tue 17 Nov 18:02"
    assert "entered again" in page.words.text()


async def test_once_it_is_put_back_opening_is_tried_again(page: TroublePage, runner: Runner) -> None:
    mending = Mending()
    started = await told(page, mending, runner, VaultDamaged("no"))

    page.restore.click()
    await until(lambda: runner.running == 0)

    assert (mending.mended, started.times) == (["app.db"], 1)


async def test_a_disk_that_is_full_is_told_and_nothing_goes_on(page: TroublePage, runner: Runner) -> None:
    started = await told(page, Mending(error=DiskFull("no")), runner, VaultDamaged("no"))

    page.restore.click()
    await until(lambda: runner.running == 0)

    assert (page.title.text(), started.times) == (DiskFull().title, 0)


@pytest.mark.parametrize(("found", "error"), [(None, VaultDamaged("no")), (Offer(), VaultNewer("format 9"))])
async def test_nothing_is_offered_that_would_not_help(
    page: TroublePage, runner: Runner, found: Offer | None, error: TradingError
) -> None:
    await told(page, Mending(found), runner, error)

    assert not page.restore.isVisibleTo(page)
