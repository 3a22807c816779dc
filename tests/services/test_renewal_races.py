"""Promise A6 with renewals: whatever arrives when, nothing about an old token touches the one that is in use."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import Enum, auto

import pytest

from app.brokers.base import Ability, BaseBroker
from app.domain import Credentials, Funds, InvalidRequest, NotReachable, Secret, Token
from app.domain.sessions import SessionState
from app.services.sessions import Coordinator
from app.services.views import AccountTraced, Trace
from tests.fakes.clock import settle
from tests.services.fakes import SPEC, FakeBroker, World
from tests.services.house import House
from tests.services.memory import Row, in_memory

SEED = 20261123
LIVES_A_DAY = replace(
    SPEC, abilities=SPEC.abilities | Ability.RENEW, token_dies=lambda since: since + timedelta(days=1)
)


class Fate(Enum):
    """What becomes of a renewal."""

    GOOD = auto()
    LOST = auto()  # it took effect, nobody hears of it
    NEVER_SENT = auto()
    REFUSED = auto()


class Road(World):
    """A broker at the end of a road on which every question and every answer takes its own time."""

    fate = Fate.GOOD

    def __init__(self, house: House) -> None:
        super().__init__(house.clock, port=house.world.port, spec=LIVES_A_DAY)
        self.chance = random.Random(SEED)

    async def travel(self) -> None:
        for _ in range(self.chance.choice((0, 0, 1, 2, 5, 12))):
            await asyncio.sleep(0)

    def make(self, _: str) -> FakeBroker:
        return SlowBroker(self)


class SlowBroker(FakeBroker):
    """Judged is the token at the moment at which the question arrives."""

    world: Road

    async def connect(self, credentials: Credentials) -> bool:
        self.credentials = credentials
        return await self.validate()

    async def validate(self) -> bool:
        token = self._token()
        await self.world.travel()
        alive = self._judge(token)
        await self.world.travel()
        return alive

    async def get_funds(self) -> Funds:
        token = self._token()
        await self.world.travel()
        try:
            self._alive(token)
        finally:
            await self.world.travel()
        return Funds(Decimal(0), Decimal(0))

    async def renew(self) -> Token:
        token, fate = self._token(), self.world.fate
        await self.world.travel()
        client_id = self._alive(token)
        if fate is Fate.REFUSED:
            raise InvalidRequest("no")
        fresh = self.world.issue(client_id) if fate is not Fate.NEVER_SENT else ""
        await self.world.travel()
        if fate is not Fate.GOOD:
            raise NotReachable
        assert self.credentials is not None
        self.credentials = replace(self.credentials, access_token=Secret(fresh))
        now = self.world.clock.now()
        return Token(Secret(fresh), client_id, now, now + timedelta(days=1))


class Scene:
    """One account on the road, and what it was told."""

    def __init__(self, house: House, road: Road, one: Coordinator, row: Row) -> None:
        self.house = house
        self.road = road
        self.one = one
        self.row = row
        self.chance = road.chance
        self.deaths = 0
        house.services.events.subscribe(self._hear)

    @classmethod
    async def set(cls, house: House, patch: pytest.MonkeyPatch) -> "Scene":
        road = Road(house)
        house.world = road
        await house.restart()
        account = await house.connected()
        row = await in_memory(house, account, patch)
        return cls(house, road, house.services.accounts.find(account.user_id), row)

    def _hear(self, event: object) -> None:
        self.deaths += isinstance(event, AccountTraced) and event.kind is Trace.DIED

    async def begin(self) -> None:
        """Everything is well again, and a renewal would be the first."""
        await self.signed_in()
        await self.one.check()
        assert self.one.session.state is SessionState.CONNECTED
        self.house.services.renewals._tries.clear()
        self.deaths = 0

    async def signed_in(self) -> None:
        """A sign-in brings a token, which ends every other."""
        await self.road.travel()
        token, now = self.road.issue("AB1234"), self.road.clock.now()
        await self.road.travel()
        made = Token(Secret(token), "AB1234", now, now + timedelta(days=1))
        complete = replace(self.row.stored, access_token=made.access_token)
        accounts, broker = self.house.services.accounts, self.road.make("zerodha")
        await accounts.finish(accounts.replace_token(self.one, broker, complete, made, confirmed=False))

    async def asked(self) -> None:
        await self.road.travel()
        if self.chance.random() < 0.5:
            await self.one.check()
        else:
            await self.one.call(_funds)

    async def is_true(self, *, signs_in: bool) -> bool:
        """Whether the account stands as its token does, and nothing was told that was not so."""
        cried_wolf = self.deaths > 0 and not signs_in and self.road.fate is not Fate.LOST
        error = await self.one.check()
        lives = self.road.owner(self.in_use) is not None
        state = SessionState.CONNECTED if lives else SessionState.EXPIRED
        stored = self.row.token == self.in_use and self.row.account.is_valid is lives
        as_it_is = lives == (error is None) and self.one.session.state is state
        return as_it_is and stored and not cried_wolf and (lives or self.road.fate is Fate.LOST)

    @property
    def in_use(self) -> str:
        broker = self.one._broker
        assert isinstance(broker, FakeBroker)
        return broker._token()


async def _funds(broker: BaseBroker) -> Funds:
    return await broker.get_funds()


async def play(house: House, patch: pytest.MonkeyPatch, rounds: int) -> None:
    """Questions, one renewal and sometimes a sign-in at once; then the account stands as its token does."""
    scene = await Scene.set(house, patch)
    for number in range(rounds):
        await scene.begin()
        scene.road.fate = scene.chance.choice(list(Fate))
        signs_in = scene.chance.random() < 0.3
        work = [scene.asked() for _ in range(scene.chance.randint(1, 4))]
        work += [house.services.renewals.renew(scene.one), *([scene.signed_in()] if signs_in else [])]
        scene.chance.shuffle(work)
        await asyncio.gather(*work, return_exceptions=True)
        assert await scene.is_true(signs_in=signs_in), f"seed {SEED}, round {number}: {scene.road.fate}"
    await settle()


async def test_a_few_hundred_renewals_among_questions_and_sign_ins_leave_the_truth(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play(house, monkeypatch, 300)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_thousand_renewals_among_questions_and_sign_ins_leave_the_truth(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await play(house, monkeypatch, 10_000)
