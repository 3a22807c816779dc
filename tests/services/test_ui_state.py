"""What is arranged: known at once, on the disk a little later and at the end."""

from pathlib import Path

import pytest

from app.services.ui_state import UiState
from app.store import AppStore
from tests.fakes.clock import ManualClock, settle


async def _reopened(path: Path, clock: ManualClock) -> dict[str, object]:
    store = await AppStore.open(path, clock)
    try:
        return UiState(store, clock).all
    finally:
        await store.close()


async def _put(path: Path, clock: ManualClock, **values: object) -> None:
    """Put them, close in the services' order."""
    store = await AppStore.open(path, clock)
    state = UiState(store, clock)
    for name, value in values.items():
        state.put(name, value)
    await state.close()
    await store.close()


async def test_a_value_is_known_at_once_and_is_a_copy(tmp_path: Path, clock: ManualClock) -> None:
    store = await AppStore.open(tmp_path / "app.db", clock)
    state = UiState(store, clock)
    columns = ["ltp", "pnl"]
    state.put("columns", columns)
    columns.append("later")

    state.get("columns").append("mine")

    assert state.get("columns") == ["ltp", "pnl"]
    assert state.get("never put") is None
    await state.close()
    await store.close()


async def test_what_was_put_just_before_the_end_is_there_at_the_next_start(tmp_path: Path, clock: ManualClock) -> None:
    await _put(tmp_path / "app.db", clock, view="positions", columns={"ltp": 102})

    assert await _reopened(tmp_path / "app.db", clock) == {"columns": {"ltp": 102}, "view": "positions"}


async def test_many_changes_in_a_second_are_written_once(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await AppStore.open(tmp_path / "app.db", clock)
    written: list[object] = []
    real = store.settings.set

    async def counted(name: str, value: object) -> None:
        written.append(value)
        await real(name, value)

    monkeypatch.setattr(store.settings, "set", counted)
    state = UiState(store, clock)
    for width in range(100):
        state.put("width", width)
        await settle(1)

    await clock.advance(1.1)
    await state.close()

    assert written == [{"width": "99"}]
    await store.close()


async def test_what_cannot_be_read_was_never_put(tmp_path: Path, clock: ManualClock) -> None:
    store = await AppStore.open(tmp_path / "app.db", clock)
    await store.settings.set("ui_state", {"columns": "[not json", "view": 3, "order": '"pnl"'})

    state = UiState(store, clock)

    assert (state.get("columns"), state.get("view"), state.get("order")) == (None, None, "pnl")
    await store.close()


async def test_what_json_cannot_hold_is_refused_at_once(tmp_path: Path, clock: ManualClock) -> None:
    store = await AppStore.open(tmp_path / "app.db", clock)
    state = UiState(store, clock)

    with pytest.raises(TypeError):
        state.put("thing", object())

    assert state.get("thing") is None
    await store.close()
