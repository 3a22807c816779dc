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


def test_opening_the_store_does_not_load_keyring_or_cryptography() -> None:
    code = """
import asyncio, pathlib, tempfile
from app.store import AppStore
async def main():
    with tempfile.TemporaryDirectory() as folder:
        await (await AppStore.open(pathlib.Path(folder) / "app.db")).close()
asyncio.run(main())"""
    assert loaded_by(code) == {"sqlalchemy", "sqlite3"}
