"""Fyers' simulator for the contract suite."""

from app.brokers.base import Ability, BaseBroker
from app.brokers.fyers.broker import FyersBroker
from app.brokers.fyers.spec import SPEC
from app.brokers.http import Deadlines
from app.simulators import DemoUser
from app.simulators.fyers.controls import Controls
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.brokers.benches.base import USERS, Bench


class FyersBench(Bench):
    """Fyers' simulator."""

    spec = SPEC
    lacks = Ability.ORDER_HISTORY | Ability.RENEW
    files = 7
    batch = 50
    on_wire = {  # noqa: RUF012 - never changed
        "validate": "profile",
        "profile": "profile",
        "funds": "funds",
        "holdings": "holdings",
        "positions": "positions",
        "orders": "orders",
        "order": "order",
        "order status": "order",
        "trades": "trades",
        "ltp": "quotes",
        "quotes": "quotes",
        "instruments": "instruments",
        "place order": "place_order",
        "sign in by page": "session",
        "revoke": "logout",
    }

    def __init__(self) -> None:
        super().__init__()
        self._users = fyers_users(USERS, redirect_url="http://127.0.0.1:5023/fyers")
        self._sim = FyersSimulator(clock=self.clock, seed=3, users=self._users)

    @property
    def sim(self) -> FyersSimulator:
        return self._sim

    @property
    def controls(self) -> Controls:
        return self._sim.controls

    @property
    def users(self) -> tuple[DemoUser, ...]:
        return self._users

    def open_market(self) -> None:
        self.controls.market("open")

    def no_quotes(self) -> None:
        self.controls.plan(self._users[0].client_id, "personal")

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, FyersBroker)
        broker._client.deadlines = broker._client._http.deadlines = Deadlines(total, attempt, total, total, total)

    def grant(self, user: int) -> str:
        return self.controls.auth_code(self._users[user].client_id)
