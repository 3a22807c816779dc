import asyncio
import json
import os
import secrets
import socket
import stat
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.domain import Busy, LoginCancelled, Secret
from app.system import doorway, ipc
from app.system.channel import Channel
from app.system.paths import Profile
from app.system.talk import Message, Question, Talk


class Person:
    """Answers questions from a list, remembers events."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.events: list[Message] = []

    async def emit(self, event: Message) -> None:
        self.events.append(event)

    async def ask(self, question: Question) -> str:
        if not self.answers:
            raise LoginCancelled
        return self.answers.pop(0)

    async def ask_secret(self, question: Question) -> Secret:
        return Secret(await self.ask(question))


class Deaf(Person):
    """Never answers."""

    def __init__(self) -> None:
        super().__init__()
        self.hears = asyncio.Event()

    async def ask(self, question: Question) -> str:
        self.hears.set()
        await asyncio.Event().wait()
        return ""


async def echo(request: Message, _talk: Talk) -> Message:
    return {"said": request}


async def converse(request: Message, talk: Talk) -> Message:
    await talk.emit({"says": "asking"})
    plain = await talk.ask(Question("name", "Name"))
    hidden = await talk.ask_secret(Question("api_secret", "Secret", secret=True))
    return {"name": plain, "length": len(hidden.reveal())}


Serve = Callable[[ipc.Handler], "asyncio.Future[ipc.Server]"]


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path)


@pytest.fixture(params=["local socket", "port and key"])
async def serve(
    profile: Profile, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Serve]:
    monkeypatch.setattr(doorway, "_HAS_LOCAL_SOCKETS", request.param == "local socket")
    servers: list[ipc.Server] = []

    async def start(handler: ipc.Handler) -> ipc.Server:
        servers.append(await ipc.serve(profile, handler))
        return servers[-1]

    yield lambda handler: asyncio.ensure_future(start(handler))
    for server in servers:
        await server.close()


async def ask(profile: Profile, request: Message, person: Person | None = None) -> Message:
    return await ipc.call(await ipc.connect(profile), request, person or Person())


async def read_to_the_end(channel: Channel) -> None:
    while True:
        await channel.receive(2)


async def test_a_request_gets_its_answer(serve: Serve, profile: Profile) -> None:
    await serve(echo)

    assert await ask(profile, {"op": "status"}) == {"said": {"op": "status"}}


async def test_events_and_questions_come_before_the_answer(serve: Serve, profile: Profile) -> None:
    await serve(converse)
    person = Person("HUF", "hidden secret")

    answer = await ask(profile, {}, person)

    assert person.events == [{"says": "asking"}]
    assert answer == {"name": "HUF", "length": len("hidden secret")}


async def test_a_person_who_does_not_answer_cancels_the_operation(serve: Serve, profile: Profile) -> None:
    async def handler(request: Message, talk: Talk) -> Message:
        try:
            return {"name": await talk.ask(Question("name", "Name"))}
        except LoginCancelled:
            return {"cancelled": True}

    await serve(handler)

    assert await ask(profile, {}) == {"cancelled": True}


async def test_events_go_on_while_a_question_waits(serve: Serve, profile: Profile) -> None:
    async def handler(_request: Message, talk: Talk) -> Message:
        question = asyncio.ensure_future(talk.ask(Question("address", "Paste")))
        await talk.emit({"says": "waiting"})
        await asyncio.wait_for(person.hears.wait(), 30)
        question.cancel()
        return {"done": True}

    await serve(handler)
    person = Deaf()

    assert await ask(profile, {}, person) == {"done": True}
    assert person.events == [{"says": "waiting"}]


async def test_a_caller_that_goes_away_cancels_what_it_asked_for(serve: Serve, profile: Profile) -> None:
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(_request: Message, _talk: Talk) -> Message:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        return {}

    await serve(handler)
    call = asyncio.ensure_future(ask(profile, {}))
    await asyncio.wait_for(began.wait(), 30)

    call.cancel()

    await asyncio.wait_for(cancelled.wait(), 30)


async def test_long_work_is_waited_for_as_long_as_the_owner_lives(
    serve: Serve, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipc, "_BEAT", 0.02)
    monkeypatch.setattr(ipc, "SILENCE", 1.0)

    async def handler(_request: Message, _talk: Talk) -> Message:
        await asyncio.sleep(1.5)  # longer than the silence that ends a wait
        return {"late": True}

    await serve(handler)

    assert await ask(profile, {}) == {"late": True}


async def test_an_owner_that_falls_silent_is_busy(
    serve: Serve, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipc, "SILENCE", 0.1)

    async def handler(_request: Message, _talk: Talk) -> Message:
        await asyncio.Event().wait()
        return {}

    await serve(handler)

    with pytest.raises(Busy, match="does not answer"):
        await ask(profile, {})


async def test_an_owner_that_closes_ends_the_conversations(serve: Serve, profile: Profile) -> None:
    began = asyncio.Event()

    async def handler(_request: Message, _talk: Talk) -> Message:
        began.set()
        await asyncio.Event().wait()
        return {}

    server = await serve(handler)
    call = asyncio.ensure_future(ask(profile, {}))
    await asyncio.wait_for(began.wait(), 30)

    await server.close()

    with pytest.raises(Busy):
        await call
    assert not profile.socket_path.exists()
    assert not profile.endpoint_path.exists()


async def test_a_mistake_in_one_request_does_not_end_the_service(serve: Serve, profile: Profile) -> None:
    async def handler(request: Message, _talk: Talk) -> Message:
        if request.get("op") == "break":
            raise RuntimeError("on purpose")
        return {"ok": True}

    await serve(handler)

    with pytest.raises(Busy):
        await ask(profile, {"op": "break"})
    assert await ask(profile, {"op": "work"}) == {"ok": True}


async def test_ten_callers_are_answered_at_once(serve: Serve, profile: Profile) -> None:
    together = asyncio.Barrier(10)

    async def handler(request: Message, _talk: Talk) -> Message:
        await together.wait()
        return request

    await serve(handler)

    answers = await asyncio.gather(*(ask(profile, {"n": number}) for number in range(10)))

    assert [answer["n"] for answer in answers] == list(range(10))


async def test_more_callers_than_a_person_has_are_turned_away(
    serve: Serve, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ipc, "_REQUEST_WAIT", 60.0)

    async def handler(_request: Message, _talk: Talk) -> Message:
        await asyncio.Event().wait()
        return {}

    await serve(handler)
    channels = [await ipc.connect(profile) for _ in range(16)]

    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.5)

    for channel in channels:
        await channel.close()


async def test_nobody_there_is_busy_within_the_patience(profile: Profile) -> None:
    began = time.monotonic()

    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.2)

    assert time.monotonic() - began < ipc.SILENCE


async def test_an_owner_that_accepts_and_says_nothing_is_busy(profile: Profile) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(profile.socket_path))
        mute.listen()

        with pytest.raises(Busy):
            await ipc.connect(profile, patience=0.2)


async def test_an_owner_that_is_still_starting_is_waited_for(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    async def refused(profile: Profile) -> Channel:
        tried.set()
        return await doorway.dial(profile)

    monkeypatch.setattr(ipc, "dial", refused)
    connecting = asyncio.ensure_future(ipc.connect(profile, patience=5))
    await asyncio.wait_for(tried.wait(), 30)
    server = await ipc.serve(profile, echo)

    channel = await connecting

    await channel.close()
    await server.close()


async def test_the_socket_of_an_owner_that_was_killed_is_replaced(profile: Profile) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(profile.socket_path))

    server = await ipc.serve(profile, echo)

    assert await ask(profile, {"n": 1}) == {"said": {"n": 1}}
    await server.close()


async def test_socket_and_folder_are_private_from_the_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        profile = Profile(tmp_path / ("long" * 30))
        server = await ipc.serve(profile, echo)
    finally:
        os.umask(before)

    assert stat.S_IMODE(profile.socket_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(profile.socket_path.parent.stat().st_mode) == 0o700
    assert await ask(profile, {"n": 1}) == {"said": {"n": 1}}
    await server.close()


async def test_a_caller_that_is_another_user_is_turned_away(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    server = await ipc.serve(profile, echo)
    monkeypatch.setattr(doorway, "user_number", lambda: os.getuid() + 1)

    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.3)

    await server.close()


@pytest.mark.parametrize(
    "junk",
    [b"\n", b"no json\n", b"[1]\n", b"{}", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b"x" * (5 * 1024 * 1024)],
    ids=["empty", "words", "list", "cut", "bytes", "deep", "endless"],
)
async def test_junk_on_the_socket_ends_that_call_only(serve: Serve, profile: Profile, junk: bytes) -> None:
    await serve(echo)
    channel = await ipc.connect(profile)
    channel._writer.write(junk)
    channel._writer.write_eof()

    with pytest.raises((ConnectionError, TimeoutError)):
        await read_to_the_end(channel)

    await channel.close()
    assert await ask(profile, {"n": 1}) == {"said": {"n": 1}}


async def test_a_caller_who_does_not_know_the_key_is_turned_away(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "_HAS_LOCAL_SOCKETS", False)
    server = await ipc.serve(profile, echo)
    endpoint = json.loads(profile.endpoint_path.read_bytes())
    profile.endpoint_path.write_text(json.dumps(endpoint | {"key": secrets.token_hex(32)}))

    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.5)

    assert stat.S_IMODE(profile.endpoint_path.stat().st_mode) == 0o600
    await server.close()


async def test_a_stranger_on_a_dead_owners_port_hears_nothing_but_a_number(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "_HAS_LOCAL_SOCKETS", False)
    heard: list[bytes] = []

    async def stranger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.write(b'{"proof":"00","nonce":"00"}\n')
        heard.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(stranger, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    key = secrets.token_hex(32)
    profile.endpoint_path.write_text(json.dumps({"port": port, "key": key}))

    with pytest.raises(Busy):
        await ipc.connect(profile, patience=0.3)

    server.close()
    assert set(heard[1::2]) <= {b""}
    assert key.encode() not in b"".join(heard)
