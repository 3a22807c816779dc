"""The demo broker that speaks Zerodha's protocol."""

from collections.abc import Sequence
from typing import Final

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.answers import Answer
from app.simulators.demo import DemoUser, demo_users
from app.simulators.faults import Fault
from app.simulators.serving import BrokerServer
from app.simulators.switches import Switches
from app.simulators.zerodha import http
from app.simulators.zerodha.answers import success
from app.simulators.zerodha.api import Api
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.controls import Controls
from app.simulators.zerodha.odd import stand_in


class ZerodhaSimulator(BrokerServer[Call]):
    """A broker that speaks Zerodha's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument master to a size.
    """

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(clock, seed, demo_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self.controls: Final = Controls(self._broker, clock, self._faults, self._connections.faults_changed)

    @property
    def _switches(self) -> Switches:
        return self.controls

    async def _read(self, request: BaseRequest) -> Call:
        return await http.read(request)

    def _answer(self, call: Call) -> Answer:
        return self._api.answer(call)

    def _client_of(self, call: Call) -> str:
        return self._api.client_of(call)

    def _unmoved(self) -> Answer:
        return success(None)

    def _stand_in(self, fault: Fault, good: Answer, elsewhere: str) -> Answer:
        return stand_in(fault, good, now=self._clock.now(), elsewhere=elsewhere)
