"""The connections that all accounts share: one pool a host, one TLS context a trust store, made on first use.

A machine that has both internet protocols usually leaves by IPv6, and its orders are refused although its IPv4 address
is registered: hence `ipv4_only`. This module is light; the HTTP library behind it is loaded with the first call.
"""

import socket
from importlib import import_module
from typing import TYPE_CHECKING

from app.domain import NotReachable, Worker

if TYPE_CHECKING:
    import httpx

    from app.brokers.transport import AiohttpTransport


class Wires:
    """Handed to every adapter as `BrokerPorts.wires`; whoever made it closes it, after the adapters.

    The transport is used bare: `httpx.AsyncClient` around it costs as much time as the exchange itself and writes every
    address into its log, a PIN in the query included.

    `ipv4_only` may be switched at any time: calls that begin afterwards use no connection of before.
    """

    def __init__(self) -> None:
        """Nothing is opened yet."""
        self.ipv4_only = False
        self._transports: dict[tuple[str | None, socket.AddressFamily], AiohttpTransport] = {}
        self._closed = False

    async def load(self) -> None:
        """Load the HTTP library on a thread: with the first call it would stop the loop for 100 ms and more."""
        worker = Worker("kunji-wires")
        try:
            await worker.run(lambda: import_module("app.brokers.transport"))
        finally:
            worker.stop()

    def transport(self, ca_file: str | None = None) -> "httpx.AsyncBaseTransport":
        """The one that trusts the usual authorities and those of `ca_file`. Raises `NotReachable` after `close`."""
        if self._closed:
            raise NotReachable("the connections to the brokers were closed")
        family = socket.AF_INET if self.ipv4_only else socket.AF_UNSPEC
        if (ca_file, family) not in self._transports:
            from app.brokers.transport import AiohttpTransport, trust  # loaded on first use: start-up

            self._transports[ca_file, family] = AiohttpTransport(trust(ca_file), family)
        return self._transports[ca_file, family]

    async def close(self) -> None:
        """Close every connection."""
        self._closed = True
        while self._transports:
            await self._transports.popitem()[1].aclose()
