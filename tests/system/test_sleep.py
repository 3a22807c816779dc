"""Waking up, as the machine tells it over a real bus; where nobody tells, nothing happens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from jeepney import DBusAddress, new_signal  # type: ignore[import-untyped]  # it ships no types
from jeepney.io.asyncio import open_dbus_connection  # type: ignore[import-untyped]  # as above

from app.system.sleep import watch_sleep
from tests.system.bus import PrivateBus

_LOGIND = DBusAddress("/org/freedesktop/login1", interface="org.freedesktop.login1.Manager")


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus in the place of the machine's."""
    bus = PrivateBus()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    yield bus
    bus.stop()


@pytest.fixture
async def logind(bus: PrivateBus) -> AsyncIterator[Any]:
    connection = await open_dbus_connection()
    yield connection
    await connection.close()


@pytest.fixture
async def woken(bus: PrivateBus) -> AsyncIterator[list[bool]]:
    """One entry for each wake-up that was told."""
    heard: list[bool] = []
    task = asyncio.create_task(watch_sleep(lambda: heard.append(True)))
    yield heard
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - any condition, within a deadline
            await asyncio.sleep(0.01)


async def tell(logind: Any, member: str, *body: object) -> None:
    await logind.send(new_signal(_LOGIND, member, "b", body))


async def test_the_end_of_a_sleep_is_heard_and_its_beginning_is_not(logind: Any, woken: list[bool]) -> None:
    async def told() -> None:
        while not woken:  # it may not listen yet
            await tell(logind, "PrepareForSleep", True)
            await tell(logind, "PrepareForShutdown", False)
            await tell(logind, "PrepareForSleep", False)
            await asyncio.sleep(0.05)

    await asyncio.wait_for(told(), 5)
    heard = len(woken)
    await tell(logind, "PrepareForSleep", True)
    await tell(logind, "PrepareForSleep", False)

    await until(lambda: len(woken) == heard + 1)


async def test_a_bus_that_goes_ends_the_watch(bus: PrivateBus) -> None:
    task = asyncio.create_task(watch_sleep(lambda: None))
    await asyncio.sleep(0.1)

    bus.stop()

    await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense"])
async def test_where_nobody_tells_it_ends_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)

    await asyncio.wait_for(watch_sleep(lambda: None), 5)
