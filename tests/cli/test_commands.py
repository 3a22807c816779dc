"""The commands over real services and the demo broker, without a process between."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.brokers import create_broker
from app.domain import (
    ERRORS,
    BrowserMissing,
    Busy,
    KeychainLocked,
    LoginCancelled,
    NotFound,
    ReadOnly,
    Secret,
    TradingError,
)
from app.services import account_reads
from app.services.command_views import Code, code_of
from app.services.commands import Commands
from app.services.core import Services, build_services
from app.services.reception import Reception
from app.simulators import DemoUser, ZerodhaSimulator
from app.system import ipc
from app.system.paths import Profile
from app.system.talk import Message, Question
from tests.cli.harness import FileKeychain, person
from tests.fakes.clock import going_clock
from tests.fakes.waiting import until


class Person:
    """Answers by the name of the question; without an answer there is nobody."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: list[Question] = []
        self.events: list[Message] = []

    async def emit(self, event: Message) -> None:
        self.events.append(event)

    async def ask(self, question: Question) -> str:
        self.asked.append(question)
        if question.name not in self.answers:
            raise LoginCancelled
        return self.answers[question.name]

    async def ask_secret(self, question: Question) -> Secret:
        return Secret(await self.ask(question))


class House:
    """Commands over services over a demo broker."""

    def __init__(self, services: Services, broker: ZerodhaSimulator, user: DemoUser) -> None:
        self.services, self.broker, self.user = services, broker, user
        self.shown = 0
        self.commands = Commands(services, self.show)

    def show(self) -> None:
        self.shown += 1

    def keys(self, **more: str) -> Person:
        user = self.user
        return Person(
            client_id=user.client_id,
            redirect_url=user.redirect_url,
            api_key=user.api_key,
            api_secret=user.api_secret,
            **more,
        )

    async def ask(self, op: str, person: Person | None = None, **request: Any) -> Message:
        return await self.commands.handle({"op": op} | request, person or Person())

    async def connected(self, name: str = "HUF") -> None:
        token = self.broker.controls.replace_token(self.user.client_id)
        answer = await self.ask("connect", self.keys(access_token=token), broker="zerodha", account=name, token=True)
        assert answer["ok"], answer


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


@pytest.fixture
async def house(profile: Profile, tmp_path: Path, user: DemoUser) -> AsyncIterator[House]:
    broker = ZerodhaSimulator(clock=going_clock(), users=[user])
    await broker.start()
    broker.controls.enforce_limits(yes=False)
    services = await build_services(
        profile,
        clock=going_clock(),
        keychain=FileKeychain(tmp_path / "keychain.json"),
        make_broker=lambda kind: create_broker(kind, base_url=broker.base_url),
        open_page=person,
    )
    yield House(services, broker, user)
    await services.close()
    await broker.stop()


async def test_the_fields_that_the_broker_declares_are_asked_for_in_their_order(house: House) -> None:
    person = house.keys(access_token="x" * 32)

    await house.ask("validate", person, new=True, broker="zerodha")

    asked = [(question.name, question.secret) for question in person.asked]
    assert asked == [
        ("client_id", False),
        ("redirect_url", False),
        ("api_key", True),
        ("api_secret", True),
        ("access_token", True),
    ]


async def test_a_token_is_not_asked_for_when_one_signs_in(house: House) -> None:
    person = house.keys()

    answer = await house.ask("connect", person, broker="zerodha", account="HUF")

    assert answer["ok"], answer
    assert "access_token" not in [question.name for question in person.asked]


async def test_an_unnamed_account_is_called_as_its_broker(house: House) -> None:
    token = house.broker.controls.replace_token(house.user.client_id)

    answer = await house.ask("connect", house.keys(name="", access_token=token), broker="zerodha", token=True)

    assert answer["account"]["name"] == "Zerodha"


@pytest.mark.parametrize("field", ["client_id", "api_key", "api_secret", "access_token"])
async def test_an_empty_answer_names_its_field_and_asks_no_broker(house: House, field: str) -> None:
    person = house.keys(access_token="x" * 32)
    person.answers[field] = ""

    answer = await house.ask("validate", person, broker="zerodha", new=True)

    assert (answer["code"], answer["error"]["kind"], answer["error"]["field"]) == (2, "invalid_request", field)
    assert house.broker.log == ()


async def test_an_answer_that_fails_leaves_the_stored_account_as_it_was(house: House) -> None:
    await house.connected()
    before = (await house.ask("status"))["accounts"]

    answer = await house.ask(
        "connect", house.keys(access_token="x" * 32), broker="zerodha", account="Other", token=True
    )

    assert not answer["ok"]
    after = (await house.ask("status"))["accounts"]
    assert [one["client_id"] for one in after] == [one["client_id"] for one in before]


@pytest.mark.parametrize("name", ["HUF", "huf", " HUF ", "DEMO01", "demo01"])
async def test_an_account_answers_to_its_name_and_client_id(house: House, name: str) -> None:
    await house.connected("HUF")

    assert (await house.ask("validate", account=name))["ok"]


async def test_the_accounts_own_id_names_it_too(house: House) -> None:
    await house.connected()
    (account,) = house.services.brokers.accounts()

    assert (await house.ask("validate", account=account.user_id))["ok"]


async def test_a_question_about_no_account_at_all_says_how_to_connect_one(house: House) -> None:
    answer = await house.ask("validate")

    assert answer["code"] == 4
    assert answer["error"]["next_step"] == "kunji connect connects one."


async def test_reconnect_tells_its_steps(house: House) -> None:
    await house.connected()
    person = Person()

    answer = await house.ask("reconnect", person, yes=True)

    assert answer["ok"], answer
    phases = [event["phase"] for event in person.events]
    assert phases[0] == "opening"
    assert [question.name for question in person.asked] == ["address"]
    assert "exchanging" in phases
    assert all(event["says"] for event in person.events)


async def test_a_reconnect_that_its_caller_leaves_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.connected()
    (account,) = house.services.brokers.accounts()
    house.broker.controls.delay("login", 30)
    asking = asyncio.ensure_future(house.ask("reconnect", yes=True))
    running = await begun(house, account.user_id)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    await asyncio.wait_for(running.result(), 20)
    assert running.view.error is not None
    assert running.view.error.kind == "login_cancelled"
    assert (await house.ask("status"))["ok"]


async def test_a_sign_in_that_the_window_began_outlives_a_caller_who_joined_it(house: House) -> None:
    await house.connected()
    (account,) = house.services.brokers.accounts()
    house.broker.controls.delay("login", 0.5)
    running = house.services.sign_ins.start(account.user_id)
    person = Person()
    asking = asyncio.ensure_future(house.ask("reconnect", person))
    await until(lambda: person.events)

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    await asyncio.wait_for(running.result(), 30)
    assert running.view.phase.value == "done"


async def begun(house: House, user_id: str) -> Any:
    await until(lambda: house.services.sign_ins.running(user_id))
    return house.services.sign_ins.running(user_id)


async def test_show_brings_the_window_to_the_front(house: House) -> None:
    assert (await house.ask("show"))["ok"]
    assert house.shown == 1


async def test_an_owner_without_a_window_cannot_show_one(house: House) -> None:
    answer = await Commands(house.services).handle({"op": "show"}, Person())

    assert answer["code"] == 4


@pytest.mark.parametrize("request_", [{}, {"op": None}, {"op": "sudo"}, {"op": ["status"]}])
async def test_a_request_that_is_none_is_refused(house: House, request_: Message) -> None:
    answer = await house.commands.handle(request_, Person())

    assert (answer["ok"], answer["code"]) == (False, 2)


async def test_a_mistake_of_ours_is_an_answer_and_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> tuple[()]:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(house.services.brokers, "accounts", broken)

    answer = await house.ask("status")

    assert (answer["code"], answer["error"]["kind"]) == (9, "internal")
    assert "on purpose" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def symbols(answer: Message) -> set[str]:
    return {row["symbol"] for row in answer["accounts"][0]["positions"]}


async def test_contracts_are_named_by_the_master_also_at_the_first_command(house: House) -> None:
    await house.connected()

    answer = await house.ask("positions")

    assert any(name.startswith("NIFTY ") and name.endswith(" CE") for name in symbols(answer))


async def test_a_master_that_does_not_come_is_not_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_reads, "NAMES", 1.0)
    await house.connected()
    house.broker.controls.delay("instruments", 30.0)

    answer = await asyncio.wait_for(house.ask("positions"), 20)

    assert answer["ok"], answer
    assert "RELIANCE" in symbols(answer)
    house.broker.controls.clear()
    assert any(name.startswith("NIFTY ") for name in symbols(await house.ask("positions")))


async def test_positions_of_an_account_that_cannot_be_read_are_unknown_not_empty(house: House) -> None:
    await house.connected()
    house.broker.controls.fault("positions", "503-bare")

    answer = await house.ask("positions")

    assert answer["code"] == 3
    assert answer["accounts"][0]["positions"] is None
    assert answer["accounts"][0]["current"] is False


async def test_disconnect_says_before_it_asks_what_stays_at_the_broker(house: House) -> None:
    await house.connected()
    person = Person(confirm="no")

    await house.ask("disconnect", person)

    (question,) = person.asked
    assert "positions are open at Zerodha (as of" in question.hint
    assert question.hint.endswith("they stay there.")


async def test_disconnect_says_afterwards_what_stays_and_what_is_not_known(house: House) -> None:
    await house.connected()
    house.broker.controls.expire(house.user.client_id)

    answer = await house.ask("disconnect", yes=True)

    assert answer["ok"]
    assert "Kunji does not know what orders work" in answer["stays"]


async def test_every_answer_is_json(house: House) -> None:
    await house.connected()

    answers = [await house.ask(op) for op in ("status", "validate", "positions", "show")]
    answers.append(await house.ask("reconnect", yes=True))
    answers.append(await house.ask("reconnect", all=True))
    answers.append(await house.ask("watch", once=True))
    answers.append(await house.ask("disconnect", yes=True))

    assert all(json.loads(json.dumps(answer)) == answer for answer in answers)
    assert [answer["code"] for answer in answers] == [0] * 8


CODES: list[tuple[Code, str]] = [
    (Code.NO, "session_expired bad_credentials wrong_account two_factor_due permission_denied user_blocked"),
    (Code.NO, "login_throttled login_forged order_rejected"),
    (Code.USAGE, "invalid_request unsupported"),
    (Code.UNKNOWN, "not_reachable broker_down maintenance rate_limited daily_cap wire_surprise"),
    (Code.NOT_FOUND, "not_found"),
    (Code.OWNER_SILENT, "busy"),
    (Code.VAULT, "keychain_locked keychain_missing keychain_denied keychain_timeout key_missing tampered"),
    (Code.VAULT, "vault_foreign vault_damaged vault_newer disk_full read_only"),
    (Code.CANCELLED, "login_cancelled login_timed_out"),
]


@pytest.mark.parametrize(("code", "kinds"), CODES)
def test_each_kind_has_its_exit_code(code: Code, kinds: str) -> None:
    assert [(kind, code_of(ERRORS[kind]())) for kind in kinds.split()] == [(kind, code) for kind in kinds.split()]


def test_the_document_names_every_exit_code() -> None:
    text = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()

    assert [code for code in Code if f"| {code.value} | " not in text] == []


async def test_a_request_that_comes_before_the_services_waits_for_them(house: House, profile: Profile) -> None:
    reception = Reception(profile)
    asking = asyncio.ensure_future(reception.handle({"op": "status"}, Person()))
    await asyncio.sleep(0)

    reception.begin(house.commands)

    assert (await asking)["ok"]


@pytest.mark.parametrize("trouble", [ReadOnly(), KeychainLocked()])
async def test_a_window_that_cannot_open_its_files_says_why(trouble: TradingError, profile: Profile) -> None:
    reception = Reception(profile)
    reception.refuse(trouble)

    answer = await reception.handle({"op": "status"}, Person())

    assert (answer["code"], answer["error"]["kind"]) == (6, trouble.kind)


async def test_trouble_is_forgotten_when_the_next_attempt_works(house: House, profile: Profile) -> None:
    reception = Reception(profile)
    reception.refuse(ReadOnly())
    reception.begin(house.commands)

    assert (await reception.handle({"op": "status"}, Person()))["ok"]


async def test_services_that_never_come_are_said_to_be_opening(
    monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    monkeypatch.setattr("app.services.reception._OPENING", 0.02)

    answer = await Reception(profile).handle({"op": "status"}, Person())

    assert (answer["code"], answer["error"]["kind"]) == (5, Busy.kind)


def test_what_is_not_listed_is_a_definite_no() -> None:
    assert code_of(BrowserMissing()) is Code.NO
    assert code_of(NotFound()) is Code.NOT_FOUND


async def test_the_door_is_shut_when_the_window_stops_attending(house: House, profile: Profile) -> None:
    reception = Reception(profile)
    reception.open_door()
    reception.open_door()
    attending = asyncio.ensure_future(reception.attend(house.commands))
    answer = await ipc.call(await ipc.connect(profile), {"op": "show"}, Person())

    attending.cancel()
    await asyncio.gather(attending, return_exceptions=True)

    assert answer["ok"]
    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.2)
