"""What the contract suite needs of each broker: its simulator and the few things that only that broker knows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, Final, Literal, Protocol
from urllib.parse import parse_qsl, urlsplit

import aiohttp

from app.brokers.base import (
    Ability,
    BaseBroker,
    BrokerPorts,
    BrokerSpec,
    Issued,
    OpenPage,
    Redirected,
    SignIn,
    Step,
    StepAnswer,
)
from app.brokers.http import Deadlines, Http
from app.domain import (
    Credentials,
    Exchange,
    MemoryCallCounts,
    MemoryInstruments,
    OrderRequest,
    OrderSide,
    OrderType,
    Product,
    Secret,
)
from app.simulators import DemoUser
from app.simulators.answers import Answer
from app.simulators.serving import BrokerServer
from app.simulators.tls import Tls
from tests.fakes.clock import ManualClock

ON_WIRE: Final[dict[str, str]] = {
    "validate": "profile",
    "profile": "profile",
    "funds": "funds",
    "holdings": "holdings",
    "positions": "positions",
    "orders": "orders",
    "order": "order",
    "order status": "order",
    "trades": "trades",
    "ltp": "quotes",
    "quotes": "quotes",
    "instruments": "instruments",
    "place order": "place_order",
    "modify order": "modify_order",
    "cancel order": "cancel_order",
}
"""What most simulators call what an operation of ours asks for."""
USERS = 6  # one who reads, one to mistake him for, and one each whose session a call begins, prolongs or ends


class Controls(Protocol):
    """What every simulator can be made to do."""

    drip_seconds: float
    break_seconds: float

    def fault(
        self, operation: str, name: str, *, times: int | None = None, retry_after: int = 7, lands: bool | None = None
    ) -> None: ...
    def fuzz(self, operation: str, seed: int) -> None: ...
    def say(self, operation: str, answer: Answer, *, times: int | None = None, lands: bool = False) -> None: ...
    def clear(self) -> None: ...
    def expire(self, client_id: str) -> None: ...
    def replace_token(self, client_id: str) -> str: ...
    def is_live(self, client_id: str) -> bool: ...
    def market(self, state: Literal["open", "closed"] | None) -> None: ...
    def allow_ips(self, *addresses: str) -> None: ...
    def enforce_limits(self, *, yes: bool) -> None: ...


class Hasty(Protocol):
    """What asks over HTTP within deadlines that a test can shorten."""

    deadlines: Deadlines
    _http: Http


class Bench(ABC):
    """One broker's simulator, a clock for both sides, and the clients that sign in there."""

    spec: ClassVar[BrokerSpec]
    lacks: ClassVar[Ability]
    """Typed by hand: what this broker cannot do."""
    on_wire: ClassVar[Mapping[str, str]]
    """How the simulator calls what an operation of ours asks for."""
    keys: ClassVar[tuple[str, ...]] = ("api_key", "access_token")
    """Without which nothing is asked."""
    cash: ClassVar[str] = "INFY"  # a share that has a price
    derivative: ClassVar[Exchange] = Exchange.NFO  # where a contract is held at the start
    named: ClassVar[bool] = True  # its profile has the client's name
    tagged: ClassVar[bool] = True  # an order that is asked for alone has its tag
    needed: ClassVar[tuple[str, ...]] = ("api_key", "api_secret")
    """Without which a sign-in does not begin."""
    knows_state: ClassVar[bool] = True  # the page brings back what it was opened with
    codes: ClassVar[bool] = False  # there is a way to sign in with a code
    plans: ClassVar[bool] = True  # prices may be missing from what the client pays for
    asks_whose_token: ClassVar[str] = ""  # what a sign-in by code asks besides
    files: ClassVar[int] = 1  # of which the master is made
    one_token: ClassVar[bool] = True  # a new token ends the old one
    changes: ClassVar[bool] = True  # an order can be modified and cancelled
    batch: ClassVar[int]
    """So many instruments may be asked for in one call."""
    users: tuple[DemoUser, ...]
    sim: BrokerServer[Any]
    controls: Controls

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.instruments = MemoryInstruments()

    # ------------------------------------------------------------------ the simulator

    @property
    def base_url(self) -> str:
        return self.sim.base_url

    @property
    def arrived(self) -> int:
        """How many requests the simulator has seen."""
        return len(self.sim.log)

    def asked(self, operation: str) -> int:
        """How often the simulator has seen what `operation` asks for."""
        return sum(seen.operation == self.on_wire[operation] for seen in self.sim.log)

    async def start(self, tls: Tls | None = None) -> None:
        await self.sim.start(tls=tls)
        self.controls.enforce_limits(yes=False)
        self.controls.market("open")

    async def stop(self) -> None:
        await self.sim.stop()

    def no_quotes(self) -> None:
        """The user's plan has no prices."""
        raise NotImplementedError(f"{self.spec.label} has no plans")

    def foreign_address(self) -> None:
        """Orders are taken from another address than ours."""
        self.controls.allow_ips("203.0.113.7")

    def expire(self) -> None:
        """The user's token dies."""
        self.controls.expire(self.users[0].client_id)

    # ------------------------------------------------------------------ adapters

    def broker(self, base_url: str | None = None, *, instruments: MemoryInstruments | None = None) -> BaseBroker:
        """A new adapter that is not connected."""
        where = base_url or self.base_url
        ca_file = self.sim.ca_file if where.startswith("https") else None
        return self.spec.make(
            BrokerPorts(self.clock, MemoryCallCounts(), instruments or self.instruments, where, ca_file)
        )

    @abstractmethod
    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        """From now on an attempt of `broker` may take so many seconds, and every call so many in all."""

    async def know_orders(self, broker: BaseBroker) -> None:  # noqa: B027 - most brokers ask by the id alone
        """Let `broker` learn what it needs in order to ask for one order alone."""

    # ------------------------------------------------------------------ credentials

    def signed_out(self, user: int = 0) -> Credentials:
        """The user's credentials without a token."""
        who = self.users[user]
        extras = {"redirect_url": Secret(who.redirect_url)}
        return Credentials(Secret(who.api_key), Secret(who.api_secret), Secret(), who.client_id, extras)

    def live(self, user: int = 0) -> Credentials:
        """The user's credentials with a token that lives."""
        token = self.controls.replace_token(self.users[user].client_id)
        return replace(self.signed_out(user), access_token=Secret(token))

    def foreign_token(self) -> Credentials:
        """The user's client id with another client's live session."""
        return replace(self.live(1), client_id=self.users[0].client_id)

    # ------------------------------------------------------------------ signing in

    def ways(self) -> Mapping[str, Credentials]:
        """Every way to sign in by its name, with the credentials that lead to it."""
        return {"page": self.signed_out()}

    def renewable(self, user: int = 0) -> Credentials:
        """The user's credentials with a token that can be renewed."""
        raise NotImplementedError(f"{self.spec.label} renews nothing (user {user})")

    def grant(self, user: int) -> str:
        """What the broker's page would send back for the user, bare."""
        raise NotImplementedError(f"{self.spec.label} has no page (user {user})")

    def with_pin(self, user: int = 0, *, seed: bool = False) -> Credentials:
        """Credentials that lead to PIN and code; with the `seed` of the codes nothing is asked any more."""
        raise NotImplementedError(f"{self.spec.label} takes no code (user {user}, seed {seed})")

    async def answer(self, step: Step) -> StepAnswer:
        """What a person does at `step`."""
        assert isinstance(step, OpenPage)
        return Redirected(query_of(await self.press(step)))

    async def press(self, page: OpenPage, *, user: int = 0, **changes: str) -> str:
        """Press the button on the broker's page; the address that the browser is sent to."""
        form = dict(parse_qsl(urlsplit(page.url).query)) | self.typed_there(user) | changes
        address = page.url.partition("?")[0]
        async with aiohttp.ClientSession() as person, person.post(address, data=form, allow_redirects=False) as answer:
            return answer.headers["Location"]

    def typed_there(self, user: int) -> dict[str, str]:
        """What a person types on the broker's page."""
        return {"user_id": self.users[user].client_id}

    async def through(self, sign_in: SignIn) -> Issued:
        """All steps of a sign-in, done by the user."""
        step = await sign_in.advance(None)
        while not isinstance(step, Issued):
            step = await sign_in.advance(await self.answer(step))
        return step

    # ------------------------------------------------------------------ orders

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


def hasten(client: Hasty, attempt: float, total: float) -> None:
    """See `Bench.hurry`, for adapters that rest on the common HTTP layer."""
    client.deadlines = client._http.deadlines = Deadlines(total, attempt, total, total, total)


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def without(credentials: Credentials, field: str) -> Credentials:
    """`credentials` with one secret left empty."""
    return replace(credentials, **{field: Secret()})  # type: ignore[arg-type]  # a field that is a secret
