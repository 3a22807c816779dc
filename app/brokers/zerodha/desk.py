"""How a call goes: its turn at the limiter, a thread of ours, a total deadline that cuts the socket, retries of reads.

Deadlines and the waits between retries run on the event loop's own time: a silent socket is silent in real time,
whatever the clock that was handed in says. The limiter runs on the clock.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar

from app.brokers.base import BrokerPorts
from app.brokers.gauge import Gauge
from app.brokers.limiter import Limit, Limiter, Scope, Urgency, divided
from app.brokers.skew import Skew
from app.brokers.zerodha.client import Errand, KiteClient, Work
from app.brokers.zerodha.errors import WRITES, Asked
from app.brokers.zerodha.spec import KEY
from app.domain import BrokerDown, Maintenance, NotReachable, RateLimited, Secret, TradingError, Worker
from app.domain.calls import LimitUse
from app.domain.records import dataclass

ORDERS: Final = "orders"
QUOTES: Final = "quotes"
OTHER: Final = "other"
LIMITS: Final = {  # section 7
    ORDERS: divided(Limit(10, 1.0), Limit(400, 60.0)),  # ours: changes and cancellations, too
    QUOTES: (Limit(1, 1.0),),
    OTHER: divided(Limit(10, 1.0)),  # changes and cancellations among them
}
_COUNTED_BY: Final = {  # section 7: orders for the account, whatever the app, everything else for the API key
    QUOTES: Scope.APP,
    OTHER: Scope.APP,
}
_WAYS: Final = {
    Asked.READ: (OTHER, Urgency.POLL),
    Asked.QUOTE: (QUOTES, Urgency.POLL),
    Asked.ORDER_STATE: (OTHER, Urgency.POLL),
    Asked.EXCHANGE: (OTHER, Urgency.ORDER),  # a person waits for it
    Asked.ORDER: (ORDERS, Urgency.ORDER),
    Asked.CHANGE: (ORDERS, Urgency.ORDER),
    Asked.CANCEL: (ORDERS, Urgency.CANCEL),
}
_COUNTED_TWICE: Final = (Asked.CHANGE, Asked.CANCEL)  # by Kite among everything else, by us among orders
_READERS: Final = 3  # positions, funds and an order's state side by side
_RETRIES: Final = 3
_BACK_OFF: Final = (0.2, 0.6, 1.5)  # seconds, each times 0.5 to 1.5
_LEFT_TO_ANSWER: Final = 0.05  # seconds of a deadline in which there is no use in beginning
_ANSWER_SHARE: Final = 0.4  # of an order's time is for its answer: sent any later, it would be called unknown
_FAREWELL: Final = 0.8  # seconds that calls in flight get to end when we close

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Total seconds: a read with its retries, one attempt of it, the exchange, an order, the master, a revocation."""

    read: float = 10.0
    attempt: float = 7.0
    exchange: float = 15.0
    order: float = 10.0
    master: float = 60.0
    revoke: float = 5.0


class _Crew:
    """Threads that take one call each at a time. One whose call overran is sent home and replaced."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._free = asyncio.Semaphore(size)
        self._idle: list[Worker] = []
        self._closed = False

    @asynccontextmanager
    async def member(self) -> AsyncIterator[Worker]:
        async with self._free:
            worker = self._idle.pop() if self._idle else Worker(self._name)
            try:
                yield worker
            except BaseException:  # given up: the thread may be stuck in a name lookup that nothing can end
                worker.stop()
                raise
            if self._closed:
                worker.stop()
            else:
                self._idle.append(worker)

    def close(self) -> None:
        self._closed = True
        for worker in self._idle:
            worker.stop()
        self._idle.clear()


class Desk:
    """One account's way to Kite."""

    def __init__(self, ports: BrokerPorts, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        wires = ports.wires
        self._client = KiteClient(
            ports.clock,
            base_url=ports.base_url,
            ca_file=ports.ca_file,
            ipv4_only=lambda: wires is not None and wires.ipv4_only,
        )
        self._limiter = Limiter(ports.clock, LIMITS, broker=KEY, counted_by=_COUNTED_BY, shared=ports.limits)
        self._readers = _Crew("zerodha-read", _READERS)
        self._writer = _Crew("zerodha-order", 1)
        self._canceller = _Crew("zerodha-cancel", 1)  # no order whose answer does not come holds up a cancel
        self._in_flight: dict[Errand, asyncio.Event] = {}
        self._closed = False

    def belongs_to(self, *, client_id: str = "", app: Secret | None = None) -> None:
        """Whose calls these are: accounts of one client or one app share what Kite allows them."""
        self._limiter.belongs_to(client_id=client_id, app=app)

    async def read(self, work: Work, *, asked: Asked = Asked.READ) -> Any:
        """Ask, up to three times more while there is time; raises what prevented an answer, or the refusal."""
        ends = _time() + self.deadlines.read
        last: TradingError | None = None
        for pause in (*_BACK_OFF, None):
            try:
                await self._turn(asked, ends)
            except RateLimited as error:  # our own limiter; what the broker said before is the better answer
                raise last or error from None
            try:
                return await self._on_wire(Errand(asked, self.deadlines.attempt), work, ends)
            except RateLimited as error:  # the bucket is paused: the next turn waits for it, or says so at once
                last = error
            except (NotReachable, BrokerDown, Maintenance) as error:
                last = error
                await _back_off(None if self._closed else pause, ends)
            if self._closed or pause is None or ends - _time() < _LEFT_TO_ANSWER:
                raise last
        raise AssertionError("the last attempt returns or raises")

    async def once(self, work: Work, *, asked: Asked, seconds: float, master: Gauge | None = None) -> Any:
        """Ask once, never again; `master` counts what comes of an instrument master."""
        errand = Errand(asked, seconds, master=master)
        return await self._call(errand, work, seconds)

    async def order(self, errand: Errand, work: Work) -> Any:
        """Send an order call once, on a thread kept for such. `errand` tells afterwards whether it left.

        Its turn at the limiter comes when that thread is free: turns that were saved up would all be used at once.
        """
        return await self._on_wire(errand, work, _time() + self.deadlines.order)

    async def close(self) -> None:
        """Cut what is in flight, let go of threads and connections; under a second."""
        self._closed = True
        self._limiter.close()
        for errand in tuple(self._in_flight):
            errand.give_up()
        waits = [asyncio.create_task(done.wait()) for done in self._in_flight.values()]
        if waits:
            _, late = await asyncio.wait(waits, timeout=_FAREWELL)
            for task in late:
                task.cancel()
        self._readers.close()
        self._writer.close()
        self._canceller.close()
        self._client.close()

    @property
    def skew(self) -> Skew:
        """How far our clock is from theirs."""
        return self._client.skew

    def used(self) -> tuple[LimitUse, ...]:
        """See `Limiter.used`."""
        return self._limiter.used()

    async def _call(self, errand: Errand, work: Work, seconds: float) -> Any:
        """One request, waiting for its turn included, within `seconds`."""
        ends = _time() + seconds
        await self._turn(errand.asked, ends)
        return await self._on_wire(errand, work, ends)

    async def _turn(self, asked: Asked, ends: float) -> None:
        """Wait until one more request may be sent; raises `RateLimited` when that is not before `ends`."""
        family, urgency = _WAYS[asked]
        try:
            async with asyncio.timeout_at(ends):
                within = max(0.0, ends - _time() - _LEFT_TO_ANSWER)
                if asked in _COUNTED_TWICE:
                    await self._limiter.acquire_both(family, OTHER, urgency, within=within)
                else:
                    await self._limiter.acquire(family, urgency, within=within)
        except TimeoutError:
            raise RateLimited("no call was free in time") from None

    async def _on_wire(self, errand: Errand, work: Work, ends: float) -> Any:
        """Send and await the answer on a thread, until `ends` or the errand's own time; then the socket is cut."""
        if self._closed:
            raise NotReachable("the connection to the broker was closed")
        crew = self._crew_for(errand.asked)
        seconds = max(0.0, min(ends - _time(), errand.seconds))
        self._in_flight[errand] = done = asyncio.Event()
        try:
            async with asyncio.timeout(seconds), crew.member() as worker:
                if errand.asked in WRITES:
                    await self._turn(errand.asked, ends - errand.seconds * _ANSWER_SHARE)
                answer = await worker.run(partial(self._client.perform, errand, work))
        except TimeoutError:
            raise NotReachable(f"no complete answer within {seconds:.1f} s") from None
        finally:
            errand.give_up()  # for a call that has ended this is nothing
            del self._in_flight[errand]
            done.set()
        return self._judged(answer, errand.asked)

    def _crew_for(self, asked: Asked) -> _Crew:
        if asked is Asked.CANCEL:
            return self._canceller
        return self._writer if asked in WRITES else self._readers

    def _judged(self, answer: Any, asked: Asked) -> Any:
        if isinstance(answer, RateLimited):
            self._limiter.pause(_WAYS[asked][0], answer.retry_after or 0.0)
        if isinstance(answer, TradingError):
            raise answer
        return answer


async def _back_off(pause: float | None, ends: float) -> None:
    """Wait before the next attempt, if there is one, never beyond `ends`."""
    if pause is not None:
        spread = random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
        await asyncio.sleep(min(pause * spread, max(0.0, ends - _time())))


def _time() -> float:
    return asyncio.get_running_loop().time()
