"""Importing the rooms is cheap: the heavy libraries come with the first `open`, after the first paint."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sqlalchemy", "cryptography", "keyring", "secretstorage", "sqlite3")
ROOT = Path(__file__).parents[2]


def loaded_by(code: str) -> set[str]:
    """Which of the heavy libraries a fresh interpreter has loaded after `code`."""
    program = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("room", ["app.vault", "app.store"])
def test_a_room_is_imported_without_its_heavy_libraries(room: str) -> None:
    assert loaded_by(f"import {room}") == set()


def test_making_the_systems_keychain_loads_nothing() -> None:
    assert loaded_by("from app.vault import system_keychain; system_keychain()") == set()


def test_opening_the_store_loads_neither_models_nor_keyring_nor_cryptography() -> None:
    code = """
import asyncio, pathlib, tempfile
from app.store import AppStore
async def main():
    with tempfile.TemporaryDirectory() as folder:
        await (await AppStore.open(pathlib.Path(folder) / "app.db")).close()
asyncio.run(main())"""
    assert loaded_by(code) == {"sqlite3"}


FIRST_OPEN = """
import asyncio, pathlib, sys, tempfile
from app.store import AppStore
from app.vault import Vault
from tests.fakes.clock import going_clock
from tests.vault.fakes import MemoryKeychain, allowed_gap, longest_gap
async def open_both(folder):
    store = await AppStore.open(folder / "app.db")
    vault = await Vault.open(folder / "vault.db", MemoryKeychain(), going_clock())
    await asyncio.gather(store.close(), vault.close())
async def main():
    allowed = await allowed_gap()
    assert "sqlalchemy" not in sys.modules
    with tempfile.TemporaryDirectory() as folder:
        print(await longest_gap(open_both(pathlib.Path(folder))) <= allowed)
asyncio.run(main())
"""


@pytest.mark.alone
def test_the_first_open_imports_everything_without_stopping_the_loop() -> None:
    """No gap of more than 50 ms while the heavy libraries are imported on the stores' own threads.

    A gap of ours would come every time, one of a busy machine does not: the best of three counts.
    """
    assert any(_smooth_first_open() for _ in range(3))


def _smooth_first_open() -> bool:
    command = [sys.executable, "-c", FIRST_OPEN]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    return run.stdout == "True\n"
