"""What the fault matrix is made of: the faults by name, what each must come to, brokers that are about to meet it."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from app.brokers.base import BrokerPorts, Pasted
from app.brokers.zerodha.broker import ZerodhaBroker
from app.brokers.zerodha.desk import Deadlines
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
    TradingError,
)
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from tests.fakes.clock import ManualClock, settle

NETWORK = (
    "refused", "dns", "accept-stall", "reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers",
    "stall-in-body", "drip", "half-headers", "short-body", "long-body", "bad-chunk", "gzip-junk", "portal",
    "redirect-get", "redirect-post", "429-seconds", "429-date", "429-bare", "500", "502-html", "503-bare", "504",
    "tls-self-signed", "tls-expired", "tls-wrong-host", "tls-unknown-ca", "plain-on-tls-port",
)  # fmt: skip
ODD = (
    "list", "null", "string", "number", "no-data", "null-data", "error-without-type", "error-type-null",
    "error-type-number", "error-type-dunder", "error-without-message", "no-content-type", "204-empty", "200-empty",
    "word-false", "nan", "wrong-types", "duplicate-keys", "deep", "500-success-body",
)  # fmt: skip
FAULTS = NETWORK + ODD
NEVER_SENT = frozenset({"refused", "dns", *(name for name in NETWORK if "tls" in name)})
BEFORE_A_REQUEST = NEVER_SENT | {"accept-stall"}
LOGGED_WHEN_SET = frozenset({"refused", "dns"})  # nobody can see a connection that never came to be
# what can be asked again on the same server: not a name that never resolves, not after hanging up on TLS (asyncio keeps
# the server's end of a TLS connection for half a minute when the client closes during the goodbye)
ASKED_AGAIN = frozenset(FAULTS) - NEVER_SENT | {"refused"}
THROTTLED = frozenset({"429-seconds", "429-date", "429-bare"})
DOWN = frozenset({"500", "502-html", "503-bare", "504"})
REDIRECTS = frozenset({"redirect-get", "redirect-post"})
GOOD = "the good value"
WAIT = 30
QUICK = Deadlines(read=1.0, attempt=0.5, exchange=1.0, order=0.6, master=1.0, revoke=1.0)
LATEST = 1.0 + 0.25
ORDER = OrderRequest("INFY", Exchange.NSE, Product.CNC, OrderSide.BUY, OrderType.MARKET, 1)


def expected(fault: str) -> str:
    """faults.md, "Expected on reads"."""
    if fault == "long-body":
        return GOOD
    if fault in THROTTLED:
        return "rate_limited"
    if fault in DOWN:
        return "broker_down"
    return "wire_surprise" if fault in REDIRECTS or fault in ODD else "not_reachable"


def expected_of_an_order(fault: str) -> str:
    """The four outcomes; a 429 is a definite refusal (sheet section 11)."""
    if fault in NEVER_SENT:
        return "not_sent"
    return expected(fault) if fault in THROTTLED or fault == "long-body" else "outcome_unknown"


@dataclass
class Account:
    """A broker of one user on the simulator."""

    broker: ZerodhaBroker
    user: DemoUser
    sim: ZerodhaSimulator
    order_id: str = ""

    def credentials(self, token: str = "") -> Credentials:
        user = self.user
        return Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id)

    async def exchange(self) -> object:
        sign_in = self.broker.sign_in(self.credentials())
        await sign_in.advance(None)
        return await sign_in.advance(Pasted(self.sim.controls.request_token(self.user.client_id)))


READER, SIGNING_IN, SIGNING_OUT = demo_users(3)
Call = Callable[[Account], Awaitable[object]]
OPERATIONS: dict[str, tuple[str, DemoUser, Call]] = {  # name: the simulator's name for it, whose, how
    "validate": ("profile", READER, lambda account: account.broker.validate()),
    "profile": ("profile", READER, lambda account: account.broker.get_profile()),
    "funds": ("funds", READER, lambda account: account.broker.get_funds()),
    "positions": ("positions", READER, lambda account: account.broker.get_positions()),
    "ltp": ("ltp", READER, lambda account: account.broker.get_ltp("INFY", Exchange.NSE)),
    "order": ("order", READER, lambda account: account.broker.get_order(account.order_id)),
    "order status": ("order", READER, lambda account: account.broker.get_order_status(account.order_id)),
    "instruments": ("instruments", READER, lambda account: account.broker.load_instruments()),
    "exchange": ("session", SIGNING_IN, lambda account: account.exchange()),
    "revoke": ("logout", SIGNING_OUT, lambda account: account.broker.revoke()),
}


@asynccontextmanager
async def simulator(fault: str) -> AsyncIterator[ZerodhaSimulator]:
    """TLS where the fault is about it; no limits, an open market, quick drips."""
    sim = ZerodhaSimulator(clock=ManualClock(), seed=7)
    await sim.start(tls="good" if "tls" in fault else None)
    sim.controls.enforce_limits(yes=False)
    sim.controls.market("open")
    sim.controls.break_seconds = 0.001
    sim.controls.drip_seconds = 0.05
    try:
        yield sim
    finally:
        await no_thread_is_left()
        await settle()  # the server sees that its clients have gone
        await sim.stop()


async def no_thread_is_left() -> None:
    """Return when the threads of closed brokers have ended; a call that was cut ends at once."""
    async with asyncio.timeout(5):
        while any(one.name.startswith("zerodha-") for one in threading.enumerate()):  # noqa: ASYNC110 - threads tell nobody
            await asyncio.sleep(0.005)


@asynccontextmanager
async def account(sim: ZerodhaSimulator, base_url: str, user: DemoUser, token: str) -> AsyncIterator[Account]:
    """One broker of `user`, connected (in its own time) unless `base_url` leads nowhere, then in a hurry."""
    ca_file = sim.ca_file if base_url.startswith("https") else None
    ports = BrokerPorts(ManualClock(), MemoryCallCounts(), MemoryInstruments(), base_url, ca_file)
    made = Account(ZerodhaBroker(ports, deadlines=Deadlines()), user, sim)
    try:
        connected = await kind_of(made.broker.connect(made.credentials(token)))
        assert connected == (GOOD if base_url == sim.base_url else "not_reachable")
        made.broker._desk.deadlines = QUICK
        yield made
    finally:
        await made.broker.close()


@asynccontextmanager
async def accounts(sim: ZerodhaSimulator, fault: str) -> AsyncIterator[dict[str, Account]]:
    """A broker for each operation, all connected, and an order in the book that can be asked for."""
    tokens = {user.client_id: sim.controls.replace_token(user.client_id) for user in demo_users(3)}
    base_url = sim.unresolvable_url if fault == "dns" else sim.base_url
    async with AsyncExitStack() as stack:
        async with account(sim, sim.base_url, READER, tokens[READER.client_id]) as first:
            order_id = (await first.broker.place_order(ORDER)).order_id
        entered = (
            stack.enter_async_context(account(sim, base_url, user, tokens[user.client_id]))
            for _, user, _ in OPERATIONS.values()
        )
        made = dict(zip(OPERATIONS, await asyncio.gather(*entered), strict=True))
        for one in made.values():
            one.order_id = order_id
        yield made


async def begin(sim: ZerodhaSimulator, fault: str, operations: Iterable[str]) -> None:
    """From now on `operations` meet the fault; connections that were kept open are really closed on return."""
    for name in ["*"] if fault in BEFORE_A_REQUEST else set(operations):
        sim.controls.fault(name, fault, retry_after=WAIT)
    await settle()


def played(sim: ZerodhaSimulator, fault: str) -> Counter[str]:
    """How often the simulator says that it played the fault, by its name for the operation."""
    return Counter(seen.operation for seen in sim.log if seen.fault == fault)


def was_met(sim: ZerodhaSimulator, fault: str, operations: Iterable[str]) -> bool:
    """Whether the log shows that each of `operations` arrived and had the fault played to it."""
    seen, wanted = played(sim, fault), Counter(operations)
    if fault in LOGGED_WHEN_SET:
        return seen["*"] == 1
    if fault in BEFORE_A_REQUEST:  # connections are seen, not what they were for
        return seen["*"] >= wanted.total()
    return all(seen[name] >= times for name, times in wanted.items())


async def kind_of(call: Awaitable[object]) -> str:
    """The kind of the error or `GOOD`; a False is neither."""
    try:
        value = await call
    except TradingError as error:
        return error.kind
    return "a definite no" if value is False else GOOD


async def timed(call: Awaitable[str]) -> tuple[str, float]:
    """What came of it and after how many seconds."""
    began = time.monotonic()
    return await call, time.monotonic() - began
