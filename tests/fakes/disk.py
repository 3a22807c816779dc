"""A disk that is not waited for: what survives a power cut is proved where that is what a test is about."""

from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.store import database


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Let the databases of this process go on without waiting for the disk, as far as `patch` reaches."""
    durable = database._connect

    def connect(path: Path, layout: database.Layout) -> Connection:
        return durable(path, replace(layout, pragmas=(*layout.pragmas, "synchronous=OFF")))

    patch.setattr(database, "_connect", connect)
