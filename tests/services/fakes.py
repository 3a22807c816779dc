"""A broker without a wire, and a keychain without a desktop: typed against the ports, decided by one `World`."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

from app.brokers.base import (
    Ability,
    BaseBroker,
    BrokerPorts,
    BrokerSpec,
    Field,
    Issued,
    Login,
    OpenPage,
    Pasted,
    Redirected,
    SignIn,
    Step,
    StepAnswer,
    wrong_account,
)
from app.domain import (
    IST,
    BadCredentials,
    Clock,
    Credentials,
    Exchange,
    Funds,
    Holding,
    Instruments,
    LoginCancelled,
    LoginForged,
    NotFound,
    OnProgress,
    Order,
    OrderChange,
    OrderPlan,
    OrderRequest,
    OrderResponse,
    Position,
    Product,
    Profile,
    Progress,
    Quotes,
    Secret,
    SessionExpired,
    Token,
    Trade,
    TradingError,
    Unsupported,
    WrongAccount,
)
from app.domain.calls import LimitUse

REDIRECT = "http://127.0.0.1:{port}/kunji"


class MemoryKeychain:
    """Fulfils `app.vault.Keychain`; `trouble` is raised by every access while it is set."""

    def __init__(self) -> None:
        self.items: dict[str, bytes] = {}
        self.trouble: TradingError | None = None

    def read(self, service: str) -> bytes | None:
        self._check()
        return self.items.get(service)

    def write(self, service: str, key: bytes) -> None:
        self._check()
        self.items[service] = key

    def delete(self, service: str) -> None:
        self._check()
        self.items.pop(service, None)

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble


def next_six(issued: datetime) -> datetime:
    """06:00 IST after `issued`."""
    here = issued.astimezone(IST)
    six = datetime.combine(here.date(), time(6), IST)
    return (six if here < six else six + timedelta(days=1)).astimezone(UTC)


@dataclass
class World:
    """The broker's own side: which tokens live, what it holds, what is wrong with it, what it was asked."""

    clock: Clock
    port: int = 5021
    tokens: dict[str, str] = field(default_factory=dict)  # token -> client id
    secrets: dict[str, str] = field(default_factory=lambda: {"key": "secret", "key2": "secret2"})
    asked: Counter[str] = field(default_factory=Counter)
    fault: TradingError | None = None
    faults: dict[str, TradingError] = field(default_factory=dict)  # by operation
    gates: dict[str, asyncio.Event] = field(default_factory=dict)  # an operation waits for its gate before it answers
    positions: dict[str, list[Position]] = field(default_factory=dict)
    spec: BrokerSpec = field(default_factory=lambda: SPEC)
    lands: bool = False  # a renewal takes effect although its answer is lost
    lacking: dict[Ability, TradingError] = field(default_factory=dict)  # what every session turned out not to have
    signs_in_as: str = "AB1234"
    steps: list[Step] = field(default_factory=list)  # of a sign-in, instead of the page; the exchange follows the last
    told: list[StepAnswer] = field(default_factory=list)  # what came back at `steps`
    refuses: int = 0  # so many redirects are refused without a word: the page is waited for anew
    single_session: bool = True
    alive: int = 0  # adapters not closed
    ahead: timedelta = timedelta(0)  # how much the machine's clock is ahead of the true time
    instruments: Instruments | None = None  # where a master that is loaded goes
    progress: list[Progress] = field(default_factory=list)  # what is told of a load before its gate
    mortal: bool = False  # tokens die at 06:00 of the true time
    deaths: dict[str, datetime] = field(default_factory=dict)
    used: tuple[LimitUse, ...] = ()  # of the limits, by every adapter
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def issue(self, client_id: str) -> str:
        """A new token for the client; the old one dies with it."""
        if self.single_session:
            self.tokens = {token: owner for token, owner in self.tokens.items() if owner != client_id}
        token = f"token-{next(self._numbers):04d}-of-{client_id}"
        self.tokens[token] = client_id
        death = self.spec.token_dies(self.now())
        if death is not None:
            self.deaths[token] = death
        return token

    def now(self) -> datetime:
        """The true time."""
        return self.clock.now() - self.ahead

    def owner(self, token: str) -> str | None:
        """Whose live token it is."""
        dead = self.mortal and token in self.deaths and self.deaths[token] <= self.now()
        return None if dead else self.tokens.get(token)

    def kill(self, client_id: str) -> None:
        """The client's session dies."""
        self.tokens = {token: owner for token, owner in self.tokens.items() if owner != client_id}

    def make(self, broker_type: str) -> "FakeBroker":
        """An adapter; only "zerodha" is supported."""
        if broker_type != "zerodha":
            raise ValueError(f"unknown broker {broker_type!r}; supported: zerodha")
        return FakeBroker(self)

    async def ask(self, operation: str) -> None:
        """Count the question, wait at its gate, then fail as told."""
        self.asked[operation] += 1
        fault = self.faults.get(operation, self.fault)
        gate = self.gates.get(operation)
        if gate is not None:
            await gate.wait()
        if fault is not None:
            raise fault


def _no_factory(_: BrokerPorts) -> BaseBroker:
    raise Unsupported("made by the world")


SPEC: BrokerSpec = BrokerSpec(
    key="zerodha",
    label="Zerodha",
    login=Login.BROWSER_REDIRECT,
    fields=(
        Field("api_key", "API key", secret=True),
        Field("api_secret", "API secret", secret=True),
        Field("client_id", "Client id", required=False),
        Field("redirect_url", "Redirect URL", default="http://127.0.0.1:5021/kunji"),
    ),
    guide=(),
    portal="https://broker.example/apps",
    abilities=Ability.POSITIONS | Ability.FUNDS | Ability.REVOKE | Ability.INSTRUMENTS,
    token_dies=next_six,
    make=_no_factory,
)


class FakeBroker(BaseBroker):
    """One adapter; it holds credentials and asks the world."""

    spec = SPEC

    def __init__(self, world: World) -> None:
        self.world = world
        self.credentials: Credentials | None = None
        vars(self)["spec"] = world.spec
        self.closed = False
        world.alive += 1

    @property
    def missing(self) -> Mapping[Ability, TradingError]:
        return self.world.lacking

    @property
    def limits_used(self) -> tuple[LimitUse, ...]:
        return self.world.used

    async def connect(self, credentials: Credentials) -> bool:
        self.credentials = credentials
        token = self._token()
        await self.world.ask("connect")
        return self._judge(token)

    async def validate(self) -> bool:
        token = self._token()
        await self.world.ask("validate")
        return self._judge(token)

    def sign_in(self, credentials: Credentials) -> SignIn:
        return FakeSignIn(self.world, credentials)

    async def get_profile(self) -> Profile:
        token = self._token()
        await self.world.ask("profile")
        return Profile(self._alive(token), "Asha Rao")

    async def get_funds(self) -> Funds:
        token = self._token()
        await self.world.ask("funds")
        self._alive(token)
        return Funds(Decimal(1000), Decimal(0))

    async def get_positions(self) -> list[Position]:
        token = self._token()
        await self.world.ask("positions")
        return list(self.world.positions.get(self._alive(token), []))

    async def get_ltp(self, symbol: str, exchange: Exchange) -> Decimal:
        raise NotFound(symbol)

    def fresh_tag(self) -> str:
        return uuid4().hex[:20]

    async def plan_order(self, order: OrderRequest) -> OrderPlan:
        return OrderPlan((replace(order, tag=""),))

    async def modify_order(self, order: Order, change: OrderChange) -> None:
        raise Unsupported(f"{order.order_id} to {change.quantity}")

    async def cancel_order(self, order: Order) -> None:
        raise Unsupported(order.order_id)

    async def place_order(self, order: OrderRequest) -> OrderResponse:
        await self.world.ask("order")
        raise Unsupported(order.symbol)

    async def get_order(self, order_id: str) -> Order:
        raise NotFound(order_id)

    async def get_holdings(self) -> list[Holding]:
        token = self._token()
        await self.world.ask("holdings")
        self._alive(token)
        return []

    async def get_orders(self) -> list[Order]:
        token = self._token()
        await self.world.ask("orders")
        self._alive(token)
        return []

    async def get_trades(self) -> list[Trade]:
        token = self._token()
        await self.world.ask("trades")
        self._alive(token)
        return []

    async def get_quotes(self, wanted: Collection[tuple[str, Exchange]]) -> Quotes:
        token = self._token()
        await self.world.ask("quotes")
        self._alive(token)
        return Quotes({}, tuple(wanted))

    async def load_instruments(self, progress: OnProgress | None = None) -> int:
        if progress is not None:
            for step in self.world.progress:
                progress(step)
        await self.world.ask("instruments")
        assert self.world.instruments is not None
        return await self.world.instruments.replace("zerodha", [], day=self.world.now().astimezone(IST).date())

    async def renew(self) -> Token:
        assert self.credentials is not None
        token, client_id, fresh = self._token(), self.credentials.client_id, ""
        if self.world.lands:
            fresh = self.world.issue(self._alive(token))
        await self.world.ask("renew")
        fresh = fresh or self.world.issue(self._alive(token))
        now = self.world.clock.now()
        self.credentials = replace(self.credentials, access_token=Secret(fresh))
        return Token(Secret(fresh), client_id, now, self.spec.token_dies(now))

    async def revoke(self) -> None:
        token = self._token()
        await self.world.ask("revoke")
        self.world.tokens.pop(token, None)

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.world.alive -= 1

    def _token(self) -> str:
        assert not self.closed, "a closed adapter was used"
        assert self.credentials is not None, "an adapter was asked before it was connected"
        return self.credentials.access_token.reveal()

    def _judge(self, token: str) -> bool:
        owner = self.world.owner(token)
        expected = self.credentials.client_id if self.credentials is not None else ""
        if owner is not None and expected not in ("", owner):
            raise WrongAccount(f"{owner} is not {expected}")
        self.refusal = None if owner is not None else SessionExpired("dead")
        return owner is not None

    def _alive(self, token: str) -> str:
        owner = self.world.owner(token)
        if owner is None:
            raise SessionExpired("dead")
        return owner


class FakeSignIn(SignIn):
    """The steps of the world, by default one page, then the exchange; the state is what binds the redirect to it."""

    _states = count(1)

    def __init__(self, world: World, credentials: Credentials) -> None:
        self.world = world
        self.credentials = credentials
        self.state = f"state-{next(self._states)}"
        self.steps = list(world.steps)

    async def advance(self, answer: StepAnswer) -> Step:
        if answer is not None:
            self.world.told.append(answer)
        if self.steps:
            return self.steps.pop(0)
        if self.world.steps:
            return await self._exchange("good")
        if answer is None or self.world.refuses:
            self.world.refuses -= answer is not None
            if answer is not None and "refuse" in self.world.gates:
                await self.world.gates["refuse"].wait()
            redirect_url = self.credentials.extras["redirect_url"].reveal()
            url, doubtful = f"http://127.0.0.1:9/login?state={self.state}", bool(self.world.refuses)
            return OpenPage(url, redirect_url, self.check, stateless=doubtful)
        if isinstance(answer, Pasted):
            return await self._exchange(answer.text)
        assert isinstance(answer, Redirected)
        return await self._exchange(answer.query["request_token"])

    def check(self, query: Mapping[str, str]) -> None:
        if query.get("state") != self.state:
            raise LoginForged
        if query.get("status") != "success":
            raise LoginCancelled

    async def _exchange(self, request_token: str) -> Issued:
        world = self.world
        known = world.secrets.get(self.credentials.api_key.reveal()) == self.credentials.api_secret.reveal()
        if not known or request_token != "good":
            raise BadCredentials("Invalid checksum.", field="api_secret")
        token = world.issue(world.signs_in_as)
        await world.ask("exchange")
        if self.credentials.client_id not in ("", world.signs_in_as):
            raise wrong_account(SPEC, world.signs_in_as, self.credentials.client_id)
        now = world.clock.now()
        return Issued(Token(Secret(token), world.signs_in_as, now, world.spec.token_dies(now)))


def position(symbol: str = "RELIANCE", quantity: int = 10, exchange: Exchange = Exchange.NSE) -> Position:
    """One row."""
    zero = Decimal(0)
    return Position(symbol, exchange, Product.CNC, quantity, Decimal(100), Decimal(101), zero, zero, zero, symbol)


def credentials(token: str = "", *, key: str = "key", client_id: str = "", port: int = 5021) -> Credentials:
    """What a user types in."""
    secret = {"key": "secret", "key2": "secret2"}.get(key, "")
    extras = {"redirect_url": Secret(REDIRECT.format(port=port))}
    return Credentials(Secret(key), Secret(secret), Secret(token), client_id=client_id, extras=extras)
