"""`kunji demo` whose brokers also write down what they see, one JSON object a line, for whoever watches from outside.

    python -m tests.desktop.launch_demo FILE demo [arguments of kunji]

When a file `play` comes beside FILE, Zerodha takes it away with the next request and does what it says: "lose" the
answer to the next order and tell nothing of it, or "mend" everything.
"""

import dataclasses
import json
import sys
from collections import deque
from functools import partial
from pathlib import Path
from typing import Any

import app.demo
from app.main import main
from app.simulators import AngelOneSimulator, DhanSimulator, FyersSimulator, ZerodhaSimulator
from app.simulators.seen import Seen
from app.simulators.serving import BrokerServer
from tests.desktop import heartbeat

PLAYED: tuple[type[BrokerServer[Any]], ...] = (ZerodhaSimulator, DhanSimulator, FyersSimulator, AngelOneSimulator)


class Lines(deque[Seen]):
    """A log that is also a file."""

    def __init__(self, broker: str, server: BrokerServer[Any]) -> None:
        super().__init__()
        self._broker, self._server = broker, server

    def append(self, seen: Seen) -> None:
        super().append(seen)
        line = {"broker": self._broker, **dataclasses.asdict(seen)}
        with Path(sys.argv[1]).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, default=str) + "\n")
        told = Path(sys.argv[1]).with_name("play")
        if self._broker == "Zerodha" and told.exists():
            play(self._server.controls, told.read_text(encoding="utf-8"))
            told.unlink()


def play(controls: Any, what: str) -> None:
    """What the file says."""
    controls.clear()
    controls.mute_sockets(yes=what == "lose")
    if what == "lose":
        controls.fault("orders", "503-bare")
        controls.fault("place_order", "reset-in-headers", times=1, lands=True)


def watched(kind: type[BrokerServer[Any]], **parts: Any) -> BrokerServer[Any]:
    """A demo broker with such a log."""
    broker = kind(**parts)
    broker._log = Lines(kind.__name__.removesuffix("Simulator"), broker)
    return broker


if __name__ == "__main__":
    heartbeat.install()
    for kind in PLAYED:
        vars(app.demo)[kind.__name__] = partial(watched, kind)  # the demo makes its brokers by these names
    raise SystemExit(main(sys.argv[2:]))
