"""`kunji demo` whose broker also writes down what it sees, one JSON object a line, for whoever watches from outside.

python -m tests.desktop.launch_demo FILE demo [arguments of kunji]
"""

import dataclasses
import json
import sys
from collections import deque
from pathlib import Path
from typing import Any

import app.demo
from app.main import main
from app.simulators import ZerodhaSimulator
from app.simulators.seen import Seen


class Lines(deque[Seen]):
    """A log that is also a file."""

    def append(self, seen: Seen) -> None:
        super().append(seen)
        with Path(sys.argv[1]).open("a", encoding="utf-8") as log:
            log.write(json.dumps(dataclasses.asdict(seen), default=str) + "\n")


class WatchedBroker(ZerodhaSimulator):
    """The demo broker with such a log."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._log = Lines()


if __name__ == "__main__":
    vars(app.demo)["ZerodhaSimulator"] = WatchedBroker  # the demo makes its broker by this name
    raise SystemExit(main(sys.argv[2:]))
