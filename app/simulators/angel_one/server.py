"""The demo broker that speaks Angel One's protocol: the paths of all its hosts on one port."""

from collections.abc import Sequence

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.angel_one import calls
from app.simulators.angel_one.api import Api
from app.simulators.angel_one.broker import DemoBroker
from app.simulators.angel_one.calls import Call
from app.simulators.angel_one.controls import Controls
from app.simulators.angel_one.odd import ODDITIES
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.updates import AngelOneFeed
from app.simulators.order_calls import Body, body_of
from app.simulators.serving import BrokerServer
from app.simulators.sockets import OrderSockets


class AngelOneSimulator(BrokerServer[Call]):
    """A broker that speaks Angel One's protocol on loopback, with books and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument file to a size.
    """

    controls: Controls
    oddities = ODDITIES

    def __init__(
        self, *, clock: Clock, seed: int = 1, users: Sequence[AngelOneUser] | None = None, rows: int = 0
    ) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(self._clock, seed, angel_one_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._orders.books = self._broker.accounts
        self._sockets = OrderSockets(AngelOneFeed(self._broker), self._broker.accounts)
        self.controls = Controls(
            self._broker, self._clock, self._faults, self._connections.faults_changed, self._sockets
        )

    async def _read(self, request: BaseRequest) -> Call:
        return await calls.read(request)

    def _body(self, call: Call) -> Body:
        return body_of(call.body, "ordertag", call.where, call.raw)
