"""A sign-in that asks for PIN and code, from the command line: directly, and over the socket of a window."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from app.brokers import create_broker
from app.domain import Credentials, LoginCancelled, Secret
from app.services.answers import Yes
from app.services.commands import Commands
from app.services.core import Services, build_services
from app.services.reception import Reception
from app.simulators import in_thread
from app.simulators.angel_one.controls import Controls
from app.simulators.angel_one.people import AngelOneUser, angel_one_users
from app.simulators.angel_one.server import AngelOneSimulator
from app.simulators.threads import Threaded
from app.system import ipc
from app.system.paths import Profile
from app.system.talk import Message, Question
from tests.cli.conftest import Kunji
from tests.cli.harness import FileKeychain, nobody
from tests.fakes.clock import going_clock
from tests.fakes.waiting import until

FIELDS = ("client_id", "api_key", "pin", "totp_secret")


class Trader:
    """Answers by the name of the question, each time with the next of the answers to it; at their end nobody does."""

    def __init__(self, **answers: list[str | Callable[[], str]]) -> None:
        self.answers = {name: list(given) for name, given in answers.items()}
        self.asked: list[Question] = []
        self.events: list[Message] = []

    async def emit(self, event: Message) -> None:
        self.events.append(event)

    async def ask(self, question: Question) -> str:
        self.asked.append(question)
        if not self.answers.get(question.name):
            raise LoginCancelled(title=f"{question.label}: nobody answered")
        answer = self.answers[question.name].pop(0)
        return answer if isinstance(answer, str) else answer()

    async def ask_secret(self, question: Question) -> Secret:
        return Secret(await self.ask(question))

    @property
    def names(self) -> list[str]:
        return [question.name for question in self.asked]


class Desk:
    """Commands over services over the demo broker of Angel One."""

    def __init__(self, services: Services, broker: AngelOneSimulator, user: AngelOneUser) -> None:
        self.services, self.broker, self.user = services, broker, user
        self.commands = Commands(services)

    def code(self) -> str:
        return self.broker.controls.totp(self.user.client_id)

    def trader(self, *codes: str | Callable[[], str], kept_pin: str = "") -> Trader:
        pins: list[str | Callable[[], str]] = [kept_pin, self.user.pin]
        user = self.user
        return Trader(client_id=[user.client_id], api_key=[user.api_key], pin=pins, totp_secret=[""], totp=list(codes))

    async def connect(self, trader: Trader) -> Message:
        return await self.commands.handle({"op": "connect", "broker": "angel_one", "account": "HUF"}, trader)

    async def connected(self) -> str:
        """An account with its PIN kept, connected with a token of another program; its id."""
        token = Secret(self.broker.controls.replace_token(self.user.client_id))
        keys = Credentials(
            Secret(self.user.api_key), Secret(), token, self.user.client_id, {"pin": Secret(self.user.pin)}
        )
        answer = await self.services.brokers.connect_broker("HUF", "angel_one", keys)
        assert isinstance(answer, Yes), answer
        return answer.value.user_id

    @property
    def attempts(self) -> int:
        return sum(line.operation == "session" for line in self.broker.log)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
async def desk(profile: Profile, tmp_path: Path) -> AsyncIterator[Desk]:
    (user,) = angel_one_users(1)
    broker = AngelOneSimulator(clock=going_clock(), users=[user])
    await broker.start()
    broker.controls.enforce_limits(yes=False)
    services = await build_services(
        profile,
        clock=going_clock(),
        keychain=FileKeychain(tmp_path / "keychain.json"),
        make_broker=lambda kind: create_broker(kind, base_url=broker.base_url),
        open_page=nobody,
    )
    yield Desk(services, broker, user)
    await services.close()
    await broker.stop()


async def test_pin_and_code_are_asked_for_after_the_fields_and_hidden(desk: Desk) -> None:
    trader = desk.trader(desk.code)

    answer = await desk.connect(trader)

    assert answer["ok"], answer
    assert trader.names == [*FIELDS, "pin", "totp"]
    assert all(question.secret for question in trader.asked[-2:])


async def test_a_pin_that_was_given_to_be_kept_is_not_asked_for_again(desk: Desk) -> None:
    trader = desk.trader(desk.code, kept_pin=desk.user.pin)

    assert (await desk.connect(trader))["ok"]
    assert trader.names == [*FIELDS, "totp"]


async def test_what_cannot_be_a_code_is_told_and_asked_for_again(desk: Desk) -> None:
    trader = desk.trader("12345", desk.code)

    answer = await desk.connect(trader)

    assert answer["ok"], answer
    assert trader.names[-2:] == ["totp", "totp"]
    problems = [event["problem"]["title"] for event in trader.events if event["problem"]]
    assert problems == ["This is not a code of 6 digits"]
    assert desk.attempts == 1


async def test_a_refused_code_is_a_definite_no_after_one_attempt(desk: Desk) -> None:
    answer = await desk.connect(desk.trader(lambda: f"{(int(desk.code()) + 500_000) % 1_000_000:06d}"))

    assert (answer["code"], answer["error"]["kind"]) == (1, "bad_credentials")
    assert answer["error"]["title"] == "Angel One refused this code"
    assert desk.attempts == 1


async def test_a_code_that_nobody_gives_is_a_cancel_that_says_so(desk: Desk) -> None:
    answer = await desk.connect(desk.trader())

    assert (answer["code"], answer["error"]["title"]) == (7, "Code: nobody answered")
    assert desk.attempts == 0
    assert desk.services.brokers.accounts() == ()


async def test_reconnect_asks_for_the_same(desk: Desk) -> None:
    await desk.connected()
    desk.broker.controls.expire(desk.user.client_id)
    trader = Trader(totp=[desk.code])

    answer = await desk.commands.handle({"op": "reconnect"}, trader)

    assert answer["ok"], answer
    assert trader.names == ["totp"]


async def test_progress_names_what_is_asked_and_never_what_was_typed(desk: Desk) -> None:
    trader = desk.trader(desk.code)

    await desk.connect(trader)

    asked = [event["asked"]["name"] for event in trader.events if event["asked"]]
    assert asked == ["pin", "totp"]
    assert desk.user.pin not in repr(trader.events)
    assert not any("page" in event["says"] for event in trader.events)


async def test_over_the_windows_socket_it_is_asked_in_the_terminal(desk: Desk, profile: Profile) -> None:
    reception = Reception(profile)
    reception.open_door()
    attending = asyncio.ensure_future(reception.attend(desk.commands))
    trader = desk.trader("12345", desk.code)

    request = {"op": "connect", "broker": "angel_one", "account": "HUF"}
    answer = await ipc.call(await ipc.connect(profile), request, trader)

    attending.cancel()
    await asyncio.gather(attending, return_exceptions=True)
    assert answer["ok"], answer
    assert trader.names == [*FIELDS, "pin", "totp", "totp"]


async def test_a_code_typed_in_the_window_ends_the_question_of_the_terminal(desk: Desk) -> None:
    running = desk.services.sign_ins.start(await desk.connected())
    never = asyncio.Event()

    class Silent(Trader):
        async def ask(self, question: Question) -> str:
            self.asked.append(question)
            await never.wait()
            return ""

    silent = Silent()
    asking = asyncio.ensure_future(desk.commands.handle({"op": "reconnect"}, silent))
    await until(lambda: silent.asked)
    running.answer(Secret(desk.code()))

    assert (await asyncio.wait_for(asking, 30))["ok"]


# ------------------------------------------------------------------ as a process, with answers on standard input


@pytest.fixture
def angel() -> Iterator[Threaded[Controls]]:
    with in_thread(AngelOneSimulator(clock=going_clock(), users=angel_one_users(1))) as broker:
        yield broker


def test_a_script_gives_pin_and_code_on_standard_input(tmp_path: Path, angel: Threaded[Controls]) -> None:
    (user,) = angel_one_users(1)
    keychain = str(tmp_path / "keychain.json")
    kunji = Kunji(tmp_path / "profile", angel, user, keychain)  # type: ignore[arg-type]  # of it only the address is used
    code = angel.controls.totp(user.client_id)
    given = (user.client_id, user.api_key, "", "", user.pin, code)

    done = kunji.run("connect", "angel_one", "--account", "HUF", "--json", answers=given)

    assert (done.code, done.json["account"]["broker_type"]) == (0, "angel_one"), done.err
    assert not any(secret in done.out + done.err for secret in (user.api_key, user.pin, code))
