"""Login page, auth code, exchange, tokens and their death (protocol sheet sections 2 and 14)."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.domain import IST
from app.simulators.fyers.people import fyers_users
from app.simulators.fyers.server import FyersSimulator
from tests.fakes.clock import ManualClock
from tests.simulators.fyers.support import ASHA, app_id_hash, claims, error, exchange, new_client, ok, signed_in
from tests.simulators.test_sign_in import Form

PAGE = "/api/v3/generate-authcode"
LOGIN = {"client_id": ASHA.api_key, "redirect_uri": ASHA.redirect_url, "response_type": "code", "state": "s&t=1"}
DEAD = (401, -16, "Could not authenticate the user")
WRONG_CODE = (400, -437, "invalid auth code")
PROFILE = "/api/v3/profile"


async def _press(client: httpx.AsyncClient, button: str, **typed: str) -> httpx.Response:
    """Open the page, press a button, do not follow."""
    page = await client.get(PAGE, params=LOGIN)
    return await client.post(PAGE, data={**Form(page.text).values, **typed, "do": button})


def _query(answer: httpx.Response) -> dict[str, str]:
    parts = parse_qs(urlsplit(answer.headers["Location"]).query, strict_parsing=True)
    return {name: value for name, [value] in parts.items()}


# ------------------------------------------------------------------ the page


async def test_page_can_be_used_with_one_button(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get(PAGE, params=LOGIN)

    form = Form(page.text)
    assert page.headers["Content-Type"].startswith("text/html")
    assert (form.values["user_id"], form.labels, form.buttons) == (ASHA.client_id, ["user_id"], ["sign-in", "cancel"])


async def test_page_says_that_it_is_a_demo_and_loads_nothing_from_elsewhere(stranger: httpx.AsyncClient) -> None:
    page = re.sub(r'value="[^"]*"', "", (await stranger.get(PAGE, params=LOGIN)).text)

    assert "Kunji's demo broker" in page
    assert "no real broker" in re.sub(r"\s+", " ", page)
    assert not re.search(r"fyers|<img|<script|https?://", page, re.IGNORECASE)


async def test_sign_in_redirects_with_the_grant_in_auth_code(stranger: httpx.AsyncClient) -> None:
    answer = await _press(stranger, "sign-in")

    query = _query(answer)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{ASHA.redirect_url}?")
    assert claims(query.pop("auth_code"))["sub"] == "auth_code"
    assert query == {"s": "ok", "code": "200", "state": "s&t=1"}


async def test_cancel_redirects_with_an_error_and_no_grant(stranger: httpx.AsyncClient) -> None:
    query = _query(await _press(stranger, "cancel"))

    assert (query["s"], query["state"], "auth_code" in query) == ("error", "s&t=1", False)
    assert int(query["code"]) < 0


async def test_another_client_is_refused_on_the_page(stranger: httpx.AsyncClient) -> None:
    answer = await _press(stranger, "sign-in", user_id="<DEMO02>")

    assert answer.status_code == 403
    assert Form(answer.text).values["user_id"] == "<DEMO02>"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "NOPE-200"}, "Unknown App ID"),
        ({"client_id": ASHA.api_key.removesuffix("-200")}, "Unknown App ID"),
        ({"redirect_uri": ASHA.redirect_url.rstrip("/")}, "Wrong redirect URL"),
        ({"response_type": "token"}, "Wrong redirect URL"),
    ],
)
async def test_page_says_what_is_wrong_with_its_address(
    changes: dict[str, str], words: str, stranger: httpx.AsyncClient
) -> None:
    answer = await stranger.get(PAGE, params=LOGIN | changes)

    assert answer.status_code == 400
    assert words in answer.text


@pytest.mark.parametrize("url", ["https://example.com/", "http://10.0.0.1:80/", "127.0.0.1:80"])
async def test_only_loopback_addresses_can_be_registered(url: str, simulator: FyersSimulator) -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        simulator.controls.register(ASHA.client_id, url)


# ------------------------------------------------------------------ the exchange


async def test_exchange_answers_two_tokens(stranger: httpx.AsyncClient) -> None:
    code = _query(await _press(stranger, "sign-in"))["auth_code"]

    session = ok(await exchange(stranger, code))

    assert (session["code"], session["message"]) == (200, "")
    assert claims(session["access_token"])["sub"] == "access_token"
    assert claims(session["refresh_token"])["sub"] == "refresh_token"


async def test_access_token_has_the_claims_of_the_sheet(simulator: FyersSimulator, stranger: httpx.AsyncClient) -> None:
    said = claims(await signed_in(simulator, stranger))

    assert (said["iss"], said["fy_id"], said["appType"]) == ("api.fyers.in", ASHA.client_id, "200")
    assert set(said) >= {"iat", "nbf", "exp", "aud", "at_hash", "display_name", "oms", "hsm_key", "poa_flag"}
    assert datetime.fromtimestamp(said["exp"], IST) == datetime(2026, 11, 19, 6, 0, tzinfo=IST)


async def test_auth_code_lives_300_seconds_and_says_so(simulator: FyersSimulator) -> None:
    said = claims(simulator.controls.auth_code(ASHA.client_id))

    assert (said["iss"], said["exp"] - said["iat"]) == ("api.login.fyers.in", 300)


async def test_auth_code_is_good_once(simulator: FyersSimulator, stranger: httpx.AsyncClient) -> None:
    code = simulator.controls.auth_code(ASHA.client_id)
    await exchange(stranger, code)

    assert error(await exchange(stranger, code)) == WRONG_CODE


@pytest.mark.parametrize(("seconds", "good"), [(299, True), (300, False)])
async def test_auth_code_dies(
    *, seconds: int, good: bool, simulator: FyersSimulator, clock: ManualClock, stranger: httpx.AsyncClient
) -> None:
    code = simulator.controls.auth_code(ASHA.client_id)
    clock.jump(seconds)

    assert (await exchange(stranger, code)).json()["s"] == ("ok" if good else "error")


async def test_auth_code_of_another_app_is_wrong(simulator: FyersSimulator, stranger: httpx.AsyncClient) -> None:
    code = simulator.controls.auth_code(fyers_users()[1].client_id)

    assert error(await exchange(stranger, code)) == WRONG_CODE


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"appIdHash": app_id_hash(secret="wrong")}, -5),
        ({"appIdHash": app_id_hash(ASHA.api_key.removesuffix("-200"))}, -5),
        ({"appIdHash": app_id_hash().upper()}, -5),
        ({"appIdHash": ""}, -371),
        ({"appIdHash": None}, -371),
        ({"code": ""}, -374),
        ({"code": 200}, -374),
        ({"code": "200"}, -437),
    ],
)
async def test_exchange_refuses(
    changes: dict[str, Any], code: int, simulator: FyersSimulator, stranger: httpx.AsyncClient
) -> None:
    answer = await exchange(stranger, simulator.controls.auth_code(ASHA.client_id), **changes)

    assert error(answer)[1] == code
    assert not simulator.controls.is_live(ASHA.client_id)


# ------------------------------------------------------------------ life and death of a token


@pytest.mark.parametrize(("hour", "minute", "day"), [(10, 0, 19), (5, 50, 18)])
async def test_token_dies_at_six(hour: int, minute: int, day: int) -> None:
    clock = ManualClock(datetime(2026, 11, 18, hour, minute, tzinfo=IST))
    simulator = FyersSimulator(clock=clock)
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            await signed_in(simulator, client)
            death = datetime(2026, 11, day, 6, 0, tzinfo=IST)
            clock.jump((death - clock.now() - timedelta(seconds=1)).total_seconds())
            assert ok(await client.get(PROFILE))["data"]["fy_id"] == ASHA.client_id
            clock.jump(1)
            assert error(await client.get(PROFILE))[:2] == (401, -8)
            assert error(await client.get("/api/v3/funds")) == DEAD
    finally:
        await simulator.stop()


async def test_expired_by_a_switch(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.expire(ASHA.client_id)

    assert error(await client.get(PROFILE))[:2] == (401, -8)


async def test_revoked_while_exp_lies_ahead(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.revoke(ASHA.client_id)

    assert error(await client.get(PROFILE)) == DEAD


async def test_one_false_401_then_fine(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    simulator.controls.false_alarm(ASHA.client_id)

    assert error(await client.get(PROFILE)) == DEAD
    assert ok(await client.get(PROFILE))["data"]["fy_id"] == ASHA.client_id


@pytest.mark.parametrize("path", ["/data/quotes?symbols=NSE:SBIN-EQ", "/data/depth?symbol=NSE:SBIN-EQ"])
async def test_data_calls_say_it_with_another_code(path: str, stranger: httpx.AsyncClient) -> None:
    assert error(await stranger.get(path)) == (401, -15, "Please provide valid token")


@pytest.mark.parametrize(
    "path", ["profile", "funds", "holdings", "positions", "orders", "tradebook", "orders?id=26111800000001"]
)
async def test_nothing_is_told_without_a_token(path: str, stranger: httpx.AsyncClient) -> None:
    assert error(await stranger.get(f"/api/v3/{path}")) == DEAD


async def test_a_second_sign_in_replaces_the_token(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    token = simulator.controls.replace_token(ASHA.client_id)

    assert error(await client.get("/api/v3/funds")) == DEAD
    answer = await client.get("/api/v3/funds", headers={"Authorization": f"{ASHA.api_key}:{token}"})
    assert ok(answer)["code"] == 200


async def test_token_of_another_app_is_a_wrong_pair(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    token = simulator.controls.replace_token(fyers_users()[1].client_id)

    assert error(await client.get(PROFILE, headers={"Authorization": f"{ASHA.api_key}:{token}"})) == DEAD


async def test_a_bearer_token_is_none(simulator: FyersSimulator, client: httpx.AsyncClient) -> None:
    token = simulator.controls.replace_token(ASHA.client_id)

    answer = await client.get("/api/v3/funds", headers={"Authorization": f"Bearer {token}"})
    assert error(answer) == DEAD


async def test_bad_app_id_on_the_profile(client: httpx.AsyncClient) -> None:
    answer = await client.get(PROFILE, headers={"Authorization": "NOPE-200:token"})

    assert error(answer) == (400, -352, "Please provide a valid app id.")


async def test_logout_ends_the_session_and_a_second_one_says_so(client: httpx.AsyncClient) -> None:
    ok(await client.post("/api/v3/logout", json=None))

    assert error(await client.get(PROFILE)) == DEAD
    assert error(await client.post("/api/v3/logout", json=None)) == (401, -16, "Token is Invalid or Expired")


async def test_log_never_holds_a_secret(simulator: FyersSimulator, stranger: httpx.AsyncClient) -> None:
    code = _query(await _press(stranger, "sign-in"))["auth_code"]
    token = ok(await exchange(stranger, code))["access_token"]
    await stranger.get(f"/{token}")

    seen = repr(simulator.log)
    assert [one.operation for one in simulator.log] == ["login", "login", "session", "-"]
    assert [one.client_id for one in simulator.log][:3] == [ASHA.client_id] * 3
    assert not [secret for secret in (code, token, ASHA.api_secret) if secret in seen]


async def test_twenty_users_sign_in_beside_each_other(clock: ManualClock) -> None:
    simulator = FyersSimulator(clock=clock, users=fyers_users(20))
    await simulator.start()
    try:
        async with new_client(simulator) as client:
            for user in fyers_users(20):
                token = simulator.controls.replace_token(user.client_id)
                answer = await client.get(PROFILE, headers={"Authorization": f"{user.api_key}:{token}"})
                assert ok(answer)["data"]["name"] == user.name.upper()
    finally:
        await simulator.stop()
