"""From the start of the process until every panel can be used, offline, from what the run before read.

    .venv/bin/python benchmarks/panels.py [rounds]

Eight accounts whose brokers cannot be reached; the moment counts at which the last panel (overview, positions,
holdings, orders, funds, an account's page) was built, filled, laid out and painted, one after another: from then on it
can be filtered, sorted and copied. The page of settings shows nothing that was read; it comes after them, with a figure
of its own. The trades, behind the switch of the page of orders, are made at their first look, and not counted. Asking
the keychain for the key and the brokers for news comes after it, as in the product (`Services.start`). Beside it, in
turn, the bare QMainWindow of startup.py. Exit status 1 above the goal (docs/performance.md).
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import accounts
import startup

GOAL = 4.0
KUNJI = """
import asyncio, os, sys, time, traceback
import app.main
from accounts import parts, profile_of

PANELS = ("overview", "positions", "holdings", "orders", "funds")
open_services = app.main.open_services

async def opened(profile, parts, **build):
    services = await open_services(profile, parts, **build)
    type(services).start = show  # all that is known is there; nobody has been asked yet
    return services

async def painted(window):
    # Until Qt has nothing more to lay out and paint.
    from PySide6.QtCore import QEvent, QObject

    class Watch(QObject):
        def eventFilter(self, watched, event):
            seen.append(event.type() == QEvent.Type.UpdateRequest)
            return False

    seen, watch = [], Watch()
    window.installEventFilter(watch)
    while not any(seen):
        await asyncio.sleep(0)
    while any(seen):
        seen.clear()
        await asyncio.sleep(0)
    window.removeEventFilter(watch)

async def show(services):
    from PySide6.QtWidgets import QApplication
    from app.qt.window import Window

    (window,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, Window))
    users = [view.user_id for view in services.brokers.accounts()]
    window.pages.in_turns = False  # the moment counts at which the last one is there
    times = []
    for page in (*PANELS, users[0], "settings"):
        window.go(page)
        await painted(window)
        times.append(time.monotonic_ns())
    try:
        check(window.pages, users)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    print(*times[-2:], flush=True)
    os._exit(0)

def check(pages, users):
    assert len(users) == 8 and len(pages.overview.table.rows) == 8
    for page in (pages.positions, pages.holdings, pages.funds, pages.orders.orders):
        read = {group.user_id: len(group.rows) for group in page.groups() if group.read and group.as_of}
        assert set(read) == set(users), (page.spec.name, read)
        assert page is pages.orders.orders or page.model.shown(), page.spec.name  # the day's orders are none
    assert pages.settings.settings and all(one.box.currentIndex() >= 0 for one in pages.settings.choices.values())
    assert pages.status.head.headline.text()

app.main.open_services = opened
app.main.main(["--profile-dir", profile_of(sys.argv[1])], parts(sys.argv[1]))
"""


def start(code: str, word: str) -> list[float]:
    """Milliseconds until each moment that the child tells."""
    began = time.monotonic_ns()
    command = [sys.executable, "-c", code, word]
    done = subprocess.run(command, env=accounts.environment(), capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [(int(moment) - began) / 1e6 for moment in done.stdout.split()]


def main() -> int:
    """Measure, print, judge."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    times: dict[str, list[float]] = {"bare": [], "panels": [], "settings": []}
    with tempfile.TemporaryDirectory() as folder:
        with accounts.Accounts(Path(folder), 8) as made:
            word = made.offline()
        for number in range(rounds + 1):
            took = start(startup.CHILDREN["bare"], word) + start(KUNJI, word)
            for measured, one in zip(times.values(), took if number else (), strict=False):
                measured.append(one)  # the first start of each only warms the caches
    medians = {kind: statistics.median(measured) for kind, measured in times.items()}
    ratio = medians["panels"] / medians["bare"]
    for kind, measured in times.items():
        spread = f"{min(measured):6.1f} to {max(measured):6.1f}"
        print(f"{kind:8} median {medians[kind]:6.1f} ms  {spread}  ({rounds} starts)")
    print(f"ratio    {ratio:.2f} (goal: at most {GOAL:.2f}); with settings {medians['settings'] / medians['bare']:.2f}")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
