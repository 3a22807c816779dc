"""Zerodha's simulator for the contract suite."""

from app.brokers.base import Ability, BaseBroker
from app.brokers.zerodha.broker import ZerodhaBroker
from app.brokers.zerodha.desk import Deadlines
from app.brokers.zerodha.spec import SPEC
from app.simulators import ZerodhaSimulator, demo_users
from app.simulators.zerodha.controls import Controls
from tests.brokers.benches.base import ON_WIRE, USERS, Bench


class ZerodhaBench(Bench):
    """Zerodha's simulator."""

    spec = SPEC
    lacks = Ability.RENEW
    tagged = False
    batch = 500
    on_wire = ON_WIRE | {
        "history": "order",
        "ltp": "ltp",
        "quotes": "quote",
        "sign in by page": "session",
        "revoke": "logout",
    }

    sim: ZerodhaSimulator
    controls: Controls

    def __init__(self) -> None:
        super().__init__()
        self.users = demo_users(USERS, redirect_url="http://127.0.0.1:5021/zerodha")
        self.sim = ZerodhaSimulator(clock=self.clock, seed=3, users=self.users)
        self.controls = self.sim.controls

    def no_quotes(self) -> None:
        self.controls.plan(self.users[0].client_id, "personal")

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, ZerodhaBroker)
        broker._desk.deadlines = Deadlines(total, attempt, total, total, total, total)

    async def know_orders(self, broker: BaseBroker) -> None:
        """Their varieties, which are a part of the path that changes them."""
        await broker.get_orders()

    def grant(self, user: int) -> str:
        return self.controls.request_token(self.users[user].client_id)
