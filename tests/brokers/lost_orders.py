"""Orders whose answers are lost on the way back, through the real sender, search, adapter and journal (promise O1)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from app.brokers.base import BaseBroker
from app.domain import OrderType
from app.domain.intents import Intent, Record
from app.domain.order_life import Evidence, Fate
from app.services.events import Events
from app.services.kept_journal import KeptJournal
from app.services.order_accounts import OrderAccounts
from app.services.order_search import OrderSearch
from app.services.order_sender import OrderSender
from tests.brokers.bench import Bench, equip, started
from tests.fakes.orders import intent
from tests.fakes.waiting import until

T = TypeVar("T")
# by the numbers of the list of faults: 4 to 11, 13, 14, 22, 24
LOST: Final = (
    *("reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers", "stall-in-body", "drip"),
    *("half-headers", "short-body", "bad-chunk", "gzip-junk", "502-html", "504"),
)
STALLS: Final = frozenset({"stall-before-headers", "stall-in-body", "drip"})
IN_TIME: Final = 30.0  # seconds of the brokers' clock within which a booked order must be found
AT_ONCE: Final = {"zerodha": 1}  # its orders go one after another; elsewhere as many as a second allows

_BATCH: Final = 20  # orders that are looked for together
_FREE_AGAIN: Final = 1.1  # seconds until the limiter lets as many through again
_PAUSE: Final = 90.0  # seconds between batches: no broker allows more than 720 orders an hour (Angel One)


@dataclass
class Tally:
    """What came of `asked` orders."""

    asked: int = 0
    booked: int = 0
    posts: int = 0
    missed: list[str] = field(default_factory=list)  # never sent: every order must be, else nothing was lost
    doubled: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)  # whose request came more than once
    wrong: list[str] = field(default_factory=list)  # fates that the exchange's book speaks against
    late: list[str] = field(default_factory=list)  # booked, and not found in time

    @property
    def in_time(self) -> float:
        """The share of the booked orders that were found within 30 s."""
        return 1.0 if not self.booked else 1 - len(self.late) / self.booked


class _Patience:
    """Lets the deadlines of this loop come when nothing but them is waited for, whatever else the machine does.

    They run on the loop's own time, which is real; an answer that never comes would be waited for in vain for 10 s.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._time, self._ahead = loop.time, 0.0
        vars(loop)["time"] = self._now  # of this one loop, which ends with its test

    def ends(self, seconds: float) -> None:
        """Whoever waited for less than `seconds` more has waited long enough."""
        self._ahead += seconds

    def _now(self) -> float:
        return self._time() + self._ahead


class _Straight:
    """One account whose adapter is always there; fulfils what sender and search need."""

    def __init__(self, broker: BaseBroker) -> None:
        self._broker = broker
        self.busy = Counter[str]()

    def find(self, _user_id: str) -> "_Straight":
        return self

    async def ready(self) -> BaseBroker:
        return self._broker

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other") -> T:
        assert kind in ("order", "orders")
        self.busy[kind] += 1
        try:
            return await use(self._broker)
        finally:
            self.busy[kind] -= 1


@dataclass
class _Scene:
    bench: Bench
    broker: BaseBroker
    sender: OrderSender
    search: OrderSearch
    account: _Straight
    at_once: int
    patience: _Patience
    numbers: "count[int]" = field(default_factory=count)

    @property
    def controls(self) -> Any:
        return self.bench.controls

    @property
    def records(self) -> tuple[Record, ...]:
        return self.sender.records

    async def send(self, fault: str, times: int, *, lands: bool) -> list[Intent]:
        """So many orders, a few at a time, whose answers are lost by `fault`, booked or not."""
        sent: list[Intent] = []
        while len(sent) < times:
            intents = [self._intent() for _ in range(min(self.at_once, times - len(sent)))]
            self.controls.fault("place_order", fault, times=len(intents), lands=lands)
            taken = self._taken + len(intents)
            sending = asyncio.gather(*(self.sender.send([intent]) for intent in intents))
            if fault in STALLS:
                await self._wait_in_vain(sending, taken)
            await self._let_through(sending.done)
            await sending
            await self.pass_by(_FREE_AGAIN)
            sent += intents
        return sent

    async def look(self, intents: list[Intent]) -> None:
        """Let the search work until all are settled, or no booked one can be in time any more."""
        tags = {intent.intent_id for intent in intents}
        end = self.bench.clock.monotonic() + IN_TIME + 20
        while self.bench.clock.monotonic() < end and any(
            one.fate is Fate.UNKNOWN for one in self.records if one.intent.intent_id in tags
        ):
            await self.pass_by(1.0)

    async def pass_by(self, seconds: float) -> None:
        """Let so much time pass on the brokers' clock, none of it while a disk or a socket is waited for."""
        clock = self.bench.clock
        end = clock.monotonic() + seconds
        while (left := end - clock.monotonic()) > 0:
            await until(lambda: self._rests)
            await clock.advance(min(left, 1.0))

    async def _let_through(self, over: Callable[[], bool]) -> None:
        """Until `over`: the limiter lives by the brokers' clock, and the search has taken some of its calls."""
        while not over():
            await until(lambda: over() or self.account.busy["order"] > len(self._way._in_flight))
            await self.bench.clock.advance(0.1)

    async def _wait_in_vain(self, sending: "asyncio.Future[Any]", taken: int) -> None:
        """Once the broker has taken so many orders, let the time go by in which they could be answered."""
        await self._let_through(lambda: sending.done() or (self._taken >= taken and not self.account.busy["orders"]))
        self.patience.ends(self._way.deadlines.order)
        await sending
        await self.pass_by(self._way.deadlines.order)

    @property
    def _rests(self) -> bool:
        """Whether everybody waits for the brokers' clock: the search till the next reading, or one at the limiter."""
        asleep, reads = self.bench.clock.sleeping, self.search._readings.busy
        return not self._way._in_flight and (asleep > 1 if self.account.busy["orders"] else asleep > 0 and not reads)

    @property
    def _taken(self) -> int:
        return len(self.bench.sim.order_calls)

    @property
    def _way(self) -> Any:
        """What knows the adapter's deadlines and the requests that it has on the wire."""
        line = cast("Any", self.broker)._line
        return getattr(line, "_http", line)

    def _intent(self) -> Intent:
        tag = self.broker.fresh_tag()
        request = self.bench.order(order_type=OrderType.LIMIT, price="1400.50", product="MIS", tag=tag)
        whose = {"broker_type": self.bench.spec.key, "client_id": self.bench.users[0].client_id}
        return intent(next(self.numbers), self.bench.clock.now(), **whose, tag=tag, request=request)


async def lose(key: str, fault: str, times: int, folder: Path) -> Tally:
    """Send `times` orders to the broker `key` whose answers are all lost by `fault`; every tenth is not booked."""
    async with started(key) as bench:
        broker, at_once = bench.broker(), AT_ONCE.get(key, 6)
        assert await broker.connect(bench.live())
        await equip(bench, broker)
        bench.controls.break_seconds = 0.001
        _controls(bench).filling(bench.users[0].client_id, "never")
        journal, events, account = KeptJournal(folder / f"{key}-{fault}.db"), Events(), _Straight(broker)
        sender = OrderSender(journal, account, events, bench.clock)
        search = OrderSearch(sender, cast("OrderAccounts", account), events, bench.clock)
        events.subscribe(search.hear)
        searching = asyncio.create_task(search.run())
        scene = _Scene(bench, broker, sender, search, account, at_once, _Patience())
        try:
            for first in range(0, times, _BATCH):
                if first:
                    await scene.pass_by(_PAUSE)
                numbers = range(first, min(times, first + _BATCH))
                lost = len(numbers) // 10
                sent = await scene.send(fault, len(numbers) - lost, lands=True)
                await scene.look(sent + await scene.send(fault, lost, lands=False))
            return _tally(scene)
        finally:
            searching.cancel()
            with suppress(asyncio.CancelledError):
                await searching
            await sender.close()
            await journal.close()
            await broker.close()


def _tally(scene: _Scene) -> Tally:
    booked = Counter(row.tag for row in scene.controls.booked(scene.bench.users[0].client_id))
    posts = Counter(call.tag for call in scene.bench.sim.order_calls if call.operation == "place_order")
    tally = Tally(booked=len(booked), posts=posts.total(), doubled=[tag for tag, times in booked.items() if times > 1])
    for record in scene.records:
        tag, fate = record.intent.tag, record.fate
        tally.asked += 1
        if not posts[tag]:
            tally.missed.append(f"{tag}: {[step.detail for step in record.steps]}")
        if posts[tag] > 1:
            tally.posted.append(f"{tag}: {posts[tag]} requests, {fate}")
        if tag in booked and _settled_after(record) > IN_TIME:
            tally.late.append(tag)
        if fate is Fate.REJECTED or (fate is Fate.ACCEPTED) is not (tag in booked):
            tally.wrong.append(f"{tag}: {fate}, booked {tag in booked}, {[step.detail for step in record.steps]}")
    assert set(posts) <= {record.intent.tag for record in scene.records}, "an order that nobody meant"
    return tally


def _settled_after(record: Record) -> float:
    """Seconds from the sending until the order was known to be in the market."""
    began = next(step.at for step in record.steps if step.evidence is Evidence.BEGUN)
    known = next((step.at for step in record.steps if step.fate is Fate.ACCEPTED), None)
    return (known - began).total_seconds() if known is not None else float("inf")


def _controls(bench: Bench) -> Any:
    return bench.controls
