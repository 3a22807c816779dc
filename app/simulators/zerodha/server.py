"""The demo broker that speaks Zerodha's protocol."""

from collections.abc import Sequence

from aiohttp.web_request import BaseRequest

from app.domain import Clock
from app.simulators.demo import DemoUser, demo_users
from app.simulators.order_calls import Body
from app.simulators.serving import BrokerServer
from app.simulators.sockets import OrderSockets
from app.simulators.zerodha import http
from app.simulators.zerodha.api import Api
from app.simulators.zerodha.broker import DemoBroker
from app.simulators.zerodha.calls import Call
from app.simulators.zerodha.controls import Controls
from app.simulators.zerodha.odd import ODDITIES
from app.simulators.zerodha.updates import ZerodhaFeed


class ZerodhaSimulator(BrokerServer[Call]):
    """A broker that speaks Zerodha's protocol on loopback, with books, a login page and faults on demand.

    All of one event loop; see `in_thread` for use beside another. `rows` pads the instrument master to a size.
    """

    controls: Controls
    oddities = ODDITIES

    def __init__(self, *, clock: Clock, seed: int = 1, users: Sequence[DemoUser] | None = None, rows: int = 0) -> None:
        super().__init__(clock)
        self._broker = DemoBroker(self._clock, seed, demo_users() if users is None else users, rows)
        self._api = Api(self._broker)
        self._orders.books = self._broker.accounts
        self._sockets = OrderSockets(ZerodhaFeed(self._broker), self._broker.accounts)
        self.controls = Controls(
            self._broker, self._clock, self._faults, self._connections.faults_changed, self._sockets
        )

    async def _read(self, request: BaseRequest) -> Call:
        return await http.read(request)

    def _body(self, call: Call) -> Body:
        return Body(call.form.get("tag", ""), call.where, call.form, call.raw)
