"""The demo broker that speaks Fyers' protocol."""

from collections.abc import Sequence

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.demo import DemoUser
from app.simulators.fyers import calls
from app.simulators.fyers.api import Api
from app.simulators.fyers.broker import DemoBroker
from app.simulators.fyers.controls import Controls
from app.simulators.fyers.odd import ODDITIES
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.updates import FyersFeed
from app.simulators.order_calls import Body, body_of
from app.simulators.serving import BrokerServer
from app.simulators.sockets import OrderSockets


class FyersSimulator(BrokerServer[calls.Call]):
    """A broker that speaks Fyers' protocol on loopback, with books, a login page and faults on demand.

    One port serves the paths of all hosts. All of one event loop; see `in_thread` for use beside another. `rows` pads
    the symbol files to that many lines in all.
    """

    controls: Controls
    oddities = ODDITIES

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(self._clock, seed, fyers_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._orders.books = self._broker.accounts
        self._sockets = OrderSockets(FyersFeed(self._broker), self._broker.accounts)
        self.controls = Controls(
            self._broker, self._clock, self._faults, self._connections.faults_changed, self._sockets
        )

    async def _read(self, request: BaseRequest) -> calls.Call:
        return await calls.read(request)

    def _body(self, call: calls.Call) -> Body:
        return body_of(call.body, "orderTag", call.where, call.raw)
