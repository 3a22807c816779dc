"""Orders that are followed: by pushes that are not believed, by looking while they work, and by nothing afterwards."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast

import pytest

from app.domain import Exchange as Listed
from app.domain import (
    NotReachable,
    Order,
    OrderPlan,
    OrderRequest,
    OrderSide,
    OrderType,
    OutcomeUnknown,
    Position,
    Product,
    SessionExpired,
    TradingError,
    Unsupported,
)
from app.domain.intents import Mode
from app.services.accounts import Accounts
from app.services.book_views import Book
from app.services.order_follower import BACK_OFF, PUSHED, UNPUSHED
from app.services.order_following import OrderFollowing
from app.services.order_intents import to_place
from app.services.views import AccountChanged, AccountRemoved
from tests.fakes.clock import settle
from tests.services.floor import NIFTY, Client, Fate, Floor, floor, key

CALL = key(NIFTY)
NEVER = Fate(fills=())


@dataclass
class Pushing(Client):
    """An account at a broker that pushes orders: the connection ends with `end`, and notes what was read and when."""

    supported: bool = True
    connections: list[float] = field(default_factory=list)
    read: list[tuple[float, str]] = field(default_factory=list)
    heard: Callable[[str], None] | None = None
    checks: int = 0
    _ended: "asyncio.Future[None] | None" = None

    async def follow_orders(self, heard: Callable[[str], None]) -> None:
        if not self.supported:
            raise Unsupported
        self.connections.append(self.clock.monotonic())
        self.heard, self._ended = heard, asyncio.get_running_loop().create_future()
        try:
            await self._ended
        finally:
            self.heard = None

    def end(self, error: TradingError | None = None) -> None:
        assert self._ended is not None
        if error is None:
            self._ended.set_result(None)
        else:
            self._ended.set_exception(error)

    def push(self, order_id: str = "") -> None:
        assert self.heard is not None
        self.heard(order_id)

    async def check(self) -> TradingError | None:
        self.checks += 1
        return None

    async def get_orders(self) -> list[Order]:
        self.read.append((self.clock.monotonic(), "orders"))
        return await super().get_orders()

    async def get_positions(self) -> list[Position]:
        self.read.append((self.clock.monotonic(), "positions"))
        return await super().get_positions()

    async def get_trades(self) -> Sequence[object]:
        self.read.append((self.clock.monotonic(), "trades"))
        return []

    async def get_funds(self) -> object:
        self.read.append((self.clock.monotonic(), "funds"))
        return None

    def looks(self, book: str = "orders") -> list[float]:
        return [at for at, name in self.read if name == book]


class Hall:
    """A floor with one such account, followed."""

    def __init__(self, made: Floor, client: Pushing) -> None:
        self.floor = made
        self.client = client
        self.clock = made.clock
        accounts = cast("Accounts", made)
        self.following = OrderFollowing(accounts, made.portfolio, made.clock, lambda: made.sender.records)
        made.events.subscribe(self.following.hear)
        self.running = asyncio.create_task(self.following.run())

    async def order(self, fate: Fate) -> None:
        """An order of ours, just sent."""
        self.client.fates.append(fate)
        asked = OrderRequest(NIFTY, Listed.NFO, Product.NRML, OrderSide.BUY, OrderType.MARKET, 50)
        (intent,) = to_place(self.client, OrderPlan((asked,)), Mode.LIVE, self.clock.now())
        await self.floor.pass_time(self.floor.sender.send([intent]))

    def tell(self) -> None:
        """The account stands differently."""
        self.floor.events.publish(AccountChanged(self.client.view()))

    async def close(self) -> None:
        self.running.cancel()
        with suppress(asyncio.CancelledError):
            await self.running


@asynccontextmanager
async def hall_of(*, supported: bool = True) -> AsyncIterator[Hall]:
    async with floor() as made:
        client = Pushing("u1", made.clock, supported=supported)
        made.clients["u1"] = client
        hall = Hall(made, client)
        await settle()
        yield hall
        await hall.close()


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    async with hall_of() as made:
        yield made


@pytest.fixture
async def mute() -> AsyncIterator[Hall]:
    """At a broker that pushes nothing."""
    async with hall_of(supported=False) as made:
        yield made


def gaps(moments: Sequence[float]) -> list[float]:
    return [round(later - earlier, 3) for earlier, later in pairwise(moments)]


# ------------------------------------------------------------------ pushes


async def test_pushes_of_a_moment_are_one_reading(hall: Hall) -> None:
    for _ in range(20):
        hall.client.push("u1-1")

    await hall.clock.advance(10)

    assert len(hall.client.looks()) == 1


async def test_storm_of_pushes_reads_at_most_once_a_second(hall: Hall) -> None:
    for _ in range(100):
        hall.client.push()
        await hall.clock.advance(0.1)

    assert min(gaps(hall.client.looks())) >= 1.0
    assert len(hall.client.looks()) >= 8


async def test_push_is_read_within_half_a_second(hall: Hall) -> None:
    await hall.clock.advance(60)
    hall.client.push()

    await hall.clock.advance(0.5)

    assert len(hall.client.looks()) == 1


async def test_nothing_is_read_where_nothing_works_and_nothing_is_pushed(hall: Hall) -> None:
    await hall.clock.advance(600)

    assert hall.client.read == []


async def test_connection_that_ends_is_made_again_with_growing_waits(hall: Hall) -> None:
    for least in (*BACK_OFF, BACK_OFF[-1]):
        ended = hall.clock.monotonic()
        hall.client.end(NotReachable())
        await hall.clock.advance(least * 1.3)

        assert least <= hall.client.connections[-1] - ended <= least * 1.25


async def test_connection_that_lasted_is_followed_by_another_at_once(hall: Hall) -> None:
    for _ in range(4):
        hall.client.end(NotReachable())
        await hall.clock.advance(12)
    await hall.clock.advance(600)
    began = hall.clock.monotonic()

    hall.client.end()
    await hall.clock.advance(2)

    assert hall.client.connections[-1] - began <= BACK_OFF[0] * 1.25


async def test_what_came_while_nobody_listened_is_read(hall: Hall) -> None:
    hall.client.push()
    await hall.clock.advance(5)

    hall.client.end(NotReachable())
    await hall.clock.advance(5)

    assert len(hall.client.looks()) == 2


async def test_no_on_the_connection_asks_the_broker_about_the_session(hall: Hall) -> None:
    hall.client.end(SessionExpired())
    await settle()

    assert hall.client.checks == 1


async def test_broker_that_pushes_nothing_is_not_asked_again(mute: Hall) -> None:
    await mute.clock.advance(600)

    assert mute.client.connections == []


# ------------------------------------------------------------------ looking while an order works


async def test_order_that_works_is_looked_at_every_two_seconds_until_it_is_final(mute: Hall) -> None:
    await mute.order(Fate(fills=((9.0, 50),)))

    await mute.clock.advance(60)

    looks = mute.client.looks()
    assert set(gaps(looks)) == {UNPUSHED}
    assert 4 <= len(looks) <= 6


async def test_order_that_works_is_looked_at_rarely_where_pushes_come(hall: Hall) -> None:
    await hall.order(NEVER)
    hall.client.push()
    await hall.clock.advance(5)
    before = len(hall.client.looks())

    await hall.clock.advance(60)

    assert set(gaps(hall.client.looks()[before:])) == {PUSHED}


async def test_connection_that_pushed_nothing_yet_is_not_trusted(hall: Hall) -> None:
    await hall.order(NEVER)

    await hall.clock.advance(20)

    assert set(gaps(hall.client.looks())) == {UNPUSHED}


async def test_order_of_unknown_fate_is_looked_at(mute: Hall) -> None:
    await mute.order(Fate(error=OutcomeUnknown(), booked=False))

    await mute.clock.advance(5)

    assert len(mute.client.looks()) >= 2


async def test_order_that_rests_is_left_alone_once_its_market_is_closed(mute: Hall) -> None:
    await mute.order(NEVER)
    mute.clock.jump(8 * 3600)
    await mute.clock.advance(5)
    before = len(mute.client.looks())

    await mute.clock.advance(60)

    assert len(mute.client.looks()) == before


# ------------------------------------------------------------------ fills


async def test_fill_that_any_reading_finds_has_money_and_positions_read(hall: Hall) -> None:
    await hall.floor.portfolio.anew("u1", [Book.ORDERS])
    await hall.order(Fate(fills=((3.0, 20),)))
    await hall.clock.advance(2.5)
    before = set(dict(hall.client.read).values())

    await hall.clock.advance(5)

    after = {name for _, name in hall.client.read}
    assert (before, after) == ({"orders"}, {"orders", "positions", "trades", "funds"})


async def test_first_reading_of_a_book_is_no_news(hall: Hall) -> None:
    hall.client.rests(CALL, OrderSide.BUY, 50, Fate())
    hall.client.push()

    await hall.clock.advance(5)

    assert {name for _, name in hall.client.read} == {"orders"}


async def test_order_that_rests_unchanged_has_nothing_else_read(mute: Hall) -> None:
    await mute.order(NEVER)

    await mute.clock.advance(30)

    assert {name for _, name in mute.client.read} == {"orders"}


# ------------------------------------------------------------------ with the session


async def test_follower_goes_with_the_session_and_comes_with_it(hall: Hall) -> None:
    hall.client.is_connected = False
    hall.tell()
    await settle()
    gone = hall.client.heard is None

    hall.client.is_connected = True
    hall.tell()
    await settle()

    assert (gone, hall.client.heard is not None, len(hall.client.connections)) == (True, True, 2)


async def test_new_token_has_a_connection_of_its_own(hall: Hall) -> None:
    hall.client.generation += 1
    hall.tell()
    await settle()
    hall.tell()
    await settle()

    assert len(hall.client.connections) == 2


async def test_account_that_is_removed_is_followed_no_more(hall: Hall) -> None:
    hall.floor.events.publish(AccountRemoved("u1"))
    await settle()

    assert hall.client.heard is None


async def test_nothing_is_left_when_following_ends(hall: Hall) -> None:
    await hall.order(NEVER)

    await hall.close()
    names = {task.get_name() for task in asyncio.all_tasks()}

    assert (hall.client.heard, {name for name in names if name.startswith("orders ")}) == (None, set())
