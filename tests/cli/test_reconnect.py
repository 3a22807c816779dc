"""`kunji reconnect`, one account and all of them, over four brokers and their sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain import LoginCancelled, Secret
from app.services.answers import No
from app.services.reception import Reception
from app.services.views import AccountState
from app.simulators.angel_one.people import AngelOneUser
from app.simulators.dhan.people import DhanUser
from app.system import ipc
from app.system.paths import Profile
from app.system.talk import Message, Question
from tests.cli.harness import person
from tests.cli.street import NAMES, Street, at_free_ports, simulators
from tests.end2end.test_life import slowness
from tests.fakes.clock import going_clock
from tests.fakes.waiting import until

Answer = str | Callable[[], str]
AN_ACCOUNT_TAKES: float = 3.0  # seconds without what the person does


class Trader:
    """Answers by the label of the question; who has no answer to it goes away."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []
        self.events: list[Message] = []

    async def emit(self, event: Message) -> None:
        self.events.append(event)

    async def ask(self, question: Question) -> str:
        self.asked.append(question.label)
        if question.label not in self.answers:
            raise LoginCancelled(title=f"{question.label}: nobody answered")
        answer = self.answers[question.label]
        return answer if isinstance(answer, str) else answer()

    async def ask_secret(self, question: Question) -> Secret:
        return Secret(await self.ask(question))


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """A client each of four brokers, Dhan's with a PIN that is kept, and a person at the browser."""
    users, clock = at_free_ports(), going_clock()
    async with AsyncExitStack() as stack:
        brokers = simulators(clock, users)
        for broker in brokers.values():
            await broker.start()
            stack.push_async_callback(broker.stop)
            broker.controls.enforce_limits(yes=False)
        street = Street(tmp_path, brokers, clock, users, person)
        await street.open()
        stack.push_async_callback(street.close)
        dhan = users["dhan"]
        assert isinstance(dhan, DhanUser)
        for kind in NAMES:
            await street.connect(kind, **({"pin": dhan.pin} if kind == "dhan" else {}))
        yield street


def knows_all(street: Street) -> Trader:
    """A person with both PINs and both authenticators."""
    dhan, angel_one = street.users["dhan"], street.users["angel_one"]
    assert isinstance(angel_one, AngelOneUser)
    return Trader({
        "Self · Dhan: Code": lambda: street.dhan.controls.totp(dhan.client_id),
        "Mother · Angel One: PIN": angel_one.pin,
        "Mother · Angel One: Code": lambda: street.angel_one.controls.totp(angel_one.client_id),
    })  # fmt: skip


async def ask(street: Street, trader: Trader, **request: object) -> Message:
    return await street.commands.handle({"op": "reconnect"} | request, trader)


def results(answer: Message) -> dict[str, str | None]:
    """The kind of each account's failure, empty for a success, None for an account that was left alone."""
    said = {one["broker_type"]: one["result"] for one in answer["accounts"]}
    return {kind: one and (one["error"] or {"kind": ""})["kind"] for kind, one in said.items()}


async def test_all_four_come_back_in_one_walk(street: Street) -> None:
    for kind in NAMES:
        await street.end(kind)
    trader = knows_all(street)

    began = time.monotonic()
    answer = await ask(street, trader, all=True)
    took = time.monotonic() - began

    assert results(answer) == dict.fromkeys(NAMES, "")
    assert (answer["ok"], answer["code"]) == (True, 0)
    assert {view.state for view in street.services.brokers.accounts()} == {AccountState.READY}
    assert took < len(NAMES) * AN_ACCOUNT_TAKES * slowness()


async def test_a_code_does_not_wait_for_somebody_at_a_page(street: Street) -> None:
    for kind in ("zerodha", "fyers", "angel_one"):
        await street.end(kind)
    await street.close()
    street.open_page = nothing_happens
    await street.open()

    asking = asyncio.ensure_future(ask(street, knows_all(street), all=True))
    await until(lambda: street.services.reconnect_all.running is not None)
    walk = street.services.reconnect_all.running
    assert walk is not None
    await until(lambda: any(one.title.startswith("Mother") for one in walk.view.done), 20)
    walk.cancel()
    answer = await asking

    assert results(answer)["angel_one"] == ""
    assert results(answer)["zerodha"] == results(answer)["fyers"] == "login_cancelled"


async def nothing_happens(_url: str) -> None:
    """A browser at which nobody sits."""


async def test_each_question_and_each_step_names_its_account(street: Street) -> None:
    for kind in NAMES:
        await street.end(kind)
    trader = knows_all(street)

    await ask(street, trader, all=True)

    assert sorted(trader.asked) == sorted(trader.answers)
    assert {event["account"] for event in trader.events} == {
        "HUF · Zerodha",
        "Self · Dhan",
        "Spouse · Fyers",
        "Mother · Angel One",
    }


async def test_all_that_one_account_asks_is_asked_before_the_next_ones(street: Street) -> None:
    await street.end("dhan")
    await street.end("angel_one")
    trader = knows_all(street)

    await ask(street, trader, all=True)

    assert trader.asked == ["Self · Dhan: Code", "Mother · Angel One: PIN", "Mother · Angel One: Code"]


async def test_a_session_that_lives_is_left_alone(street: Street) -> None:
    await street.end("fyers")
    tokens = {view.user_id: view.token_since for view in street.services.brokers.accounts()}

    answer = await ask(street, Trader(), all=True)

    assert results(answer) == {"zerodha": None, "dhan": None, "fyers": "", "angel_one": None}
    renewed = [view for view in street.services.brokers.accounts() if view.token_since != tokens[view.user_id]]
    assert [view.broker_type for view in renewed] == ["fyers"]


async def test_who_does_not_answer_for_one_account_keeps_no_other_from_coming_back(street: Street) -> None:
    for kind in NAMES:
        await street.end(kind)

    answer = await ask(street, Trader(), all=True)

    assert results(answer) == {"zerodha": "", "dhan": "login_cancelled", "fyers": "", "angel_one": "login_cancelled"}
    assert (answer["ok"], answer["code"]) == (False, 7)


async def test_a_refused_code_is_the_exit_code_of_all_and_costs_one_attempt(street: Street) -> None:
    await street.end("zerodha")
    await street.end("dhan")
    trader = knows_all(street)
    right = street.dhan.controls.totp(street.users["dhan"].client_id)
    trader.answers["Self · Dhan: Code"] = f"{(int(right) + 500_000) % 1_000_000:06d}"

    answer = await ask(street, trader, all=True)

    assert results(answer) == {"zerodha": "", "dhan": "bad_credentials", "fyers": None, "angel_one": None}
    assert answer["code"] == 1
    assert sum(line.operation == "token" for line in street.dhan.log) == 1


async def test_a_session_that_died_unnoticed_is_taken_along(street: Street) -> None:
    street.brokers["zerodha"].controls.expire(street.users["zerodha"].client_id)
    await street.close()
    await street.open()  # another process: it has asked nobody yet

    answer = await ask(street, Trader(), all=True)

    assert results(answer)["zerodha"] == ""


async def test_nobody_signed_out_is_a_yes_without_a_sign_in(street: Street) -> None:
    trader = Trader()

    answer = await ask(street, trader, all=True)

    assert answer["ok"]
    assert (trader.asked, trader.events) == ([], [])


async def test_all_and_one_account_is_a_wrong_usage(street: Street) -> None:
    answer = await ask(street, Trader(), all=True, account="HUF")

    assert (answer["code"], answer["error"]["kind"]) == (2, "invalid_request")


# ------------------------------------------------------------------ one account whose session lives


async def test_a_living_session_is_replaced_only_after_a_yes(street: Street) -> None:
    trader = Trader()

    answer = await ask(street, trader, account="Spouse")

    assert (answer["code"], answer["error"]["kind"]) == (7, "login_cancelled")
    (question,) = trader.asked
    assert question.startswith("Spouse · Fyers still works until ")
    assert (await street.ask("status", account="Spouse"))["ok"]


@pytest.mark.parametrize("word", ["", "no", "y"])
async def test_anything_but_yes_keeps_the_session(street: Street, word: str) -> None:
    class Says(Trader):
        async def ask(self, question: Question) -> str:
            self.asked.append(question.label)
            return word

    answer = await ask(street, Says(), account="HUF")

    assert answer["error"]["title"] == "The session was kept"
    assert not any(line.operation == "session" for line in street.zerodha.log)


async def test_with_yes_nothing_is_asked_first(street: Street) -> None:
    trader = Trader()

    answer = await ask(street, trader, account="HUF", yes=True)

    assert answer["ok"], answer
    assert trader.asked == ["Or paste the address of the page you land on"]


async def test_a_session_that_died_since_is_replaced_without_a_question(street: Street) -> None:
    street.brokers["fyers"].controls.expire(street.users["fyers"].client_id)
    trader = Trader()

    answer = await ask(street, trader, account="Spouse")

    assert answer["ok"], answer
    assert "still works" not in " ".join(trader.asked)


# ------------------------------------------------------------------ a walk that several follow


async def test_over_the_windows_socket_it_is_asked_in_the_terminal(street: Street) -> None:
    for kind in ("zerodha", "angel_one"):
        await street.end(kind)
    profile = Profile(street.folder / "profile")
    reception = Reception(profile)
    reception.open_door()
    reception.begin(street.commands)
    trader = knows_all(street)

    answer = await ipc.call(await ipc.connect(profile), {"op": "reconnect", "all": True}, trader)

    await reception.close_door()
    assert answer["ok"], answer
    assert trader.asked == ["Mother · Angel One: PIN", "Mother · Angel One: Code"]


async def test_a_caller_who_leaves_gives_the_walk_up(street: Street) -> None:
    await street.end("angel_one")
    waits = Waits()
    asking = asyncio.ensure_future(ask(street, waits, all=True))
    await until(lambda: bool(waits.asked))
    walk = street.services.reconnect_all.running
    assert walk is not None

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    (one,) = await walk.result()

    assert isinstance(one.answer, No)
    assert one.answer.error.kind == "login_cancelled"


async def test_a_walk_of_the_window_outlives_a_caller_who_joined_it(street: Street) -> None:
    await street.end("angel_one")
    walk = street.services.reconnect_all.start()
    waits = Waits()
    asking = asyncio.ensure_future(ask(street, waits, all=True))
    await until(lambda: bool(waits.asked))

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert not walk.done
    assert not walk.view.cancelled


class Waits(Trader):
    """Answers nothing, and does not go away."""

    async def ask(self, question: Question) -> str:
        self.asked.append(question.label)
        await asyncio.Event().wait()
        return ""
