"""Angel One's simulator for the contract suite."""

from collections.abc import Mapping
from dataclasses import replace

from app.brokers.angel_one.broker import AngelOneBroker
from app.brokers.angel_one.spec import SPEC
from app.brokers.base import Ability, AskText, BaseBroker, Step, StepAnswer, Typed
from app.domain import Credentials, Secret
from app.simulators.angel_one.controls import Controls
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from tests.brokers.benches.base import ON_WIRE, USERS, Bench, hasten


class AngelOneBench(Bench):
    """Angel One's simulator."""

    spec = SPEC
    lacks = Ability.ORDER_HISTORY
    needed = ("api_key", "client_id")
    codes = True
    plans = False
    asks_whose_token = "profile"
    batch = 50
    on_wire = ON_WIRE | {"sign in by code": "session", "revoke": "logout", "renew": "renew"}

    users: tuple[AngelOneUser, ...]
    sim: AngelOneSimulator
    controls: Controls

    def __init__(self) -> None:
        super().__init__()
        self.users = angel_one_users(USERS)
        self.sim = AngelOneSimulator(clock=self.clock, seed=3, users=self.users)
        self.controls = self.sim.controls

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, AngelOneBroker)
        hasten(broker._client, attempt, total)

    async def know_orders(self, broker: BaseBroker) -> None:
        """An order is asked for alone by a key that stands in the book."""
        await broker.get_orders()

    def renewable(self, user: int = 0) -> Credentials:
        """The session of a sign-in: its refresh token comes with it."""
        client_id = self.users[user].client_id
        signed_in = self.live(user)
        refresh = Secret(self.controls.refresh_token(client_id))
        return replace(signed_in, extras={"refresh_token": refresh})

    def ways(self) -> Mapping[str, Credentials]:
        return {"code": self.with_pin(), "kept code": self.with_pin(seed=True), "everything": self.signed_out()}

    def with_pin(self, user: int = 0, *, seed: bool = False) -> Credentials:
        who = self.users[user]
        extras = {"pin": Secret(who.pin)} | ({"totp_secret": Secret(who.totp_seed)} if seed else {})
        return replace(self.signed_out(user), extras=extras)

    def signed_out(self, user: int = 0) -> Credentials:
        who = self.users[user]
        return Credentials(Secret(who.api_key), Secret(), Secret(), who.client_id)

    async def answer(self, step: Step) -> StepAnswer:
        assert isinstance(step, AskText)
        if step.name == "pin":
            return Typed(Secret(self.users[0].pin))
        return Typed(Secret(self.controls.totp(self.users[0].client_id)))
