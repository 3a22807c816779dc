"""A machine with both internet protocols: which of them a call to a broker takes, and when a switch takes effect."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from app.brokers import SUPPORTED_BROKERS, create_broker
from app.brokers.wires import Wires
from app.domain import Credentials, Secret, TradingError
from tests.fakes.clock import going_clock

NAME: Final = "localhost"
SIX, FOUR = "::1", "127.0.0.1"
NO: Final = b"HTTP/1.1 404 X\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Dual:
    """A broker that is reached at an address of each protocol and refuses all it is asked."""

    def __init__(self) -> None:
        self.came_to: list[str] = []
        self.url = ""
        self._servers: list[asyncio.Server] = []

    async def open(self) -> None:
        four = await asyncio.start_server(self._serve, FOUR, 0)
        port = four.sockets[0].getsockname()[1]
        self._servers = [four, await asyncio.start_server(self._serve, SIX, port)]
        self.url = f"http://{NAME}:{port}"

    async def close(self) -> None:
        for server in self._servers:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.came_to.append(writer.get_extra_info("sockname")[0])
                writer.write(NO)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()


@pytest.fixture
async def dual(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Dual]:
    """Its name has both addresses, that of IPv6 first, as usual."""

    def look_up(_: Any, port: Any, family: int = 0, *__: Any, **___: Any) -> list[Any]:
        six = (socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (SIX, port, 0, 0))
        four = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (FOUR, port))
        return [row for row in (six, four) if family in (socket.AF_UNSPEC, row[0])]

    broker = Dual()
    await broker.open()
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield broker
    await broker.close()


@pytest.fixture
async def wires() -> AsyncIterator[Wires]:
    shared = Wires()
    yield shared
    await shared.close()


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_a_switch_to_ipv4_holds_for_the_next_call_and_so_does_the_way_back(
    key: str, dual: Dual, wires: Wires
) -> None:
    broker = create_broker(key, base_url=dual.url, wires=wires, clock=going_clock())
    ways = []
    for wires.ipv4_only in (False, True, False):
        await asked(broker)
        ways.append(set(dual.came_to))
        dual.came_to.clear()
    await broker.close()

    assert ways == [{SIX}, {FOUR}, {SIX}]


async def asked(broker: Any) -> None:
    keys = Credentials(Secret("a-key"), Secret("a-secret"), Secret("a-token"), "A100001")
    try:
        await broker.connect(keys)
    except TradingError:
        return
