"""The demo broker on a port of this machine: requests in, answers or faults out, a line of log for each."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.bystander import Bystander
from app.simulators.connections import Connections
from app.simulators.demo import DemoUser, demo_users
from app.simulators.faults import Fault, FaultPlan, play, script
from app.simulators.seen import Seen
from app.simulators.tls import Tls
from app.simulators.zerodha import http
from app.simulators.zerodha.answers import Answer, refused, success
from app.simulators.zerodha.api import Api
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import UNKNOWN, Call
from app.simulators.zerodha.controls import Controls
from app.simulators.zerodha.odd import fuzzed, stand_in

_REMEMBERED: Final = 100_000  # lines of log; a demo may run for days
_WHOLE_THOUGH_WRITTEN_BY_HAND: Final = frozenset({"long-body", "gzip-junk", "no-content-type"})


class ZerodhaSimulator:
    """A broker that speaks Zerodha's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument master to a size.
    """

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        self._clock = clock
        self._broker = DemoBroker(clock, seed, demo_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._log: deque[Seen] = deque(maxlen=_REMEMBERED)
        self._stopped = asyncio.Event()
        self._bystander = Bystander(clock)
        faults = FaultPlan()
        self._connections = Connections(faults, self._saw_connection)
        self.controls: Final = Controls(self._broker, clock, faults, self._connections.faults_changed)

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
        name, _ = self.controls.faults.connection
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

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        call = await http.read(request)
        client = self._api.client_of(call)
        fault = self.controls.faults.take(call.operation)
        good = self._act(call, fault)
        await self._delay(call.operation)
        if fault is not None:
            return await self._play(fault, good, call, request)
        self._saw(call, client, good.status)
        return http.response(good, request)

    def _act(self, call: Call, fault: Fault | None) -> Answer:
        """The broker's own answer; a harmless one where the request never reached it."""
        if fault is not None and not fault.acts:
            return success(None)
        said = self.controls.said(call.operation)
        if said is not None:
            if said.lands:
                self._api.answer(call)
            return refused(said.refusal)
        good = self._api.answer(call)
        seed = self.controls.fuzz_seed(call.operation)
        return good if seed is None else fuzzed(good, seed)

    async def _play(self, fault: Fault, good: Answer, call: Call, request: BaseRequest) -> web.StreamResponse:
        elsewhere = self._bystander.url + call.path
        played = stand_in(fault, good, now=self._clock.now(), elsewhere=elsewhere)
        steps = script(fault.name, http.head(played), played.body)
        whole = steps is None or fault.name in _WHOLE_THOUGH_WRITTEN_BY_HAND
        self._saw(call, self._api.client_of(call), played.status if whole else 0, fault.name)
        if steps is None:
            return http.response(played, request)
        if request.transport is not None:
            pause = self.controls.drip_seconds if fault.name == "drip" else self.controls.break_seconds
            await play(steps, request.transport, pause=pause, stopped=self._stopped)
        return http.Unsent()

    async def _delay(self, operation: str) -> None:
        seconds = self.controls.delay_of(operation)
        if seconds:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return

    def _saw(self, call: Call, client: str, status: int, fault: str = "") -> None:
        """Log a request; the path of an unknown address stays out: anything may stand in it."""
        path = UNKNOWN if call.operation == UNKNOWN else call.path
        self._log.append(Seen(self._clock.now(), call.operation, call.method, path, client, status, fault))

    def _saw_connection(self, operation: str, fault: str) -> None:
        self._log.append(Seen(self._clock.now(), operation, UNKNOWN, UNKNOWN, "", 0, fault))
