"""A simulated broker on a port of this machine: requests in, answers or faults out, a line of log for each."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

from aiohttp import web
from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators import sending
from app.simulators.answers import Answer
from app.simulators.bystander import Bystander
from app.simulators.connections import Connections
from app.simulators.faults import Fault, FaultPlan, play, script
from app.simulators.feeds import UPDATES, Refused
from app.simulators.fuzz import fuzzed
from app.simulators.gateways import Oddities, substitute
from app.simulators.house_clock import HouseClock
from app.simulators.order_calls import ORDER_FAMILY, AnyCall, Body, OrderCall, OrderLog, Outcome
from app.simulators.seen import UNKNOWN, Seen
from app.simulators.sockets import OrderSockets
from app.simulators.switches import Switches
from app.simulators.tls import Tls

_SWITCHING: Final = 101
_REMEMBERED: Final = 100_000  # lines of log; a demo may run for days
_WHOLE_THOUGH_WRITTEN_BY_HAND: Final = frozenset({"long-body", "gzip-junk", "no-content-type"})


C = TypeVar("C", bound=AnyCall)
C_contra = TypeVar("C_contra", bound=AnyCall, contravariant=True)


class _Handshake(NamedTuple):
    """Somebody wants to hear of orders."""

    path: str
    operation: str = UPDATES
    method: str = "GET"


class Api(Protocol[C_contra]):
    """The broker behind the sockets."""

    def answer(self, call: C_contra) -> Answer:
        """The broker's own answer; a refusal is an answer, too."""
        ...

    def client_of(self, call: C_contra) -> str:
        """The client id behind a request, as far as it is known."""
        ...


class BrokerServer(ABC, Generic[C]):
    """The part of a simulator that knows sockets, faults and the log; a broker's own class knows its protocol."""

    controls: Switches
    oddities: ClassVar[Oddities]
    """What stands in for good answers, in this broker's shapes."""
    _api: Api[C]
    _sockets: OrderSockets | None = None

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = HouseClock(clock)
        self._log: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._orders = OrderLog(self._clock)
        self._stopped = asyncio.Event()
        self._bystander = Bystander(self._clock)
        self._faults: Final = FaultPlan()
        self._connections = Connections(self._faults, self._saw_connection)

    @property
    def log(self) -> tuple[Seen, ...]:
        """What arrived and what was played, oldest first."""
        return tuple(self._log)

    @property
    def order_calls(self) -> tuple[OrderCall, ...]:
        """Every request that placed, modified or cancelled, or wanted to, oldest first, faults played or not."""
        return tuple(self._orders.calls)

    @property
    def elsewhere(self) -> tuple[Seen, ...]:
        """What arrived at the port that the redirect faults point to: a client must never come there."""
        return self._bystander.seen

    @property
    def base_url(self) -> str:
        """Scheme, host and port to use as the broker's root; under the fault `dns` a name that never resolves."""
        name, _ = self._faults.connection
        return self.unresolvable_url if name == "dns" else self._connections.url()

    @property
    def unresolvable_url(self) -> str:
        """The same port at a name that is reserved to be unknown."""
        return self._connections.url("kunji.invalid")

    @property
    def ca_file(self) -> str:
        """The authority behind the good, the expired and the wrong host's certificate; only after a start with TLS."""
        return self._connections.ca_file

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> None:
        """Listen; `port` 0 takes a free one. Raises OSError when the port is taken."""
        self._stopped.clear()
        self._connections.start(self._handle, host, port, tls)
        await self._bystander.start(host)

    async def stop(self) -> None:
        """End every connection and let go of the port; returns promptly, whatever stalls."""
        self._stopped.set()
        if self._sockets is not None:
            self._sockets.cut("reset")
        await self._connections.stop()
        await self._bystander.stop()

    # ------------------------------------------------------------------ requests

    @abstractmethod
    async def _read(self, request: BaseRequest) -> C:
        """One request, read."""

    def _answer(self, call: C) -> Answer:
        return self._api.answer(call)

    def _body(self, _: C) -> Body | None:
        """What a request of the order family says; None where the server keeps no record of orders."""
        return None

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        if self._sockets is not None and request.path.rstrip("/") == self._sockets.path:
            return await self._listen(self._sockets, request)
        call = await self._read(request)
        client = self._api.client_of(call)
        fault = self.controls.fault_of(call.operation)
        before = self._orders.before(client)
        good = self._act(call, fault)
        body = self._body(call) if call.operation in ORDER_FAMILY else None
        if body is not None:
            self._orders.saw(call, client, before, body, _outcome(fault, good))
        await self._delay(call.operation)
        if fault is not None:
            return await self._play(fault, good, call, client, request)
        self._saw(call, client, good.status)
        return sending.response(good, request, self._clock.now())

    async def _listen(self, sockets: OrderSockets, request: BaseRequest) -> web.StreamResponse:
        """The order socket's handshake, or whatever a test wants in its place."""
        call = _Handshake(request.path)
        fault, said = self.controls.fault_of(UPDATES), self.controls.said(UPDATES)
        await self._delay(UPDATES)
        try:
            seat = sockets.admit(request)
        except Refused as refused:
            return self._instead(refused.answer, call, request)
        if said is not None:
            return self._instead(said.answer, call, request)
        if fault is not None:
            return await self._play(fault, self.oddities.unmoved, call, seat.client_id, request)
        self._saw(call, seat.client_id, _SWITCHING)
        return await sockets.serve(seat, request)

    def _instead(self, answer: Answer, call: AnyCall, request: BaseRequest) -> web.StreamResponse:
        """An answer to a handshake that opens no socket."""
        self._saw(call, "", answer.status)
        return sending.response(answer, request, self._clock.now())

    def _act(self, call: C, fault: Fault | None) -> Answer:
        """The broker's own answer; a harmless one where the request never reached it."""
        if fault is not None and not fault.acts:
            return self.oddities.unmoved
        said = self.controls.said(call.operation)
        if said is not None:
            if said.lands:
                self._answer(call)
            return said.answer
        good = self._answer(call)
        seed = self.controls.fuzz_seed(call.operation)
        return good if seed is None else fuzzed(good, seed)

    async def _play(
        self, fault: Fault, good: Answer, call: AnyCall, client: str, request: BaseRequest
    ) -> web.StreamResponse:
        played = substitute(
            self.oddities, fault, good, now=self._clock.now(), elsewhere=self._bystander.url + call.path
        )
        steps = script(fault.name, sending.head(played), played.body)
        whole = steps is None or fault.name in _WHOLE_THOUGH_WRITTEN_BY_HAND
        self._saw(call, client, played.status if whole else 0, fault.name)
        if steps is None:
            return sending.response(played, request, self._clock.now())
        if request.transport is not None:
            pause = self.controls.drip_seconds if fault.name == "drip" else self.controls.break_seconds
            await play(steps, request.transport, pause=pause, stopped=self._stopped)
        return sending.Unsent()

    async def _delay(self, operation: str) -> None:
        seconds = self.controls.delay_of(operation)
        if seconds:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return

    def _saw(self, call: AnyCall, client: str, status: int, fault: str = "") -> None:
        """Log a request; the path of an unknown address stays out: anything may stand in it."""
        path = UNKNOWN if call.operation == UNKNOWN else call.path
        self._log.append(Seen(self._clock.now(), call.operation, call.method, path, client, status, fault))

    def _saw_connection(self, operation: str, fault: str) -> None:
        self._log.append(Seen(self._clock.now(), operation, UNKNOWN, UNKNOWN, "", 0, fault))


def _outcome(fault: Fault | None, good: Answer) -> Outcome:
    """What the broker answered, where it was reached, and what was played instead."""
    reached = fault is None or fault.acts
    return Outcome(good.status if reached else 0, fault.name if fault else "")
