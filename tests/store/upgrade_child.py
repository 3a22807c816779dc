"""A process that is killed while it brings app.db up: forks one child for each request line, says how that one ended.

A request is the path and the number of the statement before which the child kills itself; beyond the last statement
it comes to its end. Forking from a process that has everything imported makes a kill cost milliseconds.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from sqlite3 import Connection

import pytest

from app.store import AppStore, database
from tests.fakes import disk
from tests.fakes.clock import ManualClock

LOADED = database  # before the fork, so that no child spends its time on imports


def _die_at(number: int) -> None:
    left, connect = number, database._connect

    def reached(_: str) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def watched(path: Path, layout: database.Layout) -> Connection:
        connection = connect(path, layout)
        connection.set_trace_callback(reached)  # before each statement
        return connection

    database._connect = watched


async def _open(path: Path) -> None:
    await (await AppStore.open(path, ManualClock())).close()


def _serve(path: Path, number: int) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            disk.hurry(pytest.MonkeyPatch())  # a kill takes nothing from the system's own memory of the disk
            _die_at(number)
            asyncio.run(_open(path))
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        name, wanted = line.rstrip("\n").rsplit("\t", 1)
        sys.stdout.write(f"{_serve(Path(name), int(wanted))}\n")
        sys.stdout.flush()
