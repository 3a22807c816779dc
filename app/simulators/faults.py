"""The faults by name, and how the ones that break a connection are played: a short script of steps for each.

The names are those of the project's list of faults: 29 of the network, 20 odd answers. What an odd answer looks like
depends on a broker's envelope and lies with that broker's simulator.
"""

import asyncio
import socket
import struct
import sys
from dataclasses import dataclass
from enum import Enum
from typing import Final

NETWORK_FAULTS: Final = (
    "refused", "dns", "accept-stall", "reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers",
    "stall-in-body", "drip", "half-headers", "short-body", "long-body", "bad-chunk", "gzip-junk", "portal",
    "redirect-get", "redirect-post", "429-seconds", "429-date", "429-bare", "500", "502-html", "503-bare", "504",
    "tls-self-signed", "tls-expired", "tls-wrong-host", "tls-unknown-ca", "plain-on-tls-port",
)  # fmt: skip
ODD_ANSWERS: Final = (
    "list", "null", "string", "number", "no-data", "null-data", "error-without-type", "error-type-null",
    "error-type-number", "error-type-dunder", "error-without-message", "no-content-type", "204-empty", "200-empty",
    "word-false", "nan", "wrong-types", "duplicate-keys", "deep", "500-success-body",
)  # fmt: skip
FAULTS: Final = NETWORK_FAULTS + ODD_ANSWERS

TLS_FAULTS: Final = frozenset({"tls-self-signed", "tls-expired", "tls-wrong-host", "tls-unknown-ca"})
ON_TLS: Final = TLS_FAULTS | {"plain-on-tls-port"}
"""Need a server that was started with TLS."""
CONNECTION_FAULTS: Final = ON_TLS | {"refused", "dns", "accept-stall"}
"""Happen before a request can be read, so they hit every operation, whatever they were set for."""
_NEVER_ARRIVES: Final = CONNECTION_FAULTS | {
    "reset-before", "stall-before-headers", "portal", "redirect-get", "redirect-post", "429-seconds", "429-date",
    "429-bare", "500", "502-html", "503-bare", "504",
}  # fmt: skip
"""Played before the broker itself would have acted, unless a test says that it acted."""


_LINGER_NOT: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Act(Enum):
    """What a script does besides sending bytes."""

    RESET = "reset"
    CLOSE = "close"
    HANG = "hang"


Step = bytes | Act


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault to play. `lands`: whether the broker acts on the request although its answer is broken."""

    name: str
    retry_after: int = 7
    lands: bool | None = None

    @property
    def acts(self) -> bool:
        """Whether the request reaches the books."""
        return self.name not in _NEVER_ARRIVES if self.lands is None else self.lands


class FaultPlan:
    """Which fault is due for which operation; "*" stands for every one."""

    def __init__(self) -> None:
        self._plan: dict[str, tuple[Fault, int | None]] = {}

    def put(self, operation: str, fault: Fault, times: int | None) -> None:
        """Play `fault` for `operation`, the next `times` times or until `clear`."""
        if fault.name not in FAULTS:
            raise ValueError(f"no such fault: {fault.name}")
        self._plan[operation] = (fault, times)

    def clear(self) -> None:
        """No faults any more."""
        self._plan.clear()

    def take(self, operation: str) -> Fault | None:
        """The fault to play for a request that arrived."""
        for key in (operation, "*"):
            fault, times = self._plan.get(key, (None, None))
            if fault is None or fault.name in CONNECTION_FAULTS:
                continue
            if times is not None:
                self._count_down(key, fault, times)
            return fault
        return None

    @property
    def connection(self) -> tuple[str, str]:
        """(name, operation it was set for) of the fault that connections meet, or two empty texts."""
        for operation, (fault, _) in self._plan.items():
            if fault.name in CONNECTION_FAULTS:
                return fault.name, operation
        return "", ""

    def connected(self) -> None:
        """A connection has met the fault: count it."""
        for operation, (fault, times) in list(self._plan.items()):
            if fault.name in CONNECTION_FAULTS and times is not None:
                self._count_down(operation, fault, times)

    def _count_down(self, operation: str, fault: Fault, times: int) -> None:
        if times > 1:
            self._plan[operation] = (fault, times - 1)
        else:
            del self._plan[operation]


def script(name: str, head: bytes, body: bytes) -> tuple[Step, ...] | None:
    """How to break the answer of `head` (status line and headers, whole) and `body`; None when `name` breaks none."""
    half = body[: len(body) // 2]
    scripts: dict[str, tuple[Step, ...]] = {
        "reset-before": (Act.RESET,),
        "reset-in-headers": (head[: len(head) // 2], Act.RESET),
        "reset-in-body": (head + half, Act.RESET),
        "stall-before-headers": (Act.HANG,),
        "stall-in-body": (head + half, Act.HANG),
        "half-headers": (head[: len(head) // 2], Act.CLOSE),
        "short-body": (head + half, Act.CLOSE),
        "long-body": (head + body + b"more than was promised", Act.CLOSE),
        "bad-chunk": (
            _with_header(head, b"Transfer-Encoding: chunked", drop=b"content-length"),
            b"5\r\n" + body[:5] + b"\r\nnot a size\r\n" + body[5:] + b"\r\n0\r\n\r\n",
            Act.CLOSE,
        ),
        "gzip-junk": (_with_header(head, b"Content-Encoding: gzip") + body, Act.CLOSE),
        "no-content-type": (_with_header(head, b"", drop=b"content-type") + body, Act.CLOSE),
        "drip": (*(bytes((byte,)) for byte in head + body), Act.CLOSE),
    }
    return scripts.get(name)


def _with_header(head: bytes, line: bytes, *, drop: bytes = b"") -> bytes:
    lines = head.rstrip(b"\r\n").split(b"\r\n")
    kept = [one for one in lines if not drop or not one.lower().startswith(drop + b":")]
    return b"\r\n".join([*kept, *([line] if line else []), b"", b""])


async def play(steps: tuple[Step, ...], transport: asyncio.Transport, *, pause: float, stopped: asyncio.Event) -> None:
    """Send the bytes, `pause` seconds after each piece but the last, and end as the script says.

    A hanging answer ends when the simulator stops; the connection is gone afterwards in every case.
    """
    for step in steps:
        if isinstance(step, bytes):
            if transport.is_closing():
                return
            transport.write(step)
            await _wait(stopped, pause)
        elif step is Act.HANG:
            await stopped.wait()
            transport.abort()
        elif step is Act.RESET:
            reset(transport)
        else:
            transport.close()


def reset(transport: asyncio.Transport) -> None:
    """Close with RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()


async def _wait(stopped: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), seconds)
    except TimeoutError:
        return
