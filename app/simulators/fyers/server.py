"""The demo broker that speaks Fyers' protocol."""

from collections.abc import Sequence
from typing import Final

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.answers import Answer
from app.simulators.demo import DemoUser
from app.simulators.faults import Fault
from app.simulators.fyers import calls
from app.simulators.fyers.answers import success
from app.simulators.fyers.api import Api
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.controls import Controls
from app.simulators.fyers.odd import stand_in
from app.simulators.fyers.people import fyers_users
from app.simulators.serving import BrokerServer
from app.simulators.switches import Switches


class FyersSimulator(BrokerServer[calls.Call]):
    """A broker that speaks Fyers' protocol on loopback, with books, a login page and faults on demand.

    One port serves the paths of all hosts. All of one event loop; see `in_thread` for use beside another. `rows` pads
    the symbol files to that many lines in all.
    """

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(clock, seed, fyers_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self.controls: Final = Controls(self._broker, clock, self._faults, self._connections.faults_changed)

    @property
    def _switches(self) -> Switches:
        return self.controls

    async def _read(self, request: BaseRequest) -> calls.Call:
        return await calls.read(request)

    def _answer(self, call: calls.Call) -> Answer:
        return self._api.answer(call)

    def _client_of(self, call: calls.Call) -> str:
        return self._api.client_of(call)

    def _unmoved(self) -> Answer:
        return success()

    def _stand_in(self, fault: Fault, good: Answer, elsewhere: str) -> Answer:
        return stand_in(fault, good, now=self._clock.now(), elsewhere=elsewhere)
