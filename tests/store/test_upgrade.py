"""D3: app.db is brought up from every earlier version; killed at any statement it is as before or as after.

From nothing to the newest version every statement of every migration is run, and killed at, in the everyday suite.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from app.domain import VaultNewer, Worker
from app.store import AppStore, app_db
from app.store.database import Database
from tests.fakes import disk
from tests.fakes.clock import ManualClock

KILLED: Final = -9
LAYOUT: Final = app_db.layout()
NEWEST: Final = len(LAYOUT.migrations)
ROWS: Final = (  # one row of each table, by the version that brought the table
    (
        "INSERT INTO settings VALUES ('theme', '\"dark\"')",
        "INSERT INTO instrument_masters VALUES ('zerodha', 'z', '2026-11-18')",
        "INSERT INTO call_counts VALUES ('AB1234', 'orders', '2026-11-18', 3)",
        "INSERT INTO account_events VALUES (1, '2026-11-18T04:30:00.000000+00:00', 'usr_1', 'ready', 'Ready')",
    ),
    (
        "INSERT INTO call_times VALUES ('AB1234 orders', 1794973200, 2)",
        "INSERT INTO call_runs VALUES (1, 1794973200, 0, 1794973260)",
    ),
    ("INSERT INTO account_traces VALUES (1, '2026-11-18T04:30:00.000000+00:00', 'usr_1', 'died', '', NULL, NULL)",),
    ("INSERT INTO last_reads VALUES ('usr_1', 'funds', '2026-11-18T04:30:00.000000+00:00', x'7b7d')",),
)


async def made(path: Path, version: int) -> Path:
    """A file as that version left it, with a row in each of its tables."""
    layout = replace(LAYOUT, migrations=LAYOUT.migrations[:version], tables=frozenset())
    database = Database(path, layout, Worker("old"))
    await database.open()
    await database.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in (one for step in ROWS[:version] for one in step):
            connection.execute(statement)
    return path


def content(path: Path, version: int) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that `version` has, but the runs: each start adds its own."""
    names = [statement.split()[2] for step in ROWS[:version] for statement in step if "call_runs" not in statement]
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def everything_in(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture(autouse=True)
def _quick_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the killed process."""
    disk.hurry(monkeypatch)


def test_every_version_has_its_rows_here() -> None:
    assert len(ROWS) == NEWEST
    assert {statement.split()[2] for step in ROWS for statement in step} == LAYOUT.tables


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
async def test_a_file_of_any_earlier_version_keeps_every_row(tmp_path: Path, version: int) -> None:
    path = await made(tmp_path / "app.db", version)
    before = content(path, version)

    await (await AppStore.open(path, ManualClock())).close()

    assert (content(path, version), version_of(path)) == (before, NEWEST)


async def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    path = await made(tmp_path / "app.db", NEWEST)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={NEWEST + 1}")
    before = everything_in(tmp_path)

    with pytest.raises(VaultNewer):
        await AppStore.open(path)

    assert everything_in(tmp_path) == before


@pytest.fixture(scope="module")
def killer() -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(Path(__file__).with_name("upgrade_child.py"))]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    yield process
    process.communicate(timeout=10)


def opened(killer: "subprocess.Popen[str]", path: Path, number: int) -> int:
    """The exit code of a start that is killed before its statement of this number."""
    assert killer.stdin is not None
    assert killer.stdout is not None
    killer.stdin.write(f"{path}\t{number}\n")
    killer.stdin.flush()
    return int(killer.stdout.readline())


@pytest.mark.parametrize(
    "version",
    [0, *(pytest.param(one, marks=pytest.mark.slow) for one in range(1, NEWEST - 1)), NEWEST - 1],
)
async def test_killed_at_any_statement_the_file_is_whole_and_the_next_start_brings_it_up(
    killer: "subprocess.Popen[str]", tmp_path: Path, version: int
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    before = content(await made(folder / "app.db", version), version) if version else {}
    number, code = 0, KILLED
    while code == KILLED:
        path = shutil.copytree(folder, tmp_path / str(number)) / "app.db"
        code = opened(killer, path, number)
        assert version_of(path) in range(version, NEWEST + 1)
        await (await AppStore.open(path, ManualClock())).close()
        assert (content(path, version), version_of(path)) == (before, NEWEST), f"killed at {number}"
        number += 1
    assert (code, number > 10) == (0, True)
