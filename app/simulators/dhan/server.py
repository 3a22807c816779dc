"""The demo broker that speaks Dhan's protocol: the paths of all its hosts on one port."""

from collections.abc import Sequence
from typing import Final

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.answers import Answer, encode
from app.simulators.dhan import calls
from app.simulators.dhan.api import Api
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import Call
from app.simulators.dhan.controls import Controls
from app.simulators.dhan.odd import stand_in
from app.simulators.dhan.people import DhanUser, dhan_users
from app.simulators.faults import Fault
from app.simulators.serving import BrokerServer
from app.simulators.switches import Switches


class DhanSimulator(BrokerServer[Call]):
    """A broker that speaks Dhan's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument files to a size.
    """

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DhanUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(clock, seed, dhan_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self.controls: Final = Controls(self._broker, clock, self._faults, self._connections.faults_changed)

    @property
    def _switches(self) -> Switches:
        return self.controls

    async def _read(self, request: BaseRequest) -> Call:
        return await calls.read(request)

    def _answer(self, call: Call) -> Answer:
        return self._api.answer(call)

    def _client_of(self, call: Call) -> str:
        return self._api.client_of(call)

    def _unmoved(self) -> Answer:
        return Answer(encode({"data": {}, "status": "success"}))

    def _stand_in(self, fault: Fault, good: Answer, elsewhere: str) -> Answer:
        return stand_in(fault, good, now=self._clock.now(), elsewhere=elsewhere)
