"""Promise A5 as a model: a person, a broker and a network do what they like, and the account follows the rules.

A cancel or a failure before the exchange leads back to the state before; after it the new token stays, unconfirmed
until the broker has spoken; one sign-in at a time; another client's token is refused and nothing is touched.
"""

import random
from dataclasses import dataclass

import pytest

from app.brokers.base import AskText
from app.domain import NotReachable, Secret
from app.domain.sessions import Session, SessionState
from app.services.answers import No, Unknown, Yes
from app.services.sessions import Coordinator
from app.services.sign_ins import RunningSignIn
from app.services.views import Phase
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.house import House
from tests.services.memory import Row, in_memory
from tests.services.test_renewal import LIVES_A_DAY

SEED = 20261124
CLIENT, STRANGER = "AB1234", "ZZ9999"
S = SessionState


@dataclass
class Expected:
    """What the rules say of the one account."""

    state: SessionState = S.CONNECTED  # of the stored token
    confirmed: bool = True
    token: str = ""
    signing_in: bool = False

    def answered(self, *, lives: bool | None) -> None:
        """The broker was asked about the stored token; None is no answer."""
        if lives is None:
            self.state = S.EXPIRED if self.state is S.EXPIRED else S.UNREACHABLE
        else:
            self.state, self.confirmed = (S.CONNECTED if lives else S.EXPIRED), self.confirmed or lives


class Model:
    """One account, its world, and what must be true of it."""

    def __init__(self, house: House, one: Coordinator, row: Row) -> None:
        self.house = house
        self.world = house.world
        self.one = one
        self.row = row
        self.chance = random.Random(SEED)
        self.expected = Expected(token=row.token)
        self.running: RunningSignIn | None = None
        self.world.steps = [AskText("totp", "Code", digits=6)]

    @classmethod
    async def set(cls, house: House, patch: pytest.MonkeyPatch) -> "Model":
        house.world.spec = LIVES_A_DAY
        account = await house.connected()
        row = await in_memory(house, account, patch)
        return cls(house, house.services.accounts.find(account.user_id), row)

    async def step(self) -> str:
        """Something happens; its name."""
        moves = [self.check, self.kill, self.network, self.start, self.start, self.renew]
        moves += [self.answer, self.answer, self.cancel] if self.running is not None else []
        move = self.chance.choice(moves)
        await move()
        await settle(3)
        return move.__name__

    def is_true(self) -> bool:
        """Whether the account stands as the rules say."""
        want, session = self.expected, self.one.session
        state = S.CONNECTING if want.signing_in else want.state
        before = want.state if want.signing_in else None
        return session == Session(state, before, want.confirmed) and self.row.token == want.token

    # -------------------------------------------------------------- what can happen

    @property
    def lives(self) -> bool | None:
        """What the broker would say of the stored token now."""
        return None if self.world.fault is not None else self.world.owner(self.row.token) is not None

    async def check(self) -> None:
        await self.one.check()
        self.expected.answered(lives=self.lives)

    async def kill(self) -> None:
        if self.chance.random() < 0.3:
            self.world.kill(CLIENT)

    async def network(self) -> None:
        self.world.fault = None if self.world.fault is not None else NotReachable()

    async def start(self) -> None:
        """A second one is the first one."""
        running = self.house.services.sign_ins.start(self.one.user_id)
        assert self.running in (None, running)
        self.running, self.expected.signing_in = running, True
        await until(lambda: running.view.phase is Phase.ASKING)

    async def cancel(self) -> None:
        running = self._ended()
        running.cancel()
        assert isinstance(await running.result(), No)

    async def answer(self) -> None:
        """The exchange: issued, another client's, or the network is gone in its middle."""
        running = self._ended()
        self.world.signs_in_as = self.chance.choice((CLIENT, CLIENT, STRANGER))
        mute = self.chance.random() < 0.3  # the new token is issued, and nobody answers about it
        self.world.faults = {"connect": NotReachable()} if mute else {}
        running.answer(Secret("123456"))
        answer = await running.result()
        self.world.faults = {}
        if self.world.fault is not None:
            assert isinstance(answer, Unknown)
        elif self.world.signs_in_as == STRANGER:
            assert isinstance(answer, No)
        else:
            assert isinstance(answer, Unknown if mute else Yes)
            self.expected = Expected(S.UNREACHABLE if mute else S.CONNECTED, confirmed=not mute, token=self._fresh)

    async def renew(self) -> None:
        """Only what is known to live, and never beside a sign-in."""
        renewals, lives, asked = self.house.services.renewals, self.lives, self.world.asked["renew"]
        at_rest = self.expected.state is S.CONNECTED and not self.expected.signing_in
        renewals._tries.clear()
        await renewals.renew(self.one)
        assert self.world.asked["renew"] == asked + at_rest
        if at_rest and lives:
            self.expected.token = self._fresh
        elif at_rest:
            self.expected.confirmed &= lives is not None
            self.expected.answered(lives=lives)

    @property
    def _fresh(self) -> str:
        (token,) = (token for token, owner in self.world.tokens.items() if owner == CLIENT)
        return token

    def _ended(self) -> RunningSignIn:
        running, self.running = self.running, None
        assert running is not None
        self.expected.signing_in = False
        return running


async def play(house: House, patch: pytest.MonkeyPatch, steps: int) -> None:
    model, seen = await Model.set(house, patch), set[tuple[str, SessionState]]()
    for number in range(steps):
        name = await model.step()
        seen.add((name, model.one.session.state))
        assert model.is_true(), f"seed {SEED}, step {number}, {name}: {model.one.session}, not {model.expected}"
    assert {state for _, state in seen} == set(S) - {S.DISCONNECTED}
    assert {name for name, _ in seen} == {"check", "kill", "network", "start", "cancel", "answer", "renew"}
    if model.running is not None:
        await model.cancel()


async def test_five_hundred_steps_of_an_account_follow_the_rules(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await play(house, monkeypatch, 500)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_twenty_thousand_steps_of_an_account_follow_the_rules(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play(house, monkeypatch, 20_000)
