"""A process that is killed: run as a program, it forks one child for each request line and says how that one ended.

Forking from a process that has everything imported makes a kill cost milliseconds. A child counts its fault points:
before each statement that writes, each commit and each call of the keychain, and at the end. A request names the
point at which the child kills itself, or a time after which its parent does.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from app.domain import SystemClock
from app.store import database as _database
from app.vault import Vault, entries, rotation
from tests.vault.fakes import FolderKeychain, add, credentials, update

LOADED = (_database, entries, rotation)  # before the fork, so that no child spends its time on imports
READS = ("SELECT", "BEGIN", "PRAGMA quick_check", "PRAGMA main.", "PRAGMA temp.")


class Points:
    """Counts fault points and dies at the chosen one; the names of those passed are in `log`."""

    def __init__(self, log: Path, die_at: int | None) -> None:
        self._log = log.open("a")
        self._die_at = die_at
        self._count = 0
        self.counting = False

    def reached(self, name: str) -> None:
        if not self.counting:
            return
        self._log.write(name + "\n")
        self._log.flush()
        if self._count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self._count += 1

    def watch_sql(self) -> None:
        connect = _database._connect

        def watched(path: Path, layout: _database.Layout) -> Connection:
            connection = connect(path, layout)
            connection.set_trace_callback(self._statement)  # told before each statement, of ours or SQLAlchemy's
            return connection

        _database._connect = watched

    def _statement(self, statement: str) -> None:
        if not statement.startswith(READS):  # dying before a read leaves the disk as dying after the last write
            self.reached(" ".join(statement.split())[:60])


async def _connect(vault: Vault, done: Callable[[str], None]) -> None:
    await add(vault, "HUF", credentials("t-huf"))
    done("HUF")


async def _update(vault: Vault, done: Callable[[str], None]) -> None:
    account = (await vault.accounts())[0]
    await update(vault, account.user_id, "t1")
    done("t1")


async def _rotate(vault: Vault, done: Callable[[str], None]) -> None:
    await vault.rotate()
    done("rotated")


async def _disconnect(vault: Vault, done: Callable[[str], None]) -> None:
    await vault.remove((await vault.accounts())[1].user_id)
    done("removed")


async def _busy(vault: Vault, done: Callable[[str], None]) -> None:
    """Everything in turn until killed; each finished update is told."""
    account = (await vault.accounts())[0]
    for number in range(1, 10_000):
        await update(vault, account.user_id, f"t{number}")
        done(f"t{number}")
        if number % 3 == 0:
            extra = await add(vault, "short-lived")
            await vault.remove(extra.user_id)


async def _start(vault: Vault, done: Callable[[str], None]) -> None:
    done("started")


SCENARIOS: dict[str, Callable[[Vault, Callable[[str], None]], Awaitable[None]]] = {
    "connect": _connect,
    "update": _update,
    "rotate": _rotate,
    "disconnect": _disconnect,
    "start": _start,
    "busy": _busy,
}


async def _play(folder: Path, scenario: str, points: Points) -> None:
    points.counting = scenario == "start"  # the other scenarios begin once the vault is open
    keychain = FolderKeychain(folder / "keys", points.reached)
    vault = await Vault.open(folder / "vault.db", keychain, SystemClock())
    with (folder / "acknowledged").open("a") as told:

        def done(word: str) -> None:
            told.write(word + "\n")
            told.flush()

        points.counting = True
        await SCENARIOS[scenario](vault, done)
    points.reached("end")
    await vault.close()


def _child(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    points = Points(folder / "points", request.get("die_at"))
    points.watch_sql()
    asyncio.run(_play(folder, request["scenario"], points))


def _serve(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _child(request)
            code = 0
        finally:
            os._exit(code)
    if (seconds := request.get("kill_after")) is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f"{_serve(json.loads(line))}\n")
        sys.stdout.flush()
