"""Whether the port of a redirect address on this computer is free right now: said before the sign-in needs it."""

import socket
from typing import Final
from urllib.parse import urlsplit

from app.domain.tongue import tr

_LOOPBACK: Final = ("127.0.0.1", "localhost")


def port_of(address: str) -> int | None:
    """The port of a redirect address on this computer, or None for any other text."""
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return None
    return port if parts.scheme == "http" and parts.hostname in _LOOPBACK and port else None


def is_free(port: int) -> bool:
    """Whether nobody listens on `port` of 127.0.0.1; asks the system once and never waits."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left behind is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def port_hint(address: str) -> tuple[str, str]:
    """Words and tone about the port in `address`; empty when it names none."""
    port = port_of(address)
    if port is None:
        return "", "muted"
    if is_free(port):
        return tr("Port {port} is free on this computer.", port=port), "state.ok"
    return tr(
        "Another program uses port {port}. Close it, or paste the address after signing in.", port=port
    ), "state.warn"
