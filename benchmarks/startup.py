"""From the start of the process to the first painted window, beside bare windows in the same run.

    .venv/bin/python benchmarks/startup.py [rounds]

Kunji has eight accounts and shows them, as they last stood, in that first paint. Beside it a bare QMainWindow, and one
whose loop is qasync's and has run a first coroutine. All are started in turn, after one warm-up start each, with the
bytecode cache in use; the medians and their ratios are printed, and the exit status is 1 above a goal
(docs/performance.md). The moment of painting is the child's own report on the clock that all processes share; nothing
in the product knows about it.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
GOALS = {"bare": 2.0, "qasync": 1.6}
ACCOUNTS = [[f"usr_{number}", f"Account {number} · Zerodha", "blue", "ready"] for number in range(8)]
WINDOW = """
import sys, time
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTableWidget

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, report)

def report():
    print(time.monotonic_ns(), flush=True)
    app.quit()

app = QApplication([])
window = Window()
window.setCentralWidget(QTableWidget(20, 10))
window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, QDockWidget("Accounts"))
window.statusBar().showMessage("Ready")
window.resize(1100, 700)
window.show()
"""
CHILDREN = {
    "bare": WINDOW + "app.exec()",
    "qasync": WINDOW.replace("QTimer.singleShot(0, report)", "painted.set()").replace(
        "import sys, time", "import asyncio, sys, time"
    )
    + """
import qasync

async def main():
    await painted.wait()
    report()

painted = asyncio.Event()
with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
    runner.run(main())
""",
    # The program as it is, until its window was painted for the first time.
    "kunji": """
import os, sys, time
import app.main
from app.qt import painted

paint_first = painted.paint_first

def report(window):
    paint_first(window)
    print(time.monotonic_ns(), flush=True)
    os._exit(0)

painted.paint_first = report
app.main.main(["--profile-dir", sys.argv[1]])
""",
}


def start(kind: str, profile: Path) -> float:
    """Milliseconds until the child says that it has painted."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    env |= {"QT_QPA_PLATFORM": env.get("QT_QPA_PLATFORM", "offscreen"), "PYTHONPATH": str(ROOT)}
    began = time.monotonic_ns()
    done = subprocess.run(
        [sys.executable, "-c", CHILDREN[kind], str(profile)],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return (int(done.stdout.split()[0]) - began) / 1e6


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {kind: [] for kind in CHILDREN}
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "profile")
        profile.mkdir(mode=0o700)
        stood = {"at": "2026-11-22T12:00:00+00:00", "accounts": ACCOUNTS}
        (profile / "early.json").write_text(json.dumps({"accounts": stood}))
        for number in range(rounds + 1):
            for kind, measured in times.items():
                took = start(kind, profile)
                if number:  # the first start of each only warms the caches
                    measured.append(took)
    medians = {kind: statistics.median(measured) for kind, measured in times.items()}
    for kind, measured in times.items():
        spread = f"{min(measured):6.1f} to {max(measured):6.1f}"
        print(f"{kind:6} median {medians[kind]:6.1f} ms  {spread}  ({rounds} starts)")
    ratios = {kind: medians["kunji"] / medians[kind] for kind in GOALS}
    for kind, ratio in ratios.items():
        print(f"kunji / {kind}: {ratio:.2f} (goal: at most {GOALS[kind]:.2f})")
    return 0 if all(ratio <= GOALS[kind] for kind, ratio in ratios.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
