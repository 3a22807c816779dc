"""Services on a profile of their own, a broker of our own and a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.brokers import http
from app.brokers.zerodha import desk
from tests.fakes import disk, rations
from tests.fakes.clock import ManualClock
from tests.services.house import House
from tests.services.street import Street


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    house = await House.build(tmp_path / "profile", clock)
    yield house
    await house.close()


@pytest.fixture
async def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    rations.hurry(monkeypatch)
    street = Street(tmp_path / "profile")
    await street.open()
    yield street
    await street.close()


@pytest.fixture
def no_pause_before_a_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long adapters wait has tests of its own; elsewhere it would only cost time."""
    for module in (http, desk):
        monkeypatch.setattr(module, "_BACK_OFF", (0.0, 0.0, 0.0))


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the disk keeps has tests of its own in the rooms of the store and the vault."""
    disk.hurry(monkeypatch)
