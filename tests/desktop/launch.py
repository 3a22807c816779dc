"""The real program with its broker at another address, which only code can do.

    python -m tests.desktop.launch URL SHIFT [arguments of kunji]

SHIFT is how many seconds the clock is ahead of the machine's. When a file `fail-once` comes into the home folder, the
window's slot of the next second fails with its words. Everything else is as the user has it: the profile's
files, the keychain of the session, the browser, the bus. Quiet hours are off, so that a notification comes whenever the
tests run.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from app.domain import ShiftedClock
from app.main import main
from app.parts import Parts
from tests.desktop import heartbeat


class FailingClock(ShiftedClock):
    """Fails once when it is told to, and only in the slot of the window that runs every second."""

    def now(self) -> datetime:
        if sys._getframe(1).f_code.co_qualname == "Window.tick":
            told = Path.home() / "fail-once"
            if told.exists():
                words = told.read_text()
                told.unlink()
                raise ValueError(words)
        return super().now()


def parts(url: str, clock: ShiftedClock) -> Parts:
    """What is built differently: a broker whose every endpoint is at `url`, and the time."""
    return Parts({"base_url": url, "quiet_hours": None}, clock=clock)


if __name__ == "__main__":
    heartbeat.install()
    url, shift, *words = sys.argv[1:]
    raise SystemExit(main(words, parts(url, FailingClock(timedelta(seconds=float(shift))))))
