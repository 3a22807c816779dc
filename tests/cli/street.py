"""Commands over one account each at four demo brokers, and the hands of the people behind them."""

from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.brokers.base import BrokerSpec
from app.domain import Clock, Credentials, LoginCancelled, Secret
from app.services.answers import Yes
from app.services.commands import Commands
from app.services.core import Services, build_services
from app.simulators import DemoUser, ZerodhaSimulator, demo_users
from app.simulators.angel_one.people import angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.dhan.people import dhan_users
from app.simulators.dhan.server import DhanSimulator
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from app.system.paths import Profile
from app.system.talk import Message, Question
from tests.cli.harness import FileKeychain
from tests.fakes.clock import going_clock

Simulator = ZerodhaSimulator | DhanSimulator | FyersSimulator | AngelOneSimulator
NAMES: Final = {"zerodha": "HUF", "dhan": "Self", "fyers": "Spouse", "angel_one": "Mother"}
USERS: Final[dict[str, DemoUser]] = {
    "zerodha": demo_users(1)[0],
    "dhan": dhan_users(1)[0],
    "fyers": fyers_users(1)[0],
    "angel_one": angel_one_users(1)[0],
}


def simulators(clock: Clock) -> dict[str, Simulator]:
    """A demo broker of each kind, one client each; none is started."""
    return {
        "zerodha": ZerodhaSimulator(clock=clock, users=[USERS["zerodha"]]),
        "dhan": DhanSimulator(clock=clock, users=dhan_users(1)),
        "fyers": FyersSimulator(clock=clock, users=[USERS["fyers"]]),
        "angel_one": AngelOneSimulator(clock=clock, users=angel_one_users(1)),
    }


def keys(kind: str, token: str) -> Credentials:
    """What the client of that broker stores."""
    user = USERS[kind]
    extras = {"redirect_url": Secret(user.redirect_url)}
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
            quiet_hours=None,
            declared=tuple(declared) if declared else None,
        )
        self.commands = Commands(self.services)

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

    async def connect(self, kind: str) -> None:
        """Connect the client of that broker with a token that lives."""
        token = self.brokers[kind].controls.replace_token(USERS[kind].client_id)
        answer = await self.services.brokers.connect_broker(NAMES[kind], kind, keys(kind, token))
        assert isinstance(answer, Yes), answer

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
) -> Street:
    """A street where all of `kinds` are connected; `stack` closes it. `declared` stands for what brokers declare."""
    clock = going_clock()
    brokers = {kind: broker for kind, broker in simulators(clock).items() if kind in kinds}
    for broker in brokers.values():
        await broker.start()
        stack.push_async_callback(broker.stop)
        broker.controls.enforce_limits(yes=False)
        broker.controls.market("open")
    street = Street(folder, brokers, clock)
    await street.open(declared)
    stack.push_async_callback(street.services.close)
    for kind in kinds:
        await street.connect(kind)
    return street
