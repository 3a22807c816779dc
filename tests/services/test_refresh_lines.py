"""What a refresh of instruments says meanwhile: its quarters, one line a second at most, of its own broker alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NoReturn

import pytest

from app.brokers import specs
from app.domain import IST, Progress
from app.services.events import Events
from app.services.refresh_lines import Told
from app.services.views import MasterChanged, MasterView
from app.system.talk import Message, Question
from tests.fakes.clock import ManualClock

MB = 1_000_000


class Listener:
    """The other end, which is not asked anything."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def emit(self, event: Message) -> None:
        assert event["kind"] == "progress"
        self.said.append(event["says"])

    async def ask(self, question: Question) -> NoReturn:
        raise AssertionError(question)

    ask_secret = ask


class Refresh:
    """A refresh of Dhan's list that a test moves along."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 11, 18, 9, 0, tzinfo=IST))
        self.events = Events()
        self.listener = Listener()

    async def comes(self, seconds: float, *steps: Progress, broker: str = "dhan") -> list[str]:
        """Each of `steps` after so many seconds; everything said so far."""
        for step in steps:
            await self.clock.advance(seconds)
            self.events.publish(MasterChanged(MasterView(broker, None, fetching=step)))
        for _ in range(3):
            await asyncio.sleep(0)
        return self.listener.said


@pytest.fixture
async def refresh() -> AsyncIterator[Refresh]:
    made = Refresh()
    (dhan,) = [spec for spec in specs() if spec.key == "dhan"]
    async with Told(made.events, made.clock, dhan, made.listener):
        yield made


async def test_each_quarter_of_a_slow_file_is_said_once(refresh: Refresh) -> None:
    said = await refresh.comes(1.0, *(Progress(part * MB, 40 * MB) for part in range(0, 41, 2)))

    assert said == [f"Dhan: {part} of 40 MB" for part in (10, 20, 30, 40)]


async def test_a_quick_file_says_one_line_a_second(refresh: Refresh) -> None:
    said = await refresh.comes(0.1, *(Progress(part * MB, 40 * MB) for part in range(41)))

    assert len(said) == 4
    assert said[0] == "Dhan: 10 of 40 MB"


async def test_files_of_unknown_size_are_said_in_steps_and_rows_after_them(refresh: Refresh) -> None:
    said = await refresh.comes(
        2.0, Progress(3 * MB), Progress(5 * MB), Progress(6 * MB), Progress(6 * MB, None, 60_000)
    )

    assert said == ["Dhan: 5.0 MB", "Dhan: 60,000 read"]


async def test_the_list_of_another_broker_says_nothing_here(refresh: Refresh) -> None:
    assert await refresh.comes(2.0, Progress(30 * MB, 40 * MB), broker="fyers") == []
