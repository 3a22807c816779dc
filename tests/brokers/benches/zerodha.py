"""Zerodha's simulator for the contract suite."""

from app.brokers.base import Ability, BaseBroker
from app.brokers.zerodha.broker import ZerodhaBroker
from app.brokers.zerodha.desk import Deadlines
from app.brokers.zerodha.spec import SPEC
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from app.simulators.zerodha.controls import Controls
from tests.brokers.benches.base import USERS, Bench


class ZerodhaBench(Bench):
    """Zerodha's simulator."""

    spec = SPEC
    lacks = Ability.RENEW
    tagged = False
    batch = 500
    on_wire = {  # noqa: RUF012 - never changed
        "validate": "profile",
        "profile": "profile",
        "funds": "funds",
        "holdings": "holdings",
        "positions": "positions",
        "orders": "orders",
        "order": "order",
        "order status": "order",
        "history": "order",
        "trades": "trades",
        "ltp": "ltp",
        "quotes": "ohlc",
        "instruments": "instruments",
        "place order": "place_order",
        "sign in by page": "session",
        "revoke": "logout",
    }

    def __init__(self) -> None:
        super().__init__()
        self._users = demo_users(USERS, redirect_url="http://127.0.0.1:5021/zerodha")
        self._sim = ZerodhaSimulator(clock=self.clock, seed=3, users=self._users)

    @property
    def sim(self) -> ZerodhaSimulator:
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
        assert isinstance(broker, ZerodhaBroker)
        broker._desk.deadlines = Deadlines(total, attempt, total, total, total, total)

    def grant(self, user: int) -> str:
        return self.controls.request_token(self._users[user].client_id)
