"""Order pushes over real sockets: heard is which order changed, and nothing else of what is said is believed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from app.brokers import pushes
from app.brokers.base import BaseBroker
from app.domain import NotReachable, PermissionDenied, TradingError
from tests.brokers.bench import Bench
from tests.fakes.waiting import until

pytestmark = pytest.mark.parametrize("bench", ["zerodha", "dhan", "fyers", "angel_one"], indirect=True)

JUNK = ("", "{", "[]", "null", '{"type": 7}', b"\x00", b"\xff" * 500, '{"orders": {"id": 5}}', "[" * 9999)


class Follower:
    """What an adapter hears, and how its connection ended."""

    def __init__(self, broker: BaseBroker) -> None:
        self.heard: list[str] = []
        self.error: TradingError | None = None
        self.task = asyncio.create_task(self._follow(broker))

    async def _follow(self, broker: BaseBroker) -> None:
        try:
            await broker.follow_orders(self.heard.append)
        except TradingError as error:
            self.error = error

    async def ended(self) -> TradingError | None:
        await asyncio.wait_for(self.task, 20)
        return self.error

    async def leave(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


def sockets(bench: Bench) -> Any:
    """What the simulators of real brokers can be made to do with their order sockets."""
    return bench.controls


@asynccontextmanager
async def following(bench: Bench, broker: BaseBroker) -> AsyncIterator[Follower]:
    follower = Follower(broker)
    try:
        await until(lambda: sockets(bench).listening(bench.users[0].client_id) or follower.task.done())
        yield follower
    finally:
        await follower.leave()


async def test_an_order_of_ours_is_heard_by_its_id(bench: Bench, equipped: BaseBroker) -> None:
    async with following(bench, equipped) as follower:
        placed = await equipped.place_order(bench.order())
        await bench.clock.advance(60)
        await until(lambda: placed.order_id in follower.heard)

    assert follower.heard[0] == ""  # what happened before somebody listened
    assert set(follower.heard) <= {"", placed.order_id}


async def test_junk_ends_nothing(bench: Bench, equipped: BaseBroker) -> None:
    async with following(bench, equipped) as follower:
        for frame in JUNK:
            sockets(bench).push(frame)
        placed = await equipped.place_order(bench.order())
        await bench.clock.advance(60)
        await until(lambda: placed.order_id in follower.heard)

        assert not follower.task.done()


@pytest.mark.parametrize("how", ["reset", "close"])
async def test_an_end_of_the_connection_is_no_answer(bench: Bench, equipped: BaseBroker, how: str) -> None:
    async with following(bench, equipped) as follower:
        sockets(bench).cut_sockets(how)

        assert isinstance(await follower.ended(), NotReachable)


async def test_a_dead_token_is_not_called_expired_by_the_socket(bench: Bench, equipped: BaseBroker) -> None:
    sockets(bench).expire(bench.users[0].client_id)

    async with following(bench, equipped) as follower:
        assert isinstance(await follower.ended(), PermissionDenied | NotReachable)


async def test_a_silent_connection_counts_as_dead(
    bench: Bench, equipped: BaseBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "_BEAT", 0.05)
    feed = equipped._feed()  # type: ignore[attr-defined]  # every adapter of these has one
    monkeypatch.setattr(
        type(equipped), "_feed", lambda _: replace(feed, silence=0.3, ping=feed.ping or None)
    )  # a library answers the protocol's pings
    async with following(bench, equipped) as follower:
        sockets(bench).mute_sockets(yes=True)

        assert isinstance(await follower.ended(), NotReachable)


async def test_a_connection_that_answers_its_pings_lives(
    bench: Bench, equipped: BaseBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushes, "_BEAT", 0.02)
    feed = equipped._feed()  # type: ignore[attr-defined]  # every adapter of these has one
    sockets(bench).heartbeat(0.02)
    monkeypatch.setattr(type(equipped), "_feed", lambda _: replace(feed, silence=0.3))
    async with following(bench, equipped) as follower:
        await asyncio.wait([follower.task], timeout=0.7)  # more than twice the silence

        assert not follower.task.done()


async def test_nobody_there_is_no_answer(bench: Bench, equipped: BaseBroker) -> None:
    await bench.sim.stop()

    follower = Follower(equipped)

    assert isinstance(await follower.ended(), NotReachable)


async def test_no_secret_stands_in_what_is_raised(bench: Bench, equipped: BaseBroker) -> None:
    feed = equipped._feed()  # type: ignore[attr-defined]  # every adapter of these has one
    secret = equipped._credentials.access_token.reveal()  # type: ignore[attr-defined]  # as above
    sockets(bench).expire(bench.users[0].client_id)

    async with following(bench, equipped) as follower:
        error = await follower.ended()

    assert error is not None
    assert secret not in repr(feed) + repr(error) + str(error.__cause__)
