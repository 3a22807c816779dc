from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app.store import AppStore, database


@pytest.fixture
async def open_store(tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[AppStore]]]:
    """Opens the same file again and again, closing what was open before."""
    opened: list[AppStore] = []

    async def open_one() -> AppStore:
        while opened:
            await opened.pop().close()
        opened.append(await AppStore.open(tmp_path / "profile" / "app.db"))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Callable[[], Awaitable[AppStore]]) -> AppStore:
    return await open_store()


@pytest.fixture(autouse=True)
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds a file in these tests does not let it go: two seconds of waiting prove no more than a part of one."""
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.2)
