"""The real program with its broker at another address, which only code can do.

    python -m tests.desktop.launch URL SHIFT [arguments of kunji]

SHIFT is how many seconds the clock is ahead of the machine's. Everything else is as the user has it: the profile's
files, the keychain of the session, the browser, the bus. Quiet hours are off, so that a notification comes whenever the
tests run.
"""

import sys
from datetime import timedelta

from app.brokers import create_broker
from app.brokers.base import BaseBroker
from app.domain import ShiftedClock
from app.main import main
from app.parts import Parts


def parts(url: str, clock: ShiftedClock) -> Parts:
    """What is built differently: a broker whose every endpoint is at `url`, and the time."""

    def make_broker(broker_type: str) -> BaseBroker:
        return create_broker(broker_type, base_url=url, clock=clock)

    return Parts({"make_broker": make_broker, "quiet_hours": None}, clock=clock)


if __name__ == "__main__":
    url, shift, *words = sys.argv[1:]
    raise SystemExit(main(words, parts(url, ShiftedClock(timedelta(seconds=float(shift))))))
