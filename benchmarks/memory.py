"""Resident memory at the first paint and with eight accounts connected, beside a bare window in the same run.

    .venv/bin/python benchmarks/memory.py [rounds]

Each process is started anew and reports its own resident set; medians. Exit status 1 above a goal
(docs/performance.md).
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import accounts
import startup

GOALS = {"first paint": 1.7, "eight accounts": 3.2}
RESIDENT = """
def resident():
    with open("/proc/self/statm") as file:
        print(int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6, flush=True)
    os._exit(0)
"""
CHILDREN = {
    "bare": "import os"
    + RESIDENT
    + startup.WINDOW.replace("print(time.monotonic_ns(), flush=True)", "resident()")
    + "app.exec()",
    "first paint": "import os, sys"
    + RESIDENT
    + """
import app.main
from app.qt import painted

paint_first = painted.paint_first

def report(window):
    paint_first(window)
    resident()

painted.paint_first = report
app.main.main(["--profile-dir", sys.argv[2]])
""",
    "eight accounts": "import os, sys"
    + RESIDENT
    + """
import asyncio
import app.main
from accounts import parts, profile_of

async def ready(house, window, services):
    users = [view.user_id for view in services.brokers.accounts()]
    while not all(services.portfolio.view(user).current for user in users):
        await asyncio.sleep(0.05)
    await asyncio.sleep(3)  # the other books, and what is done after a start
    resident()

app.main._House.ready = ready
app.main.main(["--profile-dir", profile_of(sys.argv[1])], parts(sys.argv[1]))
""",
}


def megabytes(kind: str, *words: str) -> float:
    command = [sys.executable, "-c", CHILDREN[kind], *words]
    done = subprocess.run(command, env=accounts.environment(), capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout.split()[-1])


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: dict[str, list[float]] = {kind: [] for kind in CHILDREN}
    with tempfile.TemporaryDirectory() as folder, accounts.Accounts(Path(folder), 8) as made:
        for _ in range(rounds):
            for kind, measured in found.items():
                measured.append(megabytes(kind, made.word, str(Path(folder, "another"))))
    medians = {kind: statistics.median(measured) for kind, measured in found.items()}
    ratios = {kind: medians[kind] / medians["bare"] for kind in GOALS}
    for kind, measured in found.items():
        print(
            f"{kind:15} median {medians[kind]:6.1f} MB  {min(measured):6.1f} to {max(measured):6.1f}  ({rounds} starts)"
        )
    for kind, ratio in ratios.items():
        print(f"{kind:15} {ratio:.2f} times the bare window (goal: at most {GOALS[kind]:.2f})")
    return 0 if all(ratio <= GOALS[kind] for kind, ratio in ratios.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
