"""One Kunji with one broker's real adapter and demo broker, over real sockets, on a clock that the test moves."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from app.brokers.base import BaseBroker
from app.domain import Secret
from app.services.answers import Yes
from app.services.core import Services, build_services
from app.services.views import AccountChanged, AccountState, AccountView, Event, Notice, NoticePosted
from app.simulators.tls import Tls
from app.system.paths import Profile
from tests.brokers.bench import BENCHES, Bench
from tests.brokers.fault_scene import no_thread_is_left
from tests.fakes.clock import settle
from tests.fakes.waiting import until
from tests.services.fakes import MemoryKeychain

BROKERS: Final = ("zerodha", "dhan", "fyers", "angel_one")
PLENTY: Final = 10.0  # seconds: what the machine is never too slow for


class Benched:
    """One account at one broker; what was shown and told of it is kept."""

    def __init__(self, key: str, folder: Path) -> None:
        self.key = key
        self.bench: Bench = BENCHES[key]()
        self.folder = folder
        self.keychain = MemoryKeychain()
        self._made: list[BaseBroker] = []
        self.notices: list[Notice] = []
        self.states: list[AccountState] = []  # every one that the account was shown in
        self.account: AccountView
        self.services: Services

    async def open(self) -> None:
        self.services = await build_services(
            Profile(self.folder),
            clock=self.bench.clock,
            keychain=self.keychain,
            make_broker=self._make,
            quiet_hours=None,
        )
        self.services.events.subscribe(self._hear)
        self.services.telling.begin()

    async def restart(self) -> None:
        """Close Kunji and open it again on the same profile."""
        await self.services.close()
        await self.open()

    def _make(self, broker_type: str) -> BaseBroker:
        if broker_type != self.key:
            raise ValueError(broker_type)
        self._made.append(self.bench.broker())
        self.bench.hurry(self._made[-1], PLENTY, PLENTY)
        return self._made[-1]

    def hurry(self, attempt: float, total: float) -> None:
        """From now on an attempt of the account's adapter may take so many seconds, and a call so many in all."""
        self.bench.hurry(self.adapter, attempt, total)

    @property
    def adapter(self) -> BaseBroker:
        """The adapter that was made last."""
        return self._made[-1]

    def _hear(self, event: Event) -> None:
        if isinstance(event, NoticePosted):
            self.notices.append(event.notice)
        elif isinstance(event, AccountChanged):
            self.states.append(event.view.state)

    # -------------------------------------------------------------- the account

    @property
    def user_id(self) -> str:
        return self.account.user_id

    @property
    def state(self) -> AccountState:
        return self.services.brokers.view(self.user_id).state

    async def connect(self) -> None:
        """An account with a token that another program got."""
        answer = await self.services.brokers.connect_broker("HUF", self.key, self.bench.live())
        assert isinstance(answer, Yes), answer
        self.account = answer.value

    async def revive(self) -> None:
        """A fresh token in the place of the old one, about which nobody asks any more."""
        await self.rested()
        token = self.bench.controls.replace_token(self.bench.users[0].client_id)
        answer = await self.services.brokers.update_broker_token(self.user_id, Secret(token))
        assert isinstance(answer, Yes), answer

    async def beat(self) -> None:
        """The watch looks at the clock, and what it begins comes to its end."""
        self.services.watch.beat()
        await self.rested()

    async def rested(self, seconds: float = 2 * PLENTY) -> None:
        """Return when the watch and the readers have nothing under way; fail when they have after so long."""
        parts = (self.services.watch, self.services.portfolio, self.services.order_gates)
        work = [part._work for part in parts]
        await until(lambda: not any(one.busy for one in work), seconds)


@asynccontextmanager
async def benched(key: str, folder: Path, *, tls: Tls | None = None, flow: bool = True) -> AsyncIterator[Benched]:
    """The account, connected; with `flow` time passes whenever somebody waits for it."""
    others = set(threading.enumerate())
    made = Benched(key, folder)
    await made.bench.start(tls)
    made.bench.controls.break_seconds = 0.001
    made.bench.controls.drip_seconds = 0.05
    await made.open()
    passing = asyncio.create_task(_pass(made) if flow else settle())
    try:
        await made.connect()
        yield made
    finally:
        await made.services.close()
        await no_thread_is_left(others)
        passing.cancel()
        with suppress(asyncio.CancelledError):
            await passing
        await made.bench.stop()


async def _pass(made: Benched) -> None:
    """Half a second at a time while somebody waits for it: limits cost no real time."""
    while True:
        await asyncio.sleep(0.001)
        if made.bench.clock.sleeping:
            await made.bench.clock.advance(0.5)
