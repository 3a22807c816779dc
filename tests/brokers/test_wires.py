"""Connections that accounts share: one pool a host, whoever closes first, and nothing loaded before it is needed."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

from app.brokers import SUPPORTED_BROKERS, create_broker
from app.brokers.base import BrokerPorts
from app.brokers.http import Deadlines, Http, Request
from app.brokers.limiter import Limit, Limits
from app.brokers.wires import Wires
from app.domain import (
    Credentials,
    MemoryCallCounts,
    MemoryInstruments,
    NotReachable,
    NotSent,
    RateLimited,
    Secret,
    TradingError,
)
from tests.brokers.plain_server import FAULTS, RawServer, answer, say
from tests.fakes.clock import ManualClock

ROOT: Final = Path(__file__).parent.parent.parent
OVER_HTTP: Final = ("dhan", "fyers", "angel_one")
WELL: Final = say(answer())
NO: Final = say(answer(404, b"{}"))


class Asked(StrEnum):
    READ = "read"


GET: Final = Request("GET", "/money", Asked.READ, "calls")


@pytest.fixture
async def wires() -> AsyncIterator[Wires]:
    shared = Wires()
    yield shared
    await shared.close()


def http(server: RawServer, wires: Wires | None) -> Http:
    ports = BrokerPorts(ManualClock(), MemoryCallCounts(), MemoryInstruments(), wires=wires)
    limits = {"calls": (Limit(1000, 1.0),)}
    short = Deadlines(read=2.0, attempt=1.0)
    return Http(ports, roots={"api": server.url}, limits=limits, judge=lambda *_: None, deadlines=short)


async def test_two_accounts_share_a_connection(wires: Wires) -> None:
    async with RawServer(WELL) as server:
        one, other = http(server, wires), http(server, wires)
        await one.read(GET)
        await other.read(GET)
        await one.close()
        await other.close()

    assert server.connections == 1


async def test_two_accounts_without_shared_wires_have_a_connection_each() -> None:
    async with RawServer(WELL) as server:
        one, other = http(server, None), http(server, None)
        await one.read(GET)
        await other.read(GET)
        await one.close()
        await other.close()

    assert server.connections == 2


async def test_closing_an_account_leaves_the_other_its_connection(wires: Wires) -> None:
    async with RawServer(WELL) as server:
        one, other = http(server, wires), http(server, wires)
        await one.read(GET)
        await one.close()
        reply = await other.read(GET)
        await other.close()

    assert reply.status == 200
    assert server.connections == 1


async def test_closed_wires_carry_nothing_and_an_order_was_not_sent(wires: Wires) -> None:
    async with RawServer(WELL) as server:
        late = http(server, wires)
        await wires.close()
        with pytest.raises(NotReachable):
            await late.once(GET, seconds=1.0)
        with pytest.raises(NotSent):
            await late.write(GET, tag="KJ1")
        await late.close()

    assert server.heads == []


async def test_connections_end_with_the_wires() -> None:
    wires = Wires()
    async with RawServer(WELL) as server:
        await http(server, wires).read(GET)
        await wires.close()
        await wires.close()
        _, still_open = await asyncio.wait(server._clients, timeout=5)

    assert still_open == set()


async def test_one_trust_store_has_one_context(wires: Wires) -> None:
    assert wires.transport() is wires.transport(None)


# ------------------------------------------------------------------ adapters


async def ask(key: str, server: RawServer, client_id: str, **shared: Any) -> TradingError | None:
    """Connect a new adapter; what came of it."""
    broker = create_broker(key, base_url=server.url, **shared)
    token = Secret(f"token-of-{client_id}")
    credentials = Credentials(Secret(f"key-of-{client_id}"), Secret("secret"), token, client_id)
    try:
        await broker.connect(credentials)
    except TradingError as error:
        return error
    else:
        return None
    finally:
        await broker.close()


@pytest.mark.parametrize("key", OVER_HTTP)
async def test_two_accounts_at_one_broker_share_a_connection(key: str, wires: Wires) -> None:
    async with RawServer(NO) as server:
        for client_id in ("A100001", "A100002"):
            await ask(key, server, client_id, clock=ManualClock(), wires=wires)

    assert len(server.heads) >= 2
    assert server.connections == 1


@pytest.mark.parametrize("key", SUPPORTED_BROKERS)
async def test_two_adapters_of_one_client_share_their_limits_and_two_clients_do_not(key: str, wires: Wires) -> None:
    clock = ManualClock()
    shared = {"clock": clock, "wires": wires, "limits": Limits(clock)}
    async with RawServer(FAULTS["429-seconds"]) as server:
        await ask(key, server, "A100001", **shared)
        first = len(server.heads)
        same = await ask(key, server, "A100001", **shared)
        second = len(server.heads)
        await ask(key, server, "A100002", **shared)

    assert isinstance(same, RateLimited)
    assert (first, second, len(server.heads)) == (1, 1, 2)


LIGHT: Final = """
import sys
import app.services.core
from app.brokers.limiter import Limits
from app.brokers.wires import Wires
from tests.fakes.clock import going_clock
Wires(), Limits(going_clock())
print(*(name for name in ("aiohttp", "httpx") if name in sys.modules))
"""


def test_shared_things_load_no_http_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split() == []
