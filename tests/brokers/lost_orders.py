"""Orders whose answers are lost on the way back, through the real sender, search, adapter and journal (promise O1)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
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

T = TypeVar("T")
# by the numbers of the list of faults: 4 to 11, 13, 14, 22, 24
LOST: Final = (
    *("reset-before", "reset-in-headers", "reset-in-body", "stall-before-headers", "stall-in-body", "drip"),
    *("half-headers", "short-body", "bad-chunk", "gzip-junk", "502-html", "504"),
)
STALLS: Final = frozenset({"stall-before-headers", "stall-in-body", "drip", "bad-chunk"})
IN_TIME: Final = 30.0  # seconds of the brokers' clock within which a booked order must be found
AT_ONCE: Final = {"zerodha": 1}  # its orders go one after another; elsewhere fewer than a second allows
PATIENCE: Final = {1: 0.1, 6: 0.15}
"""Seconds of real time that so many orders at once have here where the answer never comes."""

_BATCH: Final = 20  # orders that are looked for together


@dataclass
class Tally:
    """What came of `asked` orders."""

    asked: int = 0
    booked: int = 0
    missed: int = 0  # a busy machine may not get an order out within its short time: nothing is booked then
    doubled: list[str] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)  # whose request came more than once
    wrong: list[str] = field(default_factory=list)  # fates that the exchange's book speaks against
    late: list[str] = field(default_factory=list)  # booked, and not found in time

    @property
    def in_time(self) -> float:
        """The share of the booked orders that were found within 30 s."""
        return 1.0 if not self.booked else 1 - len(self.late) / self.booked


class _Straight:
    """One account whose adapter is always there; fulfils what sender and search need."""

    def __init__(self, broker: BaseBroker) -> None:
        self._broker = broker
        self.busy = 0

    def find(self, _user_id: str) -> "_Straight":
        return self

    async def ready(self) -> BaseBroker:
        return self._broker

    async def call(self, use: Callable[[BaseBroker], Awaitable[T]], *, kind: str = "other") -> T:
        assert kind in ("order", "orders")
        self.busy += 1
        try:
            return await use(self._broker)
        finally:
            self.busy -= 1


@dataclass
class _Scene:
    bench: Bench
    broker: BaseBroker
    sender: OrderSender
    account: _Straight
    at_once: int
    numbers: "count[int]" = field(default_factory=count)

    @property
    def controls(self) -> Any:
        return self.bench.controls

    async def send(self, fault: str, times: int, *, lands: bool) -> list[Intent]:
        """So many orders, a few at a time, whose answers are lost by `fault`, booked or not."""
        sent: list[Intent] = []
        while len(sent) < times:
            intents = [self._intent() for _ in range(min(self.at_once, times - len(sent)))]
            self.controls.fault("place_order", fault, times=len(intents), lands=lands)
            sending = asyncio.gather(*(self.sender.send([intent]) for intent in intents))
            while not sending.done():  # a silent socket is silent in real time
                await asyncio.sleep(0.002)
                await self.bench.clock.advance(0.05)
            await sending
            await self.bench.clock.advance(1.0)  # the limiter lives by the brokers' clock
            sent += intents
        return sent

    async def look(self, intents: list[Intent]) -> None:
        """Let the search work until all are settled, or no booked one can be in time any more."""
        tags = {intent.intent_id for intent in intents}
        end = self.bench.clock.monotonic() + IN_TIME + 20
        while self.bench.clock.monotonic() < end and any(
            one.fate is Fate.UNKNOWN for one in self.records if one.intent.intent_id in tags
        ):
            await asyncio.sleep(0.001)
            rests = (
                self.bench.clock.sleeping and not self.account.busy
            )  # else a disk, a socket or the limiter is waited for
            await self.bench.clock.advance(1.0 if rests else 0.05)

    @property
    def records(self) -> tuple[Record, ...]:
        return self.sender.records

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
        if fault in STALLS:
            _hurry_orders(bench, broker, PATIENCE[at_once])
        journal, events, account = KeptJournal(folder / f"{key}-{fault}.db"), Events(), _Straight(broker)
        sender = OrderSender(journal, account, events, bench.clock)
        search = OrderSearch(sender, cast("OrderAccounts", account), events, bench.clock)
        events.subscribe(search.hear)
        searching = asyncio.create_task(search.run())
        scene = _Scene(bench, broker, sender, account, at_once)
        try:
            for first in range(0, times, _BATCH):
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
    tally = Tally(booked=len(booked), doubled=[tag for tag, times in booked.items() if times > 1])
    for record in scene.records:
        tag, fate = record.intent.tag, record.fate
        tally.asked += 1
        tally.missed += not posts[tag]
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


def _hurry_orders(bench: Bench, broker: BaseBroker, patience: float) -> None:
    """Orders wait for an answer for a moment only; the book is read as patiently as ever."""
    bench.hurry(broker, patience, patience)
    adapter: Any = broker
    line = adapter._line
    for holder in (line, getattr(line, "_http", line)):
        holder.deadlines = replace(holder.deadlines, read=10.0, attempt=5.0)


def _controls(bench: Bench) -> Any:
    return bench.controls
