"""Lotus' simulator for the contract suite."""

from collections.abc import Mapping
from dataclasses import replace

from app.brokers.base import Ability, AskText, BaseBroker, Step, StepAnswer, Typed
from app.domain import Credentials, Secret
from app.simulators import demo_users
from tests.brokers.benches.base import ON_WIRE, USERS, Bench, hasten
from tests.brokers.operations import CHANGES
from tests.toy_broker.lotus.broker import LotusBroker
from tests.toy_broker.lotus.spec import CODE_FIELD, SPEC
from tests.toy_broker.simulator.server import CODE, Controls, LotusSimulator


class LotusBench(Bench):
    """Lotus' simulator."""

    spec = SPEC
    lacks = Ability.ORDER_HISTORY | Ability.RENEW
    needed = ("client_id", "api_key")
    codes = True
    batch = 1000
    changes = False
    on_wire = {name: theirs for name, theirs in ON_WIRE.items() if name not in CHANGES} | {
        "sign in by code": "session",
        "revoke": "logout",
    }

    sim: LotusSimulator
    controls: Controls

    def __init__(self) -> None:
        super().__init__()
        self.users = demo_users(USERS)
        self.sim = LotusSimulator(clock=self.clock, seed=3, users=self.users)
        self.controls = self.sim.controls

    def no_quotes(self) -> None:
        self.controls.prices(self.users[0].client_id, yes=False)

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, LotusBroker)
        hasten(broker, attempt, total)

    def ways(self) -> Mapping[str, Credentials]:
        return {"code": self.signed_out(), "kept code": self.with_pin(seed=True)}

    def with_pin(self, user: int = 0, *, seed: bool = False) -> Credentials:
        return replace(self.signed_out(user), extras={CODE_FIELD: Secret(CODE)} if seed else {})

    async def answer(self, step: Step) -> StepAnswer:
        assert isinstance(step, AskText)
        return Typed(Secret(CODE))
