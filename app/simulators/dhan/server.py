"""The demo broker that speaks Dhan's protocol: the paths of all its hosts on one port."""

from collections.abc import Sequence

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.dhan import calls
from app.simulators.dhan.api import Api
from app.simulators.dhan.broker import DemoBroker
from app.simulators.dhan.calls import Call
from app.simulators.dhan.controls import Controls
from app.simulators.dhan.odd import ODDITIES
from app.simulators.dhan.people import DhanUser, dhan_users
from app.simulators.dhan.updates import DhanFeed
from app.simulators.order_calls import Body, body_of
from app.simulators.serving import BrokerServer
from app.simulators.sockets import OrderSockets


class DhanSimulator(BrokerServer[Call]):
    """A broker that speaks Dhan's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument files to a size.
    """

    controls: Controls
    oddities = ODDITIES

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DhanUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(self._clock, seed, dhan_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._orders.books = self._broker.accounts
        self._sockets = OrderSockets(DhanFeed(self._broker), self._broker.accounts)
        self.controls = Controls(
            self._broker, self._clock, self._faults, self._connections.faults_changed, self._sockets
        )

    async def _read(self, request: BaseRequest) -> Call:
        return await calls.read(request)

    def _body(self, call: Call) -> Body:
        return body_of(call.body, "correlationId", call.where, call.raw)
