"""Lotus' simulator for the contract suite."""

from collections.abc import Mapping
from dataclasses import replace

from app.brokers.base import Ability, AskText, BaseBroker, Step, StepAnswer, Typed
from app.brokers.http import Deadlines
from app.domain import Credentials, Secret
from app.simulators import DemoUser, demo_users
from tests.brokers.benches.base import USERS, Bench
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
        "sign in by code": "session",
        "revoke": "logout",
    }

    def __init__(self) -> None:
        super().__init__()
        self._users = demo_users(USERS)
        self._sim = LotusSimulator(clock=self.clock, seed=3, users=self._users)

    @property
    def sim(self) -> LotusSimulator:
        return self._sim

    @property
    def controls(self) -> Controls:
        return self._sim.controls

    @property
    def users(self) -> tuple[DemoUser, ...]:
        return self._users

    def open_market(self) -> None:
        self.controls.open()

    def no_quotes(self) -> None:
        self.controls.prices(self._users[0].client_id, yes=False)

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, LotusBroker)
        broker.deadlines = broker._http.deadlines = Deadlines(total, attempt, total, total, total)

    def ways(self) -> Mapping[str, Credentials]:
        return {"code": self.signed_out(), "kept code": self.with_pin(seed=True)}

    def with_pin(self, user: int = 0, *, seed: bool = False) -> Credentials:
        return replace(self.signed_out(user), extras={CODE_FIELD: Secret(CODE)} if seed else {})

    async def answer(self, step: Step) -> StepAnswer:
        assert isinstance(step, AskText)
        return Typed(Secret(CODE))
