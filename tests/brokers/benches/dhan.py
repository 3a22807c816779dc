"""Dhan's simulator for the contract suite."""

from collections.abc import Mapping
from dataclasses import replace

from app.brokers.base import Ability, AskText, BaseBroker, OpenPage, Redirected, Step, StepAnswer, Typed
from app.brokers.dhan.broker import DhanBroker
from app.brokers.dhan.spec import SPEC
from app.domain import Credentials, Secret
from app.simulators.dhan.controls import Controls
from app.simulators.dhan.people import DhanUser, dhan_users
from app.simulators.dhan.server import DhanSimulator
from tests.brokers.benches.base import ON_WIRE, USERS, Bench, hasten, query_of


class DhanBench(Bench):
    """Dhan's simulator."""

    spec = SPEC
    lacks = Ability.ORDER_HISTORY | Ability.REVOKE
    keys = ("access_token",)
    needed = ("api_key", "api_secret", "client_id")
    knows_state = False
    codes = True
    named = False
    batch = 1000
    on_wire = ON_WIRE | {
        "ltp": "ltp",
        "quotes": "quote",
        "begin to sign in": "consent",
        "sign in by page": "session",
        "sign in by code": "token",
        "renew": "renew",
    }

    users: tuple[DhanUser, ...]
    sim: DhanSimulator
    controls: Controls

    def __init__(self) -> None:
        super().__init__()
        self.users = dhan_users(USERS, redirect_url="http://127.0.0.1:5022/dhan")
        self.sim = DhanSimulator(clock=self.clock, seed=3, users=self.users)
        self.controls = self.sim.controls

    def no_quotes(self) -> None:
        self.controls.data_plan(self.users[0].client_id, yes=False)

    def hurry(self, broker: BaseBroker, attempt: float, total: float) -> None:
        assert isinstance(broker, DhanBroker)
        hasten(broker._client, attempt, total)

    def renewable(self, user: int = 0) -> Credentials:
        """A token that was made on Dhan's own page."""
        token = self.controls.replace_token(self.users[user].client_id, "SELF")
        return replace(self.signed_out(user), access_token=Secret(token))

    def ways(self) -> Mapping[str, Credentials]:
        return {"page": self.signed_out(), "code": self.with_pin(), "kept code": self.with_pin(seed=True)}

    def with_pin(self, user: int = 0, *, seed: bool = False) -> Credentials:
        """Credentials that lead to PIN and code instead of the page."""
        who = self.users[user]
        extras = {"pin": Secret(who.pin)} | ({"totp_secret": Secret(who.totp_seed)} if seed else {})
        return replace(self.signed_out(user), api_key=Secret(), api_secret=Secret(), extras=extras)

    async def answer(self, step: Step) -> StepAnswer:
        if isinstance(step, AskText):
            return Typed(Secret(self.controls.totp(self.users[0].client_id)))
        assert isinstance(step, OpenPage)
        return Redirected(query_of(await self.press(step)))

    def typed_there(self, user: int) -> dict[str, str]:
        return {"client_id": self.users[user].client_id, "do": "sign-in"}

    def grant(self, user: int) -> str:
        return self.controls.token_id(self.users[user].client_id)
