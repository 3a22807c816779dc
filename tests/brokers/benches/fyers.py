"""Fyers' simulator for the contract suite."""

from app.brokers.base import Ability, BaseBroker
from app.brokers.fyers.broker import FyersBroker
from app.brokers.fyers.spec import SPEC
from app.simulators.fyers.controls import Controls
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.brokers.benches.base import ON_WIRE, USERS, Bench, hasten


class FyersBench(Bench):
    """Fyers' simulator."""

    spec = SPEC
    lacks = Ability.ORDER_HISTORY | Ability.RENEW
    files = 12
    batch = 50
    on_wire = ON_WIRE | {"sign in by page": "session", "revoke": "logout"}

    sim: FyersSimulator
    controls: Controls

    def __init__(self) -> None:
        super().__init__()
        self.users = fyers_users(USERS, redirect_url="http://127.0.0.1:5023/fyers")
        self.sim = FyersSimulator(clock=self.clock, seed=3, users=self.users)
        self.controls = self.sim.controls

    def no_quotes(self) -> None:
        self.controls.plan(self.users[0].client_id, "personal")

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, FyersBroker)
        hasten(broker._client, attempt, total)

    def grant(self, user: int) -> str:
        return self.controls.auth_code(self.users[user].client_id)
