"""The redirect listener against everybody on this machine who may knock (promises C1 to C4)."""

import asyncio
import gc
import random
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from app.brokers import specs
from app.domain import InvalidRequest, LoginCancelled, LoginForged, PortTaken
from app.services.redirect import Landing, Redirects, query_of
from tests.fakes.ports import free_port
from tests.fakes.waiting import until

STATE = "s" * 43
SEED = 20261122
LISTENERS = Path("/proc/net/tcp")


def check(query: Mapping[str, str]) -> None:
    """What an adapter's check does: the state first, then what the page says."""
    if query.get("state") != STATE:
        raise LoginForged
    if query.get("status") != "success":
        raise LoginCancelled


class Door:
    """A listener with one sign-in waiting, and hands to knock with."""

    def __init__(self, port: int, redirects: Redirects, landing: Landing) -> None:
        self.port, self.redirects, self.landing = port, redirects, landing

    async def send(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(data)
            await writer.drain()
            return await reader.read()
        except ConnectionError:  # cut before it was done: an answer, too
            return b""
        finally:
            writer.close()

    async def get(self, target: str, host: str = "") -> bytes:
        return await self.send(f"GET {target} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{self.port}'}\r\n\r\n".encode())

    async def real(self) -> bytes:
        return await self.get(f"/kunji?request_token=abc&status=success&state={STATE}")


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    redirects, port = Redirects(), free_port()
    landing = await redirects.wait_on(f"http://127.0.0.1:{port}/kunji", check)
    yield Door(port, redirects, landing)
    await landing.close()
    await redirects.close()


# ------------------------------------------------------------------ C1: where and how long it listens


async def test_it_listens_on_the_literal_loopback_address_only(door: Door) -> None:
    kernel = await asyncio.to_thread(LISTENERS.read_text)
    listening = [line.split()[1] for line in kernel.splitlines()[1:] if line.split()[3] == "0A"]
    ours = [address for address in listening if address.endswith(f":{door.port:04X}")]

    assert ours == [f"0100007F:{door.port:04X}"]


@pytest.mark.alone
async def test_it_is_closed_within_a_second_of_the_end_with_clients_hanging_on(door: Door) -> None:
    hanging = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(10)]
    await door.real()
    began = time.monotonic()

    await door.landing.close()

    assert time.monotonic() - began < 1
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", door.port)
    for _, writer in hanging:
        writer.close()


async def test_the_port_stays_open_while_another_sign_in_waits_there(door: Door) -> None:
    second = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/kunji", check)

    await door.landing.close()
    await door.real()

    assert (await second.caught)["request_token"] == "abc"
    await second.close()


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1:5021/x",
        "http://192.0.2.7:5021/x",
        "http://example.com/x",
        "",
        "http://127.0.0.1:99999/x",
        "//",
    ],
)
async def test_an_address_that_does_not_lead_back_here_is_refused(address: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await Redirects().wait_on(address, check)

    assert caught.value.field == "redirect_url"


async def test_a_name_for_this_computer_is_listened_for_on_the_literal_address() -> None:
    redirects, port = Redirects(), free_port()
    landing = await redirects.wait_on(f"http://localhost:{port}/kunji", check)
    door = Door(port, redirects, landing)

    await door.get(f"/kunji?request_token=abc&status=success&state={STATE}", f"localhost:{port}")

    assert (await landing.caught)["request_token"] == "abc"
    await redirects.close()


# ------------------------------------------------------------------ C4: the port is taken


async def test_a_taken_port_is_typed_and_no_other_is_tried() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=str(port)):
            await Redirects().wait_on(f"http://127.0.0.1:{port}/kunji", check)


async def test_a_port_that_became_free_can_be_listened_on_again(door: Door) -> None:
    await door.real()
    await door.landing.close()

    again = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/kunji", check)
    await door.real()

    assert (await again.caught)["status"] == "success"
    await again.close()


# ------------------------------------------------------------------ the real redirect


async def test_the_real_redirect_is_caught_and_answered_with_fixed_words(door: Door) -> None:
    answer = await door.real()

    assert dict(await door.landing.caught) == {"request_token": "abc", "status": "success", "state": STATE}
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"You can close this tab" in answer


@pytest.mark.parametrize(
    "header",
    [b"Cache-Control: no-store", b"Content-Security-Policy: default-src 'none'", b"Referrer-Policy: no-referrer"],
)
async def test_every_answer_forbids_storing_scripts_and_referrers(door: Door, header: bytes) -> None:
    assert header in await door.get("/elsewhere")
    assert header in await door.real()


async def test_a_page_that_says_no_ends_the_wait(door: Door) -> None:
    await door.get(f"/kunji?status=cancelled&state={STATE}")

    with pytest.raises(LoginCancelled):
        await door.landing.caught


async def test_the_pages_say_where_to_go_on_in_plain_words_and_name_no_broker(door: Door) -> None:
    cancelled = await door.get(f"/kunji?status=cancelled&state={STATE}")
    door.landing.again()
    pages = [cancelled, await door.real(), await door.get("/elsewhere")]
    words = [page.partition(b"<body>")[2].decode() for page in pages]

    assert ["return to Kunji" in text or "Return to Kunji" in text for text in words] == [True, True, False]
    assert "Nobody was signed in" in words[0]
    assert not any(spec.label.casefold() in text.casefold() for spec in specs() for text in words)
    assert not any(sign in text for text in words for sign in ("request_token", "abc", STATE, "/elsewhere", "<img"))


@pytest.mark.parametrize("path", ["/kunji", "/kunji/"])
async def test_a_slash_behind_the_registered_path_is_the_same_path(door: Door, path: str) -> None:
    """One broker writes it there."""
    answer = await door.get(f"{path}?request_token=abc&status=success&state={STATE}")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert (await door.landing.caught)["request_token"] == "abc"


@pytest.mark.parametrize(
    "path", ["/kunji//", "/Kunji", "/kunj", "/kunji/x", "//kunji", "/kunji/.", "/kunji%2f", "", "/"]
)
async def test_no_other_path_is_taken(door: Door, path: str) -> None:
    answer = await door.get(f"{path}?request_token=abc&status=success&state={STATE}")

    assert answer == b"" or answer.startswith(b"HTTP/1.1 404 ")
    assert not door.landing.caught.done()


async def test_two_paths_share_one_port_and_each_has_its_own_redirects(door: Door) -> None:
    second = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/other", lambda _: None, stateless=True)

    await door.get("/other/?tokenId=theirs")
    await door.real()

    assert dict(await second.caught) == {"tokenId": "theirs"}
    assert (await door.landing.caught)["request_token"] == "abc"
    await second.close()


@pytest.mark.parametrize("stateless", [(True, False), (False, True), (True, True)])
async def test_a_sign_in_without_a_state_waits_alone_at_its_address(stateless: tuple[bool, bool]) -> None:
    redirects, port = Redirects(), free_port()
    first = await redirects.wait_on(f"http://127.0.0.1:{port}/dhan/", lambda _: None, stateless=stateless[0])

    with pytest.raises(LoginCancelled, match="Another sign-in waits"):
        await redirects.wait_on(f"http://127.0.0.1:{port}/dhan", lambda _: None, stateless=stateless[1])

    await first.close()
    second = await redirects.wait_on(f"http://127.0.0.1:{port}/dhan", lambda _: None, stateless=stateless[1])
    await second.close()


async def test_one_that_was_no_good_is_followed_by_the_next(door: Door) -> None:
    await door.real()
    await door.landing.caught

    door.landing.again()
    await door.get(f"/kunji?request_token=def&status=success&state={STATE}")

    assert (await door.landing.caught)["request_token"] == "def"


async def test_a_refusal_that_nobody_took_up_is_nobodys_failure(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    await door.get(f"/kunji?status=cancelled&state={STATE}")

    await door.landing.close()
    door.landing.again()
    gc.collect()

    assert "never retrieved" not in caplog.text


async def test_closing_twice_leaves_the_next_listener_alone(door: Door) -> None:
    await door.landing.close()
    second = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/kunji", check)

    await door.landing.close()
    await door.real()

    assert (await second.caught)["request_token"] == "abc"
    assert door.redirects._listeners
    await second.close()


# ------------------------------------------------------------------ C2: forged, missing, reused, late, doubled


def forged(chance: random.Random) -> str:
    """A redirect that this sign-in did not start."""
    wrong = "".join(chance.choice("abcdefs") for _ in range(len(STATE)))
    return chance.choice(
        [
            f"request_token=abc&status=success&state={wrong}",
            "request_token=abc&status=success",
            "request_token=abc&status=success&state=",
            f"request_token=abc&status=success&state={STATE[:-1]}",
            f"request_token=abc&status=success&state={STATE}&state={wrong}",
            f"request_token=abc&status=success&state={STATE}&state={STATE}",
            f"status=cancelled&state={wrong}",
            f"request_token=abc&status=success&State={STATE}",
            "status=cancelled",
            "",
        ]
    )


async def test_a_thousand_forged_redirects_are_ignored_and_the_real_one_still_works(door: Door) -> None:
    chance = random.Random(SEED)

    for _ in range(1000):
        answer = await door.get("/kunji?" + forged(chance))
        assert answer.startswith(b"HTTP/1.1 404 ")
    assert not door.landing.caught.done()
    await door.real()

    assert (await door.landing.caught)["request_token"] == "abc"


async def test_a_redirect_that_comes_again_is_refused(door: Door) -> None:
    first = await door.real()
    second = await door.get(f"/kunji?request_token=other&status=success&state={STATE}")

    assert first.startswith(b"HTTP/1.1 200 ")
    assert second.startswith(b"HTTP/1.1 404 ")
    assert (await door.landing.caught)["request_token"] == "abc"


async def test_crossed_redirects_reach_the_sign_in_that_started_them(door: Door) -> None:
    def other_check(query: Mapping[str, str]) -> None:
        if query.get("state") != "other":
            raise LoginForged

    other = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/kunji", other_check)
    await door.get("/kunji?request_token=theirs&status=success&state=other")
    await door.real()

    assert (await other.caught)["request_token"] == "theirs"
    assert (await door.landing.caught)["request_token"] == "abc"
    await other.close()


async def test_a_redirect_to_a_sign_in_that_has_ended_is_refused(door: Door) -> None:
    other = await door.redirects.wait_on(f"http://127.0.0.1:{door.port}/kunji", lambda _: None)
    await door.landing.close()
    await other.close()

    with pytest.raises(ConnectionRefusedError):
        await door.real()


# ------------------------------------------------------------------ C3: junk


def junk(chance: random.Random, port: int) -> bytes:
    """Something that is not the redirect."""
    good = f"/kunji?request_token=abc&status=success&state={STATE}"
    host = f"127.0.0.1:{port}"
    return chance.choice(
        [
            f"GET {good} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode(),
            f"GET {good} HTTP/1.1\r\nHost: {host}.evil.example\r\n\r\n".encode(),
            f"GET {good} HTTP/1.1\r\n\r\n".encode(),
            f"GET {good} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n".encode(),
            f"POST {good} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n".encode(),
            f"HEAD {good} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET http://{host}{good} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET /kunji/../kunji?{good[7:]} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET /kunji?x=<script>alert(1)</script> HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET {good} HTTP/1.1\r\nHost: {host}\r\nX: ".encode() + b"a" * 20_000,
            b"GET /kunji?" + b"a=1&" * 60 + f" HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            f"GET /kunji?state=%ff HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            b"\x16\x03\x01\x02\x00\x01\x00" + bytes(chance.randbytes(200)) + b"\r\n\r\n",
            b"\r\n\r\n",
            b"GET /kunji\r\n\r\n",
            bytes(chance.randbytes(50)) + b"\r\n\r\n",
        ]
    )


async def test_a_thousand_junk_requests_change_nothing_and_are_not_reflected(door: Door) -> None:
    chance = random.Random(SEED)

    for _ in range(1000):
        answer = await door.send(junk(chance, door.port))
        assert answer == b"" or answer.startswith(b"HTTP/1.1 404 ")
        assert not any(part in answer for part in (b"script>", b"evil", STATE.encode()))
    assert not door.landing.caught.done()
    await door.real()

    assert (await door.landing.caught)["request_token"] == "abc"


async def test_a_crowd_of_silent_clients_does_not_keep_the_real_redirect_out(door: Door) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(300)]
    for _, writer in silent[::2]:
        writer.write(b"GET /kunji?sta")

    answer = await asyncio.wait_for(door.real(), 30)

    assert b"You can close this tab" in answer
    assert (await door.landing.caught)["request_token"] == "abc"
    for _, writer in silent:
        writer.close()


async def test_clients_that_do_not_say_what_they_want_are_cut(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.redirect._PATIENCE", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)

    writer.write(b"GET /kunji?slow")
    rest = await asyncio.wait_for(reader.read(), 30)

    assert rest == b""
    writer.close()


async def test_nothing_is_left_open_after_the_wait(door: Door) -> None:
    before = sockets()
    port = free_port()
    landing = await door.redirects.wait_on(f"http://127.0.0.1:{port}/other", check)
    await Door(port, door.redirects, landing).send(b"junk\r\n\r\n")

    await landing.close()

    await until(lambda: sockets() <= before)


def sockets() -> set[str]:
    """The sockets that this process holds, each by its own number."""
    found = set()
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # another thread has let go of it meanwhile
            found.add(str(handle.readlink()))
    return {name for name in found if name.startswith("socket:")}


# ------------------------------------------------------------------ pasted addresses


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:5021/kunji?a=1&b=2", "127.0.0.1:5021/kunji?a=1&b=2#x", "a=1&b=2", "  https://x/?a=1&b=2\n"],
)
def test_the_query_of_a_pasted_address_is_found(text: str) -> None:
    assert dict(query_of(text)) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("text", ["http://127.0.0.1/kunji", "", "a=1&a=2", "http://127.0.0.1/?"])
def test_a_pasted_text_without_a_readable_query_is_told(text: str) -> None:
    with pytest.raises(LoginForged) as caught:
        query_of(text)

    assert caught.value.title == "This is not the address of the page you landed on"
