"""Login page, request token, exchange and the life of an access token (protocol sheet section 2)."""

import hashlib
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.domain import IST
from app.simulators import DEMO, DemoUser, ZerodhaSimulator, demo_users
from tests.fakes.clock import ManualClock
from tests.simulators.support import data, error, exchange, new_client, signed_in

DEAD = (403, "TokenException", "Incorrect `api_key` or `access_token`.")
USED = (403, "TokenException", "Token is invalid or has expired.")
LOGIN = {"api_key": DEMO.api_key, "v": "3", "redirect_params": "nonce=a%26b&x=1"}


class Form(HTMLParser):
    """The fields and buttons of a page as a browser would see them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.buttons: list[str | None] = []
        self.labels: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input":
            self.values[str(found["name"])] = found.get("value") or ""
        if tag == "button":
            self.buttons.append(found.get("value"))
        if tag == "label":
            self.labels.append(found.get("for"))


async def press(client: httpx.AsyncClient, button: str, **typed: str) -> httpx.Response:
    """Open the page, press a button, do not follow."""
    page = await client.get("/connect/login", params=LOGIN)
    return await client.post("/connect/login", data={**Form(page.text).values, **typed, "do": button})


def query_of(answer: httpx.Response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(answer.headers["Location"]).query)


async def test_page_can_be_used_with_one_button(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/connect/login", params=LOGIN)
    form = Form(page.text)
    assert page.headers["Content-Type"].startswith("text/html")
    assert form.values["user_id"] == DEMO.client_id
    assert form.labels == ["user_id"]
    assert form.buttons == ["sign-in", "cancel"]


async def test_page_says_that_it_is_a_demo_and_loads_nothing_from_elsewhere(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/connect/login", params=LOGIN)
    assert "Kunji's demo broker" in page.text
    assert "no real broker" in re.sub(r"\s+", " ", page.text)
    assert not re.search(r"zerodha|kite|<img|<script|https?://", page.text, re.IGNORECASE)


async def test_sign_in_redirects_to_the_registered_address(stranger: httpx.AsyncClient) -> None:
    answer = await press(stranger, "sign-in")
    query = query_of(answer)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(DEMO.redirect_url + "?")
    assert len(query.pop("request_token")[0]) == 32
    assert query == {
        "status": ["success"],
        "action": ["login"],
        "type": ["login"],
        "user_id": ["DEMO01"],
        "nonce": ["a&b"],
        "x": ["1"],
    }


async def test_cancel_redirects_without_a_request_token(stranger: httpx.AsyncClient) -> None:
    query = query_of(await press(stranger, "cancel"))
    assert "request_token" not in query
    assert query["status"] != ["success"]
    assert query["nonce"] == ["a&b"]


async def test_another_client_is_refused_on_the_page(stranger: httpx.AsyncClient) -> None:
    answer = await press(stranger, "sign-in", user_id="<DEMO02>")
    assert answer.status_code == 403
    assert "The user is not enabled on the app." in answer.text
    assert Form(answer.text).values["user_id"] == "<DEMO02>"


async def test_unknown_api_key_is_said_in_words(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/connect/login", params={"api_key": "nope", "v": "3"})
    assert answer.status_code == 400
    assert "Unknown API key" in answer.text


@pytest.mark.parametrize("url", ["https://example.com/", "http://10.0.0.1:80/", "ftp://127.0.0.1/", "127.0.0.1:80"])
async def test_only_loopback_addresses_can_be_registered(url: str, simulator: ZerodhaSimulator) -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        simulator.controls.register(DEMO.client_id, url)


async def test_exchange_answers_with_the_session(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    request_token = query_of(await press(stranger, "sign-in"))["request_token"][0]
    session = data(await exchange(stranger, request_token))
    assert (session["user_id"], session["api_key"]) == (DEMO.client_id, DEMO.api_key)
    assert re.fullmatch(r"[A-Za-z0-9]{32}", session["access_token"])
    assert session["refresh_token"] == ""
    assert session["login_time"] == "2026-11-18 10:00:00"
    assert simulator.controls.is_live(DEMO.client_id)


async def test_request_token_is_good_once(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    request_token = simulator.controls.request_token(DEMO.client_id)
    await exchange(stranger, request_token)
    assert error(await exchange(stranger, request_token)) == USED


async def test_request_token_lives_a_few_minutes(
    simulator: ZerodhaSimulator, clock: ManualClock, stranger: httpx.AsyncClient
) -> None:
    request_token = simulator.controls.request_token(DEMO.client_id)
    clock.jump(5 * 60)
    assert error(await exchange(stranger, request_token)) == USED


async def test_wrong_secret_shows_at_the_exchange(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    answer = await exchange(stranger, simulator.controls.request_token(DEMO.client_id), secret="wrong")
    assert error(answer) == (403, "TokenException", "Invalid `checksum`.")
    assert not simulator.controls.is_live(DEMO.client_id)


async def test_checksum_is_plain_sha256_in_lower_case(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    token = simulator.controls.request_token(DEMO.client_id)
    upper = hashlib.sha256(f"{DEMO.api_key}{token}{DEMO.api_secret}".encode()).hexdigest().upper()
    form = {"api_key": DEMO.api_key, "request_token": token, "checksum": upper}
    assert error(await stranger.post("/session/token", data=form))[2] == "Invalid `checksum`."


async def test_publisher_key_cannot_exchange(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    simulator.controls.plan(DEMO.client_id, "publisher")
    answer = await exchange(stranger, simulator.controls.request_token(DEMO.client_id))
    text = "That API call is not allowed for the authenticated user"
    assert error(answer) == (403, "PermissionException", text)


async def test_profile_needs_a_token(stranger: httpx.AsyncClient) -> None:
    expected = (400, "InputException", "Invalid `api_key` or `access_token`.")
    assert error(await stranger.get("/user/profile")) == expected


async def test_wrong_token_is_refused(stranger: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"token {DEMO.api_key}:nope"}
    assert error(await stranger.get("/user/profile", headers=headers)) == DEAD


async def test_token_of_another_app_is_refused(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    other = demo_users()[1]
    token = simulator.controls.replace_token(other.client_id)
    headers = {"Authorization": f"token {DEMO.api_key}:{token}"}
    assert error(await client.get("/user/profile", headers=headers)) == DEAD


async def test_second_sign_in_replaces_the_token(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    token = simulator.controls.replace_token(DEMO.client_id)
    assert error(await client.get("/user/profile")) == DEAD
    headers = {"Authorization": f"token {DEMO.api_key}:{token}"}
    assert data(await client.get("/user/profile", headers=headers))["user_id"] == DEMO.client_id


async def test_token_can_be_made_to_expire_now(simulator: ZerodhaSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.expire(DEMO.client_id)
    assert error(await client.get("/user/profile")) == DEAD


@pytest.mark.parametrize(("hour", "day"), [(10, 19), (2, 18)])
async def test_token_dies_at_the_next_six_o_clock(hour: int, day: int) -> None:
    clock = ManualClock(datetime(2026, 11, 18, hour, 0, tzinfo=IST))
    simulator = ZerodhaSimulator(clock=clock)
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            await signed_in(simulator, client)
            death = datetime(2026, 11, day, 6, 0, tzinfo=IST)
            clock.jump((death - clock.now() - timedelta(seconds=1)).total_seconds())
            assert data(await client.get("/user/profile"))["user_id"] == DEMO.client_id
            clock.jump(1)
            assert error(await client.get("/user/profile")) == DEAD
    finally:
        await simulator.stop()


async def test_logout_ends_the_session(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    token = await signed_in(simulator, stranger)
    answer = await stranger.delete("/session/token", params={"api_key": DEMO.api_key, "access_token": token})
    assert data(answer) is True
    assert error(await stranger.get("/user/profile")) == DEAD


async def test_log_never_holds_a_secret(simulator: ZerodhaSimulator, stranger: httpx.AsyncClient) -> None:
    request_token = query_of(await press(stranger, "sign-in"))["request_token"][0]
    access_token = data(await exchange(stranger, request_token))["access_token"]
    await stranger.get(f"/{access_token}")
    await stranger.delete("/session/token", params={"api_key": DEMO.api_key, "access_token": access_token})
    seen = repr(simulator.log)
    assert [one.operation for one in simulator.log] == ["login", "login", "session", "-", "logout"]
    assert not [secret for secret in (request_token, access_token, DEMO.api_secret) if secret in seen]


def test_demo_user_does_not_print_the_secret() -> None:
    assert DEMO.api_secret not in repr(DEMO)


def test_demo_users_are_told_apart() -> None:
    users: tuple[DemoUser, ...] = demo_users(20)
    assert users[0] == DEMO
    assert len({user.client_id for user in users}) == len({user.api_key for user in users}) == 20


async def test_twenty_users_sign_in_beside_each_other(clock: ManualClock) -> None:
    simulator = ZerodhaSimulator(clock=clock, users=demo_users(20))
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            for user in demo_users(20):
                token = simulator.controls.replace_token(user.client_id)
                headers = {"Authorization": f"token {user.api_key}:{token}"}
                profile = data(await client.get("/user/profile", headers=headers))
                assert profile["user_name"] == user.name
    finally:
        await simulator.stop()
