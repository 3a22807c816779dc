"""Ports that nobody listens on, and that nobody else of a run is given meanwhile."""

import os
import socket
from itertools import count
from typing import Final

_FIRST: Final = 20_000  # below what systems give out by themselves: no connection and no other server takes one of them
_EACH: Final = 3_000
_LAST: Final = 32_000

_worker: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_numbers: Final = count(os.getpid() % _EACH)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; the next call gives another one, and so does another worker's."""
    for number in _numbers:
        port = _FIRST + (_worker * _EACH + number % _EACH) % (_LAST - _FIRST)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("unreachable: the numbers do not end")
