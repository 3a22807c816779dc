"""Knocking at a broker's host: whether name, connection or certificate fails, or the time; nothing is asked of it."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from app.brokers import reach as reaching
from app.brokers import specs, transport
from app.brokers.reach import Door, Failed, door_of, reach
from app.simulators.tls import Certificates
from tests.brokers.plain_server import RawServer
from tests.fakes.ports import free_port


@pytest.fixture(scope="module")
def certificates() -> Iterator[Certificates]:
    made = Certificates()
    yield made
    made.close()


async def silent(_writer: asyncio.StreamWriter, _server: RawServer) -> None:
    await asyncio.Event().wait()


async def test_a_host_that_answers_is_reached_and_asked_nothing() -> None:
    async with RawServer(silent) as server:
        found = await reach(door_of(server.url), seconds=5)

        assert found.failed is None
        assert 0 <= found.seconds < 5
        assert (server.connections, server.heads) == (1, [])


async def test_a_certificate_that_is_trusted_opens_the_door(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = transport.trust(certificates.ca_file)
    monkeypatch.setattr(transport, "trust", lambda: context)
    async with RawServer(silent, tls=certificates.context("good")) as server:
        found = await reach(door_of(server.url), seconds=5)

    assert (found.failed, found.door.tls) == (None, True)


@pytest.mark.parametrize("mode", ["self-signed", "expired", "wrong-host", "unknown-ca"])
async def test_a_certificate_that_is_not_trusted_is_told(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    context = transport.trust(certificates.ca_file)
    monkeypatch.setattr(transport, "trust", lambda: context)
    async with RawServer(silent, tls=certificates.context(mode)) as server:
        found = await reach(door_of(server.url), seconds=5)

    assert found.failed is Failed.CERTIFICATE
    assert found.why


async def test_a_name_that_nobody_knows_is_told() -> None:
    found = await reach(Door("broker.invalid"), seconds=5)

    assert (found.failed, found.why) == (Failed.NAME, "names are not looked up in tests")


async def test_a_refused_connection_is_told() -> None:
    found = await reach(Door("127.0.0.1", free_port(), tls=False), seconds=5)

    assert (found.failed, found.why) == (Failed.CONNECTION, "Connection refused")


async def test_a_server_that_says_nothing_of_tls_is_left_in_time() -> None:
    async with RawServer(silent) as server:
        door = door_of(server.url)
        found = await reach(Door(door.host, door.port), seconds=0.2)

    assert found.failed is Failed.TIME


async def test_a_name_that_hangs_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = asyncio.get_running_loop().create_future()

    async def never(_door: Door, _family: socket.AddressFamily) -> list[str]:
        await hung
        return []

    monkeypatch.setattr(reaching, "_addresses", never)

    assert (await reach(Door("127.0.0.1"), seconds=0.05)).failed is Failed.TIME


def test_every_host_that_an_adapter_talks_to_is_declared() -> None:
    from app.brokers.angel_one.client import ROOTS as ANGEL_ONE
    from app.brokers.dhan.client import ROOTS as DHAN
    from app.brokers.fyers.client import ROOTS as FYERS
    from app.brokers.zerodha.client import API_ROOT
    from app.brokers.zerodha.login import LOGIN_ROOT

    used = {"zerodha": (API_ROOT, LOGIN_ROOT), "dhan": DHAN.values()}
    used |= {"fyers": FYERS.values(), "angel_one": ANGEL_ONE.values()}

    assert {spec.key: set(spec.hosts) for spec in specs()} == {
        key: {door_of(root).host for root in roots} for key, roots in used.items()
    }
