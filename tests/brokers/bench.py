"""What the contract suite needs of each broker: its simulator and the few things that only that broker knows."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from app.brokers import BaseBroker, create_broker
from app.brokers.base import OpenPage
from app.domain import Credentials, Exchange, MemoryInstruments, OrderRequest, Secret
from app.domain.orders import OrderSide, OrderType, Product
from app.simulators import ZerodhaSimulator, demo_users
from tests.fakes.clock import ManualClock


class Bench(ABC):
    """One broker's simulator, a clock for both sides, and a first user with a second one to mistake him for."""

    key: ClassVar[str]
    cash: ClassVar[str] = "INFY"  # a share that has a price
    derivative: ClassVar[str] = "NFO"  # where a contract is held at the start

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.instruments = MemoryInstruments()

    def broker(self, base_url: str | None = None) -> BaseBroker:
        """A new adapter that is not connected."""
        where = base_url or self.base_url
        return create_broker(self.key, base_url=where, clock=self.clock, instruments=self.instruments)

    def order(self, **other: object) -> OrderRequest:
        """A market order for one share, with `other` values where given."""
        values: dict[str, object] = {
            "symbol": self.cash,
            "exchange": Exchange.NSE,
            "product": Product.CNC,
            "side": OrderSide.BUY,
            "order_type": OrderType.MARKET,
            "quantity": 1,
        }
        return OrderRequest(**(values | other))  # type: ignore[arg-type]  # checked by OrderRequest itself

    @property
    @abstractmethod
    def base_url(self) -> str: ...

    @property
    @abstractmethod
    def arrived(self) -> int:
        """How many requests the simulator has seen."""

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def stop(self) -> None: ...

    @abstractmethod
    def signed_out(self) -> Credentials:
        """The user's credentials without a token."""

    @abstractmethod
    def live(self) -> Credentials:
        """The user's credentials with a token that lives."""

    @abstractmethod
    def foreign_token(self) -> Credentials:
        """The user's client id with another client's live session."""

    @abstractmethod
    def expire(self) -> None:
        """The user's token dies."""

    @abstractmethod
    def spoil(self, operation: str) -> None:
        """From now on the broker answers `operation` with its first half only."""

    @abstractmethod
    def no_quotes(self) -> None:
        """The user's plan has no prices."""

    @abstractmethod
    async def sign_in_page(self, page: OpenPage, *, cancel: bool = False) -> str:
        """Do what a person does on the broker's page; the address that the browser is sent to."""


class ZerodhaBench(Bench):
    """Zerodha's simulator."""

    key = "zerodha"

    def __init__(self) -> None:
        super().__init__()
        self._users = demo_users(2, redirect_url="http://127.0.0.1:5021/zerodha")
        self._sim = ZerodhaSimulator(clock=self.clock, seed=3, users=self._users)

    @property
    def base_url(self) -> str:
        return self._sim.base_url

    @property
    def arrived(self) -> int:
        return len(self._sim.log)

    async def start(self) -> None:
        await self._sim.start()
        self._sim.controls.enforce_limits(yes=False)
        self._sim.controls.market("open")

    async def stop(self) -> None:
        await self._sim.stop()

    def signed_out(self) -> Credentials:
        user = self._users[0]
        return Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(), user.client_id)

    def live(self) -> Credentials:
        token = self._sim.controls.replace_token(self._users[0].client_id)
        return replace(self.signed_out(), access_token=Secret(token))

    def foreign_token(self) -> Credentials:
        other = self._users[1]
        token = self._sim.controls.replace_token(other.client_id)
        return Credentials(Secret(other.api_key), Secret(other.api_secret), Secret(token), self._users[0].client_id)

    def expire(self) -> None:
        self._sim.controls.expire(self._users[0].client_id)

    def spoil(self, operation: str) -> None:
        self._sim.controls.fault(operation, "short-body")

    def fuzz(self, seed: int) -> None:
        """From now on every answer has random changes."""
        self._sim.controls.fuzz("*", seed)

    def no_quotes(self) -> None:
        self._sim.controls.plan(self._users[0].client_id, "personal")

    async def sign_in_page(self, page: OpenPage, *, cancel: bool = False) -> str:
        form = dict(parse_qsl(urlsplit(page.url).query))
        form |= {"do": "cancel"} if cancel else {"user_id": self._users[0].client_id}
        address = page.url.partition("?")[0]
        async with aiohttp.ClientSession() as person, person.post(address, data=form, allow_redirects=False) as answer:
            return answer.headers["Location"]


BENCHES: dict[str, type[Bench]] = {bench.key: bench for bench in (ZerodhaBench,)}


@asynccontextmanager
async def started(key: str) -> AsyncIterator[Bench]:
    bench = BENCHES[key]()
    await bench.start()
    try:
        yield bench
    finally:
        await bench.stop()


def without(credentials: Credentials, field: str) -> Credentials:
    """`credentials` with one secret left empty."""
    kept = {name: getattr(credentials, name) for name in ("api_key", "api_secret", "access_token")}
    return Credentials(**(kept | {field: Secret()}), client_id=credentials.client_id)
