"""I3: a window that is ended with calls in flight ends within three seconds and leaves nothing open behind."""

import signal
import subprocess
import time

import pytest

from tests.cli.conftest import Kunji
from tests.cli.test_with_an_owner import wait_for_door
from tests.fakes.waiting import wait_until
from tests.vault.fakes import slowness

pytestmark = pytest.mark.alone

ENDS_WITHIN = 3.0  # seconds
CALLS = ("profile", "positions", "holdings", "funds", "orders", "trades", "instruments")


def in_flight(kunji: Kunji) -> int:
    return sum(seen.operation in CALLS for seen in kunji.broker.log)


def test_a_window_with_calls_in_flight_ends_in_time_and_closes_everything(
    kunji: Kunji, processes: list[subprocess.Popen[str]]
) -> None:
    kunji.connected()
    for operation in CALLS:
        kunji.broker.controls.fault(operation, "stall-before-headers")
    before = in_flight(kunji)
    window = kunji.start(browser="person")
    processes.append(window)
    wait_for_door(window, kunji)
    wait_until(lambda: in_flight(kunji) > before, of=window)

    began = time.monotonic()
    window.send_signal(signal.SIGTERM)
    done = kunji.finish(window)
    took = time.monotonic() - began

    assert (done.code, done.out, done.err) == (0, "", "")  # warnings of what was left open would stand there
    assert took < ENDS_WITHIN * slowness()
