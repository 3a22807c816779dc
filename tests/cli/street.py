"""Commands over one account each at four demo brokers, and the hands of the people behind them."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.brokers.base import BrokerSpec
from app.domain import Clock, Credentials, LoginCancelled, Secret
from app.services.answers import Yes
from app.services.commands import Commands
from app.services.core import Services, build_services
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.people import DhanUser, dhan_users
from app.simulators.dhan.server import DhanSimulator
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from app.system.paths import Profile
from app.system.talk import Message, Question
from tests.cli.harness import FileKeychain, nobody
from tests.fakes.clock import going_clock
from tests.fakes.ports import free_port

Simulator = ZerodhaSimulator | DhanSimulator | FyersSimulator | AngelOneSimulator
NAMES: Final = {"zerodha": "HUF", "dhan": "Self", "fyers": "Spouse", "angel_one": "Mother"}
USERS: Final[dict[str, DemoUser]] = {
    "zerodha": demo_users(1)[0],
    "dhan": dhan_users(1)[0],
    "fyers": fyers_users(1)[0],
    "angel_one": angel_one_users(1)[0],
}


class HeldClock:
    """Stands still until it is let go, then goes as `clock`: what begins meanwhile begins with the same prices."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._began = clock, clock.now()
        self._held = True

    def let_go(self) -> None:
        self._held = False

    def now(self) -> datetime:
        return self._began if self._held else self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


def simulators(clock: Clock, users: Mapping[str, DemoUser] = USERS) -> dict[str, Simulator]:
    """A demo broker of each kind, one client each; none is started."""
    dhan, angel_one = users["dhan"], users["angel_one"]
    assert isinstance(dhan, DhanUser)
    assert isinstance(angel_one, AngelOneUser)
    held = HeldClock(clock)
    brokers: dict[str, Simulator] = {
        "zerodha": ZerodhaSimulator(clock=held, users=[users["zerodha"]]),
        "dhan": DhanSimulator(clock=held, users=[dhan]),
        "fyers": FyersSimulator(clock=held, users=[users["fyers"]]),
        "angel_one": AngelOneSimulator(clock=held, users=[angel_one]),
    }
    held.let_go()
    return brokers


def at_free_ports() -> dict[str, DemoUser]:
    """The same clients, each with a redirect address of his own: several may sign in at once."""
    free = (f"http://127.0.0.1:{free_port()}/back" for _ in range(3))
    return {
        "zerodha": demo_users(1, redirect_url=next(free))[0],
        "dhan": dhan_users(1, redirect_url=next(free))[0],
        "fyers": fyers_users(1, redirect_url=next(free))[0],
        "angel_one": angel_one_users(1)[0],
    }


def keys(user: DemoUser, token: str, **kept: str) -> Credentials:
    """What a client stores."""
    extras = {name: Secret(text) for name, text in {"redirect_url": user.redirect_url, **kept}.items()}
    return Credentials(Secret(user.api_key), Secret(user.api_secret), Secret(token), user.client_id, extras)


class Listener:
    """The other end of a command that asks nothing."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def emit(self, event: Message) -> None:
        self.said.append(event["says"])

    async def ask(self, question: Question) -> str:
        raise LoginCancelled(question.name)

    async def ask_secret(self, question: Question) -> Secret:
        raise LoginCancelled(question.name)


@dataclass
class Street:
    """Four brokers, one profile."""

    folder: Path
    brokers: dict[str, Simulator]
    clock: Clock = field(default_factory=going_clock)
    users: Mapping[str, DemoUser] = field(default_factory=lambda: USERS)
    open_page: Callable[[str], Awaitable[None]] = nobody
    services: Services = field(init=False)
    commands: Commands = field(init=False)
    listener: Listener = field(default_factory=Listener)

    async def open(self, declared: Collection[BrokerSpec] | None = None) -> None:
        """Build the services on the profile."""
        self.services = await build_services(
            Profile(self.folder / "profile"),
            clock=self.clock,
            keychain=FileKeychain(self.folder / "keychain.json"),
            base_url={kind: broker.base_url for kind, broker in self.brokers.items()},
            open_page=self.open_page,
            quiet_hours=None,
            declared=tuple(declared) if declared else None,
        )
        self.commands = Commands(self.services)

    async def close(self) -> None:
        """Let go of the services of now."""
        await self.services.close()

    @property
    def zerodha(self) -> ZerodhaSimulator:
        broker = self.brokers["zerodha"]
        assert isinstance(broker, ZerodhaSimulator)
        return broker

    @property
    def dhan(self) -> DhanSimulator:
        broker = self.brokers["dhan"]
        assert isinstance(broker, DhanSimulator)
        return broker

    @property
    def fyers(self) -> FyersSimulator:
        broker = self.brokers["fyers"]
        assert isinstance(broker, FyersSimulator)
        return broker

    @property
    def angel_one(self) -> AngelOneSimulator:
        broker = self.brokers["angel_one"]
        assert isinstance(broker, AngelOneSimulator)
        return broker

    async def connect(self, kind: str, **kept: str) -> str:
        """Connect the client of that broker with a token that lives; the account's id."""
        user = self.users[kind]
        token = self.brokers[kind].controls.replace_token(user.client_id)
        answer = await self.services.brokers.connect_broker(NAMES[kind], kind, keys(user, token, **kept))
        assert isinstance(answer, Yes), answer
        return answer.value.user_id

    async def end(self, kind: str) -> None:
        """The client's session ends at the broker, and Kunji hears of it."""
        self.brokers[kind].controls.expire(self.users[kind].client_id)
        for view in self.services.brokers.accounts():
            if view.broker_type == kind:
                await self.services.brokers.validate_broker(view.user_id)

    async def ask(self, op: str, **request: Any) -> Message:
        """The answer of a command."""
        return await self.commands.handle({"op": op} | request, self.listener)

    async def each(self, op: str, **request: Any) -> dict[str, Message]:
        """What a command says of each account, by the account's broker."""
        answer = await self.ask(op, **request)
        return {one["broker_type"]: one for one in answer["accounts"]}


async def started(
    stack: AsyncExitStack,
    folder: Path,
    kinds: Collection[str] = tuple(NAMES),
    declared: Collection[BrokerSpec] | None = None,
    connected: Collection[str] | None = None,
) -> Street:
    """A street where `connected`, or else all of `kinds`, are connected; `stack` closes it.

    `declared` stands for what brokers declare.
    """
    clock = going_clock()
    brokers = {kind: broker for kind, broker in simulators(clock).items() if kind in kinds}
    for broker in brokers.values():
        await broker.start()
        stack.push_async_callback(broker.stop)
        broker.controls.enforce_limits(yes=False)
        broker.controls.market("open")
    street = Street(folder, brokers, clock)
    await street.open(declared)
    stack.push_async_callback(street.close)
    for kind in kinds if connected is None else connected:
        await street.connect(kind)
    return street
