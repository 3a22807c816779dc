from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.clock import ManualClock
from tests.vault.fakes import Held, MemoryKeychain


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def keychain() -> MemoryKeychain:
    return MemoryKeychain()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "vault.db"


@pytest.fixture
async def held(path: Path, keychain: MemoryKeychain, clock: ManualClock) -> AsyncIterator[Held]:
    held = Held(path, keychain, clock)
    yield held
    await held.close()
