"""What the fault matrix is made of: the faults by name, what each must come to, brokers that are about to meet it."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from app.brokers import BaseBroker
from app.domain import Exchange, MemoryInstruments, Order, OrderRequest, OrderType, TradingError
from tests.brokers.bench import Bench, equip, started
from tests.brokers.operations import CHANGES, OPERATIONS, WRITES, At, open_page
from tests.brokers.sheets import let_time_pass
from tests.fakes.clock import settle

NETWORK: Final = (
    "refused", "dns", "accept-stall", "reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers",
    "stall-in-body", "drip", "half-headers", "short-body", "long-body", "bad-chunk", "gzip-junk", "portal",
    "redirect-get", "redirect-post", "429-seconds", "429-date", "429-bare", "500", "502-html", "503-bare", "504",
    "tls-self-signed", "tls-expired", "tls-wrong-host", "tls-unknown-ca", "plain-on-tls-port",
)  # fmt: skip
ODD: Final = (
    "list", "null", "string", "number", "no-data", "null-data", "error-without-type", "error-type-null",
    "error-type-number", "error-type-dunder", "error-without-message", "no-content-type", "204-empty", "200-empty",
    "word-false", "nan", "wrong-types", "duplicate-keys", "deep", "500-success-body",
)  # fmt: skip
FAULTS: Final = NETWORK + ODD
NEVER_SENT: Final = frozenset({"refused", "dns", *(name for name in NETWORK if "tls" in name)})
BEFORE_A_REQUEST: Final = NEVER_SENT | {"accept-stall"}
LOGGED_WHEN_SET: Final = frozenset({"refused", "dns"})  # nobody can see a connection that never came to be
ENDED_BY_TIME: Final = frozenset({"accept-stall", "stall-before-headers", "stall-in-body", "drip", "bad-chunk"})
CLOSED_BEHIND: Final = frozenset({"gzip-junk"})
"""The next try meets a connection that was closed behind a whole answer: it never arrives."""
ASKED_AGAIN: Final = frozenset(FAULTS) - {"dns"}  # what can be asked again on the same server: a name that resolves
THROTTLED: Final = frozenset({"429-seconds", "429-date", "429-bare"})
DOWN: Final = frozenset({"500", "502-html", "503-bare", "504"})
REDIRECTS: Final = frozenset({"redirect-get", "redirect-post"})
GOOD: Final = "the good value"
NOTHING: Final = "an empty list"
WAIT: Final = 30
ATTEMPT, TOTAL = 0.25, 0.4
"""Seconds where time must end it; elsewhere there is plenty, so that a busy machine changes no answer."""
PLENTY: Final = 10.0
OVERRUN: Final = 0.25
TRIES: Final = 4
"""Of a read, at most (N4)."""

REFUSALS: Final = ("error-without-type", "error-type-number", "error-type-dunder", "error-without-message")
MEANT: Final[dict[tuple[str, str, str], str]] = {  # (broker, operation, fault): where the protocol sheet says otherwise
    # Fyers 4, Angel One 2: the answer to a logout has no payload, or a text that says nothing more
    **{("fyers", "revoke", odd): GOOD for odd in ("no-data", "null-data", "wrong-types")},
    **{("angel_one", "revoke", odd): GOOD for odd in ("null-data", "wrong-types")},
    # Angel One 4.2: an order's id may come as a number; the adapter of Fyers takes one, too
    **{(key, "place order", "wrong-types"): GOOD for key in ("angel_one", "fyers")},
    # Angel One 4.3: data null with status true is an empty book
    **{("angel_one", one, "null-data"): NOTHING for one in ("positions", "orders", "trades")},
    # Dhan 6.2: a consent that is not "success" is a refusal of the pair
    **{("dhan", "begin to sign in", odd): "bad_credentials" for odd in REFUSALS},
}


def expected(broker: str, operation: str, fault: str) -> str:
    """faults.md, "Expected on reads", and where the broker's sheet gives a body a meaning."""
    if (broker, operation, fault) in MEANT:
        return MEANT[broker, operation, fault]
    if operation in WRITES:
        return _expected_of_an_order(fault)
    if fault == "long-body":
        return GOOD
    if fault in THROTTLED:
        return "rate_limited"
    if fault in DOWN:
        return "broker_down"
    return "wire_surprise" if fault in REDIRECTS or fault in ODD else "not_reachable"


def _expected_of_an_order(fault: str) -> str:
    """The four outcomes; a 429 is a definite refusal."""
    if fault in NEVER_SENT:
        return "not_sent"
    if fault in THROTTLED:
        return "rate_limited"
    return GOOD if fault == "long-body" else "outcome_unknown"


@asynccontextmanager
async def scene(key: str, fault: str) -> AsyncIterator[tuple[Bench, dict[str, At]]]:
    """An adapter for each operation of a broker, all connected and in a hurry, and an order that can be asked for."""
    others = set(threading.enumerate())
    async with started(key, "good" if "tls" in fault else None) as bench:
        bench.controls.break_seconds = 0.001
        bench.controls.drip_seconds = 0.05
        flow = asyncio.create_task(let_time_pass(bench.clock))
        try:
            async with AsyncExitStack() as stack:
                order_id, resting = await _orders(bench)
                adapters = await _adapters(bench, fault, order_id, resting, stack)
                await bench.clock.advance(1 - bench.clock.now().microsecond / 10**6)  # dates know whole seconds only
                yield bench, adapters
        finally:
            await no_thread_is_left(others)
            flow.cancel()
            await settle()  # the server sees that its clients have gone


async def _orders(bench: Bench) -> tuple[str, dict[str, Order]]:
    """The id of an order in the book, and one that rests for each change; the master is loaded from then on."""
    broker = bench.broker()
    await equip(bench, broker)
    assert await broker.connect(bench.live())
    placed = await broker.place_order(bench.order())
    wanted = [name for name in CHANGES if name in bench.on_wire]
    ids = {name: (await broker.place_order(await _far_below(bench, broker))).order_id for name in wanted}
    await bench.clock.advance(60)
    book = {order.order_id: order for order in await broker.get_orders()}
    await broker.close()
    return placed.order_id, {name: book[order_id] for name, order_id in ids.items()}


async def _far_below(bench: Bench, broker: BaseBroker) -> OrderRequest:
    """A limit order that rests: 4 % below the market, inside every band."""
    price = await broker.get_ltp(bench.cash, Exchange.NSE)
    return bench.order(order_type=OrderType.LIMIT, price=price - int(price) // 25)


async def _adapters(
    bench: Bench, fault: str, order_id: str, resting: dict[str, Order], stack: AsyncExitStack
) -> dict[str, At]:
    tokens = {user: bench.live(user) for user in sorted({OPERATIONS[name].user for name in bench.on_wire})}
    tokens |= {OPERATIONS["renew"].user: bench.renewable(OPERATIONS["renew"].user)} if "renew" in bench.on_wire else {}
    base_url = bench.sim.unresolvable_url if fault == "dns" else bench.base_url
    made: dict[str, At] = {}
    for name in bench.on_wire:
        masters = MemoryInstruments() if name == "instruments" else None
        made[name] = At(bench, bench.broker(base_url, instruments=masters), order_id, resting.get(name))
        stack.push_async_callback(made[name].broker.close)
    ends = [_made_ready(at, name, tokens[OPERATIONS[name].user], fault) for name, at in made.items()]
    await asyncio.gather(*ends)
    return made


async def _made_ready(at: At, name: str, credentials: object, fault: str) -> None:
    """Connected, with what the operation needs, in its own time; then in a hurry."""
    connected = await kind_of(at.broker.connect(credentials))  # type: ignore[arg-type]  # Credentials, of any user
    assert connected == ("not_reachable" if fault == "dns" else GOOD)
    if fault != "dns" and name in {"order", "order status", *CHANGES}:
        await at.bench.know_orders(at.broker)
    if fault != "dns" and name == "sign in by page":
        await open_page(at)
    if fault in BEFORE_A_REQUEST:
        await _hang_up(at.broker)
    quick = fault in ENDED_BY_TIME
    at.bench.hurry(at.broker, ATTEMPT if quick else PLENTY, TOTAL if quick else PLENTY)


async def _hang_up(broker: BaseBroker) -> None:
    """Close what was kept open: the next request needs a new connection, however busy this machine is."""
    wires = getattr(getattr(getattr(broker, "_client", broker), "_http", None), "_own_wires", None)
    while wires is not None and wires._transports:
        await wires._transports.popitem()[1].aclose()


async def no_thread_is_left(others: set[threading.Thread]) -> None:
    """Return when the threads of closed brokers have ended, `others` apart; a call that was cut ends at once."""
    async with asyncio.timeout(30):
        while any(one.name.startswith("zerodha-") for one in set(threading.enumerate()) - others):  # noqa: ASYNC110 - they tell nobody
            await asyncio.sleep(0.005)


async def begin(bench: Bench, fault: str, operations: Iterable[str]) -> int:
    """From now on `operations` meet the fault; kept connections are really closed then. How long the log was before."""
    before = bench.arrived
    for name in ["*"] if fault in BEFORE_A_REQUEST else {bench.on_wire[one] for one in operations}:
        bench.controls.fault(name, fault, retry_after=WAIT)
    await settle()
    return before


def played(bench: Bench, fault: str) -> Counter[str]:
    """How often the simulator says that it played the fault, by its name for the operation."""
    return Counter(seen.operation for seen in bench.sim.log if seen.fault == fault)


def was_met(bench: Bench, fault: str, operations: Iterable[str]) -> bool:
    """Whether the log shows that each of `operations` arrived and had the fault played to it."""
    seen, wanted = played(bench, fault), Counter(bench.on_wire[name] for name in operations)
    if fault in LOGGED_WHEN_SET:
        return seen["*"] == 1
    if fault in BEFORE_A_REQUEST:  # connections are seen, not what they were for
        return seen["*"] >= wanted.total()
    return all(seen[name] >= times for name, times in wanted.items())


def requests_of(bench: Bench, fault: str) -> Counter[str]:
    """How many requests the operations make under the fault: N4, exact; what is done once is asked for once."""
    made: Counter[str] = Counter()
    for name, theirs in bench.on_wire.items():
        kind = expected(bench.spec.key, name, fault)
        again = kind in {"not_reachable", "broker_down"} or fault == "429-bare"
        made[theirs] += TRIES if again and not OPERATIONS[name].once else 1
        if name == "sign in by code" and kind == GOOD and bench.asks_whose_token:
            made[bench.asks_whose_token] += 1
    return made


def was_asked_as_often_as_allowed(bench: Bench, fault: str) -> bool:
    """Whether the log shows that many requests, or no more of them where not all of them arrive."""
    seen, wanted = played(bench, fault), requests_of(bench, fault)
    files = bench.on_wire["instruments"]
    if bench.files > 1 and 1 <= seen[files] <= bench.files:  # one that is not whole ends it, one that is odd does not
        wanted[files] = seen[files]
    if fault in BEFORE_A_REQUEST:  # no request was read
        return True
    return seen <= wanted if fault in ENDED_BY_TIME | CLOSED_BEHIND else seen == wanted


async def kind_of(call: Awaitable[object]) -> str:
    """The kind of the error, `NOTHING` or `GOOD`; a False is none of them."""
    try:
        value = await call
    except TradingError as error:
        return error.kind
    return "a definite no" if value is False else NOTHING if value == [] else GOOD


async def timed(call: Awaitable[str]) -> tuple[str, float]:
    """What came of it and after how many seconds."""
    began = time.monotonic()
    return await call, time.monotonic() - began
