"""A simulated broker on a port of this machine: requests in, answers or faults out, a line of log for each."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from aiohttp import web
from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators import sending
from app.simulators.answers import Answer
from app.simulators.bystander import Bystander
from app.simulators.connections import Connections
from app.simulators.faults import Fault, FaultPlan, play, script
from app.simulators.fuzz import fuzzed
from app.simulators.gateways import Oddities, substitute
from app.simulators.house_clock import HouseClock
from app.simulators.seen import UNKNOWN, Seen
from app.simulators.switches import Switches
from app.simulators.tls import Tls

_REMEMBERED: Final = 100_000  # lines of log; a demo may run for days
_WHOLE_THOUGH_WRITTEN_BY_HAND: Final = frozenset({"long-body", "gzip-junk", "no-content-type"})


class AnyCall(Protocol):
    """What a request of any broker's protocol has."""

    @property
    def operation(self) -> str:
        """Which of the broker's operations it is, or "-"."""
        ...

    @property
    def method(self) -> str:
        """The verb."""
        ...

    @property
    def path(self) -> str:
        """The path without its query."""
        ...


C = TypeVar("C", bound=AnyCall)
C_contra = TypeVar("C_contra", bound=AnyCall, contravariant=True)


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

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = HouseClock(clock)
        self._log: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._stopped = asyncio.Event()
        self._bystander = Bystander(self._clock)
        self._faults: Final = FaultPlan()
        self._connections = Connections(self._faults, self._saw_connection)

    @property
    def log(self) -> tuple[Seen, ...]:
        """What arrived and what was played, oldest first."""
        return tuple(self._log)

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
        await self._connections.stop()
        await self._bystander.stop()

    # ------------------------------------------------------------------ requests

    @abstractmethod
    async def _read(self, request: BaseRequest) -> C:
        """One request, read."""

    def _answer(self, call: C) -> Answer:
        return self._api.answer(call)

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        call = await self._read(request)
        client = self._api.client_of(call)
        fault = self.controls.fault_of(call.operation)
        good = self._act(call, fault)
        await self._delay(call.operation)
        if fault is not None:
            return await self._play(fault, good, call, request)
        self._saw(call, client, good.status)
        return sending.response(good, request, self._clock.now())

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

    async def _play(self, fault: Fault, good: Answer, call: C, request: BaseRequest) -> web.StreamResponse:
        played = substitute(
            self.oddities, fault, good, now=self._clock.now(), elsewhere=self._bystander.url + call.path
        )
        steps = script(fault.name, sending.head(played), played.body)
        whole = steps is None or fault.name in _WHOLE_THOUGH_WRITTEN_BY_HAND
        self._saw(call, self._api.client_of(call), played.status if whole else 0, fault.name)
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

    def _saw(self, call: C, client: str, status: int, fault: str = "") -> None:
        """Log a request; the path of an unknown address stays out: anything may stand in it."""
        path = UNKNOWN if call.operation == UNKNOWN else call.path
        self._log.append(Seen(self._clock.now(), call.operation, call.method, path, client, status, fault))

    def _saw_connection(self, operation: str, fault: str) -> None:
        self._log.append(Seen(self._clock.now(), operation, UNKNOWN, UNKNOWN, "", 0, fault))
