"""Whether a broker's host can be reached at all: its name, a connection, its certificate. Nothing is asked of it.

For `kunji doctor`: it says at which of the three it fails, which no failed read can tell so plainly.
"""

import asyncio
import os
import socket
import ssl
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from app.domain import Worker
from app.domain.records import dataclass

_HTTPS: Final = 443
_HTTP: Final = 80


@dataclass(frozen=True, slots=True)
class Door:
    """Where to knock."""

    host: str
    port: int = _HTTPS
    tls: bool = True


class Failed(StrEnum):
    """At what it failed."""

    NAME = "name"
    CONNECTION = "connection"
    CERTIFICATE = "certificate"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Reached:
    """How it went: seconds until the connection stood, or at what it failed and why in a few words."""

    door: Door
    seconds: float
    failed: Failed | None = None
    why: str = ""


def door_of(url: str) -> Door:
    """The door of an address that code handed in (`base_url`)."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    return Door(parts.hostname or "", parts.port or (_HTTPS if tls else _HTTP), tls)


async def reach(door: Door, *, seconds: float, ipv4_only: bool = False) -> Reached:
    """Knock, and leave again; ends within `seconds`. Never raises for what the network does."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    trouble: tuple[Failed | None, str] = (Failed.TIME, "")
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            trouble = await _knock(door, socket.AF_INET if ipv4_only else socket.AF_UNSPEC) or (None, "")
    return Reached(door, loop.time() - began, *trouble)


async def _knock(door: Door, family: socket.AddressFamily) -> tuple[Failed, str] | None:
    """None when the door opened."""
    try:
        addresses = await _addresses(door, family)
    except socket.gaierror as error:
        return Failed.NAME, error.strerror or "not found"
    trouble: tuple[Failed, str] = (Failed.NAME, "no address")
    for address in addresses:
        try:
            await _connect(door, address)
        except ssl.SSLCertVerificationError as error:
            return Failed.CERTIFICATE, error.verify_message
        except (ssl.SSLError, OSError) as error:
            trouble = Failed.CONNECTION, _plain(error)
        else:
            return None
    return trouble


async def _addresses(door: Door, family: socket.AddressFamily) -> list[str]:
    """On a thread of ours: a name that hangs must not hold up the exit."""
    worker = Worker("dns")
    try:
        rows: list[Any] = await worker.run(lambda: socket.getaddrinfo(door.host, door.port, family, socket.SOCK_STREAM))
    finally:
        worker.stop()
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


async def _connect(door: Door, address: str) -> None:
    if door.tls:
        from app.brokers.transport import trust  # loaded on first use: start-up

        _, writer = await asyncio.open_connection(address, door.port, ssl=trust(), server_hostname=door.host)
    else:
        _, writer = await asyncio.open_connection(address, door.port)
    writer.close()
    with suppress(OSError):  # how the other side takes the farewell is its own affair
        await writer.wait_closed()


def _plain(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or type(error).__name__}"
    return os.strerror(error.errno) if error.errno else type(error).__name__  # asyncio puts addresses into its words
