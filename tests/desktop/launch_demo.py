"""`kunji demo` whose brokers also write down what they see, one JSON object a line, for whoever watches from outside.

python -m tests.desktop.launch_demo FILE demo [arguments of kunji]
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

    def __init__(self, broker: str) -> None:
        super().__init__()
        self._broker = broker

    def append(self, seen: Seen) -> None:
        super().append(seen)
        line = {"broker": self._broker, **dataclasses.asdict(seen)}
        with Path(sys.argv[1]).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, default=str) + "\n")


def watched(kind: type[BrokerServer[Any]], **parts: Any) -> BrokerServer[Any]:
    """A demo broker with such a log."""
    broker = kind(**parts)
    broker._log = Lines(kind.__name__.removesuffix("Simulator"))
    return broker


if __name__ == "__main__":
    heartbeat.install()
    for kind in PLAYED:
        vars(app.demo)[kind.__name__] = partial(watched, kind)  # the demo makes its brokers by these names
    raise SystemExit(main(sys.argv[2:]))
